// Adds: a list whose forms, filters, heads and cells act in place, and that is worked by keys.
// Without it: each of them leads to its own address.
// Proven by: tests/browser/stories/actions.test.js, list.test.js, cells.test.js, bulk.test.js and keyboard.test.js

import { startForms } from './action-form.js';
import { expunging, removal, stating } from './optimistic.js';
import { learn } from './row-template.js';

/** What turns the keys off in this browser, when it is there. */
const OFF = 'keys-off';

/** Where somebody types they are letters. */
const KEYS = ['/', 'j', 'k', 'x', 'b', '#', 'Delete', '?'];

/** The lists, cells, questions and keys are fetched at the first sign that they will be used. */
const liveList = () => import('./live-list.js');
const cellEdit = () => import('./cell-edit.js');
const confirmDialog = () => import('./confirm-dialog.js');
const shortcuts = () => import('./shortcuts.js');

export function startInPlace() {
  // Before the button is asked what it does.
  document.addEventListener('submit', ({ submitter }) => submitter?.closest('tr') && learn(/** @type {HTMLButtonElement} */ (submitter)), true);
  startForms({ delete: removal, undelete: removal, publish: stating, archive: stating, expunge: expunging });
  startBulk();
  document.addEventListener('click', (event) => {
    const link = linkAt(event);
    if (!link || event.button || event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    use(link).catch(() => location.assign(link.href));
  });
  for (const sign of ['pointerover', 'focusin']) {
    document.addEventListener(sign, (event) => {
      const link = linkAt(event);
      if (link) void moduleOf(link).catch(() => {});
    });
  }
  const filters = document.querySelector('form[data-live-list]');
  if (filters instanceof HTMLFormElement) startFilters(filters);
  startKeys();
}

function startKeys() {
  document.querySelector('[data-keys]')?.addEventListener('click', () => void shortcuts().then(({ showKeys }) => showKeys(OFF)));
  document.addEventListener('keydown', (event) => {
    const { key, target, ctrlKey, metaKey, altKey } = event;
    const typing = target instanceof Element && target.closest('input:not([type=checkbox]), textarea, select, dialog');
    if (!KEYS.includes(key) || ctrlKey || metaKey || altKey || typing || localStorage.getItem(OFF)) return;
    event.preventDefault();
    // What is typed next is for the field already, so it waits for no module.
    if (key === '/') toSearch();
    else void shortcuts().then(({ press, showKeys }) => (key === '?' ? showKeys(OFF) : press(key)));
  });
}

function toSearch() {
  /** @type {HTMLInputElement | null} */
  const search = document.querySelector('#q');
  search?.focus();
  search?.select();
}

/** @param {HTMLAnchorElement} link */
function moduleOf(link) {
  if (link.dataset.edit) return cellEdit();
  return 'confirm' in link.dataset ? confirmDialog() : liveList();
}

/** @param {HTMLAnchorElement} link */
async function use(link) {
  if (link.dataset.edit) return (await cellEdit()).editCell(link);
  if ('confirm' in link.dataset) return (await confirmDialog()).ask(link);
  return (await liveList()).goTo(link.href);
}

/** The form may come and go with its list, so the document listens. */
function startBulk() {
  document.addEventListener('click', (event) => {
    const box = event.target;
    if (!(box instanceof HTMLInputElement) || box.form?.id !== 'bulk') return;
    void import('./bulk-bar.js').then(({ choose }) => choose(box, event.shiftKey));
    import('./bulk-act.js').catch(() => {});
  });
  document.addEventListener('submit', (event) => {
    const bulk = /** @type {HTMLFormElement} */ (event.target);
    const button = event.submitter;
    if (bulk.id !== 'bulk' || !(button instanceof HTMLButtonElement) || !('inPlace' in button.dataset)) return;
    event.preventDefault();
    import('./bulk-act.js').then(({ actOnMany, isVerb }) => {
      if (isVerb(button.value)) void actOnMany(bulk, button.value);
    }, () => {
      delete button.dataset.inPlace;
      bulk.requestSubmit(button);
    });
  });
}

/** @param {HTMLFormElement} filters */
function startFilters(filters) {
  filters.addEventListener('submit', (event) => {
    event.preventDefault();
    liveList().then(({ submitFilters }) => submitFilters(filters), () => filters.submit());
  });
  filters.addEventListener('input', () => void liveList().then(({ typeFilters }) => typeFilters(filters), () => {}));
  addEventListener('popstate', () => void liveList().then(({ goBack }) => goBack(), () => location.reload()));
}

/** @param {Event} event */
function linkAt({ target }) {
  const link = target instanceof Element ? target.closest('a[data-edit], a[data-live-list], a[data-confirm]') : null;
  return link instanceof HTMLAnchorElement ? link : null;
}
