// Adds: products as they are now, for what the stream does not tell of them, and a link behind the total to what the page does not show.
// Without it: the page shows what was when it was opened.
// Proven by: tests/browser/stories/live.test.js

import { attempt } from './call.js';

/** @import { Product } from './types.js' */

/**
 * Products with their variants. Nobody has asked for them, so that no sign-in is asked for either.
 * @param {string[]} names
 * @returns {Promise<Product[]>}
 */
export async function read(names) {
  if (!names.length) return [];
  const query = new URLSearchParams([...names.map((name) => ['names', name]), ['view', 'PRODUCT_VIEW_FULL']]);
  const all = await attempt('GET', `/v1/products:batchGet?${query}`, {});
  if (all.kind === 'done') return all.resource.products ?? [];
  if (all.kind !== 'refused' || all.status !== 404) return [];
  // One of them is gone for good, which is told by itself.
  const each = await Promise.all(names.map((name) => attempt('GET', `/v1/${name}`, {})));
  return each.flatMap((one) => (one.kind === 'done' ? [one.resource] : []));
}

/**
 * The answer to a call that says from where in the feed to go on. It throws the status of a refusal.
 * @param {string} address
 * @returns {Promise<{ content: any, token: string }>}
 */
export async function readAt(address) {
  const answer = await fetch(address, { headers: { accept: 'application/json' } });
  if (!answer.ok) throw answer.status;
  return { content: await answer.json(), token: answer.headers.get('shelf-resume-token') ?? '' };
}

/** The names of the products that have a row. */
export function namesHere() {
  return [...document.querySelectorAll('#rows > tr[id]')].map(({ id }) => `products/${id.slice('product-'.length)}`);
}

/**
 * The link that is there, with other words, or a new one. None without words.
 * @param {string} text
 * @param {string} address of what it shows
 */
export function showFresh(text, address) {
  const place = document.getElementById('total')?.parentElement;
  const found = document.getElementById('fresh');
  if (!text) {
    found?.previousSibling?.remove();
    return found?.remove();
  }
  const link = found ?? Object.assign(document.createElement('a'), { id: 'fresh' });
  link.setAttribute('href', address);
  link.textContent = text;
  if (!found) place?.append(', ', link);
  return link;
}
