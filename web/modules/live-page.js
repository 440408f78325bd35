// Adds: what others do to the products of this list is seen as they do it, told in one sentence, and how the connection stands.
// Without it: the page shows what was when it was opened; Activity lists what has changed since.
// Proven by: tests/browser/stories/live.test.js

import { announce, word } from './announce.js';
import { attempt, sent } from './call.js';
import { number } from './format.js';
import { startFeed } from './live-feed.js';
import { drawAnew, idOf, isSame, rowOf } from './live-rows.js';
import { bury } from './live-tombstones.js';

/** @import { News, Product, Told } from './types.js' */

/** How long changes are gathered, and how long when one came just before. */
const MOMENT = 80;
const SHORT = 400;

/** How a change that made a product appear is said. @type {Record<string, string>} */
const SAID = { KIND_CREATED: 'live-added', KIND_UNDELETED: 'live-restored' };

/** @param {HTMLElement} list */
export function startLive(list) {
  /** @type {News[]} */
  let gathered = [];
  let last = 0;
  const showAll = () => {
    const batch = gathered;
    gathered = [];
    last = Date.now();
    void show(batch);
  };
  /** @param {Told} told */
  const hear = ({ change, ...rest }) => {
    if (!change || sent.has(change.requestId ?? '')) return;
    gathered.push({ change, ...rest });
    if (gathered.length === 1) setTimeout(showAll, Date.now() - last < SHORT ? SHORT : MOMENT);
  };
  startFeed({ token: list.dataset.resume ?? '', hear, readAgain, show: showWord });
}

/** @param {string} now */
function showWord(now) {
  const place = document.querySelector('[data-live]');
  if (!(place instanceof HTMLElement)) return;
  place.dataset.state = now;
  place.textContent = word(now);
}

/** @param {News[]} batch */
async function show(batch) {
  const last = new Map(batch.map((news) => [idOf(news.change.resource), news]));
  const here = [...last].filter(([id]) => rowOf(id));
  const living = here.filter(([, { product }]) => product && !product.deleteTime);
  const whole = await read(living.map(([id]) => `products/${id}`));
  for (const [id, news] of here) {
    const row = rowOf(id);
    const product = whole.find(({ name }) => name === `products/${id}`);
    if (!row) continue;
    if (!news.product || news.product.deleteTime) bury(row, news);
    else if (product) drawAnew(row, product, news);
  }
  const added = [...last.values()].filter(isAdded);
  showFresh(added.map(({ change }) => change.resource));
  say([...here.map(([, news]) => news), ...added]);
}

/** Whether there is a product now that this list does not show. @param {News} news */
function isAdded({ change: { kind, resource }, product }) {
  return kind in SAID && product && !product.deleteTime && !rowOf(idOf(resource));
}

/** The names of new products that the list does not show. @type {Set<string>} */
const fresh = new Set();

/** How many are new stands behind the total, and leads to the list as it is now. @param {string[]} names */
function showFresh(names) {
  const place = document.getElementById('total')?.parentElement;
  const found = document.getElementById('fresh');
  // A list that was fetched meanwhile shows them.
  if (!found) fresh.clear();
  for (const name of names) fresh.add(name);
  if (!fresh.size || !place) return;
  const link = found ?? Object.assign(document.createElement('a'), { id: 'fresh' });
  link.setAttribute('href', location.pathname + location.search);
  link.dataset.liveList = '';
  link.textContent = word('live-new', { count: number(fresh.size) });
  if (!found) place.append(', ', link);
}

/** One sentence for all. @param {News[]} all */
function say(all) {
  const [first, ...others] = all;
  if (!first) return;
  const { change: { title, actor, kind }, product } = first;
  const code = !product || product.deleteTime ? 'live-deleted' : SAID[kind] ?? 'live-changed';
  announce(others.length ? word('live-many', { count: number(all.length) }) : word(code, { title, name: actor?.displayName }));
}

/**
 * Products with their variants, which a stream does not tell. Nobody has asked for them, so that no sign-in is asked for either.
 * @param {string[]} names
 * @returns {Promise<Product[]>}
 */
async function read(names) {
  if (!names.length) return [];
  const query = new URLSearchParams([...names.map((name) => ['names', name]), ['view', 'PRODUCT_VIEW_FULL']]);
  const all = await attempt('GET', `/v1/products:batchGet?${query}`, {});
  if (all.kind === 'done') return all.resource.products ?? [];
  if (all.kind !== 'refused' || all.status !== 404) return [];
  // One of them is gone for good, which is told by itself.
  const each = await Promise.all(names.map((name) => attempt('GET', `/v1/${name}`, {})));
  return each.flatMap((one) => (one.kind === 'done' ? [one.resource] : []));
}

/** The whole list as it is now, where it cannot be told what has changed. It throws the status of a refusal. */
async function readAgain() {
  // Its place is before what is read after it.
  const answer = await fetch('/v1/shop', { headers: { accept: 'application/json' } });
  if (!answer.ok) throw answer.status;
  /** @type {NodeListOf<HTMLElement>} */
  const rows = document.querySelectorAll('#rows > tr[id]');
  const ids = [...rows].map(({ id }) => id.slice('product-'.length));
  for (const product of await read(ids.map((id) => `products/${id}`))) {
    const row = rowOf(idOf(product.name));
    const actor = product.deleteActor ?? product.updateActor;
    /** @type {News} */
    const news = { change: { kind: 'KIND_UPDATED', resource: product.name, title: product.title, ...(actor && { actor }) }, product };
    if (!row || isSame(row, product)) continue;
    if (product.deleteTime) bury(row, news);
    else drawAnew(row, product, news);
  }
  return answer.headers.get('shelf-resume-token') ?? '';
}
