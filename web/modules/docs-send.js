// Adds: sending one call of the API from its form, and showing what is answered.
// Without it: nothing; docs.js needs it.
// Proven by: tests/browser/stories/docs.test.js

import { part } from './docs-parts.js';

const LIMIT = 30_000;
/** How much of a stream is shown. */
const LONGEST = 200_000;

/**
 * @param {string} method
 * @param {string} path
 * @param {HTMLFormElement} form
 * @param {HTMLElement} card
 */
export async function send(method, path, form, card) {
  const status = part(card, '[data-part=status]');
  const headers = part(card, '[data-part=headers]');
  const body = part(card, '[data-part=body]');
  part(card, '[data-part=answer]').hidden = false;
  status.textContent = 'Asking…';
  headers.replaceChildren();
  body.textContent = '';
  form.ariaBusy = 'true';
  try {
    const late = AbortSignal.timeout(LIMIT);
    const [address, init] = request(method, path, form);
    const answer = await fetch(address, { ...init, signal: late });
    status.textContent = `${answer.status} ${answer.statusText}`.trim();
    status.dataset.kind = answer.ok ? 'done' : 'refused';
    headers.replaceChildren(...[...answer.headers].map(([name, value]) => `${name}: ${value}\n`));
    const text = await read(answer, (come) => {
      body.textContent = come.slice(0, LONGEST);
    });
    body.textContent = readable(text);
    // A stream goes on until it is cut off here.
    if (late.aborted) status.textContent += ', and then as much as came in half a minute';
  } catch {
    status.textContent = 'No answer. It is not known whether the call was carried out.';
  } finally {
    form.ariaBusy = 'false';
  }
}

/**
 * @param {string} method
 * @param {string} path
 * @param {HTMLFormElement} form
 * @returns {[string, RequestInit]}
 */
function request(method, path, form) {
  const headers = new Headers({ accept: 'application/json' });
  const query = new URLSearchParams();
  let address = path;
  /** @type {string | undefined} */
  let body;
  for (const [name, value] of new FormData(form)) {
    const text = String(value);
    const [place, field = ''] = name.split(' ');
    if (name === 'body') body = text;
    else if (place === 'path') address = address.replace(`{${field}}`, encodeURIComponent(text));
    else if (text && place === 'query') query.append(field, text);
    else if (text && place === 'header') headers.set(field, text);
  }
  const token = document.querySelector('#docs-token');
  if (token instanceof HTMLInputElement && token.value) headers.set('authorization', `Bearer ${token.value}`);
  if (body !== undefined) headers.set('content-type', 'application/json');
  const init = { method: method.toUpperCase(), headers };
  return [query.size ? `${address}?${query}` : address, body === undefined ? init : { ...init, body }];
}

/**
 * The whole text, or as much as came in time; shown while it comes.
 * @param {Response} answer
 * @param {(text: string) => void} show
 */
async function read(answer, show) {
  const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  try {
    for (let next = await reader?.read(); next && !next.done; next = await reader?.read()) {
      text += next.value;
      show(text);
    }
  } catch (error) {
    if (!(error instanceof DOMException) || error.name !== 'TimeoutError') throw error;
  }
  return text;
}

/**
 * JSON with its lines, anything else as it is.
 * @param {string} text
 */
function readable(text) {
  const shown = text.slice(0, LONGEST);
  try {
    return JSON.stringify(JSON.parse(shown), null, 2);
  } catch {
    return shown;
  }
}
