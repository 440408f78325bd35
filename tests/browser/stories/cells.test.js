// Title and price edited where they stand in the list.

import assert from 'node:assert/strict';
import { openShopBehindFaults, shelve } from '../harness/shop.js';
import { atTheShop, open, story } from '../harness/story.js';
import { aloneOnTheList, cellInput, message, row } from '../harness/pages.js';

atTheShop(openShopBehindFaults);

const price = (page, title) => row(page, title).locator('[data-field=price]');

async function priceOf(shop, name) {
  const { variants } = await shop.as('viewer')('GET', `/v1/${name}`);
  return variants[0].prices.map(({ amount }) => `${amount.currencyCode} ${amount.units}.${String((amount.nanos ?? 0) / 10_000_000).padStart(2, '0')}`);
}

story('Enter saves a price as people type it, and Undo takes it back', { as: 'editor' }, async ({ page, shop }) => {
  const { name } = await aloneOnTheList(page, shop, 'Badger pan');
  await price(page, 'Badger pan').click();
  await cellInput(page).fill('15,50');
  await page.keyboard.press('Enter');
  await price(page, 'Badger pan').getByText('€15.50').waitFor();
  await message(page, 'Badger pan saved.').waitFor();
  assert.deepEqual(await priceOf(shop, name), ['EUR 15.50']);
  await message(page).getByRole('button', { name: 'Undo' }).click();
  await price(page, 'Badger pan').getByText('€14.90').waitFor();
  await page.waitForFunction(() => document.activeElement?.matches('[data-field=price]'));
  assert.deepEqual(await priceOf(shop, name), ['EUR 14.90']);
});

story('a price stands in its cell while its answer is held, and returns when it is refused', { as: 'editor', expects: [/status of 500/] }, async ({ page, shop }) => {
  await aloneOnTheList(page, shop, 'Wolverine whisk');
  const refused = shop.network.refuse('PATCH /v1/products/*/variants/*', 500, { empty: true, held: true });
  await price(page, 'Wolverine whisk').click();
  await cellInput(page).fill('15');
  const shown = await page.evaluate(() => {
    document.activeElement.form.requestSubmit();
    return document.querySelector('[data-field=price]').textContent;
  });
  assert.equal(shown, '€15.00', 'in the same frame');
  assert.equal(await price(page, 'Wolverine whisk').getAttribute('aria-busy'), 'true');
  await refused.arrived();
  await refused.release();
  await row(page, 'Wolverine whisk').locator('[data-note]').waitFor();
  assert.equal(await price(page, 'Wolverine whisk').textContent(), '€14.90');
  assert.equal(await cellInput(page).inputValue(), '15', 'what was typed stays in its field');
});

story('a price in another currency stays as it is', { as: 'editor' }, async ({ page, shop }) => {
  const prices = [['EUR', '20'], ['USD', '25']].map(([currencyCode, units]) => ({ amount: { currencyCode, units, nanos: 500_000_000 } }));
  const { name } = await shelve(shop, 'Weasel wok', { variants: [{ prices }] });
  await open(page, '/admin/products?q=Weasel');
  await price(page, 'Weasel wok').click();
  await cellInput(page).fill('21');
  await page.keyboard.press('Enter');
  await message(page, 'Weasel wok saved.').waitFor();
  assert.deepEqual((await priceOf(shop, name)).sort(), ['EUR 21.00', 'USD 25.50']);
});

story('Escape cancels, and the focus is back on the price', { as: 'editor' }, async ({ page, shop }) => {
  const { name } = await aloneOnTheList(page, shop, 'Ferret fork');
  await price(page, 'Ferret fork').click();
  await cellInput(page).fill('99');
  await page.keyboard.press('Escape');
  await price(page, 'Ferret fork').waitFor();
  assert.equal(await price(page, 'Ferret fork').textContent(), '€14.90');
  assert.ok(await price(page, 'Ferret fork').evaluate((link) => link === document.activeElement));
  assert.deepEqual(await priceOf(shop, name), ['EUR 14.90']);
});

story('a price that cannot be read stays in its field, with what is wrong', { as: 'editor' }, async ({ page, shop }) => {
  await aloneOnTheList(page, shop, 'Jackal jug');
  await price(page, 'Jackal jug').click();
  await cellInput(page).fill('about 5');
  await page.keyboard.press('Enter');
  await row(page, 'Jackal jug').locator('[data-note]').waitFor();
  assert.equal(await cellInput(page).inputValue(), 'about 5');
  assert.equal(await cellInput(page).getAttribute('aria-invalid'), 'true');
});

story('Enter saves a title', { as: 'editor' }, async ({ page, shop }) => {
  const { name } = await aloneOnTheList(page, shop, 'Mole mat');
  await row(page, 'Mole mat').locator('[data-field=title]').click();
  await cellInput(page).fill('Mole mat, round');
  await page.keyboard.press('Enter');
  await row(page, 'Mole mat, round').waitFor();
  await message(page, 'Mole mat, round saved.').waitFor();
  const { title } = await shop.as('viewer')('GET', `/v1/${name}`);
  assert.equal(title, 'Mole mat, round');
});

story('a refused title stays in its field, with the reason on the row', { as: 'editor', expects: [/status of 400/] }, async ({ page, shop }) => {
  const { name } = await aloneOnTheList(page, shop, 'Shrew shoe');
  await row(page, 'Shrew shoe').locator('[data-field=title]').click();
  await cellInput(page).fill('x'.repeat(301));
  await page.keyboard.press('Enter');
  await page.locator('#rows [data-note]').filter({ hasText: 'was not saved' }).waitFor();
  assert.equal((await cellInput(page).inputValue()).length, 301);
  const { title } = await shop.as('viewer')('GET', `/v1/${name}`);
  assert.equal(title, 'Shrew shoe');
});

story('a stale title keeps what was typed and says who was ahead; saving again is a decision', { as: 'editor', expects: [/status of 412/] }, async ({ page, shop }) => {
  const { name } = await aloneOnTheList(page, shop, 'Hyena hook');
  await row(page, 'Hyena hook').locator('[data-field=title]').click();
  await cellInput(page).fill('Hyena hook, steel');
  await shop.as('admin')('PATCH', `/v1/${name}`, { title: 'Hyena hook, brass' });
  await page.keyboard.press('Enter');
  await page.locator('#rows [data-note]').filter({ hasText: 'Ada changed this product just now.' }).waitFor();
  assert.equal(await cellInput(page).inputValue(), 'Hyena hook, steel');
  await cellInput(page).focus();
  await page.keyboard.press('Enter');
  await message(page, 'Hyena hook, steel saved.').waitFor();
  const { title } = await shop.as('viewer')('GET', `/v1/${name}`);
  assert.equal(title, 'Hyena hook, steel');
});

story('without JavaScript a price leads to its field in the editor', { as: 'editor', scripts: false }, async ({ page, shop }) => {
  await aloneOnTheList(page, shop, 'Lemur ladle');
  await price(page, 'Lemur ladle').click();
  await page.waitForURL(/\/admin\/products\/[a-z0-9-]+#variant-/);
  assert.ok(await page.locator(':target input:not([type=hidden])').first().isVisible());
});

story('Undo takes back the own change alone: what somebody else saved since stays', { as: 'editor', expects: [/status of 412/] }, async ({ page, shop }) => {
  const { name } = await aloneOnTheList(page, shop, 'Otter oar');
  await price(page, 'Otter oar').click();
  await cellInput(page).fill('15,50');
  await page.keyboard.press('Enter');
  await message(page, 'Otter oar saved.').waitFor();
  const { variants: [variant] } = await shop.as('viewer')('GET', `/v1/${name}`);
  const amount = { currencyCode: 'EUR', units: '99' };
  const theirs = await shop.as('admin')('PATCH', `/v1/${variant.name}`, { prices: [{ amount }] });
  // The row has caught up with it in the meantime.
  await price(page, 'Otter oar').evaluate((link, etag) => { link.dataset.etag = etag; }, theirs.etag);
  await message(page).getByRole('button', { name: 'Undo' }).click();
  await row(page, 'Otter oar').locator('[data-note]').waitFor();
  assert.deepEqual(await priceOf(shop, name), ['EUR 99.00']);
});

story("a price is printed, and read, as the shop's language does it", { as: 'editor' }, async ({ page, shop }) => {
  const asAdmin = shop.as('admin');
  await asAdmin('PATCH', '/v1/shop?updateMask=defaultLanguage', { defaultLanguage: 'de' });
  try {
    const { name } = await aloneOnTheList(page, shop, 'Dachs pan');
    assert.equal(await price(page, 'Dachs pan').textContent(), '14,90\u00a0€');
    await price(page, 'Dachs pan').click();
    await cellInput(page).fill('1.299,50 €');
    await page.keyboard.press('Enter');
    await price(page, 'Dachs pan').getByText('1.299,50\u00a0€').waitFor();
    await page.reload();
    assert.equal(await price(page, 'Dachs pan').textContent(), '1.299,50\u00a0€');
    assert.deepEqual(await priceOf(shop, name), ['EUR 1299.50']);
  } finally {
    await asAdmin('PATCH', '/v1/shop?updateMask=defaultLanguage', { defaultLanguage: 'en' });
  }
});
