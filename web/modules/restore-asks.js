// Adds: a product whose SKUs or address are in use again asks for others on its row, and is restored with them by the same button.
// Without it: the server's answer to the form is a page that asks the same.
// Proven by: tests/browser/stories/deleted.test.js

import { startForms } from './action-form.js';
import { announce } from './announce.js';
import { explain, mark, resourceOf, rowOf } from './explain.js';
import { removal } from './optimistic.js';
import { openPage } from './page-part.js';

/** @import { Behaviour, Pressed } from './action-form.js' */
/** @import { Failure } from './types.js' */

/** The `data-action` of a button whose row asks. */
const ASKING = 'undelete-with-others';

/** What such a button does. In all else it is one that restores. @type {Behaviour} */
const restoring = {
  body: typed,
  show(pressed) {
    const { dataset } = pressed.button;
    dataset.action = 'undelete';
    const shown = removal.show(pressed);
    const rollBack = (/** @type {Failure} */ failure) => {
      dataset.action = ASKING;
      shown.rollBack(failure);
    };
    return { ...shown, rollBack };
  },
  explain(pressed, failure) {
    void ask(pressed, failure);
    return true;
  },
};

startForms({ [ASKING]: restoring });

/** What is typed on the row, as the body of the call. @param {Pressed} pressed */
function typed({ button, form }) {
  const values = new FormData(form);
  const product = resourceOf(button).slice('/v1/'.length);
  const skus = values.getAll('new_sku').map((sku) => String(sku).trim());
  const all = values.getAll('new_sku_of').map((own, index) => ({ variant: `${product}/variants/${own}`, sku: skus[index] }));
  const newSlug = String(values.get('new_slug') ?? '').trim();
  return { newSkus: all.filter(({ sku }) => sku), ...(newSlug && { newSlug }) };
}

/**
 * Says why a restore was refused, and asks for another address and other SKUs where they would help.
 * @param {Pressed} pressed
 * @param {Failure} failure
 */
export async function ask(pressed, failure) {
  const { button, form } = pressed;
  const plainly = () => explain(button, failure, () => form.requestSubmit(button));
  if (failure.kind !== 'refused') return plainly();
  const wanted = ['SKU_TAKEN', 'SLUG_TAKEN'].includes(failure.reason) || failure.violations.some(({ field }) => field.startsWith('new_s'));
  if (!wanted) return plainly();
  await askOnRow(pressed).catch(plainly);
}

/** What the server's page asks is what the row asks, in the same fields. @param {Pressed} pressed */
async function askOnRow({ button, form }) {
  const { status, address, page } = await openPage('POST', form.action, { form });
  const asked = page?.querySelector('[data-asked]');
  const row = rowOf(button);
  const note = row?.querySelector('[data-note]');
  // What was in the way is not any more, or the server has another page to show.
  if (status === 200) return location.assign(address);
  if (!asked || !row || !note) throw new Error('there is nothing to ask for');
  const fields = document.importNode(asked, true);
  for (const control of fields.querySelectorAll('input')) control.setAttribute('form', form.id);
  row.querySelector('[data-asked]')?.remove();
  const heading = page?.querySelector('h1')?.textContent?.trim() ?? '';
  mark(button, heading);
  note.after(fields);
  button.dataset.action = ASKING;
  const errors = [...fields.querySelectorAll('.error:not([hidden])')].map(({ textContent }) => textContent?.trim());
  announce([heading, ...errors].join(' '), 'assertive');
  const held = document.activeElement;
  const first = fields.querySelector('[aria-invalid]') ?? fields.querySelector('input:not([type=hidden])');
  if (first instanceof HTMLElement && (held === document.body || row.contains(held))) first.focus();
}
