// Searching the shop: by the form of every page, by filters, and by what is suggested while one types.

import assert from 'node:assert/strict';
import { openShopBehindFaults, shelve } from '../harness/shop.js';
import { atTheShop, open, story, storyBothWays } from '../harness/story.js';
import { button, listening, marked } from '../harness/pages.js';

atTheShop(openShopBehindFaults);

const field = (page) => page.getByLabel('Search the shop');
const options = (page) => page.getByRole('option');
const found = (page, words) => page.getByRole('heading', { level: 1, name: `Found for “${words}”` }).waitFor();

storyBothWays('a word is found, marked and narrowed by a brand', {}, async ({ page, shop, scripts }) => {
  const word = scripts ? 'zebrano' : 'wenge';
  await shelve(shop, `Bowl of ${word}`, { published: true, brand: 'Northwood' });
  await shelve(shop, `Tray of ${word}`, { published: true, brand: 'Southwood' });
  await shelve(shop, `Draft of ${word}`, { brand: 'Eastwood' });
  await open(page, '/');
  await field(page).fill(word);
  await button(page, 'Search').click();
  await found(page, word);
  const titles = () => page.locator('#cards h2').allTextContents();
  assert.deepEqual((await titles()).sort(), [`Bowl of ${word}`, `Tray of ${word}`]);
  assert.deepEqual(await page.locator('#cards mark').allTextContents(), [word, word]);
  assert.equal(await page.getByText('Eastwood').count(), 0, 'no count tells of a draft');
  await page.getByLabel(/^Northwood/).check();
  if (!scripts) await button(page, 'Show results').click();
  await page.waitForURL(/brand=Northwood/);
  await page.locator('.head .num').filter({ hasText: /^1 product$/ }).waitFor();
  assert.deepEqual(await titles(), [`Bowl of ${word}`]);
});

story('a filter applies at once, in place, and Back takes it off again', {}, async ({ page, shop }) => {
  for (const [thing, brand] of [['Bowl', 'Northwind'], ['Tray', 'Southwind'], ['Jug', 'Southwind']]) {
    await shelve(shop, `${thing} of bamboo`, { published: true, brand });
  }
  await open(page, '/search?q=bamboo');
  const same = await marked(page);
  const heard = await listening(page, 'polite');
  const count = (text) => page.locator('.head .num').filter({ hasText: new RegExp(`^${text}$`) }).waitFor();
  await page.locator('[data-facets]').evaluate((details) => (details.open = true));
  await page.getByLabel(/^Southwind/).focus();
  await page.keyboard.press('Space');
  await count('2 products');
  assert.match(page.url(), /brand=Southwind/);
  assert.match(await page.evaluate(() => document.activeElement.value), /Southwind/);
  await page.getByRole('link', { name: /Without Southwind/ }).waitFor();
  await page.getByLabel(/^Northwind/).check();
  await count('3 products');
  assert.deepEqual((await heard()).filter(Boolean), ['2 products', '3 products']);
  await page.evaluate(() => history.back());
  await count('2 products');
  assert.equal(await page.getByLabel(/^Northwind/).isChecked(), false);
  await page.evaluate(() => history.back());
  await count('3 products');
  assert.equal(new URL(page.url()).search, '?q=bamboo');
  assert.ok(await same(), 'the page was never left');
});

story('a filter that is answered late is overtaken by the next one, and the old list is dimmed meanwhile', {}, async ({ page, shop }) => {
  for (const brand of ['Eastwind', 'Westwind']) await shelve(shop, `Rack of wicker by ${brand}`, { published: true, brand });
  await open(page, '/search?q=wicker');
  await page.locator('[data-facets]').evaluate((details) => (details.open = true));
  const late = shop.network.hold('GET /search?*brand=Eastwind');
  await page.getByLabel(/^Eastwind/).check();
  await page.locator('main[aria-busy=true]').waitFor();
  await page.getByLabel(/^Westwind/).check();
  await page.waitForURL(/Eastwind.*Westwind/);
  await page.locator('main:not([aria-busy])').waitFor();
  await late.release();
  assert.match(page.url(), /Eastwind.*Westwind/);
});

storyBothWays('what is not found says so', {}, async ({ page }) => {
  await open(page, '/search?q=qqxxyyzz');
  await found(page, 'qqxxyyzz');
  await page.getByText('0 products').first().waitFor();
  assert.equal(await page.locator('#cards').count(), 0);
});

story('suggestions are taken by keyboard, and Escape leaves what was typed', {}, async ({ page, shop }) => {
  await shelve(shop, 'Palisander lamp', { published: true });
  await open(page, '/');
  await field(page).pressSequentially('palis');
  await options(page).first().waitFor();
  assert.equal(await field(page).getAttribute('aria-expanded'), 'true');
  await page.keyboard.press('Escape');
  assert.equal(await options(page).count(), 0);
  assert.equal(await field(page).inputValue(), 'palis');
  await page.keyboard.type('a');
  await options(page).first().waitFor();
  await page.keyboard.press('ArrowDown');
  const active = await field(page).getAttribute('aria-activedescendant');
  const text = await page.locator(`#${active}`).getAttribute('data-text');
  await page.keyboard.press('Enter');
  await found(page, text);
  assert.equal(await field(page).inputValue(), text);
});
