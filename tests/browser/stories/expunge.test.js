// What goes for good: the one action that asks first, as a dialog over the list or as a page.

import assert from 'node:assert/strict';
import { shelve } from '../harness/shop.js';
import { atTheShop, open, story, storyBothWays } from '../harness/story.js';
import { button, focused, marked, message, row, rowButton, total } from '../harness/pages.js';

atTheShop();

/** Some products that were deleted, the last one first on the list. */
async function deleted(shop, ...titles) {
  const products = [];
  for (const title of titles) {
    const { name } = await shelve(shop, title);
    products.push(await shop.as('editor')('DELETE', `/v1/${name}`));
  }
  return products;
}

const link = (page, title) => row(page, title).getByRole('link', { name: 'Delete for good' });
const dialog = (page) => page.getByRole('alertdialog');

storyBothWays('an administrator is asked, and then it is gone', { as: 'admin' }, async ({ page, shop, scripts }) => {
  const title = `Old crate ${scripts ? 'one' : 'two'}`;
  const [{ name }] = await deleted(shop, title);
  await open(page, '/admin/deleted');
  await link(page, title).click();
  const question = page.getByRole('heading', { name: `Delete ${title} for good?` });
  await question.waitFor();
  await page.getByText('This cannot be undone.').waitFor();
  await button(page, 'Delete for good').click();
  await message(page, 'deleted for good').waitFor();
  assert.equal(await row(page, title).filter({ visible: true }).count(), 0);
  await assert.rejects(shop.as('viewer')('GET', `/v1/${name}`), /answered 404/);
});

story('the dialog names the product, has its focus on Keep, and keeps', { as: 'admin' }, async ({ page, shop }) => {
  const [{ name }] = await deleted(shop, 'Kept crate');
  await open(page, '/admin/deleted');
  const sameDocument = await marked(page);
  for (const leave of [() => dialog(page).getByRole('button', { name: 'Keep' }).click(), () => page.keyboard.press('Escape')]) {
    await link(page, 'Kept crate').click();
    await dialog(page).filter({ hasText: 'Delete Kept crate for good?' }).waitFor();
    assert.equal(await focused(page), 'Keep');
    await leave();
    await dialog(page).waitFor({ state: 'hidden' });
    assert.equal(await focused(page), 'Kept crate: Delete for good', 'back where it came from');
  }
  assert.ok(await sameDocument());
  assert.ok((await shop.as('viewer')('GET', `/v1/${name}`)).deleteTime);
});

story('it goes in place, by the keyboard, and the focus goes on to the next row', { as: 'admin' }, async ({ page, shop }) => {
  await deleted(shop, 'Next crate', 'Gone crate');
  await open(page, '/admin/deleted');
  const sameDocument = await marked(page);
  const before = Number(await page.locator('#total').getAttribute('data-total'));
  await link(page, 'Gone crate').focus();
  await page.keyboard.press('Enter');
  await dialog(page).waitFor();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await message(page, 'Gone crate deleted for good.').waitFor();
  assert.equal(await message(page).getByRole('button', { name: 'Undo' }).filter({ visible: true }).count(), 0, 'nothing to undo');
  assert.equal(await row(page, 'Gone crate').filter({ visible: true }).count(), 0);
  await total(page, `${before - 1} products?`).waitFor();
  assert.match(await focused(page), /^Next crate/);
  assert.ok(await sameDocument());
});

story('what is refused comes back, and says why', { as: 'admin', expects: [/status of 4\d\d/] }, async ({ page, shop }) => {
  const [{ name }] = await deleted(shop, 'Restored crate');
  await open(page, '/admin/deleted');
  // A row with the focus in it stays as it is, whatever is told of the product meanwhile.
  await link(page, 'Restored crate').focus();
  await shop.as('editor')('POST', `/v1/${name}:undelete`, {});
  await link(page, 'Restored crate').click();
  await dialog(page).getByRole('button', { name: 'Delete for good' }).click();
  await row(page, 'Restored crate').filter({ hasText: 'Restored crate was not deleted for good.' }).waitFor();
  assert.equal((await shop.as('viewer')('GET', `/v1/${name}`)).deleteTime ?? null, null);
});

story('an editor may restore and no more', { as: 'editor' }, async ({ page, shop }) => {
  await deleted(shop, 'Safe crate');
  await open(page, '/admin/deleted');
  await rowButton(page, 'Safe crate', 'Restore').waitFor();
  assert.equal(await link(page, 'Safe crate').count(), 0);
});

storyBothWays('a product is archived in its editor, and Undo brings it back', { as: 'editor' }, async ({ page, shop, scripts }) => {
  const { name, slug } = await shelve(shop, `Season crate ${scripts ? 'one' : 'two'}`, { published: true });
  await open(page, `/admin/${name}`);
  await button(page, 'Archive').click();
  await message(page, 'archived.').waitFor();
  await page.locator('h1 + p .state').filter({ hasText: 'Archived' }).waitFor();
  assert.equal((await page.request.get(`/p/${slug}`)).status(), 404);
  await message(page).getByRole('button', { name: 'Undo' }).click();
  await page.locator('h1 + p .state').filter({ hasText: 'Published' }).waitFor();
  assert.equal((await page.request.get(`/p/${slug}`)).status(), 200);
});
