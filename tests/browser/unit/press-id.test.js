// The same examples as in the server's names.rs: what a form's button does has the same id on both sides.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { pressId } from '../../../web/modules/call.js';

const examples = JSON.parse(await readFile(new URL('../../../web/press-examples.json', import.meta.url), 'utf8'));

for (const { form, verb, resource, press } of examples) {
  test(`the button \`${verb}\` of the form \`${form}\` has its id for ${resource}`, () => {
    assert.equal(pressId(form, verb, resource), press);
  });
}

test('what else the button of a row says makes no other id', () => {
  assert.equal(pressId('f1', 'delete mug "v2" draft', '/v1/products/mug'), pressId('f1', 'delete', '/v1/products/mug'));
});
