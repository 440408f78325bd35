// The API for people: what it lists, what it sends and shows, and what is left of it without JavaScript.

import assert from 'node:assert/strict';
import { axe } from '../harness/axe.js';
import { atTheShop, open, story } from '../harness/story.js';

atTheShop();

const call = (page, id) => page.locator(`[id="${id}"]`);

story('every call of the description is listed by its service, and found while one types', {}, async ({ page, shop }) => {
  await open(page, '/docs');
  const { paths } = await (await fetch(new URL('/openapi.json', shop.url))).json();
  const all = Object.values(paths).flatMap((item) => Object.values(item));
  assert.ok(all.length > 50);
  await page.getByText(`${all.length} calls`).waitFor();
  for (const { operationId } of all) assert.equal(await call(page, operationId).count(), 1, operationId);
  await page.getByRole('heading', { name: 'ProductService', exact: true }).waitFor();
  await page.getByLabel('Find a call').fill('undelete post');
  await page.getByText('2 calls').waitFor();
  assert.equal(await call(page, 'ProductService_GetProduct').isVisible(), false);
});

story('no key can be typed before a module listens, which the browser would send in an address', {}, async ({ page }) => {
  let answer;
  const held = new Promise((release) => (answer = release));
  await page.route('**/openapi.json', async (route) => {
    await held;
    await route.continue();
  });
  await page.goto('/docs', { waitUntil: 'load' });
  const key = page.getByLabel('API key or session token');
  assert.equal(await key.isVisible(), false);
  answer();
  await key.waitFor();
});

story('a call is sent with the key that was typed, and its answer is shown with its headers', { expects: [/status of 401/] }, async ({ page, shop }) => {
  await open(page, '/docs#ProductService_CreateProduct');
  const create = call(page, 'ProductService_CreateProduct');
  await create.getByLabel('productId').fill('from-the-docs');
  await create.getByLabel('Body', { exact: true }).fill('{"title": "Made by hand"}');
  await create.getByRole('button', { name: 'Send' }).click();
  await create.getByText('401 Unauthorized').waitFor();
  await page.getByLabel('API key or session token').fill(shop.tokens.editor);
  await create.getByRole('button', { name: 'Send' }).click();
  await create.getByText('200 OK').waitFor();
  const body = JSON.parse(await create.locator('[data-part=body]').innerText());
  assert.equal(body.title, 'Made by hand');
  await create.getByText('Headers', { exact: true }).click();
  assert.match(await create.locator('[data-part=headers]').innerText(), /content-type: application\/json/);
  assert.equal((await shop.as('viewer')('GET', '/v1/products/from-the-docs')).title, 'Made by hand');

  await open(page, '/docs#ProductService_GetProduct');
  await page.reload();
  assert.equal(await page.getByLabel('API key or session token').inputValue(), '', 'the key is kept nowhere');
  const kept = await page.evaluate(() => [localStorage.length, sessionStorage.length, document.cookie]);
  assert.deepEqual(kept, [0, 0, '']);
});

story('what a stream tells is shown as it comes', {}, async ({ page, shop }) => {
  await open(page, '/docs#ProductService_WatchProducts');
  const watch = call(page, 'ProductService_WatchProducts');
  await page.getByLabel('API key or session token').fill(shop.tokens.viewer);
  await watch.getByRole('button', { name: 'Send' }).click();
  await watch.getByText('200 OK').waitFor();
  await watch.locator('[data-part=body]').filter({ hasText: '"resumeToken"' }).waitFor();
  await shop.as('editor')('POST', '/v1/products?productId=streamed', { title: 'Streamed' });
  await watch.locator('[data-part=body]').filter({ hasText: '"products/streamed"' }).waitFor();
});

story('without JavaScript the page says what to do, and leads to the description', { scripts: false }, async ({ page }) => {
  await page.goto('/docs');
  const [answer] = await Promise.all([
    page.waitForResponse(/openapi\.json$/),
    page.getByRole('main').getByRole('link', { name: 'openapi.json' }).last().click(),
  ]);
  assert.equal(answer.status(), 200);
  assert.equal((await answer.json()).openapi, '3.1.0');
});

story('the description is asked for again only when it has changed', {}, async ({ page, shop }) => {
  const address = new URL('/openapi.json', shop.url);
  const first = await fetch(address);
  const etag = first.headers.get('etag');
  assert.equal(first.headers.get('content-type'), 'application/json');
  assert.equal((await fetch(address, { headers: { 'if-none-match': etag } })).status, 304);
  const head = await fetch(address, { method: 'HEAD' });
  assert.deepEqual([head.status, head.headers.get('etag'), await head.text()], [200, etag, '']);
  const post = await fetch(address, { method: 'POST', headers: { origin: shop.url } });
  assert.deepEqual([post.status, post.headers.get('allow')], [405, 'GET,HEAD']);
  await open(page, '/docs');
});

for (const scheme of ['light', 'dark']) {
  for (const width of [390, 1280]) {
    story(`an open call has no accessibility violation, ${scheme} at ${width}`, { scheme, width }, async ({ page }) => {
      await open(page, '/docs#ProductService_ListProducts');
      const list = call(page, 'ProductService_ListProducts');
      await list.getByRole('button', { name: 'Send' }).click();
      await list.getByText('200 OK').waitFor();
      await list.getByText('Headers', { exact: true }).click();
      assert.deepEqual(await axe(page), []);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
      assert.equal(wide, false, 'sideways scroll');
    });
  }
}
