// Adds: a filter of the shop's search, or of what was deleted, applies as soon as it is chosen, under the address that the form would lead to.
// Without it: the button of the form sends it.
// Proven by: tests/browser/stories/search.test.js, deleted.test.js and live-pages.test.js

import { announce } from './announce.js';
import { openPage, valuesOf } from './page-part.js';

const DIM_AFTER = 150;

let latest = new AbortController();

/** @param {EventTarget | null} control what was chosen, on this page */
export async function apply(control) {
  const form = control instanceof Element ? control.closest('[data-facets] form') : null;
  if (form instanceof HTMLFormElement) await show(addressOf(form), true);
}

export async function goBack() {
  await show(location.href, false);
}

/** What the form would lead to. @param {HTMLFormElement} form */
function addressOf(form) {
  const chosen = new URLSearchParams(valuesOf(form).filter(([, value]) => value));
  return chosen.size ? `${form.action}?${chosen}` : form.action;
}

/**
 * Puts what the server shows at an address in the place of what is shown.
 * @param {string} address
 * @param {boolean} push
 */
export async function show(address, push) {
  const main = document.querySelector('main');
  latest.abort();
  latest = new AbortController();
  const { signal } = latest;
  const dim = setTimeout(() => main?.setAttribute('aria-busy', 'true'), DIM_AFTER);
  try {
    const { status, address: found, page } = await openPage('GET', address, { signal });
    const fresh = page?.querySelector('main');
    if (status !== 200 || !main || !page || !fresh) throw new Error(`nothing to show at ${address}`);
    if (push) history.pushState(null, '', found);
    document.title = page.title;
    put(main, document.importNode(fresh, true));
    announce(main.querySelector('.head .num')?.textContent ?? '');
  } catch {
    if (!signal.aborted) location.assign(address);
  } finally {
    clearTimeout(dim);
    if (!signal.aborted) main?.removeAttribute('aria-busy');
  }
}

/**
 * What was open stays open, and the focus stays on what had it.
 * @param {Element} main
 * @param {Element} fresh
 */
function put(main, fresh) {
  const held = document.activeElement;
  const inside = main.contains(held);
  const of = (/** @type {string} */ name) => `[name="${CSS.escape(name)}"]`;
  const box = held instanceof HTMLInputElement && inside && `${of(held.name)}[value="${CSS.escape(held.value)}"]`;
  const name = box || (held instanceof HTMLSelectElement && inside && of(held.name));
  const key = (/** @type {Element} */ details) => details.closest('fieldset')?.querySelector('legend')?.textContent ?? '';
  const open = new Set([...main.querySelectorAll('details[open]')].map(key));
  for (const details of fresh.querySelectorAll('details')) if (open.has(key(details))) details.open = true;
  // How the connection stands is known here alone.
  const live = main.querySelector('[data-live]');
  if (live) fresh.querySelector('[data-live]')?.replaceWith(live);
  main.replaceChildren(...fresh.childNodes);
  if (!inside) return;
  const control = (name && main.querySelector(name)) || main.querySelector('h1');
  if (control instanceof HTMLElement) control.focus();
}
