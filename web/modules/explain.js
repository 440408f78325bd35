// Adds: after a failure, what did not happen, why, and what to do, on the row, in a notice and aloud.
// Without it: the server's answer to the form says the same.
// Proven by: tests/browser/stories/failures.test.js

import { announce, sentence, word } from './announce.js';
import { relative } from './format.js';
import { notify } from './notices.js';

/** @import { Failure } from './types.js' */

/**
 * @param {HTMLElement} actor the button or link that failed
 * @param {Failure} failure
 * @param {() => void} again sends the same once more, under the same request id
 * @param {string} [done] what would have been done
 */
export function explain(actor, failure, again, done = actor.dataset.done) {
  const text = `${word(`not-${done}`, { title: titleOf(actor) })} ${reason(failure)}`.trim();
  const noted = note(actor, text);
  if (failure.kind === 'unknown') notify(text, { again });
  else if (!noted) notify(text);
}

/** @param {Failure} failure */
export function reason(failure) {
  if (failure.kind !== 'refused') return word(failure.kind);
  const { changed_by: name, changed_at: at } = failure.metadata;
  if (name && at) return `${word('changed-by', { name, time: relative(at) })} ${word('decide')}`;
  const [violation] = failure.violations;
  return violation ? sentence(violation.description) : word(failure.reason) || sentence(failure.message || word('INTERNAL'));
}

/**
 * Puts a sentence on the row, and says it.
 * @param {HTMLElement} actor
 * @param {string} text
 * @returns {boolean} whether it is seen there
 */
export function note(actor, text) {
  announce(text, 'assertive');
  return mark(actor, text);
}

/**
 * Puts a sentence on the row without saying it, when another one is said for all.
 * @param {HTMLElement} actor
 * @param {string} text
 * @returns {boolean} whether it is seen there
 */
export function mark(actor, text) {
  const place = noteOf(actor);
  const words = place?.querySelector('[data-field=text]');
  if (place && words) {
    words.textContent = text;
    place.hidden = false;
  }
  return place?.checkVisibility() ?? false;
}

/** Takes the sentence and the marks of an earlier failure away. @param {HTMLElement} actor */
export function quiet(actor) {
  const place = noteOf(actor);
  if (place) place.hidden = true;
  place?.querySelector('[data-decide]')?.remove();
  for (const marked of rowOf(actor)?.querySelectorAll('[data-changed]') ?? []) marked.removeAttribute('data-changed');
}

/** @param {HTMLElement} actor */
export function titleOf(actor) {
  const place = rowOf(actor)?.querySelector('[data-field=title]') ?? document.querySelector('h1');
  return place?.textContent?.trim() ?? '';
}

/**
 * @param {HTMLElement} actor
 * @returns {HTMLElement | null}
 */
export function rowOf(actor) {
  return actor.closest('tr') ?? document.getElementById(actor.dataset.row ?? '');
}

/**
 * @param {HTMLElement} actor
 * @returns {HTMLElement | null}
 */
function noteOf(actor) {
  return rowOf(actor)?.querySelector('[data-note]') ?? null;
}

/** The path of what it acts on. @param {HTMLElement} actor */
export function resourceOf(actor) {
  return actor.closest('[data-resource]')?.getAttribute('data-resource') ?? '';
}

/** Leaves the form to the browser after all: the server's page has more to say. @param {HTMLButtonElement} button */
export function submitPlainly(button) {
  button.dataset.call = '';
  // Not within the submit event, which would swallow it.
  setTimeout(() => button.form?.requestSubmit(button));
}
