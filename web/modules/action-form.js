// Adds: the same forms act in place by one JSON call each: busy at once, repeats ignored, every outcome said, undo by a second call.
// Without it: the browser submits the form, and the server answers with a page.
// Proven by: tests/browser/stories/actions.test.js, failures.test.js and undo.test.js

import { announce, word } from './announce.js';
import { send } from './call.js';
import { explain, quiet, submitPlainly, titleOf } from './explain.js';
import { notify } from './notices.js';

/** @import { Failure } from './types.js' */

/**
 * What is on the page before the server has answered, and how it goes on from there.
 * @typedef {object} Shown
 * @property {(resource: any) => void} confirm the server has done it, and this is the resource now
 * @property {(failure: Failure) => void} rollBack nothing was done: all is as it was
 * @property {(resource: any) => void} [undo] it was undone by a second call
 * @property {object} [undoBody] what that call sends
 */

/**
 * @typedef {object} Behaviour
 * @property {(form: HTMLFormElement) => object | null} [body] the JSON body of the call; `null` leaves the form to the server
 * @property {(form: HTMLFormElement) => Shown} show
 * @property {(form: HTMLFormElement, failure: Failure) => boolean} [explain] says it in its own way, or `false`
 * @property {boolean} [leaves] what was done is shown on another page: until this one is gone, the form is not sent again
 */

const LABEL_AFTER = 400;
const REPEAT = 400;

/** What a call that takes something back has done. @type {Record<string, string>} */
const UNDONE = { publish: 'published', unpublish: 'unpublished', archive: 'archived', undelete: 'undeleted' };

/**
 * A row that goes brings the next one under the pointer and the focus: what comes within a moment after is a double click or a
 * held key, and meant for the row that is gone.
 * @param {Record<string, Behaviour>} behaviours by `data-action`
 */
export function startForms(behaviours) {
  let last = -REPEAT;
  document.addEventListener('submit', (event) => {
    const form = /** @type {HTMLFormElement} */ (event.target);
    const behaviour = behaviours[form.dataset.action ?? ''];
    if (!behaviour || !form.dataset.call || event.defaultPrevented) return;
    event.preventDefault();
    const repeated = form.closest('tr') && event.timeStamp - last < REPEAT;
    last = event.timeStamp;
    if (form.ariaBusy !== 'true' && !repeated) void act(form, behaviour, event.submitter ?? form.querySelector('button'));
  });
}

/**
 * @param {HTMLFormElement} form
 * @param {Behaviour} behaviour
 * @param {HTMLElement | null} button
 */
async function act(form, behaviour, button) {
  /** @type {Shown} */
  let shown;
  /** @type {object | null | undefined} */
  let body;
  quiet(form);
  try {
    body = behaviour.body?.(form);
    if (body === null) return submitPlainly(form);
    shown = behaviour.show(form);
  } catch (error) {
    submitPlainly(form);
    throw error;
  }
  const release = busy(form, button);
  const outcome = await send(form.dataset.call, hidden(form, 'etag')?.value, hidden(form, 'request_id')?.value, body);
  const done = outcome.kind === 'done';
  const renewed = () => {
    release();
    const id = done && hidden(form, 'request_id');
    if (id) id.value = crypto.randomUUID();
  };
  // A page that is left may come back as it was.
  if (done && behaviour.leaves) addEventListener('pagehide', renewed, { once: true });
  else renewed();
  if (outcome.kind !== 'done') {
    shown.rollBack(outcome);
    return void (behaviour.explain?.(form, outcome) || explain(form, outcome, () => form.requestSubmit()));
  }
  shown.confirm(outcome.resource);
  const text = word(form.dataset.done ?? '', { title: outcome.resource.title ?? titleOf(form) });
  const undo = form.dataset.undo && shown.undo && (() => void takeBack(form, shown, outcome.resource.etag));
  announce(text);
  notify(text, undo ? { undo } : {});
}

/**
 * @param {HTMLFormElement} form
 * @param {Shown} shown
 * @param {string} etag the version that is to be taken back
 * @param {string} [requestId]
 */
async function takeBack(form, shown, etag, requestId = crypto.randomUUID()) {
  const moved = form.dataset.done === 'category-moved' ? 'category-moved' : 'deleted';
  const done = UNDONE[form.dataset.undo?.split(':')[1] ?? ''] ?? moved;
  const outcome = await send(form.dataset.undo, etag, requestId, shown.undoBody);
  if (outcome.kind !== 'done') return explain(form, outcome, () => void takeBack(form, shown, etag, requestId), done);
  shown.undo?.(outcome.resource);
  announce(word(done, { title: titleOf(form) }));
}

/**
 * Busy at once; the words on the button change only when it takes long, and its width never.
 * @param {HTMLFormElement} form
 * @param {HTMLElement | null} button
 * @returns {() => void} ends it
 */
function busy(form, button) {
  const label = button?.textContent ?? '';
  form.ariaBusy = 'true';
  button?.setAttribute('aria-disabled', 'true');
  const clock = setTimeout(() => {
    if (!button || !form.dataset.busy) return;
    const { width } = button.getBoundingClientRect();
    // The longer words take the room of the padding.
    Object.assign(button.style, { minInlineSize: `${width}px`, maxInlineSize: `${width}px`, paddingInline: '0' });
    button.textContent = form.dataset.busy;
  }, LABEL_AFTER);
  return () => {
    clearTimeout(clock);
    form.ariaBusy = null;
    button?.removeAttribute('aria-disabled');
    if (!button || button.textContent === label) return;
    button.textContent = label;
    Object.assign(button.style, { minInlineSize: '', maxInlineSize: '', paddingInline: '' });
  };
}

/**
 * @param {HTMLFormElement} form
 * @param {string} name
 * @returns {HTMLInputElement | null}
 */
function hidden(form, name) {
  return form.querySelector(`input[name=${name}]`);
}
