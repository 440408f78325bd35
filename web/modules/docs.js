// Adds: the calls of the API by service, found while one types, each with a form that sends it.
// Without it: the page names openapi.json, which holds the same.
// Proven by: tests/browser/stories/docs.test.js

import { answers, parameters, requestBody } from './docs-form.js';
import { clone, part } from './docs-parts.js';

/** @import { Document, Operation } from './docs-schema.js' */

const METHODS = ['get', 'post', 'put', 'patch', 'delete', 'head', 'options'];

/** @typedef {{ method: string, path: string, operation: Operation }} Route */

/** @param {HTMLElement} root */
export async function startDocs(root) {
  const state = root.querySelector('[data-docs-state]');
  const filter = root.querySelector('form');
  if (!state || !filter) return;
  state.textContent = 'The calls are on their way.';
  const found = await read(root.dataset.docs ?? '');
  if (!found) {
    state.textContent = 'The description of the API could not be fetched. Reload the page to try again.';
    filter.hidden = true;
    return;
  }
  const sections = services(found);
  root.append(...sections);
  filter.addEventListener('submit', (event) => event.preventDefault());
  filter.inert = false;
  filter.addEventListener('input', () => show(sections, filter, state));
  show(sections, filter, state);
  openTarget();
  addEventListener('hashchange', openTarget);
}

/**
 * @param {string} address
 * @returns {Promise<Document | undefined>}
 */
async function read(address) {
  try {
    const answer = await fetch(address, { headers: { accept: 'application/json' } });
    return answer.ok ? await answer.json() : undefined;
  } catch {
    return undefined;
  }
}

/** @param {Document} description */
function services(description) {
  const comments = new Map(description.tags.map((tag) => [tag.name, tag.description ?? '']));
  return [...Map.groupBy(routes(description), (route) => route.operation.tags[0] ?? '')].map(([name, group]) => {
    const section = clone('docs-service');
    const [title, text] = section.children;
    if (title) title.textContent = name;
    if (text) text.textContent = comments.get(name) ?? '';
    section.append(...group.map((route) => card(description, route)));
    return section;
  });
}

/**
 * @param {Document} description
 * @returns {Route[]}
 */
function routes(description) {
  return Object.entries(description.paths).flatMap(([path, item]) =>
    METHODS.flatMap((method) => (item[method] ? [{ method, path, operation: item[method] }] : [])));
}

/**
 * One call, closed; its form is made when it is opened first.
 * @param {Document} description
 * @param {Route} route
 */
function card(description, { method, path, operation }) {
  const card = clone('docs-operation');
  card.id = operation.operationId;
  card.dataset.words = `${method} ${path} ${operation.summary ?? ''}`.toLowerCase();
  const verb = part(card, '.docs-method');
  verb.dataset.method = method;
  verb.textContent = method.toUpperCase();
  part(card, '.docs-path').textContent = path;
  part(card, '.docs-summary').textContent = operation.summary ?? '';
  card.addEventListener('toggle', () => {
    part(card, '[data-part=text]').textContent = operation.description ?? '';
    const fields = part(card, '[data-part=fields]');
    fields.replaceChildren(...parameters(description, operation), ...requestBody(description, operation));
    part(card, '[data-part=schema]').replaceChildren(...answers(description, operation));
  }, { once: true });
  const form = card.querySelector('form');
  form?.addEventListener('submit', async (event) => {
    event.preventDefault();
    const { send } = await import('./docs-send.js');
    await send(method, path, form, card);
  });
  return card;
}

/**
 * @param {HTMLElement[]} sections
 * @param {HTMLFormElement} filter
 * @param {Element} state
 */
function show(sections, filter, state) {
  const words = String(new FormData(filter).get('find') ?? '').toLowerCase().split(/\s+/);
  let count = 0;
  for (const section of sections) {
    /** @type {HTMLElement[]} */
    const cards = [...section.querySelectorAll('.docs-operation')].filter((card) => card instanceof HTMLElement);
    for (const card of cards) card.hidden = !words.every((word) => card.dataset.words?.includes(word));
    const shown = cards.filter((card) => !card.hidden).length;
    section.hidden = shown === 0;
    count += shown;
  }
  state.textContent = count === 1 ? '1 call' : `${count} calls`;
}

/** Opens the call that the address names. */
function openTarget() {
  const card = document.getElementById(location.hash.slice(1));
  if (!(card instanceof HTMLDetailsElement)) return;
  card.open = true;
  card.scrollIntoView();
}
