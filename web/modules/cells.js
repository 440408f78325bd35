// Adds: what each cell that is edited in place reads, sends and shows.
// Without it: the link opens that field in the editor.
// Proven by: tests/browser/stories/cells.test.js

import { rowOf, titleOf } from './explain.js';
import { money } from './format.js';
import { parsePrice, plain } from './price-entry.js';
import { fillRow } from './row-template.js';

/** @import { Price, Variant } from './types.js' */

/**
 * @typedef {object} Cell
 * @property {(link: HTMLElement) => string} read the value as it is typed
 * @property {(link: HTMLElement) => object} now the body of a call that would change nothing
 * @property {(link: HTMLElement, typed: string) => object | string} body that of one that saves, or the code of what is wrong
 * @property {(link: HTMLElement) => string | undefined} etag the version that was shown
 * @property {(typed: string, link: HTMLElement) => string} text how the new value is shown
 * @property {(link: HTMLElement, row: HTMLElement, resource: any) => void} fill
 */

/** @type {Record<string, Cell>} */
export const CELLS = {
  title: {
    read: titleOf,
    now: (link) => ({ title: titleOf(link) }),
    body: (_, typed) => ({ title: typed.trim() }),
    etag: (link) => rowOf(link)?.dataset.etag,
    text: (typed) => typed.trim(),
    fill: (_, row, product) => fillRow(row, product),
  },
  price: {
    read: (link) => pricesOf(link).filter(inCurrencyOf(link)).map(({ amount }) => plain(amount))[0] ?? '',
    now: (link) => ({ prices: pricesOf(link) }),
    body(link, typed) {
      const amount = parsePrice(typed, link.dataset.currency ?? '');
      if (typeof amount === 'string') return `price-${amount}`;
      const own = pricesOf(link).find(inCurrencyOf(link));
      const others = pricesOf(link).filter((price) => !inCurrencyOf(link)(price));
      return { prices: [{ ...own, amount }, ...others] };
    },
    etag: (link) => link.dataset.etag,
    text(typed, link) {
      const amount = parsePrice(typed, link.dataset.currency ?? '');
      return typeof amount === 'string' ? typed : money(amount);
    },
    fill(link, _, /** @type {Variant} */ variant) {
      link.dataset.etag = variant.etag;
      link.dataset.prices = JSON.stringify(variant.prices ?? []);
      link.textContent = pricesOf(link).filter(inCurrencyOf(link)).map(({ amount }) => money(amount))[0] ?? '';
    },
  },
};

/**
 * @param {HTMLElement} link
 * @returns {Price[]}
 */
function pricesOf(link) {
  return JSON.parse(link.dataset.prices || '[]');
}

/**
 * @param {HTMLElement} link
 * @returns {(price: Price) => boolean}
 */
function inCurrencyOf(link) {
  return ({ amount }) => amount.currencyCode === link.dataset.currency;
}
