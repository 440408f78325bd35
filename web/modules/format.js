// Adds: money, numbers and times as the server prints them.
// Without it: the server prints them all.
// Proven by: tests/browser/unit/format.test.js, on the examples that test the server too

/** @import { Money } from './types.js' */

const LANGUAGE = 'en';
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/**
 * As the shop's language prints it.
 * @param {Money} money
 * @param {string} [locale]
 */
export function money({ currencyCode, units = '0', nanos = 0 }, locale) {
  const exact = /** @type {Intl.StringNumericLiteral} */ (`${units}.${String(nanos).padStart(9, '0')}`);
  return currency(currencyCode, locale).format(exact);
}

/** The browser would get its tables of languages ready for it, and be slow at the first click. @param {number} value */
export function number(value) {
  return String(value).replaceAll(/\B(?<!\.\d*)(?=(\d{3})+(?!\d))/g, ',');
}

/**
 * How many products there are.
 * @param {number} count
 * @param {boolean} [capped] it was not counted any further
 */
export function total(count, capped = false) {
  return `${capped ? 'more than ' : ''}${number(count)} product${count === 1 ? '' : 's'}`;
}

/**
 * How long ago, or the date when that is easier to read.
 * @param {string} time
 * @param {number} [now]
 */
export function relative(time, now = Date.now()) {
  const age = now - Date.parse(time);
  if (Math.abs(age) < MINUTE) return 'just now';
  if (age < 0 || age >= 7 * DAY) return new Date(time).toUTCString().slice(5, 16).replace(/^0/, '');
  const [unit, span] = age < HOUR ? ['minute', MINUTE] : age < DAY ? ['hour', HOUR] : ['day', DAY];
  const count = Math.floor(age / Number(span));
  return `${count} ${unit}${count === 1 ? '' : 's'} ago`;
}

/** @param {string} time */
export function date(time) {
  const at = new Date(time);
  const month = at.toLocaleString(LANGUAGE, { month: 'long', timeZone: 'UTC' });
  return `${at.getUTCDate()} ${month} ${at.getUTCFullYear()}`;
}

/** @param {string} time */
export function moment(time) {
  return `${date(time)}, ${new Date(time).toISOString().slice(11, 16)} UTC`;
}

/**
 * @param {string} code
 * @param {string} [locale] the page names that of the shop where it is another than the page's own
 * @returns {Intl.NumberFormat} how the language prints this currency
 */
export function currency(code, locale = globalThis.document?.documentElement.dataset.locale ?? LANGUAGE) {
  return new Intl.NumberFormat(locale, { style: 'currency', currency: code, numberingSystem: 'latn' });
}
