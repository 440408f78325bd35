// Where the focus goes when its row goes.

import assert from 'node:assert/strict';
import { shelve } from '../harness/shop.js';
import { atTheShop, open, story } from '../harness/story.js';
import { aloneOnTheList, focused, message, row, rowButton, total } from '../harness/pages.js';

atTheShop();

async function remove(page, title) {
  await rowButton(page, title, 'Delete').focus();
  await page.keyboard.press('Enter');
  await message(page, `${title} deleted.`).waitFor();
}

story('after a row in the middle, the focus is on Delete of the next', { as: 'editor' }, async ({ page, shop }) => {
  for (const title of ['Lynx A', 'Lynx B', 'Lynx C']) await shelve(shop, title);
  await open(page, '/admin/products?q=Lynx&sort=title');
  await remove(page, 'Lynx B');
  assert.equal(await focused(page), 'Lynx C: Delete');
});

story('after the last row, the focus is on Delete of the one before', { as: 'editor' }, async ({ page, shop }) => {
  for (const title of ['Puma A', 'Puma B']) await shelve(shop, title);
  await open(page, '/admin/products?q=Puma&sort=title');
  await remove(page, 'Puma B');
  assert.equal(await focused(page), 'Puma A: Delete');
});

story('after the only row, the focus is on the heading, and the list says that it is empty', { as: 'editor' }, async ({ page, shop }) => {
  await aloneOnTheList(page, shop, 'Gecko');
  await remove(page, 'Gecko');
  assert.equal(await focused(page), 'Products');
  await total(page, '0 products').waitFor();
});

story('undo gives the row its place and its button the focus', { as: 'editor' }, async ({ page, shop }) => {
  for (const title of ['Otter A', 'Otter B', 'Otter C']) await shelve(shop, title);
  await open(page, '/admin/products?q=Otter&sort=title');
  await remove(page, 'Otter B');
  await message(page).getByRole('button', { name: 'Undo' }).click();
  await row(page, 'Otter B').waitFor();
  assert.equal(await focused(page), 'Otter B: Delete');
  assert.deepEqual(await page.locator('#rows [data-field=title]').allTextContents(), ['Otter A', 'Otter B', 'Otter C']);
});

story('publishing leaves the focus on the button that takes it back', { as: 'editor' }, async ({ page, shop }) => {
  await aloneOnTheList(page, shop, 'Bison');
  await rowButton(page, 'Bison', 'Publish').focus();
  await page.keyboard.press('Enter');
  await message(page, 'Bison published.').waitFor();
  assert.equal(await focused(page), 'Bison: Unpublish');
});

story('a focus outside the row stays where it is', { as: 'editor' }, async ({ page, shop }) => {
  await aloneOnTheList(page, shop, 'Raven');
  await page.locator('#q').focus();
  await rowButton(page, 'Raven', 'Delete').evaluate((button) => button.form.requestSubmit(button));
  await message(page, 'Raven deleted.').waitFor();
  assert.equal(await page.evaluate(() => document.activeElement.id), 'q');
});
