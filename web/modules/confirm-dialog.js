// Adds: the question before a product goes for good, as an alert dialog over the list instead of a page of its own.
// Without it: the link leads to the page that asks.
// Proven by: tests/browser/stories/expunge.test.js

/**
 * Nothing is sent from here: the dialog holds the form that the page of the link would, and "Keep" has the focus.
 * @param {HTMLAnchorElement} link
 */
export function ask(link) {
  const template = document.querySelector('template#confirm');
  const row = link.closest('tr');
  if (!(template instanceof HTMLTemplateElement) || !row) return location.assign(link.href);
  document.querySelector('dialog:not([open], :has([aria-busy=true]))')?.remove();
  const copy = /** @type {DocumentFragment} */ (template.content.cloneNode(true));
  const dialog = /** @type {HTMLDialogElement} */ (copy.firstElementChild);
  const form = /** @type {HTMLFormElement} */ (dialog.querySelector('form'));
  const title = dialog.querySelector('[data-field=title]');
  if (title) title.textContent = row.querySelector('[data-field=title]')?.textContent ?? '';
  form.action = link.href;
  const button = /** @type {HTMLButtonElement} */ (form.querySelector('[data-action]'));
  button.dataset.row = row.id;
  button.dataset.resource = row.dataset.resource ?? '';
  for (const input of form.querySelectorAll('input')) {
    if (input.name === 'etag') input.value = row.dataset.etag ?? '';
    if (input.name === 'request_id') input.value = crypto.randomUUID();
  }
  dialog.querySelector('[data-keep]')?.addEventListener('click', () => dialog.close());
  document.body.append(dialog);
  dialog.showModal();
}
