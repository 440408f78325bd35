// The tree of categories: kept by the keyboard alone, with and without JavaScript.

import assert from 'node:assert/strict';
import { atTheShop, open, story, storyBothWays } from '../harness/story.js';
import { button, marked, message } from '../harness/pages.js';

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
  if (scripts) await page.locator('.crumbs').getByText(upper).waitFor();
  else await inTree(lower).waitFor();
  await message(page).getByRole('button', { name: 'Undo' }).press('Enter');
  if (scripts) await page.locator('.crumbs').getByText(upper).waitFor({ state: 'detached' });
  else await message(page, `${lower} moved.`).waitFor();
  await open(page, '/admin/categories');
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

/** A category of its own, by its name. */
const planted = (shop, title, parent = '') => shop.as('editor')('POST', '/v1/categories', { title, parent });
const calm = (page) => page.waitForFunction(() => !document.querySelector('form[aria-busy]'));

story('categories are added in place, each where it belongs, and can be parents at once', { as: 'editor' }, async ({ page, shop }) => {
  await planted(shop, 'Meadow');
  await open(page, '/admin/categories');
  const same = await marked(page);
  const before = Number.parseInt(await page.locator('[data-categories]').innerText(), 10);
  await field(page, 'Name').fill('Zinnia');
  await field(page, 'Stands below').selectOption({ label: 'Meadow' });
  await field(page, 'Name').press('Enter');
  await message(page, 'Zinnia added.').waitFor();
  await page.locator('#polite').getByText('Zinnia added.').waitFor();
  assert.equal(await field(page, 'Name').inputValue(), '', 'ready for the next one');
  assert.equal(await page.evaluate(() => document.activeElement?.id), 'title', 'the focus stays for the next one');
  await calm(page);
  await field(page, 'Name').fill('aster');
  await button(page, 'Add category').click();
  await message(page, 'aster added.').waitFor();
  const below = page.locator('.tree > li', { has: page.getByRole('link', { name: 'Meadow', exact: true }) }).locator('ul .name');
  assert.deepEqual(await below.allInnerTexts(), ['aster', 'Zinnia']);
  await calm(page);
  await field(page, 'Stands below').selectOption({ label: '– aster' });
  await field(page, 'Name').fill('Michaelmas');
  await button(page, 'Add category').click();
  await message(page, 'Michaelmas added.').waitFor();
  assert.deepEqual(await below.allInnerTexts(), ['aster', 'Michaelmas', 'Zinnia']);
  assert.equal(await page.locator('[data-categories]').innerText(), `${before + 3} categories`);
  assert.ok(await same(), 'the page was never left');
  const shown = await page.locator('.tree .name').allInnerTexts();
  const choices = await field(page, 'Stands below').locator('option').allInnerTexts();
  await page.reload();
  assert.deepEqual(await page.locator('.tree .name').allInnerTexts(), shown, 'as the server would have it');
  assert.deepEqual(await field(page, 'Stands below').locator('option').allInnerTexts(), choices);
});

story('a category is renamed in place, and the page says so everywhere', { as: 'editor' }, async ({ page, shop }) => {
  const { name } = await planted(shop, 'Before');
  await open(page, `/admin/${name}`);
  const same = await marked(page);
  await field(page, 'Name').fill('After');
  await field(page, 'Address in the shop').fill('after-that');
  await button(page, 'Save').click();
  await message(page, 'After saved.').waitFor();
  await page.getByRole('heading', { level: 1, name: 'After', exact: true }).waitFor();
  assert.equal(await page.getByRole('link', { name: 'See it in the shop' }).getAttribute('href'), '/c/after-that');
  await calm(page);
  await field(page, 'Name').fill('After all');
  await button(page, 'Save').click();
  await message(page, 'After all saved.').waitFor();
  const { title, slug } = await shop.as('viewer')('GET', `/v1/${name}`);
  assert.deepEqual([title, slug, await same()], ['After all', 'after-that', true]);
});

storyBothWays('an address that another category has is told at its field, and what was typed stays', { as: 'editor', expects: [/status of 409/] }, async ({ page, shop, scripts }) => {
  const { slug } = await planted(shop, `Taken ${scripts}`);
  const { name } = await planted(shop, `Wants it ${scripts}`);
  await open(page, `/admin/${name}`);
  await field(page, 'Name').fill('Typed');
  await field(page, 'Address in the shop').fill(slug);
  await button(page, 'Save').click();
  await page.locator('#slug-error').filter({ hasText: 'This address is taken.' }).waitFor();
  assert.equal(await page.locator('#slug').getAttribute('aria-invalid'), 'true');
  assert.deepEqual([await page.locator('#title').inputValue(), await page.locator('#slug').inputValue()], ['Typed', slug]);
  await field(page, 'Address in the shop').fill(`${slug}-too`);
  await button(page, 'Save').click();
  await message(page, 'Typed saved.').waitFor();
});

storyBothWays('a category that moved below this one meanwhile cannot be its parent', { as: 'editor', expects: [/status of 400|status of 422/] }, async ({ page, shop, scripts }) => {
  const { name } = await planted(shop, `Upper ${scripts}`);
  const other = await planted(shop, `Other ${scripts}`);
  await open(page, `/admin/${name}`);
  await shop.as('admin')('POST', `/v1/${other.name}:move`, { parent: name });
  await field(page, 'Stands below').selectOption({ label: `Other ${scripts}` });
  await button(page, 'Move').click();
  await page.locator('#parent-error').filter({ hasText: 'A category cannot stand below itself.' }).waitFor();
  assert.equal((await shop.as('viewer')('GET', `/v1/${name}`)).parent ?? '', '');
});

storyBothWays('what somebody else made of a category meanwhile is shown, and what was typed stays', { as: 'editor', expects: [/status of 409|status of 412/] }, async ({ page, shop }) => {
  const { name } = await planted(shop, 'Two at once');
  await open(page, `/admin/${name}`);
  await shop.as('admin')('PATCH', `/v1/${name}`, { title: 'Hers' });
  await field(page, 'Name').fill('Mine');
  await button(page, 'Save').click();
  await page.locator('#errors').filter({ hasText: 'It is now Hers' }).waitFor();
  assert.equal(await page.locator('#title').inputValue(), 'Mine');
  await button(page, 'Save').click();
  await message(page, 'Mine saved.').waitFor();
});

storyBothWays('a category that got a product meanwhile stays, and says why', { as: 'editor', expects: [/status of 409|status of 422|status of 400/] }, async ({ page, shop }) => {
  const { name } = await planted(shop, 'Empty for now');
  await open(page, `/admin/${name}`);
  await page.getByRole('link', { name: 'Delete category' }).click();
  await page.getByRole('heading', { name: 'Delete Empty for now?' }).waitFor();
  await shop.as('editor')('POST', '/v1/products', { title: 'Came in', categories: [name] });
  await button(page, 'Delete category').click();
  await page.getByText('Something still stands in this category. Move it first.').first().waitFor();
  assert.equal((await shop.as('viewer')('GET', `/v1/${name}`)).title, 'Empty for now');
  assert.equal(await page.getByRole('link', { name: 'Delete category' }).count(), 0);
});
