// Adds: two minutes before a session ends, a notice that says so and offers to stay signed in.
// Without it: what is sent next asks for the sign-in, and is kept.
// Proven by: tests/browser/stories/signed-out.test.js

import { announce, word } from './announce.js';
import { call } from './call.js';
import { reason } from './explain.js';
import { notify } from './notices.js';

/** How long before its end, in seconds; half of a session that is shorter than twice that. @param {number} left */
const ahead = (left) => Math.min(120, left / 2);

/** @type {ReturnType<typeof setTimeout> | undefined} */
let clock;

/**
 * Every use of the session, in any tab, moves its end.
 * @param {number} left the seconds that it lasts after its last use
 */
export function watch(left) {
  clearTimeout(clock);
  const until = lastUse() + (left - ahead(left)) * 1_000 - Date.now();
  if (until > 0) clock = setTimeout(() => watch(left), until);
  else warn(left);
}

/** In any tab, in milliseconds since 1970. */
function lastUse() {
  try {
    return Number(localStorage.used);
  } catch {
    return performance.timeOrigin;
  }
}

/** @param {number} left */
function warn(left) {
  const text = word('session-ends');
  notify(text, { stay: () => void stay(left) });
  announce(text, 'assertive');
}

/** A session that has lasted as long as any does is begun again. @param {number} left */
async function stay(left) {
  const outcome = await call('GET', '/v1/sessions/-');
  if (outcome.kind !== 'done') return notify(reason(outcome), { stay: () => void stay(left) });
  const { lastUseTime, expireTime } = outcome.resource;
  const now = (Date.parse(expireTime) - Date.parse(lastUseTime)) / 1_000;
  if (now > ahead(left) * 1.5) {
    watch(now);
    return announce(word('session-stays'));
  }
  const { signIn } = await import('./sign-in-dialog.js');
  return void signIn();
}
