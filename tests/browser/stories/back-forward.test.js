// Back and forward: pages are real documents, and the browser keeps them as they were left.

import assert from 'node:assert/strict';
import { shelve } from '../harness/shop.js';
import { atTheShop, open, story } from '../harness/story.js';
import { message, row, rowButton } from '../harness/pages.js';

atTheShop();

const first = async (shop, path, list) => (await shop.as('viewer')('GET', path))[list][0];
const product = (shop) => first(shop, '/v1/products?filter=state%20%3D%20ACTIVE&page_size=1', 'products');
const category = (shop) => first(shop, '/v1/categories', 'categories');

/** Every page that has an address but those that hold a secret, which no cache may keep. */
const PAGES = {
  'the shop': () => '/',
  'a category': async (shop) => `/c/${(await category(shop)).slug}`,
  'a search': () => '/search?q=mug',
  'a product': async (shop) => `/p/${(await product(shop)).slug}`,
  'the list of products': () => '/admin/products',
  'a filtered list': () => '/admin/products?q=mug&state=published',
  'recently deleted': () => '/admin/deleted',
  'a new product': () => '/admin/new-product',
  'the editor': async (shop) => `/admin/${(await product(shop)).name}`,
  'the question before a delete': async (shop) => `/admin/${(await product(shop)).name}/delete`,
  'the history of a product': async (shop) => `/admin/${(await product(shop)).name}/history`,
  'what changed': async (shop) => `/admin/${(await product(shop)).name}/changes`,
  'the activity': () => '/admin/activity',
  'the categories': () => '/admin/categories',
  'one category': async (shop) => `/admin/${(await category(shop)).name}`,
  'the account': () => '/admin/account',
  'the settings of the shop': () => '/admin/shop',
  'the users': () => '/admin/users',
  'a new user': () => '/admin/new-user',
  'a user': async (shop) => `/admin/${(await shop.as('editor')('GET', '/v1/sessions/-')).user.name}`,
  'the API keys': () => '/admin/keys',
  'the API': () => '/docs',
};

for (const [name, address] of Object.entries(PAGES)) {
  story(`${name} is restored by Back just as it was`, { as: 'admin' }, async ({ page, shop }) => {
    await open(page, await address(shop));
    await page.evaluate(() => addEventListener('pageshow', ({ persisted }) => (globalThis.restored = persisted)));
    const { pathname } = new URL(page.url());
    await page.locator(pathname === '/' ? '#cards a' : '.bar .word').first().click();
    await page.waitForURL((url) => url.pathname !== pathname);
    await page.evaluate(() => history.back());
    await page.waitForFunction(() => globalThis.restored !== undefined);
    assert.equal(await page.evaluate(() => globalThis.restored), true);
  });
}

story('a restored list acts as before', { as: 'editor' }, async ({ page, shop }) => {
  await shelve(shop, 'Ermine ewer');
  await open(page, '/admin/products?q=Ermine');
  await row(page, 'Ermine ewer').getByRole('link', { name: 'Edit' }).click();
  await page.getByRole('heading', { level: 1, name: 'Ermine ewer' }).waitFor();
  await page.evaluate(() => history.back());
  await rowButton(page, 'Ermine ewer', 'Delete').click();
  await message(page, 'Ermine ewer deleted.').waitFor();
});
