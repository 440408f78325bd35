// What a page looks at by itself for a story: each function is sent to it as text, and so knows nothing but its arguments.

export function isStarted() {
  return 'started' in document.documentElement.dataset;
}

export function follows() {
  return document.querySelector('[data-live]').dataset.state === 'live';
}

/** A driver's scripts may have a global object of their own: only the document is sure to be the page's. */
export function mark() {
  document.documentElement.dataset.marked = '';
}

export function isMarked() {
  return 'marked' in document.documentElement.dataset;
}

export function says(text) {
  const has = (place) => [...place.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.includes(text));
  return [...document.querySelectorAll('body *')].some((place) => has(place) && place.checkVisibility());
}

/** The field with a label, in the topmost dialog if there is one. */
export function field(words) {
  const labels = [...document.querySelectorAll('label')].filter((label) => label.textContent.trim() === words && label.checkVisibility());
  return labels.at(-1)?.control;
}

/** The button of a row by its product's title, else of the dialog that is open, else of the page. */
export function button(words, title) {
  const named = (name) => name.textContent === title;
  const row = () => [...document.querySelectorAll('#rows [data-field=title]')].find(named)?.closest('tr');
  const place = title ? row() : document.querySelector('dialog[open]') ?? document;
  const buttons = [...(place?.querySelectorAll('button') ?? [])];
  return buttons.find((one) => one.textContent.trim() === words && one.checkVisibility());
}

/** The titles of the rows that are seen. */
export function rows() {
  const titles = [...document.querySelectorAll('#rows [data-field=title]')].filter((title) => title.checkVisibility());
  return titles.map((title) => title.textContent);
}

/** Which control has the focus, with its row. */
export function focused() {
  const { activeElement } = document;
  const title = activeElement.closest('tr')?.querySelector('[data-field=title]')?.textContent;
  return [title, activeElement.textContent.trim()].filter(Boolean).join(': ');
}

/** By how many pixels the page is wider than its window. */
export function sideways() {
  const { scrollWidth, clientWidth } = document.documentElement;
  return scrollWidth - clientWidth;
}

/** The heights of all fields that hold one line, in whole pixels, each once. */
export function lineHeights() {
  const fields = [...document.querySelectorAll('input.input, select.input')].filter((one) => one.checkVisibility());
  return [...new Set(fields.map((one) => Math.round(one.getBoundingClientRect().height)))];
}
