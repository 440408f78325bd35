// Adds: many products in batches of 500, a refused batch again without those that its refusal names; what was stopped goes on.
// Without it: the server does the same for the form.
// Proven by: tests/browser/stories/bulk.test.js

import { batchId } from './batch-id.js';
import { call } from './call.js';
import { callOf, productsOf } from './list-query.js';

/** @import { Failure, Product } from './types.js' */

/** The most items of one batch. */
export const BATCH = 500;

/** @typedef {{ name: string, etag: string }} Item */

/**
 * What is to be done, and what came of it so far.
 * @typedef {object} Run
 * @property {string} method such as `Delete`
 * @property {string} id the form's; each batch has one made of it and its round
 * @property {number} round how many batches are settled
 * @property {number} size the most items of the next batch
 * @property {number} count of all products
 * @property {Item[]} left those that were not reached
 * @property {Product[]} done as they are now
 * @property {Map<string, Failure>} refused by the products' names
 * @property {Failure} [halted] why it did not go on; nothing when it was stopped
 */

/**
 * @param {string} method
 * @param {Item[]} items
 * @param {string} id
 * @returns {Run}
 */
export function runOf(method, items, id) {
  return { method, id, round: 0, size: BATCH, count: items.length, left: items, done: [], refused: new Map() };
}

/**
 * Goes on until all is settled. A batch of which nobody knows what came of it is the first to be sent again, under the same id.
 * @param {Run} run
 * @param {(settled: number) => boolean} may asked between two batches, and told how many are settled
 */
export async function goOn(run, may) {
  delete run.halted;
  while (run.left.length && may(run.count - run.left.length)) {
    const batch = run.left.slice(0, run.size);
    const requestId = await batchId(run.id, run.round + 1);
    const body = { requests: batch.map(({ name, etag }) => ({ name, etag })) };
    const answer = await call('POST', `/v1/products:batch${run.method}`, { requestId, body });
    if (answer.kind === 'done') run.done.push(...(answer.resource.products ?? []));
    const failing = answer.kind === 'refused' ? failingOf(answer) : new Map();
    if (answer.kind === 'refused' && answer.reason === 'MESSAGE_TOO_LARGE' && run.size > 1) run.size = Math.ceil(batch.length / 2);
    else if (answer.kind !== 'done' && !failing.size) {
      // It is not about an item, so it would be said of every further batch too.
      run.halted = answer;
      return;
    }
    run.round += 1;
    for (const [index, failure] of failing) {
      const item = batch[index];
      if (item) run.refused.set(item.name, failure);
    }
    const settled = answer.kind === 'done' ? batch : batch.filter(({ name }) => run.refused.has(name));
    run.left = run.left.filter((item) => !settled.includes(item));
  }
}

/**
 * Which items a refusal names, each with its own reason; what it leaves out, the next round names.
 * @param {Extract<Failure, { kind: 'refused' }>} failure
 * @returns {Map<number, Failure>}
 */
function failingOf(failure) {
  /** @type {Map<number, Failure>} */
  const failing = new Map();
  const lists = Object.entries(failure.metadata).filter(([key]) => key.endsWith('_items'));
  // The list of all comes first, so that the lists by reason have the last word.
  for (const [key, list] of lists.sort(([one]) => (one === 'failed_items' ? -1 : 1))) {
    const reason = key === 'failed_items' ? failure.reason : key.slice(0, -'_items'.length).toUpperCase();
    for (const range of list.split(',')) {
      const [first = 0, last = first] = range.split('-').map(Number);
      for (let index = first; index <= last; index += 1) {
        failing.set(index, { ...failure, reason, metadata: {}, violations: [] });
      }
    }
  }
  return failing;
}

/**
 * Every product that an address of the list shows, as far as a search goes.
 * @param {URLSearchParams} address
 * @returns {Promise<{ items: Item[], capped: boolean } | Failure>}
 */
export async function matching(address) {
  /** @type {Item[]} */
  const items = [];
  let token = '';
  for (;;) {
    // An order that what is done to them does not change.
    const part = { page_size: '1000', order_by: 'create_time', view: 'PRODUCT_VIEW_BASIC', page_token: token };
    const answer = await call('GET', callOf(address, part));
    if (answer.kind !== 'done') return answer;
    items.push(...productsOf(answer.resource).map(({ name, etag }) => ({ name, etag })));
    token = answer.resource.nextPageToken ?? '';
    if (!token) return { items, capped: Boolean(answer.resource.totalSizeCapped) && address.has('q') };
  }
}
