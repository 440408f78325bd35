// Adds: what is done to many products is done in place: at once on the rows, in batches, with progress, stop, Continue and Undo.
// Without it: the same form is sent, and the next page says what was done.
// Proven by: tests/browser/stories/bulk.test.js

import { announce, word } from './announce.js';
import { boxes, showCount } from './bulk-bar.js';
import { progress } from './bulk-progress.js';
import { goOn, matching, runOf } from './bulk-run.js';
import { mark, quiet, reason } from './explain.js';
import { focusLast, leaveRow } from './focus.js';
import { number, total } from './format.js';
import { notify } from './notices.js';
import { catchUp, setGone } from './optimistic.js';
import { fillRow, showState } from './row-template.js';

/** @import { Run } from './bulk-run.js' */

/** What each verb is called in the contract, what it makes of a row at once, how it is told, and what takes it back. */
const VERBS = {
  delete: { method: 'Delete', state: 'deleted', what: 'deleted', back: /** @type {const} */ ('undelete') },
  undelete: { method: 'Undelete', state: '', what: 'restored', back: /** @type {const} */ ('delete') },
  publish: { method: 'Publish', state: 'published', what: 'published', back: /** @type {const} */ ('unpublish') },
  unpublish: { method: 'Unpublish', state: 'draft', what: 'unpublished', back: /** @type {const} */ ('publish') },
};

/** @typedef {keyof typeof VERBS} Verb */
/** @typedef {{ bulk: HTMLFormElement, verb: Verb, run: Run, whole: boolean, capped: boolean }} Deed `whole`: all that match */

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
  const found = whole ? await matching(new URLSearchParams(location.search)) : { items: chosen(), capped: false };
  if (!('items' in found)) {
    bulk.ariaBusy = null;
    announce(reason(found), 'assertive');
    return notify(reason(found));
  }
  const deed = { bulk, verb, run: runOf(VERBS[verb].method, found.items, id.value), whole, capped: found.capped };
  id.value = crypto.randomUUID();
  all.checked = false;
  await carryOn(deed);
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

/** From where it stands to its end, or until it is stopped. @param {Deed} deed */
async function carryOn(deed) {
  const { bulk, verb, run, whole } = deed;
  const { state } = VERBS[verb];
  // A page of what was deleted shows what the others hide.
  const bin = 'bin' in bulk.dataset;
  const leaves = verb === (bin ? 'undelete' : 'delete');
  const from = run.done.length;
  const before = new Map(rowsOf(run.left).map(([row]) => [row, { gone: Boolean(row.hidden), state: row.dataset.state ?? '' }]));
  bulk.ariaBusy = 'true';
  for (const row of focusLast([...before.keys()])) {
    quiet(row);
    if (leaves) leaveRow(row);
    if (leaves) setGone(row, true);
    else if (state) showState(row, state);
  }
  const work = progress(bulk, run.count);
  await goOn(run, work.may);
  work.end();
  for (const [row, product] of rowsOf(run.done.slice(from))) {
    fillRow(row, product);
    if (row.hidden !== (Boolean(product.deleteTime) !== bin)) setGone(row, !row.hidden);
    tick(row, false);
  }
  const undone = new Set([...run.refused.keys(), ...run.left.map(({ name }) => name)]);
  for (const [row, was] of before) {
    if (!undone.has(`products/${row.id.slice('product-'.length)}`)) continue;
    if (was.gone !== row.hidden) setGone(row, was.gone);
    showState(row, was.state);
  }
  if (whole) await import('./live-list.js').then(({ goBack }) => goBack());
  await showUndone(run);
  bulk.ariaBusy = null;
  showCount();
  if (!document.activeElement?.checkVisibility() || document.activeElement === document.body) document.querySelector('h1')?.focus();
  tell(deed);
}

/** What was not done stays ticked, with its reason; what changed meanwhile is shown as it is now. @param {Run} run */
async function showUndone({ refused, left, halted }) {
  const names = [...refused.keys(), ...left.map(({ name }) => name)];
  for (const [row, { name }] of rowsOf(names.map((name) => ({ name })))) {
    const failure = refused.get(name) ?? halted;
    tick(row, true);
    if (!failure) continue;
    mark(row, reason(failure));
    await catchUp(row, failure);
  }
}

/**
 * Those of the products that have a row here.
 * @template {{ name: string }} T @param {T[]} items @returns {[HTMLElement, T][]}
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

/** One sentence for all, and the ways to go on or back. @param {Deed} deed */
function tell(deed) {
  const { bulk, verb, run: { done, refused, left, halted, count }, capped } = deed;
  const { what, back } = VERBS[verb];
  const not = count - done.length;
  const code = not ? 'many-partly' : capped ? 'many-first' : 'many';
  const values = { done: number(done.length), count: total(count, capped && !not), what, not: number(not) };
  const text = `${word(code, values)} ${halted ? reason(halted) : ''}`.trim();
  const takeBack = () => carryOn({ ...deed, verb: back, run: runOf(VERBS[back].method, done, crypto.randomUUID()), capped: false });
  announce(text, refused.size || halted ? 'assertive' : 'polite');
  notify(text, {
    ...(done.length && { undo: () => void takeBack() }),
    ...(left.length && bulk.isConnected && { goOn: () => void carryOn(deed) }),
  });
}
