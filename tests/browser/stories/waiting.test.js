// What is shown while an answer takes longer than a second.

import assert from 'node:assert/strict';
import { openShopBehindFaults, shelve } from '../harness/shop.js';
import { atTheShop, open, story } from '../harness/story.js';
import { button, message, rowButton } from '../harness/pages.js';

atTheShop(openShopBehindFaults);

const bar = (page) => page.getByRole('progressbar', { name: 'Still waiting' });

/** How long after something became busy the bar is there, in milliseconds; asked before it does. */
function waited(page) {
  return page.evaluateHandle(() => {
    const time = new Promise((resolve) => {
      let since;
      const look = () => {
        since ??= document.querySelector('[aria-busy=true]') ? performance.now() : undefined;
        const shown = [...document.querySelectorAll('.waiting')].some((one) => getComputedStyle(one).visibility === 'visible');
        return shown ? resolve(performance.now() - since) : requestAnimationFrame(look);
      };
      look();
    });
    return { time };
  });
}

story('a form that waits for a second shows a bar, until its answer is there', { as: 'editor' }, async ({ page, shop }) => {
  await open(page, `/admin/${(await shelve(shop, 'Bustard bowl')).name}`);
  const held = shop.network.hold('PATCH /v1/products/*');
  await page.locator('#brand').fill('Emalia');
  const time = await waited(page);
  await button(page, 'Save').click();
  assert.ok(await time.evaluate((it) => it.time) >= 950);
  await bar(page).waitFor();
  await held.release();
  await message(page, 'Bustard bowl saved.').waitFor();
  await bar(page).waitFor({ state: 'hidden' });
});

story('a list that waits for a second shows a bar, with reduced motion too, until it is there', { as: 'viewer' }, async ({ page, shop }) => {
  await shelve(shop, 'Curlew cup');
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await open(page, '/admin/products?q=Curlew');
  const held = shop.network.hold('GET /v1/products:search?*');
  await page.locator('#state').selectOption('draft');
  const time = await waited(page);
  await button(page, 'Filter').click();
  assert.ok(await time.evaluate((it) => it.time) >= 800, 'and 150 ms before it is busy');
  await bar(page).waitFor();
  await held.release();
  await bar(page).waitFor({ state: 'hidden' });
});

story('a row that has gone is still waited for', { as: 'editor' }, async ({ page, shop }) => {
  await shelve(shop, 'Plover plate');
  await open(page, '/admin/products?q=Plover');
  const held = shop.network.hold('DELETE /v1/products/*');
  await rowButton(page, 'Plover plate', 'Delete').click();
  await bar(page).waitFor();
  await held.release();
  await message(page, 'Plover plate deleted.').waitFor();
  await bar(page).waitFor({ state: 'hidden' });
});
