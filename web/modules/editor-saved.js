// Adds: what was saved as the shop keeps it: title, time, person, and every text and price in its field.
// Without it: the server prints them all.
// Proven by: tests/browser/stories/editor.test.js

import { controlsOf } from './form-json.js';
import { moment, relative } from './format.js';
import { plain } from './price-entry.js';

/** @import { Price, Product } from './types.js' */

/** @param {Product} product or a category */
export function showSaved({ title, slug, updateTime = '', updateActor }) {
  const texts = { title, changed: relative(updateTime), 'changed-by': updateActor?.displayName ?? '' };
  const shop = document.querySelector('main a[data-address]');
  if (shop instanceof HTMLAnchorElement) shop.href = `${shop.dataset.address}${slug}`;
  for (const [name, text] of Object.entries(texts)) {
    const place = document.querySelector(`main [data-field="${name}"]`);
    if (place) place.textContent = text;
    if (place instanceof HTMLTimeElement) Object.assign(place, { dateTime: updateTime, title: moment(updateTime) });
  }
}

/**
 * Shows texts and prices as the shop keeps them.
 * @param {HTMLFormElement} form
 * @param {Record<string, unknown> & { prices?: Price[] }} resource
 */
export function echo(form, resource) {
  for (const control of controlsOf(form)) {
    const { currency, json } = control.dataset;
    const price = currency && resource.prices?.find(({ amount }) => amount.currencyCode === currency);
    const kept = resource[control.name];
    if (price && control.name === 'price') control.value = plain(price.amount);
    else if (typeof kept === 'string' && !json && !currency) control.value = kept;
  }
}
