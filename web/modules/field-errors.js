// Adds: the refused fields of a form, each with its message, and the summary that leads to them.
// Without it: the server prints the same places.
// Proven by: tests/browser/stories/editor.test.js

import { sentence, word } from './announce.js';

/** @import { FieldViolation } from './types.js' */

/** Takes the messages of the attempt before away. @param {HTMLFormElement} form */
export function clearErrors(form) {
  for (const control of form.elements) {
    const message = document.getElementById(`${control.id}-error`);
    control.removeAttribute('aria-invalid');
    if (message) message.hidden = true;
  }
  const summary = document.getElementById('errors');
  if (summary) summary.hidden = true;
}

/**
 * Shows each message at its field, all of them in the summary, and gives that the focus.
 * @param {HTMLFormElement} form
 * @param {FieldViolation[]} violations
 */
export function showErrors(form, violations) {
  const summary = document.getElementById('errors');
  const list = document.getElementById('errors-list');
  const title = document.getElementById('errors-title');
  if (!summary || !list || !title) return;
  title.textContent = violations.length === 1 ? word('one-field') : word('some-fields', { count: String(violations.length) });
  const found = violations.map(({ field, description }) => ({ place: placeOf(form, field), description: sentence(description) }));
  list.replaceChildren(...found.sort(inOrder).map(({ place, description }) => {
    const item = document.createElement('li');
    const target = place ? item.appendChild(document.createElement('a')) : item;
    if (place && target instanceof HTMLAnchorElement) {
      target.href = `#${place.id}`;
      mark(place, description);
    }
    target.textContent = [place && nameOf(place), description].filter(Boolean).join(': ');
    return item;
  }));
  summary.hidden = false;
  summary.focus();
}

/**
 * As the fields follow one another on the page; what has none comes last.
 * @param {{ place: HTMLElement | null }} one
 * @param {{ place: HTMLElement | null }} other
 */
function inOrder({ place: one }, { place: other }) {
  if (!one || !other) return Number(!one) - Number(!other);
  return one.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1;
}

/**
 * The place of a path of the contract: `slug` of `product.slug`, and below the row of a variant its own.
 * @param {HTMLFormElement} form
 * @param {string} path
 */
function placeOf(form, path) {
  const own = path.replace(/^(product\.|category\.)?(variant\.|variants\[0\]\.)?/, '');
  const [first = ''] = own.split(/[.[]/);
  const price = own.includes('compare_at') ? 'compare_at' : 'price';
  const variant = form.closest('[data-prices]');
  return document.getElementById((variant ? `${variant.id}-` : '') + (first === 'prices' ? price : first));
}

/**
 * What the page calls a control or a group, without its hints.
 * @param {Element} place
 */
function nameOf(place) {
  const label = document.querySelector(`label[for="${place.id}"]`) ?? place.closest('fieldset, section')?.querySelector('legend, h2');
  return label?.firstChild?.textContent?.trim() ?? '';
}

/**
 * @param {Element} place
 * @param {string} description
 */
function mark(place, description) {
  const message = document.getElementById(`${place.id}-error`);
  if (place.matches('input, select, textarea')) place.setAttribute('aria-invalid', 'true');
  if (!message) return;
  message.textContent = description;
  message.hidden = false;
}
