// Adds: after a conflict, two buttons on the row: the same once more, knowingly, or leave it as it is now.
// Without it: the server's answer to the form is a page that asks the same.
// Proven by: tests/browser/stories/failures.test.js

import { word } from './announce.js';
import { call } from './call.js';
import { quiet, resourceOf } from './explain.js';
import { fillRow } from './row-template.js';

/** @import { Refused } from './types.js' */

/**
 * The row as somebody else left it, with what they changed marked.
 * @param {HTMLElement} row
 * @param {Refused} failure
 * @param {HTMLButtonElement} [button] the one that was refused
 */
export async function showTheirs(row, failure, button) {
  const outcome = await call('GET', resourceOf(row));
  if (outcome.kind !== 'done') return;
  fillRow(row, outcome.resource);
  for (const name of failure.metadata.changed_fields?.split(',') ?? []) {
    const place = row.querySelector(`[data-field="${CSS.escape(name.trim())}"]`);
    if (place instanceof HTMLElement) place.dataset.changed = '';
  }
  if (button) decide(row, button);
}

/**
 * The focus goes to the choice that changes nothing, unless the user has moved on.
 * @param {HTMLElement} row it shows by now what somebody else made of it
 * @param {HTMLButtonElement} button the one that was refused
 */
function decide(row, button) {
  const note = row.querySelector('[data-note]');
  const template = document.querySelector('template#decide');
  if (!note || !(template instanceof HTMLTemplateElement)) return;
  const copy = /** @type {DocumentFragment} */ (template.content.cloneNode(true));
  const [anyway, keep] = copy.querySelectorAll('button');
  if (!anyway || !keep) return;
  anyway.textContent = word(`anyway-${button.dataset.done}`);
  const title = row.querySelector('[data-field=title]')?.id ?? '';
  for (const one of [anyway, keep]) one.setAttribute('aria-describedby', title);
  anyway.addEventListener('click', () => button.form?.requestSubmit(button));
  keep.addEventListener('click', () => {
    quiet(button);
    button.focus();
  });
  note.querySelector('[data-decide]')?.remove();
  note.append(copy);
  const held = document.activeElement;
  if (held === document.body || held === button) keep.focus();
}
