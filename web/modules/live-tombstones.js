// Adds: a product that others deleted leaves a tombstone with Restore, and is in its place again when somebody restores it.
// Without it: the list shows what was when it was opened.
// Proven by: tests/browser/stories/live.test.js

import { announce, word } from './announce.js';
import { call } from './call.js';
import { reason } from './explain.js';
import { showOrOffer, untick } from './live-offer.js';
import { notify } from './notices.js';
import { setGone } from './optimistic.js';
import { fillRow } from './row-template.js';

/** @import { News, Product } from './types.js' */

/** The tombstones of the rows that are gone. @type {WeakMap<HTMLElement, HTMLElement>} */
const tombstones = new WeakMap();

/** @param {HTMLElement} row */
export function isBuried(row) {
  return tombstones.has(row);
}

/**
 * The row goes, but not out of anybody's hand.
 * @param {HTMLElement} row
 * @param {News} news
 */
export function bury(row, news) {
  if (!row.hidden) showOrOffer(row, 'live-held-gone', news.change, () => lay(row, news));
}

/** @param {HTMLElement} row @param {News} news */
function lay(row, { change: { title, actor }, product }) {
  const template = document.querySelector('template#tombstone');
  if (!(template instanceof HTMLTemplateElement)) return;
  const copy = /** @type {DocumentFragment} */ (template.content.cloneNode(true));
  const tombstone = /** @type {HTMLElement} */ (copy.firstElementChild);
  const text = tombstone.querySelector('[data-field=text]');
  if (text) text.textContent = word(product ? 'live-tombstone' : 'live-tombstone-gone', { title, name: actor?.displayName });
  const button = tombstone.querySelector('button');
  // What is below it stays where it is.
  tombstone.style.blockSize = `${row.getBoundingClientRect().height}px`;
  const held = row.contains(document.activeElement);
  untick(row);
  row.after(tombstone);
  tombstones.set(row, tombstone);
  setGone(row, true);
  if (held) (button ?? document.querySelector('h1'))?.focus();
  if (!product) return button?.remove();
  const requestId = crypto.randomUUID();
  button?.addEventListener('click', () => void restore(row, button, product, requestId));
}

/** The row is there again. @param {HTMLElement} row @param {Product} product */
export function rise(row, product) {
  const tombstone = tombstones.get(row);
  const held = tombstone?.contains(document.activeElement);
  fillRow(row, product);
  setGone(row, false);
  tombstone?.remove();
  tombstones.delete(row);
  if (held) row.querySelector('a')?.focus();
}

/**
 * @param {HTMLElement} row
 * @param {HTMLButtonElement} button
 * @param {Product} product
 * @param {string} requestId
 */
async function restore(row, button, product, requestId) {
  if (button.ariaDisabled === 'true') return;
  button.ariaDisabled = 'true';
  const outcome = await call('POST', `/v1/${product.name}:undelete`, { etag: product.etag, requestId, body: {} });
  button.ariaDisabled = null;
  if (outcome.kind === 'done') {
    rise(row, outcome.resource);
    return announce(word('undeleted', { title: product.title }));
  }
  const text = `${word('not-undeleted', { title: product.title })} ${reason(outcome)}`;
  announce(text, 'assertive');
  notify(text);
}
