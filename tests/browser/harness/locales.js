// Writes web/locales.json anew: how each language prints amounts, as the browser's own tables (CLDR) say. The server reads that file,
// and the modules ask the browser.

import { writeFileSync } from 'node:fs';
import { chromium } from 'playwright-core';
import { ARGUMENTS } from './story.js';

const FILE = new URL('../../../web/locales.json', import.meta.url);
/** The languages and countries in which shops write. */
const TAGS = `en en-AU en-CA en-GB en-HK en-IE en-IN en-NZ en-SG en-ZA de de-AT de-CH de-LI fr fr-BE fr-CA fr-CH fr-LU it it-CH
  es es-AR es-CL es-CO es-MX es-PE es-US es-UY pt pt-PT nl nl-BE da sv sv-FI nb nn no fi is et lv lt pl cs sk sl hr sr sr-Latn bs mk
  bg ro hu el el-CY tr uk ru be he ar fa ur hi bn ta te mr gu kn ml pa th vi id ms fil ja ko zh zh-Hant zh-TW zh-HK zh-SG ka hy az kk uz sq
  ca eu gl ga cy lb mt af sw zu mn km lo my ne si am`.split(/\s+/);

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ARGUMENTS });
try {
  const page = await browser.newPage();
  const read = await page.evaluate(localesOf, TAGS);
  const lines = Object.entries(read).map(([tag, locale]) => `  ${JSON.stringify(tag)}: ${JSON.stringify(locale)}`);
  writeFileSync(FILE, `{\n${lines.join(',\n')}\n}\n`);
} finally {
  await browser.close();
}

/** Runs in the browser. What is left out of a locale is as in English; a country that prints as its language does is left out. @param {string[]} tags */
function localesOf(tags) {
  const LONG = 1_234_567_890;
  const currencies = Intl.supportedValuesOf('currency');
  const parts = (tag, currency, value) =>
    new Intl.NumberFormat(tag, { style: 'currency', currency, numberingSystem: 'latn' }).formatToParts(value);
  const only = (all, type) => all.find((part) => part.type === type)?.value;
  const symbol = (tag, currency) => only(parts(tag, currency, 0), 'currency');
  const around = (all) => {
    const written = all.map(({ type, value }) => (type === 'currency' ? '¤' : value));
    const first = all.findIndex(({ type }) => type === 'integer');
    const last = all.findLastIndex(({ type }) => type === 'integer' || type === 'fraction');
    return [written.slice(0, first).join(''), written.slice(last + 1).join('')];
  };
  const localeOf = (tag) => {
    // Letters would be kept apart from the digits.
    const plain = ['EUR', 'USD', 'AUD', ...currencies].find((currency) => !/[\p{L}.]/u.test(symbol(tag, currency))) ?? 'EUR';
    const [prefix, suffix] = around(parts(tag, plain, LONG));
    const all = parts(tag, 'EUR', LONG);
    const groups = all.filter(({ type }) => type === 'integer').map(({ value }) => value.length);
    const symbols = currencies.filter((currency) => symbol(tag, currency) !== currency).map((currency) => [currency, symbol(tag, currency)]);
    return {
      decimal: only(all, 'decimal'),
      group: only(all, 'group'),
      prefix,
      suffix,
      groupsOf: groups.at(-2),
      groupedFrom: only(parts(tag, 'EUR', 1234), 'group') ? 4 : 5,
      symbols: Object.fromEntries(symbols),
    };
  };
  const read = {};
  for (const tag of tags) {
    if (!Intl.NumberFormat.supportedLocalesOf(tag).length) continue;
    const locale = localeOf(tag);
    const language = read[tag.split('-')[0]];
    if (JSON.stringify(locale) !== JSON.stringify(language)) read[tag] = locale;
  }
  const english = read.en;
  for (const [tag, locale] of Object.entries(read)) {
    const other = Object.entries(locale).filter(([name, value]) => name === 'symbols' || value !== english[name]);
    read[tag] = Object.fromEntries(other);
  }
  return read;
}
