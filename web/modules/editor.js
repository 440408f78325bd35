// Adds: create and save by JSON, with every error at its field, and a question before unsaved changes are left; categories too.
// Without it: the server answers the form with the same page, the errors in place and the values kept.
// Proven by: tests/browser/stories/editor.test.js

import { startForms } from './action-form.js';
import { word } from './announce.js';
import { echo, showSaved } from './editor-saved.js';
import { submitPlainly } from './explain.js';
import { toJson, toNewProduct } from './form-json.js';
import { notifyNext } from './notices.js';

/** @import { Behaviour, Pressed } from './action-form.js' */
/** @import { Failure } from './types.js' */

/** What each form was printed with or saved last; nothing when that is not known. @type {Map<HTMLFormElement, Record<string, unknown> | null>} */
const saved = new Map();

/** Fetched when a form is sent for the first time, and one promise, so that what is cleared first is shown last. */
const fieldErrors = () => (errors ??= import('./field-errors.js'));
/** @type {Promise<typeof import('./field-errors.js')> | undefined} */
let errors;

/** The field that a reason is about when no violation names it. @type {Record<string, string>} */
const FIELD_OF = { SLUG_TAKEN: 'slug', SKU_TAKEN: 'sku', PRODUCT_ID_TAKEN: 'product_id', CATEGORY_CYCLE: 'parent' };

/** Only what was changed goes; the answer's etag comes into every form that carried the old one. @type {Behaviour} */
const saving = {
  body: ({ form }) => changesIn(form, saved.get(form) ?? {}),
  show({ form }) {
    const sent = toJson(form);
    clearErrors(form);
    return {
      confirm(resource) {
        saved.set(form, sent);
        renewEtag(form, resource.etag);
        form.closest('[data-prices]')?.setAttribute('data-prices', JSON.stringify(resource.prices ?? []));
        if (resource.title) showSaved(resource);
        if (!same(toJson(form), sent)) return;
        echo(form, resource);
        saved.set(form, toJson(form));
      },
      rollBack: () => {},
    };
  },
  explain,
};

/** A new product opens in its editor. @type {Behaviour} */
const creating = {
  body: ({ form }) => toNewProduct(form),
  show({ button, form }) {
    clearErrors(form);
    return {
      confirm({ name, title }) {
        saved.delete(form);
        notifyNext(word(button.dataset.done ?? '', { title }));
        location.assign(`/admin/${name}`);
      },
      rollBack: () => {},
    };
  },
  explain,
  leaves: true,
};

/** Publishing and archiving are seldom done here: their module is fetched at the first sign that one will be. */
function awaitStates() {
  let ready = false;
  // Where it cannot be fetched, the browser submits the form.
  const start = () => import('./editor-state.js').then(({ startStates }) => startStates(), () => {}).then(() => (ready = true));
  /** @type {Promise<boolean> | undefined} */
  let started;
  for (const sign of ['pointerover', 'focusin', 'submit']) {
    document.addEventListener(sign, (event) => {
      const sent = event instanceof SubmitEvent;
      const place = sent ? event.submitter : event.target;
      const button = place instanceof Element && place.closest('[data-action=publish], [data-action=archive]');
      if (ready || !(button instanceof HTMLButtonElement)) return;
      if (sent) event.preventDefault();
      void (started ??= start()).then(() => sent && button.form?.requestSubmit(button));
    });
  }
}

/** Remembers what the forms were printed with, and asks once before changes to it are left behind. */
export function startEditor() {
  let leaving = false;
  awaitStates();
  startForms({ save: saving, create: creating });
  for (const form of document.forms) {
    // A form that came back with errors was printed with what is typed, not with what is saved.
    if ('changes' in form.dataset) saved.set(form, form.dataset.changes === 'typed' ? null : toJson(form));
  }
  document.addEventListener('submit', (event) => {
    const form = /** @type {HTMLFormElement} */ (event.target);
    leaving = !event.defaultPrevented && ('leave' in form.dataset || (saved.has(form) && !changed(form)));
  });
  addEventListener('beforeunload', (event) => {
    if (!leaving && changed()) event.preventDefault();
  });
}

/** @param {HTMLFormElement} [but] whether another form than this one has changes */
function changed(but) {
  return [...saved].some(([form, before]) => form !== but && !same(toJson(form), before));
}

/** @param {HTMLFormElement} form @param {Record<string, unknown>} before */
function changesIn(form, before) {
  const now = toJson(form);
  return now && Object.fromEntries(Object.entries(now).filter(([name, value]) => !same(value, before[name])));
}

/** Says it at the fields, or leaves it to the server's page. @param {Pressed} pressed @param {Failure} failure */
export function explain({ button, form }, failure) {
  if (failure.kind !== 'refused') return false;
  const field = FIELD_OF[failure.reason];
  const named = field ? [{ field, description: word(failure.reason) }] : [];
  const violations = failure.violations.length ? failure.violations : named;
  // The server's answer to the same form shows both versions side by side, or is the form under a new request id.
  if (failure.reason === 'ETAG_MISMATCH') import('./conflict-dialog.js').then(({ settle }) => settle(form, !changed(form))).catch(() => submitPlainly(button));
  else if (failure.reason === 'REQUEST_ID_REUSED' && button.dataset.action === 'save') submitPlainly(button);
  else if (violations.length) fieldErrors().then(({ showErrors }) => showErrors(form, violations)).catch(() => submitPlainly(button));
  else return false;
  return true;
}

/** Takes the messages of the attempt before away. @param {HTMLFormElement} form */
export function clearErrors(form) {
  // Where they cannot be fetched there were none to take away but those of the server's page.
  fieldErrors().then((module) => module.clearErrors(form)).catch(() => {});
}

/**
 * Every form that carried the old version carries the new one.
 * @param {HTMLFormElement} form
 * @param {string} etag
 */
export function renewEtag(form, etag) {
  const old = form.querySelector('input[name=etag]')?.getAttribute('value');
  for (const input of document.querySelectorAll('input[name=etag]')) {
    if (input instanceof HTMLInputElement && input.value === old) input.value = etag;
  }
}

/** @param {unknown} one @param {unknown} other */
function same(one, other) {
  return JSON.stringify(one) === JSON.stringify(other);
}
