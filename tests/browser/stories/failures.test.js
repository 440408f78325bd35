// What happens when it does not: the row returns to its place, and the page says what did not happen and what to do.

import assert from 'node:assert/strict';
import { openShopBehindFaults, shelve } from '../harness/shop.js';
import { atTheShop, open, story } from '../harness/story.js';
import { aloneOnTheList, focused, listening, message, pastDoubleClick, revisions, row, rowButton, total, untilFound } from '../harness/pages.js';

atTheShop(openShopBehindFaults);

const DELETE = 'DELETE /v1/products/*';
const ids = (...faults) => faults.flatMap(({ requests }) => requests.map(({ headers }) => headers['idempotency-key']));

story('after a 500 the same row is back in its place, with the reason and the focus', { as: 'editor', expects: [/status of 500/] }, async ({ page, shop }) => {
  for (const title of ['Viper A', 'Viper B', 'Viper C']) await untilFound(shop, await shelve(shop, title));
  await open(page, '/admin/products?q=Viper&sort=title');
  shop.network.refuse(DELETE, 500);
  const heard = await listening(page, 'assertive');
  await rowButton(page, 'Viper B', 'Delete').focus();
  await page.keyboard.press('Enter');
  const note = row(page, 'Viper B').locator('[data-note]');
  await note.waitFor();
  assert.match(await note.textContent(), /^\s*Viper B was not deleted\. .*try again/i);
  assert.equal(await focused(page), 'Viper B: Delete');
  assert.deepEqual(await page.locator('#rows [data-field=title]').allTextContents(), ['Viper A', 'Viper B', 'Viper C']);
  await total(page, '3 products').waitFor();
  assert.match((await heard()).at(-1), /^Viper B was not deleted\./);
});

story('a delete that somebody else was ahead of shows who it was and the new values, and asks', { as: 'editor', expects: [/status of 412/] }, async ({ page, shop }) => {
  const { name } = await aloneOnTheList(page, shop, 'Stork vase');
  // A row in use waits to be asked before it shows what others did.
  await rowButton(page, 'Stork vase', 'Delete').focus();
  await shop.as('admin')('PATCH', `/v1/${name}`, { title: 'Stork vase, tall' });
  await rowButton(page, 'Stork vase', 'Delete').click();
  const changed = row(page, 'Stork vase, tall');
  await changed.locator('[data-note]').filter({ hasText: /was not deleted\. Ada changed this product just now\./ }).waitFor();
  await changed.locator('[data-field=title][data-changed]').waitFor();
  await rowButton(page, 'Stork vase, tall', 'Delete anyway').waitFor();
  assert.equal(await focused(page), 'Stork vase, tall: Keep');
  await pastDoubleClick(page);
  await rowButton(page, 'Stork vase, tall', 'Delete anyway').click();
  await message(page, 'Stork vase, tall deleted.').waitFor();
  assert.ok((await shop.as('viewer')('GET', `/v1/${name}`)).deleteTime);
});

story('what somebody else was ahead of is kept by one button, and the row is as any other then', { as: 'editor', expects: [/status of 412/] }, async ({ page, shop }) => {
  const { name } = await aloneOnTheList(page, shop, 'Heron hook');
  await rowButton(page, 'Heron hook', 'Publish').focus();
  await shop.as('admin')('PATCH', `/v1/${name}`, { title: 'Heron hook, brass' });
  await rowButton(page, 'Heron hook', 'Publish').click();
  await rowButton(page, 'Heron hook, brass', 'Publish anyway').waitFor();
  await rowButton(page, 'Heron hook, brass', 'Keep').click();
  assert.equal(await focused(page), 'Heron hook, brass: Publish');
  await row(page, 'Heron hook, brass').locator('[data-note]').waitFor({ state: 'hidden' });
  assert.equal(await row(page, 'Heron hook, brass').locator('[data-changed], [data-decide]').count(), 0);
  assert.equal((await shop.as('viewer')('GET', `/v1/${name}`)).state, 'STATE_DRAFT');
  await pastDoubleClick(page);
  await rowButton(page, 'Heron hook, brass', 'Publish').click();
  await message(page, 'Heron hook, brass published.').waitFor();
});

story('offline, nothing is sent and the row returns with a plain sentence', { as: 'editor' }, async ({ page, shop }) => {
  const { name } = await aloneOnTheList(page, shop, 'Newt tray');
  const sent = [];
  page.on('request', (request) => request.url().includes('/v1/') && sent.push(request.url()));
  await page.context().setOffline(true);
  await page.locator('[data-offline]').filter({ visible: true }).waitFor();
  await rowButton(page, 'Newt tray', 'Delete').click();
  await row(page, 'Newt tray').getByText('You are offline').waitFor();
  assert.deepEqual(sent, []);
  await page.context().setOffline(false);
  await page.locator('[data-offline]').waitFor({ state: 'hidden' });
  const { deleteTime } = await shop.as('viewer')('GET', `/v1/${name}`);
  assert.equal(deleteTime, undefined);
});

story('a call that is never answered is tried three times under one id, then is called unknown, and can be checked', { as: 'editor' }, async ({ page, shop }) => {
  await page.clock.install();
  const { name } = await aloneOnTheList(page, shop, 'Sloth lamp');
  const before = await revisions(shop, name);
  const held = shop.network.hold(DELETE);
  await rowButton(page, 'Sloth lamp', 'Delete').click();
  await row(page, 'Sloth lamp').waitFor({ state: 'hidden' });
  const note = row(page, 'Sloth lamp').locator('[data-note]');
  for (let step = 0; step < 20 && !(await note.isVisible()); step += 1) await page.clock.runFor(2_000);
  assert.match(await note.textContent(), /was not deleted.*Not confirmed|Not confirmed/);
  assert.equal(held.requests.length, 3);
  // All three come late, after the page has given them up.
  await held.end();
  assert.ok((await shop.as('viewer')('GET', `/v1/${name}`)).deleteTime);
  const checked = shop.network.pass(DELETE);
  await message(page).getByRole('button', { name: 'Check again' }).click();
  await message(page, 'Sloth lamp deleted.').waitFor();
  assert.equal(checked.requests.length, 1);
  assert.equal(new Set(ids(held, checked)).size, 1);
  assert.equal(await revisions(shop, name), before + 1, 'four requests, one effect');
});

for (const [what, cut, title, effects] of [['before it was passed on', 'cutBefore', 'Egret easel', 0], ['after it was done', 'cutAfter', 'Ibis iron', 1]]) {
  story(`a call that is cut ${what} is sent again under its id, and done once`, { as: 'editor', expects: [/ERR_CONNECTION_RESET/] }, async ({ page, shop }) => {
    const { name } = await aloneOnTheList(page, shop, title);
    const before = await revisions(shop, name);
    const lost = shop.network[cut](DELETE, { times: 1 });
    const again = shop.network.hold(DELETE);
    await rowButton(page, title, 'Delete').click();
    await again.arrived();
    assert.equal(await revisions(shop, name), before + effects, 'what the first one has done');
    assert.ok(await row(page, title).isHidden(), 'the row is gone meanwhile');
    await again.release();
    await message(page, `${title} deleted.`).waitFor();
    assert.deepEqual([lost.requests.length, again.requests.length], [1, 1]);
    assert.equal(new Set(ids(lost, again)).size, 1);
    assert.equal(await revisions(shop, name), before + 1);
    await message(page, `${title} deleted.`).getByRole('button', { name: 'Undo' }).click();
    await row(page, title).waitFor();
  });
}

for (const code of [503, 429]) {
  story(`a shop that answers ${code} is asked again when it said`, { as: 'editor', expects: [new RegExp(`status of ${code}`)] }, async ({ page, shop }) => {
    const title = `Crane bench ${code}`;
    await aloneOnTheList(page, shop, title);
    const refused = shop.network.refuse(DELETE, code, { retryAfter: 1, times: 1 });
    const again = shop.network.pass(DELETE);
    await rowButton(page, title, 'Delete').click();
    await message(page, `${title} deleted.`).waitFor();
    assert.deepEqual([refused.requests.length, again.requests.length], [1, 1]);
    assert.equal(new Set(ids(refused, again)).size, 1);
    const waited = again.requests[0].at - refused.requests[0].at;
    assert.ok(waited >= 950, `after ${waited} ms`);
  });
}

story('the user who has moved on keeps the focus when a row returns', { as: 'editor', expects: [/status of 500/] }, async ({ page, shop }) => {
  await aloneOnTheList(page, shop, 'Moose rack');
  const refused = shop.network.refuse(DELETE, 500, { held: true });
  await rowButton(page, 'Moose rack', 'Delete').click();
  await refused.arrived();
  await row(page, 'Moose rack').waitFor({ state: 'hidden' });
  await page.locator('#q').focus();
  await refused.release();
  await row(page, 'Moose rack').waitFor();
  assert.equal(await page.evaluate(() => document.activeElement.id), 'q');
});
