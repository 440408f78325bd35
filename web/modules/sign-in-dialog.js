// Adds: a sign-in over the page as it stands, when a call finds that the session has ended. What was asked for waits meanwhile.
// Without it: the server's answer to the form is a page that asks for the sign-in, and keeps what was sent.
// Proven by: tests/browser/stories/signed-out.test.js

import { announce } from './announce.js';
import { attempt } from './call.js';
import { reason } from './explain.js';
import { openPage } from './page-part.js';
import { watch } from './session-end.js';

/** Who is signed in now: the one whose page this is, somebody else, or nobody. @typedef {'same' | 'other' | 'nobody'} SignedIn */

/** @type {Promise<SignedIn> | undefined} what waits together asks once */
let asking;

/** @returns {Promise<SignedIn>} */
export function signIn() {
  asking ??= ask().finally(() => {
    asking = undefined;
  });
  return asking;
}

/** @returns {Promise<SignedIn>} */
async function ask() {
  const { page } = await openPage('GET', '/admin/sign-in');
  const template = page?.querySelector('template#again');
  if (!(template instanceof HTMLTemplateElement)) throw new Error('no sign-in to show');
  const copy = document.importNode(template.content, true);
  const dialog = /** @type {HTMLDialogElement} */ (copy.firstElementChild);
  const form = /** @type {HTMLFormElement} */ (dialog.querySelector('form'));
  const { promise, resolve } = /** @type {PromiseWithResolvers<SignedIn>} */ (Promise.withResolvers());
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (form.ariaBusy !== 'true') void send(form).then((who) => who && (resolve(who), dialog.close()));
  });
  dialog.querySelector('[data-close]')?.addEventListener('click', () => dialog.close());
  dialog.addEventListener('close', () => {
    dialog.remove();
    resolve('nobody');
  });
  document.body.append(dialog);
  dialog.showModal();
  return promise;
}

/**
 * A refusal stays in the dialog, with what was typed.
 * @param {HTMLFormElement} form
 * @returns {Promise<SignedIn | undefined>}
 */
async function send(form) {
  const button = form.querySelector('button');
  form.ariaBusy = 'true';
  button?.setAttribute('aria-disabled', 'true');
  const outcome = await attempt('POST', '/v1/sessions', { body: Object.fromEntries(new FormData(form)) });
  form.ariaBusy = null;
  button?.removeAttribute('aria-disabled');
  if (outcome.kind === 'done') return welcome(outcome.resource);
  const note = form.closest('dialog')?.querySelector('.note');
  const words = note?.querySelector('p');
  if (words) words.textContent = reason(outcome);
  note?.removeAttribute('hidden');
  announce(reason(outcome), 'assertive');
  const password = form.elements.namedItem('password');
  if (password instanceof HTMLInputElement) password.select();
  return undefined;
}

/**
 * The page is theirs from now on.
 * @param {{ user: { name: string, displayName: string }, createTime: string, expireTime: string }} session
 * @returns {SignedIn}
 */
function welcome({ user, createTime, expireTime }) {
  const who = document.querySelector('[data-user]');
  const same = who?.getAttribute('data-user') === user.name;
  who?.setAttribute('data-user', user.name);
  const name = who?.querySelector('span');
  if (name && !same) name.textContent = user.displayName;
  watch((Date.parse(expireTime) - Date.parse(createTime)) / 1_000);
  return same ? 'same' : 'other';
}
