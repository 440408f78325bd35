// Delete, restore, publish and unpublish, with JavaScript on and off.

import assert from 'node:assert/strict';
import { shelve } from '../harness/shop.js';
import { atTheShop, open, story, storyBothWays } from '../harness/story.js';
import { button, marked, message, pastDoubleClick, revisions, row, rowButton } from '../harness/pages.js';

atTheShop();

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

story('a form that is sent twice has one effect', { as: 'editor', scripts: false }, async ({ page, shop }) => {
  const { name } = await shelve(shop, 'Tapir jug');
  await open(page, '/admin/products?q=Tapir');
  const form = row(page, 'Tapir jug').locator('form[action$="/publish"]');
  const fields = {};
  for (const input of await form.locator('input').all()) fields[await input.getAttribute('name')] = await input.inputValue();
  const post = async () => page.request.post(await form.getAttribute('action'), { form: fields, maxRedirects: 0, headers: { origin: new URL(shop.url).origin } });
  assert.equal((await post()).status(), 303);
  const after = await revisions(shop, name);
  assert.equal((await post()).status(), 303);
  assert.equal(await revisions(shop, name), after);
});

story('a viewer is offered no change', { as: 'viewer' }, async ({ page, shop }) => {
  await shelve(shop, 'Civet cup');
  await open(page, '/admin/products?q=Civet');
  await row(page, 'Civet cup').waitFor();
  assert.equal(await row(page, 'Civet cup').getByRole('button').count(), 0);
  assert.equal(await button(page, 'Add product').count(), 0);
});
