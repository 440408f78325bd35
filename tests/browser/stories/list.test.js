// The admin's list: filter, order and page stand in the address, with JavaScript on and off.

import assert from 'node:assert/strict';
import { shelve } from '../harness/shop.js';
import { atTheShop, open, story, storyBothWays } from '../harness/story.js';
import { button, marked, total } from '../harness/pages.js';

atTheShop();

const titles = (page) => page.locator('#rows [data-field=title]').allTextContents();
const query = (page) => new URL(page.url()).search;

async function shelveAll(shop, ...all) {
  for (const [title, fields] of all) await shelve(shop, title, fields);
}

storyBothWays('filters stand in the address, and the same address is the same list', { as: 'viewer' }, async ({ page, shop, scripts }) => {
  const word = scripts ? 'Magpie' : 'Jackdaw';
  await shelveAll(shop, [`${word} A`, { published: true }], [`${word} B`]);
  await open(page, '/admin/products');
  const stayed = scripts && (await marked(page));
  await page.locator('#q').fill(word.toLowerCase());
  await page.locator('#state').selectOption('draft');
  await button(page, 'Filter').click();
  await page.waitForURL(`**/admin/products?q=${word.toLowerCase()}&state=draft`);
  await total(page, '1 product').waitFor();
  assert.deepEqual(await titles(page), [`${word} B`]);
  if (stayed) assert.ok(await stayed(), 'the page was loaded again');
  await page.reload();
  assert.deepEqual(await titles(page), [`${word} B`]);
  assert.equal(await page.locator('#q').inputValue(), word.toLowerCase());
  assert.equal(await page.locator('#state').inputValue(), 'draft');
});

storyBothWays('a head sorts, and once more the other way round', { as: 'viewer' }, async ({ page, shop, scripts }) => {
  const word = scripts ? 'Plover' : 'Dunlin';
  await shelveAll(shop, [`${word} B`, { price: 30 }], [`${word} C`, { price: 10 }], [`${word} A`, { price: 20 }]);
  await open(page, `/admin/products?q=${word}`);
  const head = (name) => page.getByRole('columnheader', { name });
  await head('Price').getByRole('link').click();
  await page.waitForURL(`**?q=${word}&sort=price`);
  await page.waitForFunction(() => document.querySelector('th[aria-sort]')?.textContent.trim() === 'Price');
  assert.deepEqual(await titles(page), [`${word} C`, `${word} A`, `${word} B`]);
  assert.equal(await head('Price').getAttribute('aria-sort'), 'ascending');
  await head('Price').getByRole('link').click();
  await page.waitForURL(`**?q=${word}&sort=-price`);
  await page.locator('th[aria-sort=descending]').waitFor();
  assert.deepEqual(await titles(page), [`${word} B`, `${word} A`, `${word} C`]);
});

storyBothWays('the list is read page by page to its end', { as: 'viewer' }, async ({ page, shop }) => {
  await open(page, '/admin/products?sort=title');
  const all = [...(await titles(page))];
  assert.equal(all.length, 50);
  const next = page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Next page' });
  while (await next.isVisible()) {
    const first = all.at(-50);
    await next.click();
    await page.waitForFunction((title) => document.querySelector('#rows [data-field=title]')?.textContent !== title, first);
    all.push(...(await titles(page)));
  }
  const { totalSize } = await shop.as('viewer')('GET', '/v1/products?page_size=1');
  assert.equal(all.length, totalSize);
  assert.equal(new Set(all).size, totalSize);
  await page.getByRole('link', { name: 'First page' }).click();
  await page.waitForURL('**/admin/products?sort=title');
  await page.waitForFunction((title) => document.querySelector('#rows [data-field=title]')?.textContent === title, all[0]);
});

story('a page opened in place is the page that the server shows at the same address', { as: 'viewer' }, async ({ page }) => {
  await open(page, '/admin/products?sort=title');
  await page.getByRole('link', { name: 'Next page' }).click();
  await page.waitForURL('**&page=*');
  await page.locator('#range').filter({ hasText: '51 to' }).waitFor();
  const look = () => page.evaluate(() => ({
    rows: [...document.querySelectorAll('#rows tr')].map((row) => row.innerText.replaceAll(/\s+/g, ' ')),
    forms: [...document.querySelectorAll('#rows tr')].map((row) => row.querySelectorAll('form, a').length),
    links: [...document.querySelectorAll('th a, #pages a')].map((link) => link.getAttribute('href')),
    count: document.querySelector('#total').parentElement.innerText.replaceAll(/\s+/g, ' '),
  }));
  const inPlace = await look();
  await page.reload();
  assert.deepEqual(await look(), inPlace);
});

story('a list filled in place can be acted on like one that the server printed', { as: 'editor' }, async ({ page, shop }) => {
  const { name } = await shelve(shop, 'Curlew bell');
  await open(page, '/admin/products');
  await page.locator('#q').fill('Curlew');
  await total(page, '1 product').waitFor();
  const row = page.getByRole('row').filter({ hasText: 'Curlew bell' });
  await row.getByRole('button', { name: 'Publish' }).click();
  await row.getByText('Published', { exact: true }).waitFor();
  await page.locator('.toast').waitFor();
  assert.equal((await shop.as('viewer')('GET', `/v1/${name}`)).state, 'STATE_ACTIVE');
});

story('typing filters after a pause and leaves one entry in the history', { as: 'viewer' }, async ({ page, shop }) => {
  await shelveAll(shop, ['Wagtail A'], ['Wagtail B']);
  await open(page, '/admin/products');
  const length = await page.evaluate(() => history.length);
  const calls = [];
  page.on('request', (request) => request.url().includes('/v1/products') && calls.push(request.url()));
  await page.locator('#q').pressSequentially('wagtail', { delay: 30 });
  await page.waitForURL('**?q=wagtail');
  await total(page, '2 products').waitFor();
  assert.equal(calls.length, 1);
  assert.equal(await page.evaluate(() => history.length), length);
  assert.equal(await page.evaluate(() => document.activeElement.id), 'q');
});

story('Back returns to the list before, with its filters', { as: 'viewer' }, async ({ page, shop }) => {
  await shelveAll(shop, ['Siskin A'], ['Siskin B']);
  await open(page, '/admin/products?q=Siskin&sort=title');
  await page.locator('#q').fill('Siskin B');
  await page.keyboard.press('Enter');
  await total(page, '1 product').waitFor();
  await page.evaluate(() => history.back());
  await total(page, '2 products').waitFor();
  assert.equal(query(page), '?q=Siskin&sort=title');
  assert.equal(await page.locator('#q').inputValue(), 'Siskin');
});

story('an answer that comes late never replaces a newer one', { as: 'viewer' }, async ({ page, shop }) => {
  await shelveAll(shop, ['Pipit A'], ['Pipit B']);
  await open(page, '/admin/products?q=nothing-yet');
  await open(page, '/admin/products?q=Pipit&sort=title');
  let release;
  const held = new Promise((resolve) => (release = resolve));
  await page.route('**/v1/products?*', async (route) => {
    const slow = decodeURIComponent(route.request().url()).includes('"A"');
    if (slow) await held;
    await route.continue().catch(() => {});
  });
  await page.locator('#q').fill('Pipit A');
  await page.waitForRequest('**/v1/products?*');
  await page.locator('#q').fill('Pipit B');
  await total(page, '1 product').waitFor();
  release();
  await page.waitForLoadState('networkidle');
  assert.deepEqual(await titles(page), ['Pipit B']);
});

storyBothWays('a filter that nothing matches says so', { as: 'viewer' }, async ({ page }) => {
  await open(page, '/admin/products');
  await page.locator('#q').fill('nobody has this');
  await button(page, 'Filter').click();
  await page.getByText('No product matches these filters.').waitFor();
  await total(page, '0 products').waitFor();
});
