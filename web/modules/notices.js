// Adds: notices with Undo that stay at least 20 s, wait while they are read, the banner of a lost network, and a word before a session ends.
// Without it: the flash message of the next page carries the same Undo as a form.
// Proven by: tests/browser/stories/undo.test.js

import { announce } from './announce.js';
import { noteUse } from './call.js';

const STAY = 20_000;
const LEFT = 'notice';

/** @typedef {{ undo?: () => void, again?: () => void, goOn?: () => void, stay?: () => void }} Choices */

/** @type {{ element: Element, undo: () => void }[]} newest last */
const undoable = [];

/**
 * @param {string} text
 * @param {Choices} [choices] buttons to offer; one with another than `undo` stays until it is answered
 */
export function notify(text, choices = {}) {
  const place = document.querySelector('[data-notices]');
  const template = document.querySelector('template#notice');
  if (!place || !(template instanceof HTMLTemplateElement)) return;
  const copy = /** @type {DocumentFragment} */ (template.content.cloneNode(true));
  const notice = copy.firstElementChild;
  if (!(notice instanceof HTMLElement)) return;
  const words = notice.querySelector('[data-field=text]');
  if (words) words.textContent = text;
  const gone = new AbortController();
  const close = () => {
    gone.abort();
    if (notice.matches(':focus-within')) document.querySelector('h1')?.focus({ preventScroll: true });
    const index = undoable.findIndex(({ element }) => element === notice);
    if (index >= 0) undoable.splice(index, 1);
    notice.remove();
  };
  for (const name of /** @type {const} */ (['undo', 'goOn', 'again', 'stay', 'close'])) {
    const button = notice.querySelector(`[data-notice=${name}]`);
    if (!(button instanceof HTMLElement)) continue;
    const choice = name === 'close' ? () => {} : choices[name];
    button.hidden = !choice;
    button.addEventListener('click', () => (close(), choice?.()), { signal: gone.signal });
  }
  place.append(copy);
  const { undo } = choices;
  if (undo) undoable.push({ element: notice, undo: () => (close(), undo()) });
  if (!choices.again && !choices.goOn && !choices.stay) closeInTime(notice, close, gone.signal);
}

/** Leaves a notice for the page that opens next. @param {string} text */
export function notifyNext(text) {
  sessionStorage.setItem(LEFT, text);
}

/** Starts what every page with notices has: what the page before left to be said, Ctrl+Z, and the banner of a lost network. */
export function startNotices() {
  const left = sessionStorage.getItem(LEFT);
  if (left) notify(left);
  sessionStorage.removeItem(LEFT);
  const told = left ?? document.querySelector('#flash p')?.textContent;
  if (told) announce(told);
  document.addEventListener('keydown', (event) => {
    if (event.key !== 'z' || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey) return;
    const typing = event.target instanceof Element && event.target.closest('input, textarea, select');
    if (typing || !undoable.length) return;
    event.preventDefault();
    undoable.at(-1)?.undo();
  });
  watchNetwork();
  watchSession();
}

/** The page itself was a use of the session. The module that looks after its end is fetched when that comes near. */
function watchSession() {
  const left = Number(document.querySelector('[data-left]')?.getAttribute('data-left'));
  if (!left) return;
  noteUse();
  setTimeout(() => void import('./session-end.js').then(({ watch }) => watch(left)), Math.max(left - 120, left / 2) * 1_000);
}

/** Shows the banner while the browser has no network. */
function watchNetwork() {
  const banner = document.querySelector('[data-offline]');
  if (!(banner instanceof HTMLElement)) return;
  const show = () => {
    banner.hidden = navigator.onLine;
  };
  addEventListener('online', show);
  addEventListener('offline', show);
  show();
}

/**
 * The clock stands still under the pointer, with the focus inside, and while the tab is hidden.
 * @param {HTMLElement} notice
 * @param {() => void} close
 * @param {AbortSignal} signal
 */
function closeInTime(notice, close, signal) {
  let left = STAY;
  let since = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let clock;
  const turn = () => {
    if (clock !== undefined) left -= Date.now() - since;
    clearTimeout(clock);
    clock = undefined;
    if (document.hidden || notice.matches(':hover, :focus-within')) return;
    since = Date.now();
    clock = setTimeout(close, Math.max(left, 1_000));
  };
  for (const name of ['pointerenter', 'pointerleave', 'focusin', 'focusout']) {
    notice.addEventListener(name, turn, { signal });
  }
  document.addEventListener('visibilitychange', turn, { signal });
  signal.addEventListener('abort', () => clearTimeout(clock));
  turn();
}
