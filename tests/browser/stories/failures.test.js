// What happens when it does not: the row returns to its place, and the page says what did not happen and what to do.

import assert from 'node:assert/strict';
import { shelve } from '../harness/shop.js';
import { atTheShop, open, story } from '../harness/story.js';
import { aloneOnTheList, focused, listening, message, pastDoubleClick, row, rowButton, total } from '../harness/pages.js';

atTheShop();

const asError = (code, status, reason) => ({
  status: code,
  json: { error: { code, status, message: 'no', details: [{ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason, domain: 'shelf' }] } },
});

story('after a 500 the same row is back in its place, with the reason and the focus', { as: 'editor', expects: [/status of 500/] }, async ({ page, shop }) => {
  for (const title of ['Viper A', 'Viper B', 'Viper C']) await shelve(shop, title);
  await open(page, '/admin/products?q=Viper&sort=title');
  await page.route('**/v1/products/*', (route) => route.fulfill(asError(500, 'INTERNAL', 'INTERNAL')));
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
  const keys = [];
  await page.route('**/v1/products/*', (route) => keys.push(route.request().headers()['idempotency-key']));
  await rowButton(page, 'Sloth lamp', 'Delete').click();
  await row(page, 'Sloth lamp').waitFor({ state: 'hidden' });
  const note = row(page, 'Sloth lamp').locator('[data-note]');
  for (let step = 0; step < 20 && !(await note.isVisible()); step += 1) await page.clock.runFor(2_000);
  assert.match(await note.textContent(), /was not deleted.*Not confirmed|Not confirmed/);
  assert.equal(keys.length, 3);
  await page.unroute('**/v1/products/*');
  const [checked] = await Promise.all([
    page.waitForRequest((request) => request.method() === 'DELETE'),
    message(page).getByRole('button', { name: 'Check again' }).click(),
  ]);
  await message(page, 'Sloth lamp deleted.').waitFor();
  assert.deepEqual(new Set([...keys, checked.headers()['idempotency-key']]).size, 1);
  assert.ok((await shop.as('viewer')('GET', `/v1/${name}`)).deleteTime);
});

for (const [code, status, reason] of [[503, 'UNAVAILABLE', 'OVERLOADED'], [429, 'RESOURCE_EXHAUSTED', 'RATE_LIMITED']]) {
  story(`a shop that answers ${code} is asked again when it said`, { as: 'editor', expects: [new RegExp(`status of ${code}`)] }, async ({ page, shop }) => {
    const title = `Crane bench ${code}`;
    await aloneOnTheList(page, shop, title);
    const times = [];
    await page.route('**/v1/products/*', (route) => {
      times.push(Date.now());
      return times.length === 1 ? route.fulfill({ ...asError(code, status, reason), headers: { 'retry-after': '1' } }) : route.continue();
    });
    await rowButton(page, title, 'Delete').click();
    await message(page, `${title} deleted.`).waitFor();
    assert.equal(times.length, 2);
    assert.ok(times[1] - times[0] >= 950, `after ${times[1] - times[0]} ms`);
  });
}

story('the user who has moved on keeps the focus when a row returns', { as: 'editor', expects: [/status of 500/] }, async ({ page, shop }) => {
  await aloneOnTheList(page, shop, 'Moose rack');
  let answer;
  await page.route('**/v1/products/*', (route) => (answer = () => route.fulfill(asError(500, 'INTERNAL', 'INTERNAL'))));
  await rowButton(page, 'Moose rack', 'Delete').click();
  await row(page, 'Moose rack').waitFor({ state: 'hidden' });
  await page.locator('#q').focus();
  await answer();
  await row(page, 'Moose rack').waitFor();
  assert.equal(await page.evaluate(() => document.activeElement.id), 'q');
});
