// Adds: the list filtered, sorted and paged in place by JSON, under the address at which the server shows the same list.
// Without it: the filters are a GET form, the heads and pages are links.
// Proven by: tests/browser/stories/list.test.js

import { announce } from './announce.js';
import { total } from './format.js';
import { fillControls, fillList } from './list-fill.js';
import { addressOf, callOf } from './list-query.js';

const PAUSE = 250;
const LIMIT = 8_000;
const DIM_AFTER = 150;

let latest = new AbortController();
/** @type {ReturnType<typeof setTimeout> | undefined} */
let typing;

/** @param {string} href a sort head, a page, or no filter at all */
export async function goTo(href) {
  const address = new URL(href);
  await show(address, 'push');
  fillControls(address);
  const lost = document.activeElement === document.body;
  if (lost || address.searchParams.has('page')) document.querySelector('h1')?.focus();
}

/** @param {HTMLFormElement} filters */
export function submitFilters(filters) {
  clearTimeout(typing);
  return show(addressIn(filters), 'push');
}

/** @param {HTMLFormElement} filters */
export function typeFilters(filters) {
  clearTimeout(typing);
  typing = setTimeout(() => void show(addressIn(filters), 'replace'), PAUSE);
}

export async function goBack() {
  const address = new URL(location.href);
  fillControls(address);
  await show(address, 'keep');
}

/** @param {HTMLFormElement} filters */
function addressIn(filters) {
  const asked = Object.fromEntries([...new FormData(filters)].map(([name, value]) => [name, String(value)]));
  return new URL(addressOf(location.pathname, asked), location.href);
}

/**
 * @param {URL} address
 * @param {'push' | 'replace' | 'keep'} way what becomes of the address that stands
 */
async function show(address, way) {
  const list = document.getElementById('list');
  latest.abort();
  latest = new AbortController();
  const { signal } = latest;
  const dim = setTimeout(() => list?.setAttribute('aria-busy', 'true'), DIM_AFTER);
  try {
    const answer = await fetch(callOf(address.searchParams), {
      headers: { accept: 'application/json' },
      signal: AbortSignal.any([signal, AbortSignal.timeout(LIMIT)]),
    });
    if (!answer.ok) throw new Error(`the list was refused with ${answer.status}`);
    const page = await answer.json();
    if (way === 'push') history.pushState(null, '', address);
    if (way === 'replace') history.replaceState(null, '', address);
    leadBack(address);
    const notes = fillList(page, address);
    announce([total(page.totalSize ?? 0, page.totalSizeCapped), ...notes].join('. '));
  } catch {
    // The server's page of the same address shows the same list, or says why it cannot.
    if (!signal.aborted) location.assign(address);
  } finally {
    clearTimeout(dim);
    if (!signal.aborted) list?.removeAttribute('aria-busy');
  }
}

/** What is done to products of the list leads back to what it shows now. @param {URL} address */
function leadBack({ pathname, search }) {
  for (const back of document.querySelectorAll(':is(#acts, #bulk) > [name=return_to]')) back.setAttribute('value', pathname + search);
}
