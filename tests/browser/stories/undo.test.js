// How long Undo is offered, and by what.

import assert from 'node:assert/strict';
import { openShopBehindFaults } from '../harness/shop.js';
import { atTheShop, story } from '../harness/story.js';
import { aloneOnTheList, message, revisions, row, rowButton } from '../harness/pages.js';

atTheShop(openShopBehindFaults);

story('a notice stays for 20 seconds', { as: 'editor' }, async ({ page, shop }) => {
  await page.clock.install();
  await aloneOnTheList(page, shop, 'Auk tile');
  await rowButton(page, 'Auk tile', 'Delete').click();
  await message(page, 'Auk tile deleted.').waitFor();
  await page.mouse.move(1, 1);
  await page.clock.runFor(19_000);
  assert.ok(await message(page, 'Auk tile deleted.').isVisible());
  await page.clock.runFor(2_000);
  assert.equal(await message(page).count(), 0);
});

story('its clock stands still under the pointer and with the focus', { as: 'editor' }, async ({ page, shop }) => {
  await page.clock.install();
  await aloneOnTheList(page, shop, 'Emu tile');
  await rowButton(page, 'Emu tile', 'Delete').click();
  const notice = message(page, 'Emu tile deleted.');
  await notice.hover();
  await page.clock.runFor(60_000);
  assert.ok(await notice.isVisible());
  await notice.getByRole('button', { name: 'Undo' }).focus();
  await page.mouse.move(1, 1);
  await page.clock.runFor(60_000);
  assert.ok(await notice.isVisible());
  await page.locator('#q').focus();
  await page.clock.runFor(25_000);
  assert.equal(await notice.count(), 0);
});

story('its clock stands still while the tab is hidden', { as: 'editor' }, async ({ page, shop }) => {
  await page.clock.install();
  await aloneOnTheList(page, shop, 'Ibex tile');
  // A browser without windows hides no tab: the page is told as a real one would be.
  const turn = (hidden) => page.evaluate((value) => {
    Object.defineProperty(document, 'hidden', { configurable: true, get: () => value });
    document.dispatchEvent(new Event('visibilitychange'));
  }, hidden);
  await rowButton(page, 'Ibex tile', 'Delete').click();
  const notice = message(page, 'Ibex tile deleted.');
  await notice.waitFor();
  await page.mouse.move(1, 1);
  await page.clock.runFor(15_000);
  await turn(true);
  await page.clock.runFor(60_000);
  assert.ok(await notice.isVisible(), 'it waits');
  await turn(false);
  await page.clock.runFor(4_000);
  assert.ok(await notice.isVisible(), 'it goes on where it was');
  await page.clock.runFor(2_000);
  assert.equal(await notice.count(), 0);
});

story('Ctrl+Z undoes the newest action, and not what is typed in a field', { as: 'editor' }, async ({ page, shop }) => {
  await aloneOnTheList(page, shop, 'Kiwi tile');
  await rowButton(page, 'Kiwi tile', 'Delete').click();
  await message(page, 'Kiwi tile deleted.').waitFor();
  await page.locator('#q').focus();
  await page.keyboard.press('Control+z');
  assert.equal(await message(page, 'Kiwi tile deleted.').count(), 1);
  await page.locator('h1').focus();
  await page.keyboard.press('Control+z');
  await row(page, 'Kiwi tile').waitFor();
});

story('an undo that is refused says so', { as: 'editor', expects: [/status of 4\d\d/] }, async ({ page, shop }) => {
  const { name } = await aloneOnTheList(page, shop, 'Rhea tile');
  await rowButton(page, 'Rhea tile', 'Delete').click();
  await message(page, 'Rhea tile deleted.').waitFor();
  await shop.as('admin')('POST', `/v1/${name}:undelete`, {});
  await message(page).getByRole('button', { name: 'Undo' }).click();
  // On the row, if that is back already, else in a notice.
  await page.locator('#notices .toast, #rows [data-note]').filter({ hasText: 'Rhea tile was not restored.' }).first().waitFor();
});

story('an undo whose answer was cut is sent again under its id, and done once', { as: 'editor', expects: [/ERR_CONNECTION_RESET/] }, async ({ page, shop }) => {
  const { name } = await aloneOnTheList(page, shop, 'Tern tile');
  await rowButton(page, 'Tern tile', 'Delete').click();
  await message(page, 'Tern tile deleted.').waitFor();
  const before = await revisions(shop, name);
  const lost = shop.network.cutAfter('POST /v1/products/*:undelete', { times: 1 });
  const again = shop.network.pass('POST /v1/products/*:undelete');
  await message(page).getByRole('button', { name: 'Undo' }).click();
  await row(page, 'Tern tile').waitFor();
  await page.locator('#polite').getByText('Tern tile restored.').waitFor();
  const ids = [lost, again].flatMap(({ requests }) => requests.map(({ headers }) => headers['idempotency-key']));
  assert.equal(ids.length, 2);
  assert.equal(new Set(ids).size, 1);
  assert.equal(await revisions(shop, name), before + 1);
});
