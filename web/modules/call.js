// Adds: one JSON call to /v1 that waits 8 s, tries three times under one Idempotency-Key, and always ends in an outcome.
// Without it: action-form.js leaves the form to the browser, and the server answers with a page.
// Proven by: tests/browser/stories/failures.test.js and apart.test.js

/** @import { CallOptions, ErrorDetail, Outcome, Refused } from './types.js' */

/** The ids of the writes that this page has sent, by which it knows their echoes. @type {Set<string>} */
export const sent = new Set();

const LIMIT = 8_000;
const PAUSES = [500, 2_000];
const LONGEST_WAIT = 10_000;

/**
 * A write without `requestId` is sent once only, since sending it again could do it twice.
 * @param {string} method
 * @param {string} path
 * @param {CallOptions} [options]
 * @returns {Promise<Outcome>}
 */
export async function call(method, path, options = {}) {
  if (!navigator.onLine) return { kind: 'offline' };
  const pauses = options.requestId || method === 'GET' ? PAUSES : [];
  let outcome = await attempt(method, path, options);
  for (const pause of pauses) {
    const wait = pauseBefore(outcome, pause);
    if (wait === undefined) break;
    await new Promise((resolve) => setTimeout(resolve, wait));
    outcome = await attempt(method, path, options);
  }
  return outcome.kind === 'refused' && outcome.status === 401 ? park(outcome, () => call(method, path, options)) : outcome;
}

/**
 * Nobody is signed in any more: the call waits until somebody is, and goes on for the one who made it.
 * @param {Refused} refused
 * @param {() => Promise<Outcome>} goOn
 * @returns {Promise<Outcome>}
 */
async function park(refused, goOn) {
  const { signIn } = await import('./sign-in-dialog.js');
  const who = await signIn().catch(() => 'nobody');
  return who === 'same' ? goOn() : { ...refused, reason: who === 'other' ? 'other-user' : 'SESSION_EXPIRED' };
}

/**
 * The same for a write as a button names it. A POST always has a body.
 * @param {string} resource its path
 * @param {string | undefined} what the method, and what it adds to the path
 * @param {string | undefined} etag
 * @param {string | undefined} requestId
 * @param {object | undefined} body
 */
export function send(resource, what = '', etag, requestId, body) {
  const [method = '', verb = ''] = what.split(' ');
  return call(method, resource + verb, { etag, requestId, body: body ?? (method === 'POST' ? {} : undefined) });
}

/**
 * The id of what one of a form's buttons does: made of the form's id, the button's verb and what it acts on, here and on the server
 * alike. So another button of the form, or another row, is no repeat of it. What has one button has the form's id.
 * @param {string | undefined} form
 * @param {string} verb and what may stand behind it
 * @param {string} resource its path or name
 */
export function pressId(form, verb, resource) {
  return form && verb ? `${form}-${verb.split(' ')[0]}-${resource.split('/').at(-1)}` : form;
}

/**
 * How long to wait before the next attempt; `undefined` when the outcome stands.
 * @param {Outcome} outcome
 * @param {number} pause
 */
function pauseBefore(outcome, pause) {
  if (outcome.kind === 'unknown') return pause * (0.8 + 0.4 * Math.random());
  if (outcome.kind !== 'refused' || ![429, 503].includes(outcome.status)) return undefined;
  const asked = (outcome.retryAfter ?? 0) * 1_000;
  return asked > LONGEST_WAIT ? undefined : Math.max(asked, pause);
}

/**
 * One call, once.
 * @param {string} method
 * @param {string} path
 * @param {CallOptions} options
 * @returns {Promise<Outcome>}
 */
export async function attempt(method, path, { etag, requestId, body }) {
  const headers = new Headers({ accept: 'application/json' });
  if (etag) headers.set('if-match', etag);
  if (requestId) {
    headers.set('idempotency-key', requestId);
    sent.add(requestId);
  }
  if (body) headers.set('content-type', 'application/json');
  try {
    const init = { method, headers, signal: AbortSignal.timeout(LIMIT) };
    const answer = await fetch(path, body ? { ...init, body: JSON.stringify(body) } : init);
    const text = await answer.text();
    if (answer.ok) {
      noteUse();
      return { kind: 'done', resource: text ? JSON.parse(text) : {} };
    }
    return [502, 504].includes(answer.status) ? { kind: 'unknown' } : refusal(answer, text);
  } catch {
    return { kind: 'unknown' };
  }
}

/** Every tab has the same session, and each use of it moves its end. */
export function noteUse() {
  try {
    localStorage.used = Date.now();
  } catch {
    // Where nothing can be kept, the word before the session's end comes early.
  }
}

/**
 * @param {Response} answer
 * @param {string} text an error body (AIP-193), or whatever stands between here and the service has to say
 * @returns {Refused}
 */
function refusal(answer, text) {
  const json = answer.headers.get('content-type')?.startsWith('application/json');
  const error = (json && JSON.parse(text).error) || {};
  /** @type {ErrorDetail[]} */
  const details = error.details ?? [];
  const info = details.find((detail) => detail.reason);
  const seconds = Number.parseInt(answer.headers.get('retry-after') ?? '', 10);
  return {
    kind: 'refused',
    status: answer.status,
    reason: info?.reason ?? `HTTP_${answer.status}`,
    message: error.message ?? '',
    metadata: info?.metadata ?? {},
    violations: details.flatMap((detail) => detail.fieldViolations ?? []),
    ...(Number.isNaN(seconds) ? {} : { retryAfter: seconds }),
  };
}
