// The lists by keyboard: from row to row, to choose, to delete and to take back; and the list of the keys, which turns them off.

import assert from 'node:assert/strict';
import { openShopBehindFaults, shelve } from '../harness/shop.js';
import { atTheShop, open, story } from '../harness/story.js';
import { button, focused, message, pastDoubleClick, row, rowButton } from '../harness/pages.js';

atTheShop(openShopBehindFaults);

/** A list of these products, in this order. */
async function listOf(page, shop, word, letters) {
  const all = letters.map((letter) => `${word} ${letter}`);
  for (const title of all) await shelve(shop, title);
  await open(page, `/admin/products?q=${word}&sort=title`);
  return all;
}

/** Presses a key, and waits until the focus is there. */
async function goes(page, key, where) {
  await page.keyboard.press(key);
  await page.waitForFunction((text) => {
    const element = document.activeElement;
    const title = element?.closest('tr')?.querySelector('[data-field=title]')?.textContent.trim();
    return [title, element?.textContent.trim()].filter(Boolean).join(': ') === text;
  }, where);
}

const inRow = (title) => `${title}: ${title}`;
const ticked = (page) => page.locator('#rows input[name=item]:checked').count();

story('j and k go from row to row and stay at the ends', { as: 'viewer' }, async ({ page, shop }) => {
  const [a, b, c] = await listOf(page, shop, 'Oriole', ['A', 'B', 'C']);
  await goes(page, 'j', inRow(a));
  await goes(page, 'j', inRow(b));
  await goes(page, 'j', inRow(c));
  await goes(page, 'j', inRow(c));
  await goes(page, 'k', inRow(b));
  await goes(page, 'k', inRow(a));
  await goes(page, 'k', inRow(a));
});

story('/ goes to the search, and there the keys are letters', { as: 'editor' }, async ({ page, shop }) => {
  await listOf(page, shop, 'Towhee', ['A']);
  await page.keyboard.press('/');
  await page.waitForFunction(() => document.activeElement?.id === 'q');
  await page.keyboard.type('Towhee j/x#?');
  assert.equal(await page.locator('#q').inputValue(), 'Towhee j/x#?');
  assert.equal(await page.locator('dialog').count(), 0);
});

story('what x has chosen is acted on in the bar, to which b goes and from which j comes back', { as: 'editor' }, async ({ page, shop }) => {
  const [a, b] = await listOf(page, shop, 'Tanager', ['A', 'B', 'C']);
  await goes(page, 'j', inRow(a));
  await goes(page, 'j', inRow(b));
  await page.keyboard.press('x');
  await page.locator('#bulk').getByText('1 chosen').waitFor();
  await goes(page, 'b', 'Publish');
  await goes(page, 'j', inRow(b));
  await goes(page, 'b', 'Publish');
  await page.keyboard.press('Enter');
  await row(page, b).getByText('Published', { exact: true }).waitFor();
  await message(page, '1 product published.').waitFor();
});

for (const key of ['#', 'Delete']) {
  story(`${key} deletes the row with the focus, which goes on to the next, and Ctrl+Z brings it back`, { as: 'editor' }, async ({ page, shop }) => {
    const [a, b, c] = await listOf(page, shop, key === '#' ? 'Bobolink' : 'Meadowlark', ['A', 'B', 'C']);
    await goes(page, 'j', inRow(a));
    await goes(page, 'j', inRow(b));
    await goes(page, key, inRow(c));
    await message(page, `${b} deleted.`).waitFor();
    await page.keyboard.press('Control+z');
    await row(page, b).waitFor();
    assert.equal(await focused(page), `${b}: Delete`);
  });
}

story('Delete takes all that is chosen, and the focus goes on to a row that stays', { as: 'editor' }, async ({ page, shop }) => {
  const [a, b, c, d] = await listOf(page, shop, 'Cowbird', ['A', 'B', 'C', 'D']);
  await goes(page, 'j', inRow(a));
  await goes(page, 'j', inRow(b));
  await page.keyboard.press('x');
  await goes(page, 'j', inRow(c));
  await page.keyboard.press('x');
  await page.waitForFunction(() => document.querySelectorAll('#rows input[name=item]:checked').length === 2);
  await goes(page, 'k', inRow(b));
  await goes(page, 'Delete', inRow(d));
  await message(page, '2 products deleted.').waitFor();
  assert.deepEqual([await row(page, a).isVisible(), await row(page, d).isVisible(), await ticked(page)], [true, true, 0]);
});

story('? lists the keys and turns them off and on again, and the focus is back where it was', { as: 'editor' }, async ({ page, shop }) => {
  const [a] = await listOf(page, shop, 'Grackle', ['A', 'B']);
  await goes(page, 'j', inRow(a));
  await page.keyboard.press('?');
  const dialog = page.getByRole('dialog', { name: 'Keys' });
  await dialog.waitFor();
  assert.equal(await focused(page), 'Close');
  await page.keyboard.press('j');
  assert.equal(await focused(page), 'Close', 'behind it they do nothing');
  const box = dialog.getByRole('checkbox', { name: 'Keys of one letter are on' });
  assert.ok(await box.isChecked());
  await box.press('Space');
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  assert.equal(await focused(page), inRow(a));
  await page.keyboard.press('j');
  await page.reload();
  await page.waitForFunction(() => 'started' in document.documentElement.dataset);
  await page.keyboard.press('?');
  assert.equal(await page.evaluate(() => document.activeElement === document.body), true, 'off, here and on the next page');
  await button(page, 'Keys').press('Enter');
  await box.press('Space');
  await page.getByRole('button', { name: 'Close', exact: true }).press('Enter');
  await goes(page, 'j', inRow(a));
});

story('what is said while a dialog is open is said inside it', { as: 'editor' }, async ({ page, shop }) => {
  const [a] = await listOf(page, shop, 'Veery', ['A', 'B']);
  const held = shop.network.hold('DELETE /v1/products/*');
  await rowButton(page, a, 'Delete').press('Enter');
  await pastDoubleClick(page);
  await button(page, 'Keys').press('Enter');
  await page.getByRole('dialog', { name: 'Keys' }).waitFor();
  await held.release();
  await page.locator('dialog [role=status]').getByText(`${a} deleted.`).waitFor();
});

story('what the page before has done is said on the next one', { as: 'editor' }, async ({ page, shop }) => {
  const { name } = await shelve(shop, 'Dipper dresser');
  await open(page, `/admin/${name}`);
  await button(page, 'Delete product').press('Enter');
  await page.locator('#polite').getByText('Dipper dresser deleted.').waitFor();
});

story('a page that was refused begins at what is wrong', { expects: [/status of 401/] }, async ({ page }) => {
  await open(page, '/admin/sign-in');
  await page.getByLabel('E-mail address').fill('stranger@shop.example');
  await page.getByLabel('Password').fill('not the password');
  await page.keyboard.press('Enter');
  await page.getByText('That does not match.').first().waitFor();
  await page.waitForFunction(() => document.activeElement?.id === 'errors');
});
