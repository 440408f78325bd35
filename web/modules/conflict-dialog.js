// Adds: what two people made of the same product, over the page that saves it: what only one changed is merged, the rest asks.
// Without it: the server's answer to the form is a page that shows the same.
// Proven by: tests/browser/stories/conflict-dialog.test.js

import { openPage } from './page-part.js';

/**
 * The page of the conflict is what is shown, and its form is what is sent.
 * @param {HTMLFormElement} form the one whose save was refused
 * @param {boolean} alone whether nothing else that was typed is on the page
 * @throws when the server has no such page to show
 */
export async function settle(form, alone) {
  const { status, page } = await openPage('POST', form.action, { form });
  const main = page?.querySelector('main');
  const merged = main?.querySelector('form:has(.merge)');
  if (status !== 409 || !main || !merged) throw new Error('there is nothing to settle');
  const dialog = document.createElement('dialog');
  const title = Object.assign(document.createElement('h2'), { id: 'conflict-title', tabIndex: -1, autofocus: true });
  title.textContent = main.querySelector('h1')?.textContent ?? '';
  dialog.className = 'stack';
  dialog.setAttribute('aria-labelledby', title.id);
  const parts = [...main.querySelectorAll('.head p, [data-says]'), merged];
  dialog.append(title, ...parts.map((part) => document.importNode(part, true)));
  const decided = /** @type {HTMLFormElement} */ (dialog.querySelector('form'));
  if (alone) decided.dataset.leave = '';
  startChoices(dialog, form);
  dialog.addEventListener('close', () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

/**
 * Typing another value chooses it, theirs replaces what is typed here, and the dialog can be left to go on typing.
 * @param {HTMLDialogElement} dialog
 * @param {HTMLFormElement} form
 */
function startChoices(dialog, form) {
  dialog.addEventListener('input', ({ target }) => {
    const other = target instanceof HTMLTextAreaElement && target.closest('fieldset')?.querySelector('[value=own]');
    if (other instanceof HTMLInputElement) other.checked = true;
  });
  const close = dialog.querySelector('[data-close]');
  close?.removeAttribute('hidden');
  close?.addEventListener('click', () => dialog.close());
  const theirs = dialog.querySelector('form a');
  theirs?.addEventListener('click', (event) => {
    event.preventDefault();
    // What is dropped is no reason to ask whether the page may be left.
    form.reset();
    const { hash } = /** @type {HTMLAnchorElement} */ (theirs);
    if (hash) location.hash = hash;
    location.reload();
  });
}
