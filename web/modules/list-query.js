// Adds: what an address of the admin's list asks for, as a call of /v1, in the very words that the server uses: a page token is
// bound to them, so that pages opened here and there are the same. Without words it is a list, with words a search.
// Without it: the server reads the address. Proven by: tests/browser/unit/list-query.test.js and stories/list.test.js

/** @import { Found, Product, ProductPage } from './types.js' */

const PAGE_SIZE = '50';
const DEFAULT_SORT = '-changed';

/** In the order of the address. */
const NAMES = ['q', 'state', 'category', 'sort', 'page', 'from'];

/** @type {Record<string, string>} */
const STATES = { draft: 'DRAFT', published: 'ACTIVE', archived: 'ARCHIVED' };

/** @type {Record<string, string>} */
const ORDERS = { title: 'title', price: 'price', changed: 'update_time' };

/**
 * The one address of a list: in fixed order, defaults left out.
 * @param {string} path
 * @param {Record<string, string | undefined>} asked
 */
export function addressOf(path, asked) {
  const query = new URLSearchParams();
  for (const name of NAMES) {
    const value = asked[name]?.trim() ?? '';
    if (value && !(name === 'sort' && value === defaultSort(asked.q))) query.append(name, value);
  }
  return query.size ? `${path}?${query}` : path;
}

/**
 * The path of the call that answers what an address asks for.
 * @param {URLSearchParams} address
 * @param {Record<string, string>} [otherwise] parameters that are to be others
 */
export function callOf(address, otherwise = {}) {
  const sort = sortOf(address);
  const [state, category, words] = [STATES[address.get('state') ?? ''], address.get('category'), wordsOf(address.get('q'))];
  const query = new URLSearchParams({
    page_size: PAGE_SIZE,
    page_token: address.get('page') ?? '',
    order_by: `${ORDERS[keyOf(sort)] ?? ''}${sort.startsWith('-') ? ' desc' : ''}`,
    view: 'PRODUCT_VIEW_FULL',
    ...otherwise,
  });
  if (words) {
    query.set('query', words);
    query.set('show_hidden', 'true');
    if (state) query.set('states', `STATE_${state}`);
    if (category) query.set('categories', `categories/${category}`);
    return `/v1/products:search?${query}`;
  }
  const terms = [state && `state = ${state}`, category && `category:"${category}"`];
  query.set('filter', terms.filter(Boolean).join(' AND '));
  return `/v1/products?${query}`;
}

/**
 * What a call has found, with what was searched for marked.
 * @param {ProductPage} page
 * @returns {Found[]}
 */
export function resultsOf({ products = [], results }) {
  return results ?? products.map((product) => ({ product }));
}

/** @param {ProductPage} page @returns {Product[]} */
export function productsOf(page) {
  return resultsOf(page).map(({ product }) => product);
}

/** As many as the server reads. @param {string | null | undefined} text */
function wordsOf(text) {
  return [...(text ?? '').trim()].slice(0, 200).join('');
}

/** Words have an order of their own: the best first. @param {string | null | undefined} words */
function defaultSort(words) {
  return wordsOf(words) ? '' : DEFAULT_SORT;
}

/** @param {URLSearchParams} address */
export function sortOf(address) {
  return address.get('sort') || defaultSort(address.get('q'));
}

/** @param {string} sort */
export function keyOf(sort) {
  return sort.replace('-', '');
}

/**
 * What a sort head asks for next: its own order turned round, times newest first.
 * @param {string} key
 * @param {string} sort the order that stands
 */
export function nextSort(key, sort) {
  if (keyOf(sort) === key) return sort === key ? `-${key}` : key;
  return key === 'changed' ? '-changed' : key;
}
