// Adds: how far it is and a way to stop, when something takes more than one batch.
// Without it: each step is a page of its own.
// Proven by: tests/browser/stories/bulk.test.js

import { BATCH } from './bulk-run.js';

/** @param {Event} event */
const ask = (event) => event.preventDefault();

/**
 * @param {HTMLFormElement} bulk
 * @param {number} count
 */
export function progress(bulk, count) {
  const bar = bulk.querySelector('progress');
  const stop = bulk.querySelector('[data-stop]');
  const long = count > BATCH;
  let may = true;
  const halt = () => (may = false);
  const show = (/** @type {boolean} */ shown) => {
    for (const part of [bar, stop]) part?.toggleAttribute('hidden', !shown);
  };
  stop?.addEventListener('click', halt, { once: true });
  // What is left would not be done when the page goes.
  if (long) addEventListener('beforeunload', ask);
  show(long);
  return {
    /** @param {number} settled */
    may(settled) {
      if (bar) Object.assign(bar, { max: count, value: settled });
      return may;
    },
    end() {
      stop?.removeEventListener('click', halt);
      removeEventListener('beforeunload', ask);
      show(false);
    },
  };
}
