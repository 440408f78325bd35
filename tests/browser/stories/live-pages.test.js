// Recently deleted and Activity follow what others do: what is new is counted, what came back is said on its row, and nothing moves.

import assert from 'node:assert/strict';
import { axe } from '../harness/axe.js';
import { listening, marked, message, pastDoubleClick, row, rowButton } from '../harness/pages.js';
import { shelve } from '../harness/shop.js';
import { atTheShop, open, story } from '../harness/story.js';

atTheShop();

/** As Ada, who is never the one who looks. */
const ada = (shop) => shop.as('admin');
const remove = (shop, { name }) => ada(shop)('DELETE', `/v1/${name}`);
const restore = (shop, { name }) => ada(shop)('POST', `/v1/${name}:undelete`, {});
const expunge = (shop, { name }) => ada(shop)('POST', `/v1/${name}:expunge`, {});

const fresh = (page, text) => page.locator('#fresh').filter({ hasText: new RegExp(`^${text}$`) });
const plain = (page, title) => row(page, title).locator('[data-back]');
const stands = (page, word) => page.locator('[data-live]').filter({ hasText: new RegExp(`^${word}$`) }).waitFor();

async function follow(page, path) {
  await open(page, path);
  await stands(page, 'Live');
}

/** Products that Grace has deleted, the last one first on the list. */
async function binned(shop, ...titles) {
  const all = [];
  for (const title of titles) {
    const product = await shelve(shop, title);
    await shop.as('editor')('DELETE', `/v1/${product.name}`);
    all.push(product);
  }
  return all;
}

/** Where the rows stand, to the pixel. */
const places = (page) => page.locator('tbody tr').evaluateAll((rows) => rows.map((one) => one.getBoundingClientRect().top));
const counted = async (page) => Number(await page.locator('#total').getAttribute('data-total'));

for (const width of [1280, 390]) {
  story(`what others delete is counted at ${width} px, moves nothing, and is shown in place when asked`, { as: 'editor', width }, async ({ page, shop }) => {
    await binned(shop, `Crake ${width}`);
    await follow(page, '/admin/deleted');
    const [before, sameDocument, heard] = [await places(page), await marked(page), await listening(page, 'polite')];
    const [one, two] = [await shelve(shop, `Corncrake A ${width}`), await shelve(shop, `Corncrake B ${width}`)];
    await remove(shop, one);
    await fresh(page, '1 more deleted, show').waitFor();
    await remove(shop, two);
    await fresh(page, '2 more deleted, show').waitFor();
    assert.deepEqual(await places(page), before, 'nothing has moved');
    assert.deepEqual((await heard()).filter(Boolean), [`Ada deleted Corncrake A ${width}.`, `Ada deleted Corncrake B ${width}.`]);
    assert.deepEqual(await axe(page), []);
    await page.locator('#fresh').click();
    await row(page, `Corncrake A ${width}`).waitFor();
    assert.equal(await page.locator('tbody [data-field=title]').first().textContent(), `Corncrake B ${width}`);
    assert.equal(await page.locator('#fresh').count(), 0);
    assert.ok(await sameDocument(), 'it was shown in place');
    assert.equal(await page.evaluate(() => document.activeElement?.tagName), 'H1');
    await stands(page, 'Live');
    // What is shown now is followed as before.
    await restore(shop, one);
    await plain(page, `Corncrake A ${width}`).waitFor();
  });
}

story('what others restore says so on its row, and has no buttons', { as: 'editor' }, async ({ page, shop }) => {
  const [jug, lid] = await binned(shop, 'Smew jug', 'Smew lid');
  await follow(page, '/admin/deleted');
  const [before, all] = [await places(page), await counted(page)];
  const heard = await listening(page, 'polite');
  await restore(shop, jug);
  await plain(page, 'Smew jug').filter({ hasText: 'Restored by Ada' }).waitFor();
  assert.deepEqual(await places(page), before, 'nothing has moved');
  assert.equal(await rowButton(page, 'Smew jug', 'Restore').count(), 0);
  assert.equal(await row(page, 'Smew jug').getByRole('checkbox').isDisabled(), true);
  assert.equal(await counted(page), all - 1);
  assert.deepEqual((await heard()).filter(Boolean), ['Ada restored Smew jug.']);
  await expunge(shop, lid);
  await plain(page, 'Smew lid').filter({ hasText: 'Deleted for good by Ada' }).waitFor();
  assert.equal(await counted(page), all - 2);
  assert.deepEqual(await axe(page), []);
  // The box of the page takes those that can be restored, and no other.
  await page.locator('input[data-page]').check();
  assert.equal(await row(page, 'Smew jug').getByRole('checkbox').isChecked(), false);
  await page.locator('input[data-page]').uncheck();
  await remove(shop, jug);
  await rowButton(page, 'Smew jug', 'Restore').waitFor();
  assert.equal(await plain(page, 'Smew jug').count(), 0);
  assert.equal(await counted(page), all - 1);
  await rowButton(page, 'Smew jug', 'Restore').click();
  await message(page, 'Smew jug restored.').waitFor();
});

story('a row in hand is left alone, says what became of it, and shows it when asked', { as: 'editor' }, async ({ page, shop }) => {
  const [ticked, held] = await binned(shop, 'Teal tray', 'Teal tin');
  await follow(page, '/admin/deleted');
  await row(page, 'Teal tray').getByRole('checkbox').check();
  await rowButton(page, 'Teal tin', 'Restore').focus();
  await restore(shop, ticked);
  await restore(shop, held);
  const offer = (title) => row(page, title).locator('[data-offer]').filter({ hasText: 'Restored by Ada, show' });
  await offer('Teal tray').waitFor();
  await offer('Teal tin').waitFor();
  assert.ok(await row(page, 'Teal tray').getByRole('checkbox').isChecked());
  assert.equal(await page.evaluate(() => document.activeElement?.textContent.trim()), 'Restore');
  await offer('Teal tin').click();
  await plain(page, 'Teal tin').waitFor();
  assert.ok(await row(page, 'Teal tin').evaluate((one) => one.contains(document.activeElement)), 'the focus stays in the row');
  await offer('Teal tray').click();
  await plain(page, 'Teal tray').waitFor();
  await page.locator('[data-chosen]').filter({ hasText: /^0 chosen$/ }).waitFor({ state: 'attached' });
});

story('of what others delete only that counts which the filter shows', { as: 'editor' }, async ({ page, shop }) => {
  await binned(shop, 'Gadwall gong');
  const [other, own] = [await shelve(shop, 'Gadwall goblet'), await shelve(shop, 'Gadwall grid')];
  await follow(page, '/admin/deleted');
  const grace = await page.getByLabel('Deleted by').locator('option', { hasText: 'Grace' }).getAttribute('value');
  await follow(page, `/admin/deleted?by=${grace}`);
  await remove(shop, other);
  await shop.as('editor')('DELETE', `/v1/${own.name}`);
  await fresh(page, '1 more deleted, show').waitFor();
  await page.locator('#fresh').click();
  await row(page, 'Gadwall grid').waitFor();
  assert.equal(await row(page, 'Gadwall goblet').count(), 0);
});

story('what one restores oneself is not told as news', { as: 'editor' }, async ({ page, shop }) => {
  const [mine, marker] = await binned(shop, 'Garganey mine', 'Garganey marker');
  await follow(page, '/admin/deleted');
  await rowButton(page, 'Garganey mine', 'Restore').click();
  await message(page, 'Garganey mine restored.').waitFor();
  await pastDoubleClick(page);
  await message(page, 'Garganey mine restored.').getByRole('button', { name: 'Undo' }).click();
  await rowButton(page, 'Garganey mine', 'Restore').waitFor();
  // What comes after it has been told, so that its own echoes have, too.
  await restore(shop, marker);
  await plain(page, 'Garganey marker').waitFor();
  assert.equal(await plain(page, 'Garganey mine').count(), 0);
  assert.equal(await page.locator('#fresh').count(), 0);
  assert.ok((await ada(shop)('GET', `/v1/${mine.name}`)).deleteTime);
});

story('a place in the feed that is too old makes what was deleted be read again', { as: 'editor', expects: [/status of 40[04]/] }, async ({ page, shop }) => {
  const [jug, lid] = await binned(shop, 'Wigeon jug', 'Wigeon lid');
  const late = await shelve(shop, 'Wigeon late');
  await page.route('**/v1/products:watch?*', async (route) => {
    // Between the page and its stream.
    await restore(shop, jug);
    await expunge(shop, lid);
    await remove(shop, late);
    const details = [{ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: 'RESUME_TOKEN_EXPIRED', domain: 'shelf' }];
    await route.fulfill({ status: 400, contentType: 'application/json', body: JSON.stringify({ error: { code: 400, status: 'OUT_OF_RANGE', details } }) });
  }, { times: 1 });
  await follow(page, '/admin/deleted');
  await plain(page, 'Wigeon jug').filter({ hasText: 'Restored meanwhile' }).waitFor();
  await plain(page, 'Wigeon lid').filter({ hasText: 'Deleted for good meanwhile' }).waitFor();
  await fresh(page, '1 more deleted, show').waitFor();
});

story('Activity counts what is done, moves nothing, and shows it in place when asked', { as: 'viewer' }, async ({ page, shop }) => {
  const mug = await shelve(shop, 'Pintail mug');
  await follow(page, '/admin/activity');
  const [before, sameDocument, heard] = [await places(page), await marked(page), await listening(page, 'polite')];
  await ada(shop)('PATCH', `/v1/${mug.name}`, { title: 'Pintail mug, blue' });
  await fresh(page, '1 new change, show').waitFor();
  await remove(shop, mug);
  await restore(shop, mug);
  await fresh(page, '3 new changes, show').waitFor();
  assert.deepEqual(await places(page), before, 'nothing has moved');
  assert.deepEqual((await heard()).filter(Boolean), ['1 new change, show']);
  assert.deepEqual(await axe(page), []);
  await page.locator('#fresh').click();
  await page.getByRole('row').filter({ hasText: 'Restored after it was deleted' }).filter({ hasText: 'Pintail mug, blue' }).waitFor();
  assert.equal(await page.locator('#fresh').count(), 0);
  assert.ok(await sameDocument(), 'it was shown in place');
  await stands(page, 'Live');
  await ada(shop)('PATCH', `/v1/${mug.name}`, { title: 'Pintail mug, red' });
  await fresh(page, '1 new change, show').waitFor();
});

story('what is done to a category, which no stream tells, is counted with the next sign of life', { as: 'editor' }, async ({ page, shop }) => {
  await follow(page, '/admin/activity?of=categories');
  await ada(shop)('POST', '/v1/categories', { title: 'Brent goose' });
  await fresh(page, '1 new change, show').waitFor({ timeout: 20_000 });
  await page.locator('#fresh').click();
  await page.getByRole('rowheader', { name: /Brent goose/ }).waitFor();
});

story('Activity counts only what its filter shows', { as: 'editor' }, async ({ page, shop }) => {
  const mug = await shelve(shop, 'Pochard mug');
  await ada(shop)('PATCH', `/v1/${mug.name}`, { title: 'Pochard mug, one' });
  const { user } = await ada(shop)('GET', '/v1/sessions/-');
  await follow(page, `/admin/activity?by=${user.name.split('/')[1]}`);
  await shop.as('editor')('PATCH', `/v1/${mug.name}`, { title: 'Pochard mug, two' });
  await ada(shop)('PATCH', `/v1/${mug.name}`, { title: 'Pochard mug, three' });
  await fresh(page, '1 new change, show').waitFor();
  await follow(page, '/admin/activity?to=2020-01-01');
  await page.getByText('Nothing was done that fits this filter.').waitFor();
});

story('the lists of all tabs, of whatever kind, have one stream', { as: 'editor' }, async ({ page, shop }) => {
  const [crate] = await binned(shop, 'Scaup crate');
  const [watching, ended] = [new Set(), new Set()];
  page.context().on('request', (request) => request.url().includes('products:watch') && watching.add(request));
  for (const event of ['requestfinished', 'requestfailed']) page.context().on(event, (request) => ended.add(request));
  await follow(page, '/admin/products');
  const [bin, log] = [await page.context().newPage(), await page.context().newPage()];
  for (const [tab, path] of [[bin, '/admin/deleted'], [log, '/admin/activity']]) {
    await tab.goto(path);
    await stands(tab, 'Live');
  }
  assert.equal([...watching].filter((request) => !ended.has(request)).length, 1);
  await restore(shop, crate);
  await plain(bin, 'Scaup crate').waitFor();
  await fresh(log, '1 new change, show').waitFor();
  await fresh(page, '1 new, show').waitFor();
});
