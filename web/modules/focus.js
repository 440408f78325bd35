// Adds: a place for the focus when what had it goes away, and the way back when it returns.
// Without it: the next page begins at its top.
// Proven by: tests/browser/stories/focus.test.js

/**
 * Moves the focus out of a row that is about to be hidden, if it is in there: to the same control of the next row, else of the
 * one before, else to the heading.
 * @param {HTMLElement} row
 * @returns {HTMLElement | null} what had the focus
 */
export function leaveRow(row) {
  const held = document.activeElement;
  if (!(held instanceof HTMLElement) || !row.contains(held)) return null;
  const heir = shown(row, 'nextElementSibling') ?? shown(row, 'previousElementSibling');
  (heir && counterpart(held, heir) || heading())?.focus();
  return held;
}

/**
 * The row with the focus comes last: when it goes it is known which others stay.
 * @param {HTMLElement[]} rows
 */
export function focusLast(rows) {
  const held = (/** @type {HTMLElement} */ row) => Number(row.contains(document.activeElement));
  return rows.sort((one, other) => held(one) - held(other));
}

/**
 * Gives the focus back, unless the user has moved on since.
 * @param {HTMLElement | null} held what had the focus
 * @param {Element | null} since where it was sent to
 */
export function giveBack(held, since) {
  const now = document.activeElement;
  if (held?.isConnected && (now === since || now === document.body || now === null)) held.focus();
}

/**
 * @param {Element} row
 * @param {'nextElementSibling' | 'previousElementSibling'} way
 */
function shown(row, way) {
  let other = row[way];
  while (other instanceof HTMLElement && other.hidden) other = other[way];
  return other instanceof HTMLElement ? other : null;
}

/**
 * The control of another row that does what this one does.
 * @param {HTMLElement} control
 * @param {HTMLElement} other
 * @returns {HTMLElement | null}
 */
function counterpart(control, other) {
  const { action } = control.dataset;
  if (action) {
    /** @type {NodeListOf<HTMLElement>} */
    const same = other.querySelectorAll(`button[data-action="${CSS.escape(action)}"]`);
    for (const button of same) if (button.checkVisibility()) return button;
  }
  return other.querySelector('a[href], button:not([hidden])');
}

/** @returns {HTMLElement | null} */
function heading() {
  return document.querySelector('h1[tabindex="-1"]');
}
