// Waiting for what only asking tells.

import { setTimeout } from 'node:timers/promises';

const PAUSE = 50;
const LIMIT = 30_000;

/**
 * Asks again and again until the answer is yes, and says which one never was.
 * @param {string} fact
 * @param {() => Promise<boolean>} holds
 */
export async function until(fact, holds) {
  const end = performance.now() + LIMIT;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`${fact}: not within ${LIMIT / 1_000} seconds`);
    await setTimeout(PAUSE);
  }
}
