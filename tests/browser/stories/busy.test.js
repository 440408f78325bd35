// What a button says while its call is on the way.

import assert from 'node:assert/strict';
import { openShopBehindFaults, shelve } from '../harness/shop.js';
import { atTheShop, open, story } from '../harness/story.js';
import { button, message } from '../harness/pages.js';

atTheShop(openShopBehindFaults);

/** How the button and its form stand. */
const standing = (save) => save.evaluate((element) => ({
  label: element.textContent,
  width: element.getBoundingClientRect().width,
  ariaDisabled: element.getAttribute('aria-disabled'),
  disabled: element.disabled,
  busy: element.form.getAttribute('aria-busy'),
  focused: document.activeElement === element,
}));

story('it is busy at once, says so after 400 ms without growing or shrinking, and takes no second click', { as: 'editor' }, async ({ page, shop }) => {
  const product = await shelve(shop, 'Quail quilt');
  await page.clock.install();
  await open(page, `/admin/${product.name}`);
  await page.clock.pauseAt(Date.now() + 60_000);
  const held = shop.network.hold('PATCH /v1/products/*');
  await page.locator('#brand').fill('Emalia');
  const save = page.locator('#product-form button').filter({ hasText: /^Sav/ });
  await save.focus();
  const { width } = await standing(save);
  await Promise.all([held.arrived(), page.keyboard.press('Enter')]);
  const busy = { width, ariaDisabled: 'true', disabled: false, busy: 'true', focused: true };
  assert.deepEqual(await standing(save), { ...busy, label: 'Save' });
  await page.clock.runFor(350);
  assert.deepEqual(await standing(save), { ...busy, label: 'Save' });
  await page.clock.runFor(100);
  assert.deepEqual(await standing(save), { ...busy, label: 'Saving…' });
  await page.keyboard.press('Enter');
  await save.click({ force: true });
  assert.equal(held.requests.length, 1);
  await held.release();
  await message(page, 'Quail quilt saved.').waitFor();
  assert.deepEqual(await standing(save), { ...busy, ariaDisabled: null, busy: null, label: 'Save' });
  assert.equal(await button(page, 'Save').count(), 1);
  assert.equal((await shop.as('viewer')('GET', `/v1/${product.name}`)).brand, 'Emalia');
});
