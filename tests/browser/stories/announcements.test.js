// What is said aloud: exact, and again when it happens again.

import assert from 'node:assert/strict';
import { atTheShop, story } from '../harness/story.js';
import { aloneOnTheList, cellInput, listening, message, row } from '../harness/pages.js';

atTheShop();

const spoken = (heard) => heard.filter(Boolean);

story('two results in the same words are spoken twice, cleared in between', { as: 'editor' }, async ({ page, shop }) => {
  await aloneOnTheList(page, shop, 'Finch cup');
  const heard = await listening(page, 'polite');
  for (const price of ['15', '16']) {
    await row(page, 'Finch cup').locator('[data-edit=price]').click();
    await cellInput(page).fill(price);
    await page.keyboard.press('Enter');
    await row(page, 'Finch cup').getByText(`€${price}.00`).waitFor();
    await page.waitForFunction((count) => globalThis.heard.filter(Boolean).length === count, Number(price) - 14);
  }
  assert.deepEqual(spoken(await heard()), ['Finch cup saved.', 'Finch cup saved.']);
  const between = await heard();
  assert.equal(between[between.indexOf('Finch cup saved.') + 1], '');
});

story('a result is polite, in one sentence', { as: 'editor' }, async ({ page, shop }) => {
  await aloneOnTheList(page, shop, 'Egret jar');
  const heard = await listening(page, 'polite');
  await row(page, 'Egret jar').getByRole('button', { name: 'Delete' }).click();
  await message(page, 'Egret jar deleted.').getByRole('button', { name: 'Undo' }).click();
  await row(page, 'Egret jar').waitFor();
  await page.waitForFunction(() => globalThis.heard.filter(Boolean).length === 2);
  assert.deepEqual(spoken(await heard()), ['Egret jar deleted.', 'Egret jar restored.']);
});
