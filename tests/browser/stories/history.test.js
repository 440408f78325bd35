// What was before: seen, compared, gone back to, and undone.

import assert from 'node:assert/strict';
import { atTheShop, storyBothWays, open, story } from '../harness/story.js';
import { button, message, revisions, row, withPast } from '../harness/pages.js';

atTheShop();

const version = (page, number) => page.locator(`#version-${number}`);
const cell = (page, field, place) =>
  page.getByRole('row').filter({ has: page.getByRole('rowheader', { name: field, exact: true }) }).getByRole('cell').nth(place);

storyBothWays('a version is restored, and the restoring undone', { as: 'editor' }, async ({ page, shop }) => {
  const name = await withPast(shop, 'Heron bowl');
  await open(page, `/admin/${name}`);
  await page.getByRole('link', { name: 'History', exact: true }).click();
  await version(page, 4).getByText('Changed title').waitFor();
  await version(page, 4).getByText('by Ada').waitFor();
  await version(page, 3).getByText('Changed price').waitFor();
  await version(page, 2).getByText('Changed description and tags').waitFor();
  await button(page, 'Restore version 1').click();
  await message(page, 'Heron bowl is as it was in version 1.').waitFor();
  await version(page, 5).getByText('Went back to version 1').waitFor();
  const back = await shop.as('viewer')('GET', `/v1/${name}`);
  assert.deepEqual([back.title, back.tags, back.priceRange.lowest.units], ['Heron bowl', ['old'], '14']);
  await message(page).getByRole('button', { name: 'Undo' }).click();
  await version(page, 6).getByText('Went back to version 4').waitFor();
  const again = await shop.as('viewer')('GET', `/v1/${name}`);
  assert.deepEqual([again.title, again.tags, again.priceRange.lowest.units], ['Heron bowl, blue', ['old', 'blue'], '17']);
  assert.equal(await revisions(shop, name), 6);
});

storyBothWays('a restored version that is reloaded is not restored twice', { as: 'editor' }, async ({ page, shop }) => {
  const name = await withPast(shop, 'Stork bowl');
  await open(page, `/admin/${name}/history`);
  await button(page, 'Restore version 2').click();
  await message(page, 'Stork bowl is as it was in version 2.').waitFor();
  await page.reload();
  assert.equal(await message(page).count(), 0);
  assert.equal(await revisions(shop, name), 5);
});

storyBothWays('two versions stand side by side with their words marked', { as: 'viewer' }, async ({ page, shop }) => {
  const name = await withPast(shop, 'Crane bowl');
  await open(page, `/admin/${name}/changes?from=1`);
  await page.getByText('From version 1 to version 4.').waitFor();
  assert.equal(await cell(page, 'Title', 0).locator('del').count(), 0);
  assert.equal(await cell(page, 'Title', 1).locator('ins').innerText(), ', blue');
  assert.deepEqual(await cell(page, 'Tags', 1).locator('ins').allInnerTexts(), ['blue']);
  assert.equal(await cell(page, 'Price', 0).innerText(), '€14.90');
  assert.equal(await cell(page, 'Price', 1).innerText(), '€17.50');
  assert.deepEqual(await cell(page, 'Description', 1).locator('ins').allInnerTexts(), ['deep ', 'glazed']);
  await page.getByLabel('Compare version').fill('2');
  await page.getByLabel('with version').fill('3');
  await button(page, 'Compare').click();
  await page.getByText('From version 2 to version 3.').waitFor();
  assert.equal(await page.getByRole('rowheader').count(), 1);
  assert.equal(await page.getByRole('button', { name: /^Restore/ }).count(), 0, 'a viewer only looks');
});

storyBothWays('what changed since somebody saw a product is shown', { as: 'editor' }, async ({ page, shop }) => {
  const name = await withPast(shop, 'Egret bowl');
  const { etag } = await shop.as('viewer')('GET', `/v1/${name}`);
  await shop.as('admin')('PATCH', `/v1/${name}`, { brand: 'Kiln' });
  await open(page, `/admin/${name}/changes?since=${encodeURIComponent(etag)}`);
  await page.getByText('From version 4 to version 5.').waitFor();
  assert.equal(await cell(page, 'Brand', 1).innerText(), 'Kiln');
  await open(page, `/admin/${name}/changes?since=%22nothing-1%22`);
  await page.getByRole('heading', { level: 1, name: 'History' }).waitFor();
});

storyBothWays('what somebody else changed meanwhile is shown before a version is restored over it', { as: 'editor', expects: [/status of 409/] }, async ({ page, shop }) => {
  const name = await withPast(shop, 'Ibis bowl');
  await open(page, `/admin/${name}/history`);
  await shop.as('admin')('PATCH', `/v1/${name}`, { title: 'Ibis bowl, Ada' });
  await button(page, 'Restore version 2').click();
  await page.getByRole('heading', { level: 1, name: /^Ada changed Ibis bowl, Ada/ }).waitFor();
  await button(page, 'Restore that version anyway').click();
  await message(page, 'Ibis bowl is as it was in version 2.').waitFor();
});

storyBothWays('a version whose SKU another product has now says so', { as: 'editor', expects: [/status of 409/] }, async ({ page, shop }) => {
  const editor = shop.as('editor');
  const { name, variants: [variant] } = await editor('POST', '/v1/products', { title: 'Avocet bowl', variants: [{ sku: `AV-${Date.now()}` }] });
  await editor('PATCH', `/v1/${variant.name}?updateMask=sku`, {});
  await editor('POST', '/v1/products', { title: 'Other bowl', variants: [{ sku: variant.sku }] });
  await open(page, `/admin/${name}/history`);
  await button(page, 'Restore version 1').click();
  await page.getByRole('heading', { level: 1, name: 'Avocet bowl did not go back to that version.' }).waitFor();
  await page.getByText('Another product has this SKU.').waitFor();
});

storyBothWays('the activity is filtered by person and days, which stand in its address', { as: 'viewer' }, async ({ page, shop }) => {
  await withPast(shop, 'Bittern bowl');
  await open(page, '/admin/activity');
  await row(page, 'Bittern bowl, blue').getByText('by Ada').first().waitFor();
  await page.getByLabel('By', { exact: true }).selectOption({ label: 'Ada' });
  await button(page, 'Filter').click();
  await page.waitForURL(/\/admin\/activity\?by=[a-z0-9-]+$/);
  await row(page, 'Bittern bowl, blue').first().waitFor();
  assert.equal(await page.getByText('by Grace').count(), 0);
  await page.getByLabel('Until, inclusive').fill('2001-02-03');
  await button(page, 'Filter').click();
  await page.getByText('Nothing was done that fits this filter.').waitFor();
  await page.getByRole('link', { name: 'Show everything' }).click();
  await row(page, 'Bittern bowl, blue').getByRole('link', { name: 'What changed' }).first().click();
  await page.getByRole('heading', { level: 1, name: 'What changed' }).waitFor();
});

storyBothWays('the activity tells of categories and the shop, and leads to where they are edited', { as: 'admin' }, async ({ page, shop, scripts }) => {
  const title = `Ladles ${scripts ? 'with' : 'without'} scripts`;
  const category = await shop.as('editor')('POST', '/v1/categories', { title });
  await shop.as('admin')('PATCH', '/v1/shop', { displayName: `Shelf of ${title}` });
  await open(page, '/admin/activity');
  await row(page, title).getByText('by Grace').first().waitFor();
  await row(page, `Shelf of ${title}`).getByText('Changed name').waitFor();
  await page.getByLabel('To', { exact: true }).selectOption({ label: 'Categories' });
  await page.getByLabel('By', { exact: true }).selectOption({ label: 'Grace' });
  await button(page, 'Filter').click();
  await page.waitForURL(/\/admin\/activity\?by=[a-z0-9-]+&of=categories$/);
  await row(page, title).getByText('Created').waitFor();
  await row(page, title).getByRole('link', { name: title }).click();
  await page.getByRole('heading', { level: 1, name: title }).waitFor();
  await shop.as('editor')('DELETE', `/v1/${category.name}`);
  await open(page, '/admin/activity?of=categories');
  const entry = page.getByRole('row').filter({ hasText: title });
  await entry.getByText('Deleted', { exact: true }).waitFor();
  assert.equal(await entry.getByRole('link').count(), 0, 'it is there no more');
  await shop.as('admin')('PATCH', '/v1/shop', { displayName: 'Shelf' });
});

storyBothWays('the activity goes on over pages', { as: 'viewer' }, async ({ page }) => {
  await open(page, '/admin/activity');
  const first = await page.getByRole('rowheader').allInnerTexts();
  await page.getByRole('link', { name: 'Next page' }).click();
  await page.getByRole('link', { name: 'First page' }).waitFor();
  const second = await page.getByRole('rowheader').allInnerTexts();
  assert.equal(first.length, 50);
  assert.ok(second.length > 0);
  assert.notDeepEqual(first, second);
});

story('the list leads to who changed what', { as: 'viewer' }, async ({ page, shop }) => {
  await withPast(shop, 'Spoonbill bowl');
  await open(page, '/admin/products?q=Spoonbill');
  await row(page, 'Spoonbill bowl, blue').getByRole('link', { name: 'Ada' }).click();
  await page.getByRole('heading', { level: 1, name: 'History' }).waitFor();
});
