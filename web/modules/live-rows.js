// Adds: a row that others changed is drawn anew where it stands, with its changes marked.
// Without it: the list shows what was when it was opened.
// Proven by: tests/browser/stories/live.test.js

import { word } from './announce.js';
import { showOrOffer } from './live-offer.js';
import { isBuried, rise } from './live-tombstones.js';
import { fillRow } from './row-template.js';

/** @import { News, Product } from './types.js' */

/** The id of the product that a resource is, or belongs to. @param {string} resource */
export function idOf(resource) {
  return resource.split('/')[1] ?? '';
}

/**
 * @param {string} id
 * @returns {HTMLElement | null}
 */
export function rowOf(id) {
  return document.querySelector(`#rows > #product-${CSS.escape(id)}`);
}

/** Whether the row shows this version already. @param {HTMLElement} row @param {Product} product */
export function isSame(row, { etag, variants }) {
  const price = row.querySelector('[data-field=price]')?.getAttribute('data-etag');
  return row.dataset.etag === etag && !row.hidden && (!price || price === variants?.[0]?.etag);
}

/**
 * @param {HTMLElement} row
 * @param {Product} product with its variants
 * @param {News} news
 */
export function drawAnew(row, product, { change }) {
  // What was just deleted here goes on until the server has answered.
  if (!row.hidden) showOrOffer(row, 'live-held', change, () => draw(row, product));
  else if (isBuried(row) || change.kind === 'KIND_UNDELETED') rise(row, product);
}

/** @param {HTMLElement} row @param {Product} product */
function draw(row, product) {
  const places = [...row.querySelectorAll('[data-field]')];
  const before = places.map(({ textContent }) => textContent);
  fillRow(row, product);
  for (const [index, place] of places.entries()) place.toggleAttribute('data-changed', place.textContent !== before[index] && place.checkVisibility());
  const by = row.querySelector('[data-field=changed-by]');
  by?.toggleAttribute('data-changed', true);
  by?.prepend(Object.assign(document.createElement('span'), { className: 'visually-hidden', textContent: word('live-by', { name: '' }) }));
}
