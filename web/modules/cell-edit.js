// Adds: title and price edited where they stand in the list. Enter saves, Escape cancels, and a refused value stays in its field.
// Without it: the link opens that field in the editor.
// Proven by: tests/browser/stories/cells.test.js

import { announce, word } from './announce.js';
import { call } from './call.js';
import { CELLS } from './cells.js';
import { explain, note, quiet, resourceOf, rowOf, titleOf } from './explain.js';
import { notify } from './notices.js';
import { catchUp } from './optimistic.js';

/** @import { Cell } from './cells.js' */

/** @param {HTMLElement} link one with `data-edit` */
export function editCell(link) {
  const cell = CELLS[link.dataset.edit ?? ''];
  if (cell && link.ariaBusy !== 'true') open(link, cell, cell.read(link)).select();
}

/**
 * @param {HTMLElement} link
 * @param {Cell} cell
 * @param {string} value
 */
function open(link, cell, value) {
  const template = /** @type {HTMLTemplateElement} */ (document.querySelector('template#cell-edit'));
  const copy = /** @type {DocumentFragment} */ (template.content.cloneNode(true));
  const form = /** @type {HTMLFormElement} */ (copy.firstElementChild);
  const input = /** @type {HTMLInputElement} */ (form.querySelector('input:not([type=hidden])'));
  const place = link.closest('td');
  input.value = value;
  input.ariaLabel = place?.closest('table')?.tHead?.rows[0]?.cells[place.cellIndex]?.textContent?.trim() ?? '';
  input.inputMode = link.dataset.edit === 'price' ? 'decimal' : 'text';
  input.setAttribute('aria-describedby', link.closest('tr')?.querySelector('[data-field=title]')?.id ?? '');
  const close = () => {
    const held = form.contains(document.activeElement);
    link.hidden = false;
    form.remove();
    if (held) link.focus();
  };
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (input.value === cell.read(link)) return close();
    const body = cell.body(link, input.value);
    input.ariaInvalid = String(typeof body === 'string');
    if (typeof body === 'string') return note(link, word(body) || word('FIELD_INVALID'));
    close();
    void save(link, cell, input.value, body);
  });
  form.addEventListener('keydown', (event) => event.key === 'Escape' && close());
  form.querySelector('[data-cancel]')?.addEventListener('click', close);
  link.hidden = true;
  link.after(form);
  return input;
}

/**
 * Shows the new value at once; a refusal puts it back into its field, beside the reason.
 * @param {HTMLElement} link
 * @param {Cell} cell
 * @param {string} typed
 * @param {object} body
 * @param {string} [requestId]
 */
async function save(link, cell, typed, body, requestId = crypto.randomUUID()) {
  const row = rowOf(link);
  if (!row) return;
  const before = { text: link.textContent, body: cell.now(link) };
  quiet(link);
  link.textContent = cell.text(typed, link);
  link.ariaBusy = 'true';
  const outcome = await patch(link, body, cell.etag(link), requestId);
  link.ariaBusy = null;
  if (outcome.kind === 'done') return finish(link, cell, row, outcome.resource, before.body);
  link.textContent = before.text;
  await catchUp(row, outcome);
  const free = [link, document.body].includes(/** @type {HTMLElement} */ (document.activeElement));
  const input = open(link, cell, typed);
  input.ariaInvalid = 'true';
  if (free) input.focus();
  const again = () => {
    input.form?.remove();
    link.hidden = false;
    void save(link, cell, typed, body, requestId);
  };
  explain(link, outcome, again, 'saved');
}

/**
 * @param {HTMLElement} link
 * @param {Cell} cell
 * @param {HTMLElement} row
 * @param {{ etag: string }} resource
 * @param {object} [before] the body that undoes it
 */
function finish(link, cell, row, resource, before) {
  cell.fill(link, row, resource);
  const text = word('saved', { title: titleOf(link) });
  announce(text);
  if (before) notify(text, { undo: () => void takeBack(link, cell, row, before, resource.etag) });
}

/**
 * @param {HTMLElement} link
 * @param {Cell} cell
 * @param {HTMLElement} row
 * @param {object} before
 * @param {string} etag the version that is to be taken back
 * @param {string} [requestId]
 */
async function takeBack(link, cell, row, before, etag, requestId = crypto.randomUUID()) {
  const outcome = await patch(link, before, etag, requestId);
  if (outcome.kind === 'done') {
    finish(link, cell, row, outcome.resource);
    return link.focus();
  }
  explain(link, outcome, () => void takeBack(link, cell, row, before, etag, requestId), 'saved');
}

/**
 * @param {HTMLElement} link
 * @param {object} body
 * @param {string | undefined} etag
 * @param {string} requestId
 */
function patch(link, body, etag, requestId) {
  return call('PATCH', resourceOf(link), { etag, requestId, body });
}
