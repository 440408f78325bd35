// Adds: the same buttons act in place by one JSON call each: busy at once, repeats ignored, every outcome said, undo by a second call.
// Without it: the browser submits the button's form, and the server answers with a page.
// Proven by: tests/browser/stories/actions.test.js, failures.test.js and undo.test.js

import { announce, word } from './announce.js';
import { pressId, send } from './call.js';
import { explain, quiet, resourceOf, rowOf, submitPlainly, titleOf } from './explain.js';
import { notify } from './notices.js';

/** @import { Failure } from './types.js' */

/**
 * The button says what is done, its form what is sent; the place is the form, or the row's buttons where one form serves all rows.
 * @typedef {{ button: HTMLButtonElement, form: HTMLFormElement, place: Element }} Pressed
 */

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
 * @property {(pressed: Pressed) => object | null} [body] the JSON body of the call; `null` leaves the form to the server
 * @property {(pressed: Pressed) => Shown} show
 * @property {(pressed: Pressed, failure: Failure) => boolean} [explain] says it in its own way, or `false`
 * @property {boolean} [leaves] what was done is shown on another page: until this one is gone, the form is not sent again
 */

/** The id of what is done next at a place, the same until it is done. @type {WeakMap<Element, string>} */
const ids = new WeakMap();
const LABEL_AFTER = 400;
const REPEAT = 400;

/** What a call that takes something back has done. @type {Record<string, string>} */
const UNDONE = { publish: 'published', unpublish: 'unpublished', archive: 'archived', undelete: 'undeleted', move: 'category-moved' };

/**
 * A row that goes brings the next one under the pointer and the focus: what comes at once is a double click or a held key, and meant
 * for the row that is gone.
 * @param {Record<string, Behaviour>} behaviours by `data-action`
 */
export function startForms(behaviours) {
  let last = -REPEAT;
  document.addEventListener('submit', (event) => {
    const form = /** @type {HTMLFormElement} */ (event.target);
    const button = event.submitter;
    if (!(button instanceof HTMLButtonElement) || event.defaultPrevented) return;
    const behaviour = button.dataset.call && behaviours[button.dataset.action ?? ''];
    if (!behaviour) return;
    event.preventDefault();
    const repeated = button.closest('tr') && event.timeStamp - last < REPEAT;
    last = event.timeStamp;
    const place = button.closest('[data-acts]') ?? form;
    if (place.ariaBusy !== 'true' && !repeated) void act({ button, form, place }, behaviour);
  });
}

/**
 * @param {Pressed} pressed
 * @param {Behaviour} behaviour
 */
async function act(pressed, behaviour) {
  const { button, form, place } = pressed;
  /** @type {Shown} */
  let shown;
  /** @type {object | null | undefined} */
  let body;
  quiet(button);
  const id = /** @type {HTMLInputElement | null} */ (form.querySelector('input[name=request_id]'));
  if (id) ids.set(place, (id.value = ids.get(place) ?? id.value));
  try {
    body = behaviour.body?.(pressed);
    if (body === null) return submitPlainly(button);
    shown = behaviour.show(pressed);
  } catch (error) {
    submitPlainly(button);
    throw error;
  }
  const release = busy(pressed);
  const resource = resourceOf(button);
  const etag = new FormData(form).get('etag')?.toString() ?? rowOf(button)?.dataset.etag;
  const outcome = await send(resource, button.dataset.call, etag, pressId(id?.value, button.value, resource), body);
  const done = outcome.kind === 'done';
  const renewed = () => {
    release();
    if (done && id) ids.set(place, (id.value = crypto.randomUUID()));
  };
  // A page that is left may come back as it was.
  if (done && behaviour.leaves) addEventListener('pagehide', renewed, { once: true });
  else renewed();
  if (outcome.kind !== 'done') {
    shown.rollBack(outcome);
    return void (behaviour.explain?.(pressed, outcome) || explain(button, outcome, () => form.requestSubmit(button)));
  }
  shown.confirm(outcome.resource);
  const text = word(button.dataset.done ?? '', { title: outcome.resource.title ?? titleOf(button) });
  const undo = button.dataset.undo && shown.undo && (() => void takeBack(button, shown, outcome.resource.etag));
  announce(text);
  notify(text, undo ? { undo } : {});
}

/**
 * @param {HTMLButtonElement} button
 * @param {Shown} shown
 * @param {string} etag the version that is to be taken back
 * @param {string} [requestId]
 */
async function takeBack(button, shown, etag, requestId = crypto.randomUUID()) {
  const done = UNDONE[button.dataset.undo?.split(':')[1] ?? ''] ?? 'deleted';
  const outcome = await send(resourceOf(button), button.dataset.undo, etag, requestId, shown.undoBody);
  if (outcome.kind !== 'done') return explain(button, outcome, () => void takeBack(button, shown, etag, requestId), done);
  shown.undo?.(outcome.resource);
  announce(word(done, { title: titleOf(button) }));
}

/**
 * Busy at once; the words on the button change only when it takes long, and its width never.
 * @param {Pressed} pressed
 * @returns {() => void} ends it
 */
function busy({ button, place }) {
  const label = button.textContent;
  place.ariaBusy = 'true';
  button.ariaDisabled = 'true';
  const clock = setTimeout(() => {
    if (!button.dataset.busy) return;
    const { width } = button.getBoundingClientRect();
    // The longer words take the room of the padding.
    Object.assign(button.style, { minInlineSize: `${width}px`, maxInlineSize: `${width}px`, paddingInline: '0' });
    button.textContent = button.dataset.busy;
  }, LABEL_AFTER);
  return () => {
    clearTimeout(clock);
    place.ariaBusy = null;
    button.ariaDisabled = null;
    if (button.textContent === label) return;
    button.textContent = label;
    button.removeAttribute('style');
  };
}
