// Adds: what somebody has in hand is left alone; the row says what others did to it, and a link shows it.
// Without it: the list shows what was when it was opened.
// Proven by: tests/browser/stories/live.test.js

import { word } from './announce.js';

/** @import { Change } from './types.js' */

/** Whether a row has the focus, is ticked or edited, or waits for the server or for a decision. @param {HTMLElement} row */
function isHeld(row) {
  const inHand = 'input[name=item]:checked, [data-cancel], [aria-busy=true], [data-offer], [data-asked]';
  return row.contains(document.activeElement) || row.querySelector(inHand) !== null;
}

/**
 * Shows what was done to a row, at once or when it is asked for.
 * @param {HTMLElement} row
 * @param {string} code of the words that say what was done
 * @param {Change} change
 * @param {() => void} show
 */
export function showOrOffer(row, code, change, show) {
  const place = row.querySelector('[data-field=changed]')?.parentElement;
  holdColumns(row.closest('table'));
  if (!place || !isHeld(row)) return show();
  place.style.minBlockSize = `${place.offsetHeight}px`;
  place.querySelector('[data-offer]')?.remove();
  const link = Object.assign(document.createElement('a'), { textContent: word(code, { name: change.actor?.displayName }) });
  // By itself it leads to the changes since.
  link.setAttribute('href', `/admin/${change.resource.split('/', 2).join('/')}/changes?since=${encodeURIComponent(row.dataset.etag ?? '')}`);
  link.dataset.offer = '';
  const withdraw = () => {
    drawn.disconnect();
    link.remove();
    place.style.minBlockSize = '';
    turn(place, false);
  };
  // Whatever else shows the row as it is now, there is no more to offer.
  const drawn = new MutationObserver(withdraw);
  drawn.observe(row, { attributeFilter: ['data-etag'] });
  link.addEventListener('click', (event) => {
    if (event.button || event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    withdraw();
    (place.querySelector('a') ?? row.querySelector('a'))?.focus();
    show();
  });
  turn(place, true);
  place.append(link);
}

/**
 * The columns stay as wide as they are, whatever comes and goes in them, until the window has another size or the list other rows.
 * @param {HTMLTableElement | null} table
 */
function holdColumns(table) {
  const heads = [...(table?.tHead?.rows[0]?.cells ?? [])];
  // Where rows are stacked there are none.
  if (!table || table.style.tableLayout || getComputedStyle(table).display !== 'table') return;
  const widths = heads.map((head) => `${head.getBoundingClientRect().width}px`);
  const hold = (/** @type {boolean} */ held) => {
    table.style.tableLayout = held ? 'fixed' : '';
    for (const [index, head] of heads.entries()) head.style.inlineSize = held ? widths[index] ?? '' : '';
  };
  hold(true);
  addEventListener('resize', () => hold(false), { once: true });
  const refilled = new MutationObserver((all) => all.some(({ removedNodes }) => removedNodes.length > 1) && hold(false));
  for (const body of table.tBodies) refilled.observe(body, { childList: true });
}

/** What is no more cannot be chosen. @param {HTMLElement} row */
export function untick(row) {
  const box = row.querySelector('input[name=item]');
  if (!(box instanceof HTMLInputElement) || !box.checked) return;
  box.checked = false;
  void import('./bulk-bar.js').then(({ showCount }) => showCount());
}

/** @param {HTMLElement} place @param {boolean} away */
export function turn(place, away) {
  for (const child of place.children) if (child instanceof HTMLElement) child.hidden = away;
}
