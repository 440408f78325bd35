// The examples of web/format-examples.json, which test the server's format.rs too.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import * as format from '../../../web/modules/format.js';
import { parsePrice } from '../../../web/modules/price-entry.js';

/** Here each kind of example becomes what the module makes of it. */
const kinds = {
  money: ({ locale, currency, units, nanos }) => ({ text: format.money({ currencyCode: currency, units, nanos }, locale) }),
  number: ({ value }) => ({ text: format.number(value) }),
  // The server alone prints these; the browser's own tables say whether it is right.
  'catalog-number': ({ locale, value }) => ({ text: new Intl.NumberFormat(locale, { numberingSystem: 'latn' }).format(value) }),
  total: ({ value, capped }) => ({ text: format.total(value, capped) }),
  relative: ({ time, now }) => ({ text: format.relative(time, Date.parse(now)) }),
  date: ({ time }) => ({ text: format.date(time) }),
  moment: ({ time }) => ({ text: format.moment(time) }),
  'price-entry': ({ entry, currency, locale }) => {
    const read = parsePrice(entry, currency, locale);
    return typeof read === 'string' ? { error: read } : { units: read.units, nanos: read.nanos };
  },
};

const file = new URL('../../../web/format-examples.json', import.meta.url);
const examples = JSON.parse(readFileSync(file, 'utf8'));

for (const [kind, make] of Object.entries(kinds)) {
  test(`${kind}: every example reads the same in the browser as on the server`, () => {
    const ours = examples.filter((example) => example.kind === kind);
    assert.ok(ours.length > 0, `no examples of ${kind}`);
    for (const example of ours) {
      const made = make(example);
      const expected = Object.fromEntries(Object.keys(made).map((key) => [key, example[key]]));
      assert.deepEqual(made, expected, JSON.stringify(example));
      if (example.error) assert.equal(made.error, example.error, JSON.stringify(example));
    }
  });
}

test('every kind of example is known here', () => {
  assert.deepEqual(examples.filter(({ kind }) => !(kind in kinds)), []);
});
