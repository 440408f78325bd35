// Two people save the same product: the second decides over the page, and nothing that was typed is lost on the way.

import assert from 'node:assert/strict';
import { axe } from '../harness/axe.js';
import { openShopBehindFaults, shelve } from '../harness/shop.js';
import { atTheShop, open, story } from '../harness/story.js';
import { button, focused, marked, message } from '../harness/pages.js';

atTheShop(openShopBehindFaults);

const expects = [/status of 4(09|12)/];
const dialog = (page) => page.getByRole('dialog', { name: /^Ada changed/ });
const field = (page, id) => page.locator(`[id="${id}"]`);

/** The editor of a product that Ada has changed since; nothing is saved yet. */
async function behind(page, shop, title, fields, theirs) {
  const product = await shelve(shop, title, fields);
  await open(page, `/admin/${product.name}`);
  await shop.as('admin')('PATCH', `/v1/${product.name}`, theirs);
  return product;
}

story('what only one changed is merged, what both changed asks, and the result is saved', { as: 'editor', expects }, async ({ page, shop }) => {
  const { name } = await behind(page, shop, 'Merlin mirror', { brand: 'Before' }, { title: 'Ada was here', description: 'New text' });
  const same = await marked(page);
  await field(page, 'title').fill('Grace was here');
  await field(page, 'brand').fill('Own brand');
  await button(page, 'Save').click();
  await dialog(page).waitFor();
  assert.ok(await same(), 'the page stays below');
  assert.deepEqual(await axe(page, 'dialog[open]'), []);
  assert.match(await focused(page), /^Ada changed Ada was here/);
  assert.equal(await dialog(page).getByRole('group').count(), 1, 'only the title asks');
  await dialog(page).getByRole('row').filter({ hasText: 'Brand' }).getByText('your change').waitFor();
  await dialog(page).getByRole('row').filter({ hasText: 'Description' }).getByText('their change').waitFor();
  await dialog(page).getByLabel('Title, another value').fill('Both were here');
  assert.ok(await dialog(page).getByRole('radio', { name: 'Another' }).isChecked());
  await button(page, 'Save result').click();
  await message(page, 'Both were here saved.').waitFor();
  const { title, brand, description } = await shop.as('viewer')('GET', `/v1/${name}`);
  assert.deepEqual({ title, brand, description }, { title: 'Both were here', brand: 'Own brand', description: 'New text' });
});

story('the dialog can be left to go on typing, and nothing is saved by that', { as: 'editor', expects }, async ({ page, shop }) => {
  const { name } = await behind(page, shop, 'Harrier hat', {}, { title: 'Ada was here' });
  await field(page, 'title').fill('Grace was here');
  for (const leave of [() => page.keyboard.press('Escape'), () => button(page, 'Go on typing').click()]) {
    await button(page, 'Save').click();
    await dialog(page).waitFor();
    await leave();
    await dialog(page).waitFor({ state: 'detached' });
    assert.equal(await field(page, 'title').inputValue(), 'Grace was here');
    assert.equal(await focused(page), 'Save');
  }
  assert.equal((await shop.as('viewer')('GET', `/v1/${name}`)).title, 'Ada was here');
});

story('theirs is kept without a question, and what was typed is dropped', { as: 'editor', expects }, async ({ page, shop }) => {
  await behind(page, shop, 'Kestrel kit', {}, { title: 'Ada was here' });
  const asked = [];
  page.on('dialog', (asking) => (asked.push(asking.type()), asking.accept()));
  await field(page, 'title').fill('Grace was here');
  await button(page, 'Save').click();
  await Promise.all([page.waitForEvent('load'), dialog(page).getByRole('link', { name: 'Keep theirs' }).click()]);
  assert.equal(await field(page, 'title').inputValue(), 'Ada was here');
  assert.deepEqual(asked, []);
});

story('what else was typed on the page is asked about before the result leaves it', { as: 'editor', expects }, async ({ page, shop }) => {
  const { variants: [variant] } = await behind(page, shop, 'Osprey oar', {}, { title: 'Ada was here' });
  const asked = [];
  page.on('dialog', (asking) => (asked.push(asking.type()), asking.dismiss()));
  const sku = field(page, `variant-${variant.name.split('/').at(-1)}-sku`);
  await sku.fill('OAR-1');
  await field(page, 'title').fill('Grace was here');
  await button(page, 'Save').click();
  await dialog(page).getByRole('radio', { name: 'Yours' }).check();
  await Promise.all([page.waitForEvent('dialog'), button(page, 'Save result').click()]);
  assert.deepEqual(asked, ['beforeunload']);
  assert.equal(await sku.inputValue(), 'OAR-1');
});

story('where the dialog cannot be had, the page of the conflict opens', { as: 'editor', expects: [...expects, /request: .*conflict-dialog/, /ERR_CONNECTION_RESET/] }, async ({ page, shop }) => {
  shop.network.cutBefore('GET /assets/*/modules/conflict-dialog.js');
  await behind(page, shop, 'Falcon fan', {}, { title: 'Ada was here' });
  await field(page, 'title').fill('Grace was here');
  await button(page, 'Save').click();
  await page.getByRole('heading', { level: 1, name: /^Ada changed/ }).waitFor();
});
