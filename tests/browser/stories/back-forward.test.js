// Back and forward: pages are real documents, and the browser keeps them as they were left.

import assert from 'node:assert/strict';
import { shelve } from '../harness/shop.js';
import { atTheShop, open, story } from '../harness/story.js';
import { message, row, rowButton } from '../harness/pages.js';

atTheShop();

const WAYS_OUT = { '/': '#cards a', '/admin/products': '.bar a', '/admin/deleted': '.bar a', '/admin/new-product': '.bar a' };

for (const [path, link] of Object.entries(WAYS_OUT)) {
  story(`${path} is restored by Back just as it was`, { as: 'editor' }, async ({ page }) => {
    await open(page, path);
    await page.evaluate(() => addEventListener('pageshow', ({ persisted }) => (globalThis.restored = persisted)));
    await page.locator(link).first().click();
    await page.waitForURL((url) => url.pathname !== path);
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
