// The admin's list: filter, order and page stand in the address, with JavaScript on and off.

import assert from 'node:assert/strict';
import { openShopBehindFaults, shelve } from '../harness/shop.js';
import { atTheShop, open, story, storyBothWays } from '../harness/story.js';
import { button, marked, total } from '../harness/pages.js';

atTheShop(openShopBehindFaults);

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

story('what takes longer than 150 ms dims the old list, and what is quicker does not', { as: 'viewer' }, async ({ page, shop }) => {
  await shelveAll(shop, ['Hoatzin A', {}]);
  await open(page, '/admin/products?q=Hoatzin');
  await page.evaluate(() => {
    const list = document.getElementById('list');
    globalThis.busy = [];
    new MutationObserver(() => globalThis.busy.push(list.getAttribute('aria-busy'))).observe(list, { attributeFilter: ['aria-busy'] });
  });
  const late = shop.network.hold('GET /v1/products:search?*');
  await page.locator('#state').selectOption('draft');
  await button(page, 'Filter').click();
  await page.locator('#list[aria-busy=true]').waitFor();
  assert.deepEqual(await titles(page), ['Hoatzin A'], 'the old list stays meanwhile');
  assert.ok(Number(await page.locator('#list .board').evaluate((board) => getComputedStyle(board).opacity)) < 1);
  await late.end();
  await page.locator('#list:not([aria-busy])').waitFor();
  assert.deepEqual(await page.evaluate(() => globalThis.busy), ['true', null]);
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
  // Not the stream of changes, nor what it makes the list read.
  page.on('request', (request) => /\/v1\/products(:search)?\?/.test(request.url()) && calls.push(request.url()));
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

story('what is sent plainly from a list that was led elsewhere leads back there', { as: 'editor' }, async ({ page, shop }) => {
  await shelveAll(shop, ['Dipper A'], ['Dipper B']);
  await open(page, '/admin/products?q=Dipper');
  await page.locator('#q').fill('Dipper B');
  await page.keyboard.press('Enter');
  await total(page, '1 product').waitFor();
  for (const form of ['#acts', '#bulk']) {
    assert.equal(await page.locator(`${form} > [name=return_to]`).inputValue(), '/admin/products?q=Dipper+B');
  }
});

story('an answer that comes late never replaces a newer one', { as: 'viewer' }, async ({ page, shop }) => {
  await shelveAll(shop, ['Pipit A'], ['Pipit B']);
  await open(page, '/admin/products?q=nothing-yet');
  await open(page, '/admin/products?q=Pipit&sort=title');
  const late = shop.network.hold('GET /v1/products:search?*query=Pipit+A*');
  await page.locator('#q').fill('Pipit A');
  await late.arrived();
  await page.locator('#q').fill('Pipit B');
  await total(page, '1 product').waitFor();
  await late.release();
  // What is asked now is answered after all that was asked before.
  await page.evaluate(() => fetch('/v1/shop').then((answer) => answer.text()));
  assert.deepEqual(await titles(page), ['Pipit B']);
});

storyBothWays('words find drafts too, ranked and marked: prefixes, parts of a SKU, and what is spelt nearly so', { as: 'viewer' }, async ({ page, shop, scripts }) => {
  const word = scripts ? 'Kittiwake' : 'Guillemot';
  const sku = `${word.slice(0, 3).toUpperCase()}-350/BL`;
  await shelve(shop, `Bag of ${word} seed`, { variants: [{ sku }] });
  await shelve(shop, `Plain bag ${scripts}`, { description: `Made for the ${word} and its kin.` });
  await shelve(shop, `${word} house`, { published: true });
  await open(page, '/admin/products');
  const search = async (text, count) => {
    await page.locator('#q').fill(text);
    await button(page, 'Filter').click();
    await page.waitForURL((url) => url.searchParams.get('q') === text);
    await total(page, count).waitFor();
  };
  await search(word.toLowerCase(), '3 products');
  const found = await titles(page);
  assert.equal(found.at(-1), `Plain bag ${scripts}`, 'the title counts for more than the description');
  assert.deepEqual(await page.locator('#rows [data-field=title] mark').allTextContents(), [word, word]);
  assert.deepEqual(await page.locator('#rows [data-field=excerpt]:visible mark').allTextContents(), [word]);
  await search(`hous ${word.slice(0, 5)}`, '1 product');
  assert.deepEqual(await titles(page), [`${word} house`]);
  await search(`${sku.slice(0, 3).toLowerCase()}350b`, '1 product');
  assert.deepEqual(await titles(page), [`Bag of ${word} seed`]);
  const typo = `${word.slice(0, 4)}${word.slice(5)}`;
  await search(typo, '3 products');
  await page.locator('#found-otherwise').getByText(`so this is for “${word.toLowerCase()}”`).waitFor();
});

storyBothWays('what was found is filtered and sorted, and goes back to the best first', { as: 'viewer' }, async ({ page, shop, scripts }) => {
  const word = scripts ? 'Fulmar' : 'Gannet';
  await shelveAll(shop, [`${word} ${word} B`, { published: true, price: 20 }], [`${word} of the far north A`, { published: true, price: 30 }], [`${word} C`, {}]);
  await open(page, `/admin/products?q=${word}`);
  assert.equal(await page.locator('th[aria-sort]').count(), 0);
  assert.ok(await page.locator('#by-rank').isHidden());
  await page.getByRole('columnheader', { name: 'Price' }).getByRole('link').click();
  await page.waitForURL(`**?q=${word}&sort=price`);
  await page.locator('th[aria-sort=ascending]').waitFor();
  assert.deepEqual((await titles(page)).slice(1), [`${word} ${word} B`, `${word} of the far north A`]);
  await page.getByRole('link', { name: 'Best matches first' }).click();
  await page.waitForURL(`**?q=${word}`);
  await page.waitForFunction(() => !document.querySelector('th[aria-sort]'));
  assert.equal((await titles(page))[0], `${word} ${word} B`);
  await page.locator('#state').selectOption('published');
  await button(page, 'Filter').click();
  await total(page, '2 products').waitFor();
  assert.equal(query(page), `?q=${word}&state=published`);
});

storyBothWays('a search is read page by page, here as there', { as: 'viewer' }, async ({ page, shop, scripts }) => {
  const word = scripts ? 'Shearwater' : 'Petrel';
  const requests = Array.from({ length: 60 }, (_, index) => ({ product: { title: `${word} ${String(index).padStart(2, '0')}` } }));
  await shop.as('editor')('POST', '/v1/products:batchCreate', { requests });
  for (const sort of ['', '&sort=-title']) {
    await open(page, `/admin/products?q=${word}${sort}`);
    await total(page, '60 products').waitFor();
    const all = await titles(page);
    await page.getByRole('link', { name: 'Next page' }).click();
    await page.locator('#range').filter({ hasText: '51 to 60' }).waitFor();
    all.push(...(await titles(page)));
    assert.equal(new Set(all).size, 60);
    if (sort) assert.deepEqual(all, [...all].sort().reverse());
    const shown = await titles(page);
    await page.reload();
    assert.deepEqual(await titles(page), shown, 'the server shows the same at this address');
  }
});

storyBothWays('a filter that nothing matches says so, and leads back', { as: 'viewer' }, async ({ page, shop, scripts }) => {
  const word = scripts ? 'Razorbill' : 'Puffin';
  await shelve(shop, `${word} box`);
  await open(page, '/admin/products');
  await page.locator('#q').fill('qqzzxxvv');
  await button(page, 'Filter').click();
  await page.getByText('Nothing was found. Try fewer or other words.').waitFor();
  await total(page, '0 products').waitFor();
  await page.locator('#q').fill(word);
  await page.locator('#state').selectOption('archived');
  await button(page, 'Filter').click();
  await page.getByText('Nothing was found with these filters.').waitFor();
  await page.getByRole('link', { name: 'Search without the filters' }).click();
  await total(page, '1 product').waitFor();
  assert.equal(query(page), `?q=${word}`);
  assert.equal(await page.locator('#state').inputValue(), '');
});

storyBothWays('a window that is not open yet, or has closed, is told as it is now', { as: 'viewer' }, async ({ page, shop, scripts }) => {
  const word = scripts ? 'Skua' : 'Tern';
  await shelve(shop, `${word} soon`, { published: true, publishTime: '2200-01-01T00:00:00Z' });
  await shelve(shop, `${word} past`, { published: true, unpublishTime: '2001-01-01T00:00:00Z' });
  await open(page, '/admin/products?sort=title');
  await page.locator('#q').fill(word);
  await button(page, 'Filter').click();
  await total(page, '2 products').waitFor();
  for (const [title, state, told] of [['soon', 'Scheduled', 'Public from 1 January 2200'], ['past', 'Ended', 'Public until 1 January 2001']]) {
    const line = page.getByRole('row').filter({ hasText: `${word} ${title}` });
    await line.getByText(state, { exact: true }).waitFor();
    const [address] = await line.locator('[data-field=title]').evaluateAll((links) => links.map((link) => link.getAttribute('href').split('#')[0]));
    const editor = await page.context().newPage();
    await editor.goto(address);
    await editor.getByText(state, { exact: true }).waitFor();
    await editor.getByText(told).waitFor();
    await editor.close();
  }
});

storyBothWays('an address that names a row marks it, and no other', { as: 'viewer' }, async ({ page, shop, scripts }) => {
  const word = scripts ? 'Sandpiper' : 'Redshank';
  await shelveAll(shop, [`${word} A`, {}], [`${word} C`, {}]);
  const { name } = await shelve(shop, `${word} B`);
  await open(page, `/admin/products#${name.replace('products/', 'product-')}`);
  const lit = await page.locator('#rows tr').evaluateAll((rows) => rows.filter((row) => getComputedStyle(row).boxShadow !== 'none')
    .map((row) => row.querySelector('[data-field=title]').textContent.trim()));
  assert.deepEqual(lit, [`${word} B`]);
});
