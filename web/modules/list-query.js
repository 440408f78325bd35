// Adds: what an address of the admin's list asks for, as the query of /v1/products, in the very words that the server uses:
// a page token is bound to them, so that pages opened here and there are the same.
// Without it: the server reads the address. Proven by: tests/browser/unit/list-query.test.js and stories/list.test.js

const PAGE_SIZE = '50';
const DEFAULT_SORT = '-changed';

/** In the order of the address. */
const NAMES = ['q', 'state', 'category', 'sort', 'page', 'from'];

/** @type {Record<string, string>} */
const STATES = { draft: 'state = DRAFT', published: 'state = ACTIVE', archived: 'state = ARCHIVED' };

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
    if (value && !(name === 'sort' && value === DEFAULT_SORT)) query.append(name, value);
  }
  return query.size ? `${path}?${query}` : path;
}

/** @param {URLSearchParams} address */
export function queryOf(address) {
  const terms = (address.get('q') ?? '').split(/\s+/).filter(Boolean).map(quoted);
  const state = STATES[address.get('state') ?? ''];
  const category = address.get('category');
  if (state) terms.push(state);
  if (category) terms.push(`category:"${category}"`);
  const sort = sortOf(address);
  return new URLSearchParams({
    page_size: PAGE_SIZE,
    page_token: address.get('page') ?? '',
    filter: terms.join(' AND '),
    order_by: `${ORDERS[keyOf(sort)] ?? ORDERS.changed}${sort.startsWith('-') ? ' desc' : ''}`,
    view: 'PRODUCT_VIEW_FULL',
  });
}

/** @param {URLSearchParams} address */
export function sortOf(address) {
  return address.get('sort') || DEFAULT_SORT;
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

/** @param {string} word */
function quoted(word) {
  return `"${word.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}
