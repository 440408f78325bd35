// Adds: many products in batches of 500, a refused batch again without those that its refusal names, with progress and cancel.
// Without it: the server does the same for the form.
// Proven by: tests/browser/stories/bulk.test.js

import { call } from './call.js';
import { queryOf } from './list-query.js';

/** @import { Failure, Product } from './types.js' */

/** The most items of one batch. */
export const BATCH = 500;

/** @typedef {{ name: string, etag: string }} Item */

/**
 * What came of it: the products as they are now, why others were refused, and those that were not reached.
 * @typedef {{ done: Product[], refused: Map<string, Failure>, left: Item[], unknown: boolean }} Outcome
 */

/**
 * Every batch has an id made of the form's and its number, so that sending the same again does nothing twice.
 * @param {string} verb such as `Delete`
 * @param {Item[]} items
 * @param {string} requestId
 * @param {(settled: number) => boolean} goesOn asked between two batches, and told how many are settled
 * @returns {Promise<Outcome>}
 */
export async function inRounds(verb, items, requestId, goesOn) {
  /** @type {Outcome} */
  const outcome = { done: [], refused: new Map(), left: [...items], unknown: false };
  let size = BATCH;
  for (let number = 1; outcome.left.length && goesOn(items.length - outcome.left.length); number += 1) {
    const batch = outcome.left.slice(0, size);
    const body = { requests: batch.map(({ name, etag }) => ({ name, etag })) };
    const answer = await call('POST', `/v1/products:batch${verb}`, { requestId: `${requestId}-${number}`, body });
    if (answer.kind === 'done') {
      outcome.done.push(...(answer.resource.products ?? []));
      outcome.left.splice(0, batch.length);
      continue;
    }
    const failing = answer.kind === 'refused' ? failingOf(answer) : new Map();
    if (answer.kind === 'refused' && answer.reason === 'MESSAGE_TOO_LARGE' && size > 1) {
      size = Math.ceil(batch.length / 2);
      continue;
    }
    // It is not about an item, so it would be said of every further batch too.
    const named = failing.size ? failing : new Map(outcome.left.map((_, index) => [index, answer]));
    for (const [index, failure] of named) {
      const item = outcome.left[index];
      if (item) outcome.refused.set(item.name, failure);
    }
    outcome.unknown ||= answer.kind === 'unknown';
    outcome.left = outcome.left.filter((_, index) => !named.has(index));
  }
  return outcome;
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
 * Every product that matches the filters of an address.
 * @param {URLSearchParams} address
 * @returns {Promise<Item[] | Failure>}
 */
export async function matching(address) {
  /** @type {Item[]} */
  const items = [];
  const query = queryOf(address);
  // An order that what is done to them does not change.
  for (const [name, value] of [['page_size', '1000'], ['order_by', 'create_time'], ['view', 'PRODUCT_VIEW_BASIC'], ['page_token', '']]) {
    query.set(String(name), String(value));
  }
  for (;;) {
    const answer = await call('GET', `/v1/products?${query}`);
    if (answer.kind !== 'done') return answer;
    items.push(...(answer.resource.products ?? []));
    if (!answer.resource.nextPageToken) return items;
    query.set('page_token', answer.resource.nextPageToken);
  }
}

/**
 * Shows how far it is and lets it be stopped, when it takes more than one batch.
 * @param {HTMLFormElement} bulk
 * @param {number} count
 */
export function progress(bulk, count) {
  const bar = bulk.querySelector('progress');
  const stop = bulk.querySelector('[data-stop]');
  let goesOn = true;
  const halt = () => (goesOn = false);
  stop?.addEventListener('click', halt, { once: true });
  for (const part of [bar, stop]) part?.toggleAttribute('hidden', count <= BATCH);
  return {
    goesOn(/** @type {number} */ settled) {
      if (bar) Object.assign(bar, { max: count, value: settled });
      return goesOn;
    },
    end() {
      stop?.removeEventListener('click', halt);
      for (const part of [bar, stop]) part?.toggleAttribute('hidden', true);
    },
  };
}
