// Adds: what others restore, or delete for good, is said on its row, which has no buttons then; what they delete is counted, and shown when asked.
// Without it: the page shows what was deleted when it was opened.
// Proven by: tests/browser/stories/live-pages.test.js

import { announce, word } from './announce.js';
import { number, total } from './format.js';
import { showFreshPart } from './live-part.js';
import { showOrOffer, turn, untick } from './live-offer.js';
import { namesHere, read, readAt } from './live-read.js';
import { idOf, rowOf } from './live-rows.js';
import { removal } from './optimistic.js';
import { fillRow } from './row-template.js';

/** @import { News, Product } from './types.js' */

/** What is said of a row whose product is not deleted any more. @type {Record<string, string>} */
const SAID = { KIND_UNDELETED: 'live-back', KIND_EXPUNGED: 'live-expunged' };

/** The ids of what was deleted since and is not shown. @type {Set<string>} */
const fresh = new Set();

/** What is in use again can be another SKU: the row asks for it. */
removal.explain = (pressed, failure) => {
  const asks = 'reason' in failure && ['SKU_TAKEN', 'SLUG_TAKEN'].includes(failure.reason);
  if (asks) void import('./restore-asks.js').then(({ ask }) => ask(pressed, failure), () => pressed.form.submit());
  return asks;
};

/** @returns {HTMLElement | null} */
function list() {
  return document.querySelector('[data-follows=deleted]');
}

/** @param {News[]} batch */
export function show(batch) {
  const last = new Map(batch.map((news) => [idOf(news.change.resource), news]));
  const seen = [...last].filter(([id, { product }]) => (product?.deleteTime ? isLaid(id, product) : isGone(id, batch)));
  showCount();
  const [first, ...others] = seen.map(([, news]) => news);
  if (!first) return;
  const { change: { title, actor }, product } = first;
  const code = product?.deleteTime ? 'live-deleted' : product ? 'live-restored' : 'live-tombstone-gone';
  announce(others.length ? word('live-many', { count: number(seen.length) }) : word(code, { title, name: actor?.displayName }));
}

/** It is deleted: whether that is seen here. @param {string} id @param {Product} product */
function isLaid(id, product) {
  const row = rowOf(id);
  const by = list()?.dataset.by;
  if (!row || row.hidden) return !(by && by !== product.deleteActor?.name) && Boolean(fresh.add(id));
  if (row.dataset.etag === product.etag) return false;
  stand(row, product);
  return true;
}

/** It is not deleted any more: whether that is seen here. @param {string} id @param {News[]} batch */
function isGone(id, batch) {
  fresh.delete(id);
  const row = rowOf(id);
  const news = batch.findLast(({ change }) => change.kind in SAID && idOf(change.resource) === id);
  if (!row || row.hidden || !news || row.querySelector('[data-back]')) return false;
  const { change } = news;
  const code = SAID[change.kind] ?? '';
  const text = word(code, { name: change.actor?.displayName });
  showOrOffer(row, `${code}-show`, change, () => lay(row, text));
  return true;
}

/** The row stays, and says what became of its product in the place of its buttons. @param {HTMLElement} row @param {string} text */
function lay(row, text) {
  if (row.querySelector('[data-back]')) return;
  untick(row);
  turnAll(row, true);
  const words = Object.assign(document.createElement('span'), { className: 'muted', textContent: text });
  words.dataset.back = '';
  [...row.querySelectorAll('[data-acts]')].at(-1)?.append(words);
  row.dataset.state = 'restored';
  row.querySelector('[data-asked]')?.remove();
  const box = row.querySelector('input[name=item]');
  if (box instanceof HTMLInputElement) box.disabled = true;
  recount(-1);
}

/** It was deleted again. @param {HTMLElement} row @param {Product} product */
function stand(row, product) {
  const words = row.querySelector('[data-back]');
  const box = row.querySelector('input[name=item]');
  fillRow(row, product);
  if (!words) return;
  words.remove();
  turnAll(row, false);
  if (box instanceof HTMLInputElement) box.disabled = false;
  recount(1);
}

/** So many more are there than were. @param {number} by */
function recount(by) {
  const place = document.getElementById('total');
  if (!place) return;
  const count = Number(place.dataset.total) + by;
  place.dataset.total = String(count);
  place.textContent = total(count, place.dataset.capped === 'true');
}

/** What can be done to it, and until when. @param {HTMLElement} row @param {boolean} away */
function turnAll(row, away) {
  /** @type {NodeListOf<HTMLElement>} */
  const places = row.querySelectorAll('[data-acts]');
  for (const place of places) turn(place, away);
}

function showCount() {
  // A page that was fetched meanwhile shows them.
  for (const id of fresh) if (rowOf(id)?.hidden === false) fresh.delete(id);
  showFreshPart(fresh.size ? word('live-more-deleted', { count: number(fresh.size) }) : '');
}

/** The page as it is now, where it cannot be told what has changed. */
export async function readAgain() {
  const query = new URLSearchParams({ filter: list()?.dataset.filter ?? '', order_by: 'delete_time desc', show_deleted: 'true' });
  const { content: { products = [] }, token } = await readAt(`/v1/products?${query}`);
  const newest = Date.parse(list()?.dataset.newest ?? '') || 0;
  const isFirst = !new URLSearchParams(location.search).has('page');
  for (const product of /** @type {Product[]} */ (products)) {
    if (isFirst && !rowOf(idOf(product.name)) && Date.parse(product.deleteTime ?? '') > newest) fresh.add(idOf(product.name));
  }
  const names = namesHere();
  const all = await read(names);
  for (const name of names) {
    const row = rowOf(idOf(name));
    const product = all.find((one) => one.name === name);
    if (row && !row.hidden && !product?.deleteTime) lay(row, word(product ? 'live-back-since' : 'live-expunged-since'));
  }
  showCount();
  return token;
}
