// Delete, restore, publish, unpublish and archive, with JavaScript on and off.

import assert from 'node:assert/strict';
import { openShopBehindFaults, shelve } from '../harness/shop.js';
import { atTheShop, open, story, storyBothWays } from '../harness/story.js';
import { button, focused, listening, marked, message, pastDoubleClick, revisions, row, rowButton } from '../harness/pages.js';

atTheShop(openShopBehindFaults);

storyBothWays('a deleted product is gone at once, and Undo brings it back', { as: 'editor' }, async ({ page, shop, scripts }) => {
  const title = scripts ? 'Walrus mug' : 'Walrus mug too';
  const { name } = await shelve(shop, title);
  await open(page, '/admin/products?q=Walrus');
  const stayed = scripts && (await marked(page));
  await rowButton(page, title, 'Delete').click();
  await message(page, `${title} deleted.`).waitFor();
  await row(page, title).waitFor({ state: 'hidden' });
  assert.ok((await shop.as('viewer')('GET', `/v1/${name}`)).deleteTime);
  await message(page).getByRole('button', { name: 'Undo' }).click();
  await row(page, title).waitFor();
  const { deleteTime } = await shop.as('viewer')('GET', `/v1/${name}`);
  assert.equal(deleteTime, undefined);
  if (stayed) assert.ok(await stayed(), 'the page was loaded again');
});

storyBothWays('a draft is published and unpublished', { as: 'editor' }, async ({ page, shop, scripts }) => {
  const title = scripts ? 'Ibis bowl' : 'Ibis bowl too';
  const { name } = await shelve(shop, title);
  const state = async () => (await shop.as('viewer')('GET', `/v1/${name}`)).state;
  await open(page, '/admin/products?q=Ibis');
  const stayed = scripts && (await marked(page));
  await rowButton(page, title, 'Publish').click();
  await message(page, `${title} published.`).waitFor();
  await row(page, title).getByText('Published', { exact: true }).waitFor();
  assert.equal(await state(), 'STATE_ACTIVE');
  if (scripts) await pastDoubleClick(page);
  await rowButton(page, title, 'Unpublish').click();
  await message(page, `${title} is a draft again.`).waitFor();
  await row(page, title).getByText('Draft', { exact: true }).waitFor();
  assert.equal(await state(), 'STATE_DRAFT');
  await message(page).getByRole('button', { name: 'Undo' }).last().click();
  await row(page, title).getByText('Published', { exact: true }).waitFor();
  assert.equal(await state(), 'STATE_ACTIVE');
  if (stayed) assert.ok(await stayed(), 'the page was loaded again');
});

for (const published of [true, false]) {
  const was = published ? 'Published' : 'Draft';
  storyBothWays(`what is archived comes back ${published ? 'published' : 'as a draft'}, as it was`, { as: 'editor' }, async ({ page, shop, scripts }) => {
    const title = `Marmot ${published ? 'one' : 'two'} ${scripts}`;
    const { name } = await shelve(shop, title, { published });
    const state = async () => (await shop.as('viewer')('GET', `/v1/${name}`)).state;
    await open(page, `/admin/products?q=${encodeURIComponent(title)}`);
    const stayed = scripts && (await marked(page));
    await rowButton(page, title, 'Archive').click();
    await message(page, `${title} archived.`).waitFor();
    await row(page, title).getByText('Archived', { exact: true }).waitFor();
    assert.equal(await state(), 'STATE_ARCHIVED');
    assert.ok(await rowButton(page, title, 'Archive').isHidden());
    await message(page).getByRole('button', { name: 'Undo' }).click();
    await row(page, title).getByText(was, { exact: true }).waitFor();
    assert.equal(await state(), published ? 'STATE_ACTIVE' : 'STATE_DRAFT');
    if (stayed) assert.ok(await stayed(), 'the page was loaded again');
  });
}

storyBothWays('what is published out of the archive goes back there', { as: 'editor' }, async ({ page, shop, scripts }) => {
  const title = `Pika ${scripts}`;
  const { name } = await shelve(shop, title);
  await shop.as('editor')('POST', `/v1/${name}:archive`, {});
  await open(page, `/admin/products?q=${encodeURIComponent(title)}`);
  await rowButton(page, title, 'Publish').click();
  await message(page, `${title} published.`).waitFor();
  await message(page).getByRole('button', { name: 'Undo' }).click();
  await row(page, title).getByText('Archived', { exact: true }).waitFor();
  assert.equal((await shop.as('viewer')('GET', `/v1/${name}`)).state, 'STATE_ARCHIVED');
});

story('archiving is said, sent once however often it is clicked, and keeps the focus in its row', { as: 'editor' }, async ({ page, shop }) => {
  await shelve(shop, 'Gopher tray');
  await open(page, '/admin/products?q=Gopher');
  const held = shop.network.hold('POST /v1/products/*:archive');
  const heard = await listening(page, 'polite');
  const group = row(page, 'Gopher tray').getByRole('group');
  await rowButton(page, 'Gopher tray', 'Archive').focus();
  await page.keyboard.press('Enter');
  await row(page, 'Gopher tray').getByText('Archived', { exact: true }).waitFor();
  assert.equal(await group.getAttribute('aria-busy'), 'true');
  await group.locator('[data-action=archive]').evaluate((button) => button.form.requestSubmit(button));
  assert.equal(await focused(page), 'Gopher tray: Publish', 'what can be done instead');
  await held.arrived();
  await held.release();
  await message(page, 'Gopher tray archived.').waitFor();
  await page.waitForFunction(() => globalThis.heard.includes('Gopher tray archived.'));
  assert.deepEqual((await heard()).filter(Boolean), ['Gopher tray archived.']);
  assert.equal(held.requests.length, 1);
});

story('the editor archives in place, and what is typed there is neither lost nor refused', { as: 'editor' }, async ({ page, shop }) => {
  const { name } = await shelve(shop, 'Vole box', { published: true });
  await open(page, `/admin/${name}`);
  const stayed = await marked(page);
  await page.locator('#brand').fill('Emalia');
  await button(page, 'Archive').click();
  await message(page, 'Vole box archived.').waitFor();
  await page.locator('h1 + p .state').filter({ hasText: 'Archived' }).waitFor();
  assert.ok(await page.getByRole('link', { name: 'See it in the shop' }).isHidden());
  await button(page, 'Make it a draft').click();
  await message(page, 'Vole box is a draft again.').waitFor();
  await message(page, 'Vole box is a draft again.').getByRole('button', { name: 'Undo' }).click();
  await page.locator('h1 + p .state').filter({ hasText: 'Archived' }).waitFor();
  await page.locator('.save-bar').getByRole('button', { name: 'Save' }).click();
  await message(page, 'Vole box saved.').waitFor();
  assert.ok(await stayed(), 'the page was loaded again');
  const { brand, state } = await shop.as('viewer')('GET', `/v1/${name}`);
  assert.deepEqual([brand, state], ['Emalia', 'STATE_ARCHIVED']);
});

storyBothWays('what was deleted is found again and restored', { as: 'editor' }, async ({ page, shop, scripts }) => {
  const title = scripts ? 'Dodo plate' : 'Dodo plate too';
  const { name } = await shelve(shop, title);
  await shop.as('editor')('DELETE', `/v1/${name}`);
  await open(page, '/admin/deleted');
  await row(page, title).getByText('Grace').waitFor();
  await rowButton(page, title, 'Restore').click();
  await message(page, `${title} restored.`).waitFor();
  await row(page, title).waitFor({ state: 'hidden' });
  const { deleteTime } = await shop.as('viewer')('GET', `/v1/${name}`);
  assert.equal(deleteTime, undefined);
});

storyBothWays('a reload repeats nothing', { as: 'editor' }, async ({ page, shop, scripts }) => {
  const title = scripts ? 'Okapi spoon' : 'Okapi spoon too';
  const { name } = await shelve(shop, title);
  await open(page, '/admin/products?q=Okapi');
  await rowButton(page, title, 'Publish').click();
  await message(page, `${title} published.`).waitFor();
  const before = await revisions(shop, name);
  await page.reload();
  await row(page, title).getByText('Published', { exact: true }).waitFor();
  assert.equal(await revisions(shop, name), before);
  assert.equal(await message(page, `${title} published.`).count(), 0);
});

story('three clicks are one call, and leave the next row alone', { as: 'editor' }, async ({ page, shop }) => {
  for (const title of ['Heron A', 'Heron B', 'Heron C']) await shelve(shop, title);
  await open(page, '/admin/products?q=Heron&sort=title');
  const calls = [];
  page.on('request', (request) => request.method() === 'DELETE' && calls.push(request.url()));
  const box = await rowButton(page, 'Heron A', 'Delete').boundingBox();
  await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2, { clickCount: 3, delay: 20 });
  await message(page, 'Heron A deleted.').waitFor();
  assert.equal(calls.length, 1);
  assert.ok(await row(page, 'Heron B').isVisible());
});

/** Sends what the button of a row would that is named. */
async function press(page, shop, title, name) {
  const { action, fields } = await rowButton(page, title, name).evaluate((button) => ({
    action: button.form.action,
    fields: Object.fromEntries(new FormData(button.form, button)),
  }));
  const headers = { origin: new URL(shop.url).origin };
  return page.request.post(action, { form: fields, maxRedirects: 0, headers });
}

story('a form that is sent twice has one effect', { as: 'editor', scripts: false }, async ({ page, shop }) => {
  const { name } = await shelve(shop, 'Tapir jug');
  await open(page, '/admin/products?q=Tapir');
  assert.equal((await press(page, shop, 'Tapir jug', 'Publish')).status(), 303);
  const after = await revisions(shop, name);
  assert.equal((await press(page, shop, 'Tapir jug', 'Publish')).status(), 303);
  assert.equal(await revisions(shop, name), after);
});

story('another button of the same row is no repeat of the first: it asks, because the product has changed', { as: 'editor', scripts: false }, async ({ page, shop }) => {
  await shelve(shop, 'Serval dish');
  await open(page, '/admin/products?q=Serval');
  assert.equal((await press(page, shop, 'Serval dish', 'Publish')).status(), 303);
  const asked = await press(page, shop, 'Serval dish', 'Delete');
  assert.equal(asked.status(), 409);
  assert.match(await asked.text(), /Delete anyway/);
});

story('what was done in place is no repeat when the same button is sent plainly later', { as: 'editor' }, async ({ page, shop }) => {
  const { name } = await shelve(shop, 'Kudu kettle');
  const state = async () => (await shop.as('viewer')('GET', `/v1/${name}`)).state;
  await open(page, '/admin/products?q=Kudu');
  await rowButton(page, 'Kudu kettle', 'Publish').click();
  await message(page, 'Kudu kettle published.').waitFor();
  await pastDoubleClick(page);
  await rowButton(page, 'Kudu kettle', 'Unpublish').click();
  await message(page, 'Kudu kettle is a draft again.').waitFor();
  assert.equal((await press(page, shop, 'Kudu kettle', 'Publish')).status(), 303);
  assert.equal(await state(), 'STATE_ACTIVE');
});

story('a form of the editor has another id once it was done in place', { as: 'editor' }, async ({ page, shop }) => {
  const { name } = await shelve(shop, 'Eland ewer');
  await open(page, `/admin/${name}`);
  const id = page.locator('#product-form input[name=request_id]');
  const before = await id.inputValue();
  await page.locator('#brand').fill('Emalia');
  await page.locator('.save-bar').getByRole('button', { name: 'Save' }).click();
  await message(page, 'Eland ewer saved.').waitFor();
  assert.notEqual(await id.inputValue(), before);
});

story('a viewer is offered no change', { as: 'viewer' }, async ({ page, shop }) => {
  await shelve(shop, 'Civet cup');
  await open(page, '/admin/products?q=Civet');
  await row(page, 'Civet cup').waitFor();
  assert.equal(await row(page, 'Civet cup').getByRole('button').count(), 0);
  assert.equal(await button(page, 'Add product').count(), 0);
});
