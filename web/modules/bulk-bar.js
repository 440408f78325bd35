// Adds: a page or a range of rows chosen by one click, and how many they are; Escape closes what the bar has opened.
// Without it: each row is ticked by itself, or the page by a link, and a second press closes it.
// Proven by: tests/browser/stories/bulk.test.js

import { number } from './format.js';

document.addEventListener('keydown', ({ key }) => {
  const more = key === 'Escape' && document.querySelector('#bulk details[open]');
  if (!more) return;
  more.removeAttribute('open');
  more.querySelector('summary')?.focus();
});

/** Where a range begins. @type {HTMLInputElement | undefined} */
let last;

/**
 * The boxes of the rows that are there to be seen.
 * @returns {HTMLInputElement[]}
 */
export function boxes() {
  /** @type {NodeListOf<HTMLInputElement>} */
  const all = document.querySelectorAll('#rows tr:not([hidden]) input[name=item]:enabled');
  return [...all];
}

/**
 * A box was clicked: the page's, that of all that match, or a row's, which with Shift takes those between with it.
 * @param {HTMLInputElement} box
 * @param {boolean} range
 */
export function choose(box, range) {
  const all = boxes();
  const start = last ? all.indexOf(last) : -1;
  const end = all.indexOf(box);
  if ('page' in box.dataset) for (const one of all) one.checked = box.checked;
  if (box.name === 'item') {
    const between = range && start >= 0 ? all.slice(Math.min(start, end), Math.max(start, end) + 1) : [];
    for (const one of between) one.checked = box.checked;
    last = box;
  }
  showCount();
}

/** Says how many are chosen, and whether they are the whole page. */
export function showCount() {
  const all = boxes();
  const count = all.filter(({ checked }) => checked).length;
  const page = document.querySelector('input[data-page]');
  if (page instanceof HTMLInputElement) {
    page.checked = count > 0 && count === all.length;
    page.indeterminate = count > 0 && !page.checked;
  }
  put('[data-chosen]', `${number(count)} chosen`);
  put('[data-matching]', document.getElementById('total')?.textContent ?? '');
}

/**
 * @param {string} place
 * @param {string} text
 */
function put(place, text) {
  const found = document.querySelector(place);
  if (found) found.textContent = text;
}
