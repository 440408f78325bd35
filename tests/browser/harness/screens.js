// Takes a picture of every page, light and dark, on a phone and on a desk, into target/screens: for looking at, not for comparing.

import { mkdir } from 'node:fs/promises';
import { chromium } from 'playwright-core';
import { withPast } from './pages.js';
import { openShop } from './shop.js';
import { ARGUMENTS, enter } from './story.js';

const FOLDER = new URL('../../../target/screens/', import.meta.url).pathname;

const shop = await openShop();
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ARGUMENTS });
try {
  const { products: [product] } = await shop.as('viewer')('GET', '/v1/products?filter=state%20%3D%20ACTIVE&page_size=1');
  const send = shop.as('admin');
  const make = async (title, state) => {
    const made = await send('POST', '/v1/products', { title, variants: [{}] });
    await send('POST', `/v1/${made.name}:publish`, {});
    if (state !== 'live') await send('DELETE', `/v1/${made.name}`);
    if (state === 'gone') await send('POST', `/v1/${made.name}:expunge`, {});
    return made;
  };
  const [deleted, gone] = [await make('Old crate', 'deleted'), await make('Older crate', 'gone')];
  const { categories: [category] } = await send('GET', '/v1/categories?page_size=1');
  const past = await withPast(shop, 'Soup bowl, deep');
  const pages = {
    category: `/c/${category.slug}`,
    gone: `/p/${gone.slug}`,
    categories: '/admin/categories',
    'category-edit': `/admin/${category.name}`,
    shop: '/',
    product: `/p/${product.slug}`,
    'not-found': '/nothing/here',
    'sign-in': '/admin/sign-in',
    docs: '/docs#ProductService_ListProducts',
    products: '/admin/products',
    deleted: '/admin/deleted',
    'new-product': '/admin/new-product',
    editor: `/admin/${product.name}`,
    account: '/admin/account',
    activity: '/admin/activity',
    history: `/admin/${past}/history`,
    changes: `/admin/${past}/changes?from=1`,
    styleguide: '/styleguide',
  };
  const { users } = await shop.as('admin')('GET', '/v1/users');
  const grace = users.find(({ login }) => login.startsWith('grace'));
  await shop.as('admin')('POST', '/v1/apiKeys', { displayName: 'Nightly import', role: 'ROLE_EDITOR' });
  /** Of these only an admin has a page. */
  const managed = {
    settings: '/admin/shop',
    users: '/admin/users',
    'new-user': '/admin/new-user',
    user: `/admin/${grace.name}`,
    'delete-user': `/admin/${grace.name}/delete`,
    keys: '/admin/keys',
    expunge: `/admin/${deleted.name}/expunge`,
  };
  await mkdir(FOLDER, { recursive: true });
  for (const colorScheme of ['light', 'dark']) {
    for (const width of [390, 1280, 1600]) {
      const context = await browser.newContext({ baseURL: shop.url, colorScheme, viewport: { width, height: 900 } });
      for (const [role, addresses] of Object.entries({ editor: pages, admin: managed })) {
        await enter(context, shop, role);
        const page = await context.newPage();
        for (const [name, path] of Object.entries(addresses)) {
          await page.goto(path, { waitUntil: 'networkidle' });
          await page.screenshot({ path: `${FOLDER}${name}-${colorScheme}-${width}.png`, fullPage: true });
        }
      }
      await context.close();
    }
  }
} finally {
  await browser.close();
  await shop.close();
}
