// Adds: a form's values as the JSON of /v1, by what `data-json` says of each place.
// Without it: the server reads the same form by the same names.
// Proven by: tests/browser/stories/editor.test.js

import { parsePrice } from './price-entry.js';

/** @import { Price } from './types.js' */

/** @typedef {HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement} Control */
/** @typedef {Record<string, string>} Line the values of one line of a group, by name */

/** How the value of one control becomes JSON. @type {Record<string, (value: string) => unknown>} */
const VALUES = {
  strings: (value) => value.split(/[,;]/).map((one) => one.replaceAll(/[\s-]/g, '')).filter(Boolean),
  lines: linesOf,
  time: (value) => (value ? `${value.padEnd(19, ':00')}Z` : null),
};

/** How one line of a group becomes JSON; an empty one is left out. @type {Record<string, (line: Line) => unknown>} */
const LINES = {
  options: ({ option_name: name, option_values: values = '' }) => (name || values) && { name, values: linesOf(values) },
  images: ({ image_uri: uri, image_text: alternativeText }) => (uri || alternativeText) && { uri, alternativeText },
  attributes: ({ attribute_name: name, attribute_value: value = '', attribute_kind: kind }) =>
    (name || value) && [name, kind === 'number' ? { number: Number(value.replace(',', '.') || Number.NaN) } : { text: value }],
};

/**
 * @param {HTMLFormElement} form
 * @returns {Record<string, unknown> | null} nothing when a price or a number cannot be read; the server says how to mend it
 */
export function toJson(form) {
  /** @type {Record<string, unknown>} */
  const json = {};
  /** @type {Record<string, unknown>} */
  const variant = {};
  for (const control of controlsOf(form)) {
    const place = control.closest('[data-json]:not([data-json=variant])');
    const into = control.closest('[data-json=variant]') ? variant : json;
    if (control.dataset.currency) {
      into.prices = pricesOf(control, into.prices);
      if (!into.prices) return null;
    } else if (control.dataset.json === 'each') {
      into[control.name] = [.../** @type {string[]} */ (into[control.name] ?? []), control.value];
    } else if (place && place !== control) {
      json[place.id] ??= groupOf(place);
      if (JSON.stringify(json[place.id]).includes('{"number":null}')) return null;
    } else {
      const value = VALUES[control.dataset.json ?? ''] ?? ((/** @type {string} */ text) => text.trim());
      into[control.name] = value(control.value);
    }
  }
  return Object.keys(variant).length ? { ...json, variants: [variant] } : json;
}

/**
 * A product to create: its first variant takes the first value of each option.
 * @param {HTMLFormElement} form
 */
export function toNewProduct(form) {
  const product = toJson(form);
  if (!product) return null;
  const options = /** @type {{ values: string[] }[]} */ (product.options ?? []);
  const [variant] = /** @type {object[]} */ (product.variants ?? []);
  return { ...product, variants: [{ ...variant, optionValues: options.flatMap(({ values }) => values.slice(0, 1)) }] };
}

/**
 * The controls that carry values, wherever they stand.
 * @param {HTMLFormElement} form
 * @returns {Control[]}
 */
export function controlsOf(form) {
  return /** @type {Control[]} */ ([...form.elements]).filter(({ name, type }) => name && type !== 'hidden' && type !== 'submit');
}

/** @param {Element} group */
function groupOf(group) {
  const kind = group.getAttribute('data-json') ?? '';
  if (!LINES[kind]) {
    /** @type {NodeListOf<HTMLInputElement>} */
    const ticked = group.querySelectorAll('input:checked');
    return [...ticked].map(({ value }) => value);
  }
  const lines = [...group.children].map((line) => {
    /** @type {NodeListOf<Control>} */
    const controls = line.querySelectorAll('[name]');
    return LINES[kind]?.(Object.fromEntries([...controls].map(({ name, value }) => [name, value.trim()])));
  });
  const full = lines.filter(Boolean);
  return kind === 'attributes' ? Object.fromEntries(/** @type {[string, unknown][]} */ (full)) : full;
}

/**
 * A variant's prices with this one changed; those in other currencies stay.
 * @param {Control} control
 * @param {unknown} already what an earlier field of the same form made of them
 * @returns {Price[] | null}
 */
function pricesOf(control, already) {
  const { currency = '' } = control.dataset;
  /** @type {Price[]} */
  const before = already ?? JSON.parse(control.closest('[data-prices]')?.getAttribute('data-prices') || '[]');
  const own = before.find(({ amount }) => amount.currencyCode === currency);
  const others = before.filter((price) => price !== own);
  const amount = control.value.trim() ? parsePrice(control.value, currency) : undefined;
  if (typeof amount === 'string') return null;
  if (control.name === 'price') return amount ? [{ ...own, amount }, ...others] : others;
  if (!own) return amount ? null : others;
  return [{ amount: own.amount, ...(amount && { compareAtAmount: amount }) }, ...others];
}

/** @param {string} text */
function linesOf(text) {
  return text.split('\n').map((line) => line.trim()).filter(Boolean);
}
