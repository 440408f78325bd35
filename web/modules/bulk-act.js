// Adds: what is done to many products is done in place: at once on the rows, in batches, with progress, cancel and undo.
// Without it: the same form is sent, and the next page says what was done.
// Proven by: tests/browser/stories/bulk.test.js

import { announce, word } from './announce.js';
import { boxes, showCount } from './bulk-bar.js';
import { inRounds, matching, progress } from './bulk-run.js';
import { mark, quiet, reason } from './explain.js';
import { number, total } from './format.js';
import { notify } from './notices.js';
import { catchUp, setGone } from './optimistic.js';
import { fillRow, showState } from './row-template.js';

/** @import { Item, Outcome } from './bulk-run.js' */
/** @import { Failure } from './types.js' */

/** What each verb is called in the contract, what it makes of a row at once, how it is told, and what takes it back. */
const VERBS = {
  delete: { method: 'Delete', state: 'deleted', what: 'deleted', back: /** @type {const} */ ('undelete') },
  undelete: { method: 'Undelete', state: '', what: 'restored', back: /** @type {const} */ ('delete') },
  publish: { method: 'Publish', state: 'published', what: 'published', back: /** @type {const} */ ('unpublish') },
  unpublish: { method: 'Unpublish', state: 'draft', what: 'unpublished', back: /** @type {const} */ ('publish') },
};

/** @typedef {keyof typeof VERBS} Verb */

/** @param {string} name @returns {name is Verb} */
export function isVerb(name) {
  return name in VERBS;
}

/**
 * @param {HTMLFormElement} bulk
 * @param {Verb} verb
 */
export async function actOnMany(bulk, verb) {
  if (bulk.ariaBusy === 'true') return;
  const [all, id] = [input(bulk, 'all'), input(bulk, 'request_id')];
  const whole = all.checked;
  bulk.ariaBusy = 'true';
  const items = whole ? await matching(new URLSearchParams(location.search)) : chosen();
  if (!Array.isArray(items)) {
    bulk.ariaBusy = null;
    return fail(items);
  }
  const outcome = await run(bulk, verb, items, id.value);
  if (!outcome.unknown) id.value = crypto.randomUUID();
  all.checked = false;
  if (whole) await import('./live-list.js').then(({ goBack }) => goBack());
  tell(bulk, verb, outcome, items.length);
}

/** @param {HTMLFormElement} bulk @param {string} name */
function input(bulk, name) {
  return /** @type {HTMLInputElement} */ (bulk.elements.namedItem(name));
}

/** The ticked rows, with the versions that they show. */
function chosen() {
  const ticked = boxes().filter(({ checked }) => checked);
  return ticked.map(({ value }) => {
    const [id = '', etag = ''] = value.split(' ');
    return { name: `products/${id}`, etag };
  });
}

/**
 * @param {HTMLFormElement} bulk
 * @param {Verb} verb
 * @param {Item[]} items
 * @param {string} id
 */
async function run(bulk, verb, items, id) {
  const { method, state } = VERBS[verb];
  const before = new Map(rowsOf(items).map(([row]) => [row, { gone: Boolean(row.hidden), state: row.dataset.state ?? '' }]));
  bulk.ariaBusy = 'true';
  for (const [row] of rowsOf(items)) {
    quiet(row);
    if (state === 'deleted') setGone(row, true);
    else if (state) showState(row, state);
  }
  const work = progress(bulk, items.length);
  const outcome = await inRounds(method, items, id, work.goesOn);
  work.end();
  for (const [row, product] of rowsOf(outcome.done)) {
    fillRow(row, product);
    if (row.hidden !== Boolean(product.deleteTime)) setGone(row, !row.hidden);
    tick(row, false);
  }
  for (const [row, { name }] of rowsOf(items)) {
    const failure = outcome.refused.get(name);
    if (!failure && !outcome.left.some((item) => item.name === name)) continue;
    const was = before.get(row);
    if (was && was.gone !== row.hidden) setGone(row, was.gone);
    showState(row, was?.state ?? '');
    tick(row, true);
    if (failure) mark(row, reason(failure));
    if (failure) await catchUp(row, failure);
  }
  bulk.ariaBusy = null;
  showCount();
  if (!document.activeElement?.checkVisibility() || document.activeElement === document.body) document.querySelector('h1')?.focus();
  return outcome;
}

/**
 * Those of the products that have a row here.
 * @template {{ name: string }} T
 * @param {T[]} items
 * @returns {[HTMLElement, T][]}
 */
function rowsOf(items) {
  return items.flatMap((item) => {
    const row = document.getElementById(`product-${item.name.slice('products/'.length)}`);
    return row ? [/** @type {[HTMLElement, T]} */ ([row, item])] : [];
  });
}

/** @param {HTMLElement} row @param {boolean} on */
function tick(row, on) {
  const box = row.querySelector('input[name=item]');
  if (box instanceof HTMLInputElement) box.checked = on;
}

/**
 * One sentence for all, and the way back for those that were done.
 * @param {HTMLFormElement} bulk
 * @param {Verb} verb
 * @param {Outcome} outcome
 * @param {number} count
 */
function tell(bulk, verb, { done, refused }, count) {
  const { what, back } = VERBS[verb];
  const not = count - done.length;
  const text = word(not ? 'many-partly' : 'many', { done: number(done.length), count: total(count), what, not: number(not) });
  const undo = async () => tell(bulk, back, await run(bulk, back, done, crypto.randomUUID()), done.length);
  announce(text, refused.size ? 'assertive' : 'polite');
  notify(text, done.length ? { undo: () => void undo() } : {});
}

/** @param {Failure} failure */
function fail(failure) {
  announce(reason(failure), 'assertive');
  notify(reason(failure));
}
