// Takes a picture of every page, light and dark, on a phone and on a desk, into target/screens; and of the main pages, small, into
// tests/browser/screens, where the README shows some of them. For looking at, not for comparing.

import { mkdir, writeFile } from 'node:fs/promises';
import { chromium } from 'playwright-core';
import { button, message, row, rowButton, withPast } from './pages.js';
import { openShop } from './shop.js';
import { ARGUMENTS, enter } from './story.js';

const FOLDER = new URL('../../../target/screens/', import.meta.url).pathname;
const MAIN = new URL('../screens/', import.meta.url).pathname;
const PHONE = { width: 390, height: 844 };
const DESK = { width: 1280, height: 860 };

/** What each main page shows, and what is done there first. */
const MAIN_PAGES = {
  shop: { path: '/' },
  product: { path: '/p/enamel-mug-35-cl' },
  search: { path: '/search?q=enamle+mug' },
  'admin-list': { path: '/admin/products?sort=title', act: deleteOne },
  'admin-editor': { path: '/admin/products/enamel-mug-35cl' },
};

/** The notice with its Undo, over a list that is one product shorter; the answer undoes it. */
async function deleteOne(page) {
  const title = 'Biscuit tin, round';
  await page.waitForFunction(() => 'started' in document.documentElement.dataset);
  await rowButton(page, title, 'Delete').click();
  await message(page, `${title} deleted.`).waitFor();
  await page.mouse.move(1, 1);
  await page.evaluate(() => scrollTo(0, 0));
  return async () => {
    await button(message(page), 'Undo').click();
    await row(page, title).waitFor();
  };
}

/** Opens a page until all that it shows is there; a list follows the changes, so that its network is never idle. */
async function settled(page, path) {
  const lives = /^\/admin\/(products|deleted|activity)(\?|$)/.test(path);
  await page.goto(path, { waitUntil: lives ? 'load' : 'networkidle' });
  if (lives) await page.locator('[data-live][data-state=live]').waitFor();
}

async function takeMainPages(browser, shop) {
  for (const colorScheme of ['light', 'dark']) {
    for (const viewport of [DESK, PHONE]) {
      const context = await browser.newContext({ baseURL: shop.url, colorScheme, viewport, reducedMotion: 'reduce' });
      await enter(context, shop, 'editor');
      const page = await context.newPage();
      // The display face is optional at a first visit, and there from the second on.
      await page.goto('/', { waitUntil: 'networkidle' });
      const session = await context.newCDPSession(page);
      for (const [name, { path, act }] of Object.entries(MAIN_PAGES)) {
        await settled(page, path);
        const undo = await act?.(page);
        const { data } = await session.send('Page.captureScreenshot', { format: 'webp', quality: 80 });
        await writeFile(`${MAIN}${name}-${colorScheme}-${viewport.width}.webp`, Buffer.from(data, 'base64'));
        await undo?.();
      }
      await context.close();
    }
  }
}

const shop = await openShop();
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ARGUMENTS });
try {
  await takeMainPages(browser, shop);
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
          await settled(page, path);
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
