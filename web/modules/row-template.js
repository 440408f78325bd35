// Adds: rows and cards cloned from the page's own templates and filled with what the JSON says; no HTML is made of strings.
// Without it: the server prints the same rows.
// Proven by: tests/browser/stories/list.test.js

import { word } from './announce.js';
import { money, moment, relative } from './format.js';

/** @import { Product, Variant } from './types.js' */

/**
 * What each `data-field` shows; a function that answers nothing has shown it, or leaves it alone.
 * @type {Record<string, (place: HTMLElement, product: Product) => string | void>}
 */
const FIELDS = {
  // One that stays keeps what was marked in it.
  title: (place, { title }) => (place.textContent === title ? undefined : title),
  // An answer without variants does not tell them: every product has one.
  sku: (_, { variants }) => (variants?.length ? skuOf(variants) : undefined),
  price: showPrice,
  changed: (place, { updateTime = '' }) => {
    place.setAttribute('datetime', updateTime);
    place.title = moment(updateTime);
    return relative(updateTime);
  },
  'changed-by': (_, { updateActor }) => updateActor?.displayName,
  picture: showPicture,
};

/**
 * @param {HTMLTemplateElement} template
 * @param {Product} product
 */
export function cloneRow(template, product) {
  const copy = /** @type {DocumentFragment} */ (template.content.cloneNode(true));
  const row = /** @type {HTMLElement} */ (copy.firstElementChild);
  const variant = product.variants?.[0]?.name.split('/')[3] ?? '';
  for (const element of [row, ...row.querySelectorAll('*')]) {
    for (const attribute of element.attributes) {
      if (!attribute.value.includes('{')) continue;
      attribute.value = attribute.value
        .replace('{id}', product.name.slice('products/'.length))
        .replace('{variant}', variant);
    }
  }
  fillRow(row, product);
  return row;
}

/**
 * Shows the product as it is now, with its etag in all that acts on it.
 * @param {HTMLElement} row
 * @param {Product} product
 */
export function fillRow(row, product) {
  const places = /** @type {NodeListOf<HTMLElement>} */ (row.querySelectorAll('[data-field]'));
  for (const place of places) {
    const text = FIELDS[place.dataset.field ?? '']?.(place, product);
    if (text !== undefined) place.textContent = text;
  }
  row.dataset.etag = product.etag;
  for (const input of row.querySelectorAll('input')) {
    if (input.name === 'etag') input.value = product.etag;
    if (input.name === 'was') input.value = stateOf(product);
    if (input.name === 'item') input.value = `${product.name.slice('products/'.length)} ${product.etag}`;
    if (input.name === 'request_id') input.value ||= crypto.randomUUID();
    if (input.name === 'return_to') input.value = location.pathname + location.search;
  }
  showState(row, stateOf(product));
}

/**
 * @param {HTMLElement} row
 * @param {string} state
 */
export function showState(row, state) {
  /** @type {HTMLElement | null} */
  const place = row.querySelector('[data-field=state]');
  row.dataset.state = state;
  if (place) {
    place.dataset.state = state;
    place.textContent = word(`state-${state}`);
  }
  for (const button of row.querySelectorAll('button')) {
    learn(button);
    // What it says without JavaScript, where one form serves all rows.
    const [verb, id] = button.value.split(' ');
    if (id) button.value = [verb, id, row.dataset.etag, state].join(' ');
  }
  const parts = /** @type {NodeListOf<HTMLElement>} */ (row.querySelectorAll('[data-when]'));
  for (const part of parts) part.hidden = !part.dataset.when?.split(' ').includes(state);
}

/** What the buttons of all rows call, say and take back is told once, by the row that is cloned. @param {HTMLButtonElement} button */
export function learn(button) {
  const rows = /** @type {HTMLTemplateElement | null} */ (document.querySelector('template#product-row'));
  const told = /** @type {HTMLElement | null | undefined} */ (rows?.content.querySelector(`[value^="${button.value.split(' ')[0]} "]`));
  Object.assign(button.dataset, { ...told?.dataset, ...button.dataset });
}

/** @param {Variant[]} variants */
function skuOf([first, ...others]) {
  if (others.length === 0) return first?.sku ?? '';
  return first?.sku ? `${first.sku} and ${others.length} more` : `${others.length + 1} variants`;
}

/**
 * The word for a state within its publishing window, judged now.
 * @param {Product} product
 */
function stateOf({ state, publishTime, unpublishTime, deleteTime }) {
  if (deleteTime) return 'deleted';
  if (state !== 'STATE_ACTIVE') return state === 'STATE_ARCHIVED' ? 'archived' : 'draft';
  if (publishTime && Date.parse(publishTime) > Date.now()) return 'scheduled';
  return unpublishTime && Date.parse(unpublishTime) <= Date.now() ? 'ended' : 'published';
}

/**
 * One price is edited in place; "from" leads to the editor, as the link does without this module.
 * @param {HTMLElement} place
 * @param {Product} product
 */
function showPrice(place, { priceRange, variants }) {
  const only = variants?.length === 1 ? variants[0] : undefined;
  if (only) {
    place.dataset.etag = only.etag;
    place.dataset.prices = JSON.stringify(only.prices ?? []);
  } else if (variants?.length) {
    delete place.dataset.edit;
    place.setAttribute('href', `${place.getAttribute('href')?.split('#')[0]}#variants`);
  }
  if (!priceRange) return 'No price';
  const { lowest, highest } = priceRange;
  return money(lowest) === money(highest) ? money(lowest) : `from ${money(lowest)}`;
}

/**
 * @param {HTMLElement} place
 * @param {Product} product
 */
function showPicture(place, { images }) {
  const uri = images?.[0]?.uri;
  if (!uri) return;
  const picture = place instanceof HTMLImageElement ? place : new Image(48, 48);
  picture.className = place.className;
  picture.dataset.field = 'picture';
  picture.loading = 'lazy';
  picture.alt = '';
  picture.src = uri;
  if (picture !== place) place.replaceWith(picture);
}
