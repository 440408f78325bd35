// Adds: prices as people type them: `14,90`, `€ 14.9`, `1.299,00`. One that could mean two amounts is refused, never guessed.
// Without it: the server reads them, by the same examples.
// Proven by: tests/browser/unit/format.test.js

import { currency, money } from './format.js';

/** @import { Money } from './types.js' */

/** @typedef {'number' | 'places' | 'ambiguous'} Mistake */

/** An amount as it is typed, without its currency. @param {Money} amount */
export function plain(amount) {
  return money(amount, 'en').replaceAll(/[^\d.]/g, '');
}

/**
 * @param {string} entry
 * @param {string} currencyCode
 * @param {string} [locale] whose symbol of the currency may stand there; that of the shop
 * @returns {Money | Mistake}
 */
export function parsePrice(entry, currencyCode, locale) {
  const places = currency(currencyCode).resolvedOptions().maximumFractionDigits ?? 2;
  const bare = withoutCurrency(entry, currencyCode, locale);
  if (!/^[\d.,' ’]+$/.test(bare) || !/\d/.test(bare)) return 'number';
  const parts = split(bare, places);
  if (typeof parts === 'string') return parts;
  const [whole, fraction] = parts;
  if (!/^(\d*|\d{1,3}([.,' ’])\d{3}(\2\d{3})*|\d\d?([.,' ’])(\d\d\4)*\d{3})$/.test(whole)) return 'number';
  if (fraction.length > places) return 'places';
  const units = whole.replaceAll(/\D/g, '').replace(/^0+(?=\d)/, '') || '0';
  return { currencyCode, units, nanos: Number(fraction.padEnd(9, '0')) };
}

/**
 * @param {string} entry
 * @param {string} code
 * @param {string} [locale]
 */
function withoutCurrency(entry, code, locale) {
  const symbol = currency(code, locale).formatToParts(0).find(({ type }) => type === 'currency')?.value ?? code;
  const typed = entry.trim().toUpperCase();
  const name = [symbol.toUpperCase(), code].find((one) => typed.startsWith(one) || typed.endsWith(one)) ?? '';
  const rest = typed.startsWith(name) ? typed.slice(name.length) : typed.slice(0, -name.length);
  return rest.trim().replace(/[.,][-–]$/, '').replaceAll(/\s/g, ' ');
}

/**
 * Cuts at the decimal separator, if there is one.
 * @param {string} bare
 * @param {number} places
 * @returns {[string, string] | Mistake} what stands before it and after it
 */
function split(bare, places) {
  const at = Math.max(bare.lastIndexOf('.'), bare.lastIndexOf(','));
  const [whole, separator, fraction] = [bare.slice(0, at), bare.charAt(at), bare.slice(at + 1)];
  if (at < 0 || whole.includes(separator)) return [bare, ''];
  if (/\D/.test(fraction)) return 'number';
  if (fraction.length === 3 && places !== 3 && !/\D/.test(whole)) {
    if (places === 0) return [bare, ''];
    if (/^\d{1,3}$/.test(whole) && whole !== '0') return 'ambiguous';
  }
  return [whole, fraction];
}
