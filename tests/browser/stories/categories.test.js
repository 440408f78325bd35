// The tree of categories: kept by the keyboard alone, with and without JavaScript.

import assert from 'node:assert/strict';
import { atTheShop, open, storyBothWays } from '../harness/story.js';
import { button, message } from '../harness/pages.js';

atTheShop();

const field = (page, name) => page.getByLabel(name, { exact: true });

storyBothWays('a category is added, moved, taken back and deleted', { as: 'editor' }, async ({ page, scripts }) => {
  const [upper, lower] = scripts ? ['Attic', 'Boxes'] : ['Cellar', 'Crates'];
  await open(page, '/admin/categories');
  for (const title of [upper, lower]) {
    await field(page, 'Name').fill(title);
    await field(page, 'Name').press('Enter');
    await message(page, `${title} added.`).waitFor();
  }
  const link = (title) => page.getByRole('link', { name: title, exact: true });
  const inTree = (title) => page.locator('.tree > li', { has: link(upper) }).locator('ul').getByRole('link', { name: title, exact: true });
  assert.equal(await inTree(lower).count(), 0);
  await link(lower).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: lower }).waitFor();
  await field(page, 'Stands below').selectOption({ label: upper });
  await button(page, 'Move').focus();
  await page.keyboard.press('Enter');
  await message(page, `${lower} moved.`).waitFor();
  await inTree(lower).waitFor();
  await message(page).getByRole('button', { name: 'Undo' }).press('Enter');
  await message(page, `${lower} moved.`).waitFor();
  await link(lower).waitFor();
  assert.equal(await inTree(lower).count(), 0, 'at the top again');
  for (const title of [lower, upper]) {
    await open(page, '/admin/categories');
    await link(title).click();
    await page.getByRole('link', { name: 'Delete category' }).click();
    await page.getByRole('heading', { name: `Delete ${title}?` }).waitFor();
    await button(page, 'Delete category').click();
    await message(page, 'The category was deleted.').waitFor();
    assert.equal(await link(title).count(), 0);
  }
});
