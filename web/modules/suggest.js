// Adds: what could be meant, below a search field while one types in it; a combobox with a list (ARIA APG).
// Without it: the form searches for what was typed.
// Proven by: tests/browser/stories/search.test.js

import { announce } from './announce.js';

/** How long typing pauses before the shop is asked. */
const PAUSE = 150;

/** @typedef {{ text: string, kind: string, segments?: { text: string, matched?: boolean }[] }} Suggestion */

/**
 * A field, the list below it, and what it waits for.
 * @typedef {{ input: HTMLInputElement, list: HTMLUListElement, waiting: number, asking: AbortController, chosen: number }} Box
 */

/** @type {Record<string, string>} */
const KINDS = { KIND_CATEGORY: 'Shelf', KIND_BRAND: 'Brand' };

/** What a key does while the list is open. @type {Record<string, (box: Box, count: number) => void>} */
const KEYS = {
  ArrowDown: (box, count) => choose(box, box.chosen + 1 < count ? box.chosen + 1 : -1),
  ArrowUp: (box, count) => choose(box, box.chosen < 0 ? count - 1 : box.chosen - 1),
  Escape: close,
  Enter: (box) => take(box, box.list.children[box.chosen]),
};

/** @param {HTMLInputElement} input */
export function startSuggest(input) {
  const list = listBelow(input);
  /** @type {Box} */
  const box = { input, list, waiting: 0, asking: new AbortController(), chosen: -1 };
  input.addEventListener('input', () => {
    close(box);
    if (input.value.trim()) box.waiting = setTimeout(() => void ask(box), PAUSE);
  });
  input.addEventListener('blur', () => close(box));
  list.addEventListener('pointerdown', (event) => event.preventDefault());
  list.addEventListener('click', ({ target }) => {
    if (target instanceof Element) take(box, target.closest('li'));
  });
  input.addEventListener('keydown', (event) => {
    const act = KEYS[event.key];
    if (!act || list.hidden || event.isComposing || (event.key === 'Enter' && box.chosen < 0)) return;
    act(box, list.children.length);
    event.preventDefault();
  });
}

/** @param {HTMLInputElement} input */
function listBelow(input) {
  const list = document.createElement('ul');
  Object.assign(list, { id: `${input.id}-list`, className: 'suggestions', role: 'listbox', ariaLabel: 'Suggestions', hidden: true });
  input.after(list);
  Object.assign(input, { role: 'combobox', ariaExpanded: 'false' });
  input.setAttribute('aria-controls', list.id);
  input.setAttribute('aria-autocomplete', 'list');
  return list;
}

/** @param {Box} box */
function close(box) {
  box.asking.abort();
  clearTimeout(box.waiting);
  box.list.hidden = true;
  box.input.ariaExpanded = 'false';
  choose(box, -1);
}

/**
 * @param {Box} box
 * @param {number} index none of them when negative
 */
function choose(box, index) {
  const { input, list } = box;
  box.chosen = index;
  for (const [at, option] of [...list.children].entries()) option.setAttribute('aria-selected', String(at === index));
  const option = list.children[index];
  if (!option) return input.removeAttribute('aria-activedescendant');
  input.setAttribute('aria-activedescendant', option.id);
  option.scrollIntoView({ block: 'nearest' });
}

/**
 * @param {Box} box
 * @param {Element | null | undefined} option
 */
function take(box, option) {
  if (!(option instanceof HTMLElement)) return;
  box.input.value = option.dataset.text ?? '';
  close(box);
  box.input.form?.requestSubmit();
}

/** @param {Box} box */
async function ask(box) {
  box.asking = new AbortController();
  try {
    const query = new URLSearchParams({ query: box.input.value.slice(0, 200) });
    const response = await fetch(`/v1/products:suggest?${query}`, { signal: box.asking.signal });
    if (response.ok) show(box, (await response.json()).suggestions ?? []);
  } catch {
    // Nothing is lost: the form searches all the same.
  }
}

/**
 * @param {Box} box
 * @param {Suggestion[]} suggestions
 */
function show(box, suggestions) {
  const { input, list } = box;
  list.replaceChildren(...suggestions.map((suggestion, index) => option(suggestion, `${list.id}-${index}`)));
  list.hidden = suggestions.length === 0;
  input.ariaExpanded = String(!list.hidden);
  choose(box, -1);
  const count = suggestions.length;
  announce(count ? `${count} suggestion${count === 1 ? '' : 's'}` : '');
}

/**
 * @param {Suggestion} suggestion
 * @param {string} id
 */
function option({ text, kind, segments = [] }, id) {
  const item = document.createElement('li');
  Object.assign(item, { id, role: 'option' });
  item.dataset.text = text;
  const words = document.createElement('span');
  words.append(...segments.map((part) => {
    const node = document.createElement(part.matched ? 'mark' : 'span');
    node.textContent = part.text;
    return node;
  }));
  const sort = document.createElement('span');
  sort.className = 'muted small';
  sort.textContent = KINDS[kind] ?? '';
  item.append(words, sort);
  return item;
}
