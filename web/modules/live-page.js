// Adds: what others do to the products of this list is seen as they do it, and told in one sentence.
// Without it: the page shows what was when it was opened; Activity lists what has changed since.
// Proven by: tests/browser/stories/live.test.js

import { announce, word } from './announce.js';
import { number } from './format.js';
import { namesHere, read, readAt, showFresh } from './live-read.js';
import { drawAnew, idOf, isSame, rowOf } from './live-rows.js';
import { bury } from './live-tombstones.js';

/** @import { News } from './types.js' */

/** How a change that made a product appear is said. @type {Record<string, string>} */
const SAID = { KIND_CREATED: 'live-added', KIND_UNDELETED: 'live-restored' };

/** @param {News[]} batch */
export async function show(batch) {
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
  showFreshOnes(added.map(({ change }) => change.resource));
  say([...here.map(([, news]) => news), ...added]);
}

/** Whether there is a product now that this list does not show. @param {News} news */
function isAdded({ change: { kind, resource }, product }) {
  return kind in SAID && product && !product.deleteTime && !rowOf(idOf(resource));
}

/** The names of new products that the list does not show. @type {Set<string>} */
const fresh = new Set();

/** How many are new stands behind the total, and leads to the list as it is now. @param {string[]} names */
function showFreshOnes(names) {
  // A list that was fetched meanwhile shows them.
  if (!document.getElementById('fresh')) fresh.clear();
  for (const name of names) fresh.add(name);
  if (!fresh.size) return;
  const link = showFresh(word('live-new', { count: number(fresh.size) }), location.pathname + location.search);
  if (link) link.dataset.liveList = '';
}

/** One sentence for all. @param {News[]} all */
function say(all) {
  const [first, ...others] = all;
  if (!first) return;
  const { change: { title, actor, kind }, product } = first;
  const code = !product || product.deleteTime ? 'live-deleted' : SAID[kind] ?? 'live-changed';
  announce(others.length ? word('live-many', { count: number(all.length) }) : word(code, { title, name: actor?.displayName }));
}

/** The whole list as it is now, where it cannot be told what has changed. */
export async function readAgain() {
  // Its place is before what is read after it.
  const { token } = await readAt('/v1/shop');
  for (const product of await read(namesHere())) {
    const row = rowOf(idOf(product.name));
    const actor = product.deleteActor ?? product.updateActor;
    /** @type {News} */
    const news = { change: { kind: 'KIND_UPDATED', resource: product.name, title: product.title, ...(actor && { actor }) }, product };
    if (!row || isSame(row, product)) continue;
    if (product.deleteTime) bury(row, news);
    else drawAnew(row, product, news);
  }
  return token;
}
