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
  const past = await withPast(shop, 'Soup bowl, deep');
  const pages = {
    shop: '/',
    product: `/p/${product.slug}`,
    'not-found': '/nothing/here',
    'sign-in': '/admin/sign-in',
    products: '/admin/products',
    deleted: '/admin/deleted',
    'new-product': '/admin/new-product',
    editor: `/admin/${product.name}`,
    activity: '/admin/activity',
    history: `/admin/${past}/history`,
    changes: `/admin/${past}/changes?from=1`,
    styleguide: '/styleguide',
  };
  await mkdir(FOLDER, { recursive: true });
  for (const colorScheme of ['light', 'dark']) {
    for (const width of [390, 1280, 1600]) {
      const context = await browser.newContext({ baseURL: shop.url, colorScheme, viewport: { width, height: 900 } });
      await enter(context, shop, 'editor');
      const page = await context.newPage();
      for (const [name, path] of Object.entries(pages)) {
        await page.goto(path, { waitUntil: 'networkidle' });
        await page.screenshot({ path: `${FOLDER}${name}-${colorScheme}-${width}.png`, fullPage: true });
      }
      await context.close();
    }
  }
} finally {
  await browser.close();
  await shop.close();
}
