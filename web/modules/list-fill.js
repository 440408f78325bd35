// Adds: one page of the list put in place: rows, count, range, heads, pages, filters.
// Without it: the server prints them.
// Proven by: tests/browser/stories/list.test.js

import { number, total } from './format.js';
import { fillEmpty, fillNotes, markRow } from './list-found.js';
import { addressOf, keyOf, nextSort, resultsOf, sortOf } from './list-query.js';
import { cloneRow } from './row-template.js';

/** @import { ProductPage } from './types.js' */

/**
 * @param {ProductPage} page
 * @param {URL} address
 * @returns {string[]} what is said of a search
 */
export function fillList(page, address) {
  const template = document.querySelector('template#product-row');
  const rows = document.getElementById('rows');
  if (!(template instanceof HTMLTemplateElement) || !rows) throw new Error('no list on this page');
  const results = resultsOf(page);
  rows.replaceChildren(...results.map((found) => {
    const row = cloneRow(template, found.product);
    markRow(row, found);
    return row;
  }));
  const asked = Object.fromEntries(address.searchParams);
  fillCounts(page, Number(asked.from ?? 0), results.length);
  fillHeads(address);
  fillPages(asked, page.nextPageToken ?? '', results.length);
  fillFilters(asked);
  const table = rows.closest('table');
  if (table) table.hidden = results.length === 0;
  fillEmpty(results.length === 0, asked);
  return fillNotes(page, asked.q);
}

/**
 * @param {ProductPage} page
 * @param {number} from
 * @param {number} shown
 */
function fillCounts({ totalSize = 0, totalSizeCapped = false, nextPageToken }, from, shown) {
  const place = document.getElementById('total');
  if (!place) return;
  place.dataset.total = String(totalSize);
  place.dataset.capped = String(totalSizeCapped);
  place.textContent = total(totalSize, totalSizeCapped);
  document.getElementById('range')?.remove();
  while (place.nextSibling) place.nextSibling.remove();
  if (shown === 0 || (from === 0 && !nextPageToken)) return;
  const range = document.createElement('span');
  range.id = 'range';
  range.textContent = `${number(from + 1)} to ${number(from + shown)} shown`;
  place.after(', ', range);
}

/** Each head leads to its order turned round; the sign stands at the one that sorts. @param {URL} address */
function fillHeads(address) {
  const sort = sortOf(address.searchParams);
  const sign = document.querySelector('th [data-live-list] svg');
  /** @type {NodeListOf<HTMLAnchorElement>} */
  const heads = document.querySelectorAll('th a[data-live-list]');
  for (const head of heads) {
    const key = keyOf(sortOf(new URL(head.href).searchParams));
    const asked = { ...Object.fromEntries(address.searchParams), page: '', from: '' };
    head.setAttribute('href', addressOf(address.pathname, { ...asked, sort: nextSort(key, sort) }));
    head.closest('th')?.removeAttribute('aria-sort');
    if (keyOf(sort) !== key) continue;
    const down = sort.startsWith('-');
    head.closest('th')?.setAttribute('aria-sort', down ? 'descending' : 'ascending');
    const use = sign?.querySelector('use');
    use?.setAttribute('href', `${use.getAttribute('href')?.split('#')[0]}#sort-${down ? 'desc' : 'asc'}`);
    if (sign) head.append(sign);
  }
}

/**
 * @param {Record<string, string>} asked
 * @param {string} token
 * @param {number} shown
 */
function fillPages(asked, token, shown) {
  const pages = document.getElementById('pages');
  if (!pages) return;
  const from = String(Number(asked.from ?? 0) + shown);
  const first = addressOf(location.pathname, { ...asked, page: '', from: '' });
  const next = addressOf(location.pathname, { ...asked, page: token, from });
  fillLink(pages, 'a:not([rel])', 'First page', asked.page ? first : '');
  const link = fillLink(pages, '[rel=next]', 'Next page', token ? next : '');
  if (link) link.rel = 'next';
}

/** @param {Record<string, string>} asked */
function fillFilters(asked) {
  const filters = document.querySelector('form[data-live-list]');
  if (!(filters instanceof HTMLFormElement)) return;
  const sort = filters.querySelector('[name=sort]') ?? document.createElement('input');
  sort.setAttribute('type', 'hidden');
  sort.setAttribute('name', 'sort');
  sort.setAttribute('value', asked.sort ?? '');
  filters.prepend(sort);
  const row = filters.querySelector('button')?.parentElement;
  const filtered = ['q', 'state', 'category'].some((name) => asked[name]);
  const clear = row && fillLink(row, 'a', 'Clear', filtered ? location.pathname : '');
  if (clear) clear.dataset.kind = 'quiet';
  const byRank = document.getElementById('by-rank');
  byRank?.toggleAttribute('hidden', !asked.q || !asked.sort);
  byRank?.querySelector('a')?.setAttribute('href', addressOf(location.pathname, { ...asked, sort: '', page: '', from: '' }));
}

/** What the filters say, when it was not they who asked. @param {URL} address */
export function fillControls({ searchParams }) {
  /** @type {NodeListOf<HTMLInputElement | HTMLSelectElement>} */
  const controls = document.querySelectorAll('form[data-live-list] :is(input[type=search], select)');
  for (const control of controls) control.value = searchParams.get(control.name) ?? '';
}

/**
 * A link that is there only while it leads somewhere.
 * @param {Element} place
 * @param {string} which
 * @param {string} text
 * @param {string} address
 */
function fillLink(place, which, text, address) {
  /** @type {HTMLAnchorElement | null} */
  const found = place.querySelector(which);
  if (!address) return found?.remove();
  const link = found ?? Object.assign(document.createElement('a'), { className: 'button', textContent: text });
  link.dataset.liveList = '';
  link.setAttribute('href', address);
  if (!found) place.append(link);
  return link;
}
