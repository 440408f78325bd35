// Adds: keys for a list: from row to row, to choose and to delete; and a dialog that lists them and turns them off.
// Without it: all of it is reached by Tab, Enter and Space.
// Proven by: tests/browser/stories/keyboard.test.js

/** The row that had the focus last; from the bar the keys lead back to it. @type {HTMLElement | undefined} */
let last;

/** @type {Record<string, () => void>} */
const ACTIONS = {
  j: () => step(1),
  k: () => step(-1),
  x: () => rowInFocus()?.querySelector('input')?.click(),
  b: toBar,
  '#': remove,
  Delete: remove,
};

/** @param {string} key one of those that in-place.js listens to */
export function press(key) {
  last = rowInFocus() ?? last;
  ACTIONS[key]?.();
}

function rowInFocus() {
  const row = document.activeElement?.closest('#list tbody tr');
  return row instanceof HTMLElement ? row : undefined;
}

/**
 * To the next row or the one before, as far as there are any; into the list where the focus was last.
 * @param {1 | -1} by
 */
function step(by) {
  /** @type {NodeListOf<HTMLElement>} */
  const found = document.querySelectorAll('#list tbody tr:not([hidden])');
  const rows = [...found].filter((row) => handle(row));
  const now = rowInFocus();
  const back = last && rows.includes(last) ? last : rows.at(by > 0 ? 0 : -1);
  const next = now ? rows[rows.indexOf(now) + by] : back;
  if (next) handle(next)?.focus();
}

/** What has the focus when a row is gone to. @param {HTMLElement} row @returns {HTMLElement | null} */
function handle(row) {
  return row.querySelector('a[href], button');
}

/** The bar is there only while something is chosen. */
function toBar() {
  /** @type {NodeListOf<HTMLElement>} */
  const buttons = document.querySelectorAll('#bulk :is(button, summary)');
  [...buttons].find((button) => button.checkVisibility())?.focus();
}

/** What is chosen, or else the row with the focus; only what can be taken back. */
function remove() {
  /** @type {HTMLButtonElement | null} */
  const all = document.querySelector('main:has(#rows tr:not([hidden]) input[name=item]:checked) #bulk [value=delete]');
  /** @type {HTMLButtonElement | null | undefined} */
  const one = rowInFocus()?.querySelector('button[data-action=delete][name=do]');
  (all ?? one)?.click();
}

/**
 * Lists the keys, beside the box that turns them off in this browser.
 * @param {string} off what says so, where the browser keeps it
 */
export function showKeys(off) {
  const template = document.querySelector('template#keys');
  if (!(template instanceof HTMLTemplateElement)) return;
  const copy = /** @type {DocumentFragment} */ (template.content.cloneNode(true));
  const dialog = /** @type {HTMLDialogElement} */ (copy.firstElementChild);
  const box = /** @type {HTMLInputElement} */ (dialog.querySelector('input'));
  box.checked = !localStorage.getItem(off);
  box.addEventListener('change', () => (box.checked ? localStorage.removeItem(off) : localStorage.setItem(off, 'yes')));
  dialog.addEventListener('close', () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
