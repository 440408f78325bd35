// The same examples as in the server's names.rs: a form's round has the same id on both sides.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { batchId } from '../../../web/modules/batch-id.js';

const examples = JSON.parse(await readFile(new URL('../../../web/batch-examples.json', import.meta.url), 'utf8'));

for (const { form, round, batch } of examples) {
  test(`round ${round} of the form \`${form}\` has its id`, async () => {
    assert.equal(await batchId(form, round), batch);
  });
}
