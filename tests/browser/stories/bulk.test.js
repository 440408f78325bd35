// Many products at once: chosen by the page, by a range, or all that match; done whole, in part, in parts, and taken back.

import assert from 'node:assert/strict';
import { axe } from '../harness/axe.js';
import { button, fetched, focused, listening, marked, message, row, total, untilFound } from '../harness/pages.js';
import { openShopBehindFaults, shelve } from '../harness/shop.js';
import { atTheShop, open, story, storyBothWays } from '../harness/story.js';
import { batchId } from '../../../web/modules/batch-id.js';

atTheShop(openShopBehindFaults);

/** Products of one brand, alone on the list that is opened. */
async function shelf(page, shop, brand, count) {
  const made = [];
  for (let index = 1; index <= count; index += 1) made.push(await shelve(shop, `${brand} ${index}`, { brand }));
  for (const product of made) await untilFound(shop, product);
  await open(page, `/admin/products?q=${brand}&sort=title`);
  return made;
}

/** More products than one batch holds, made by batches, alone in a category; its list is opened. */
async function manyOf(page, shop, brand, count) {
  const category = await shop.as('editor')('POST', '/v1/categories', { title: brand });
  for (let from = 0; from < count; from += 500) {
    const requests = Array.from({ length: Math.min(500, count - from) }, (_, index) => ({
      product: { title: `${brand} ${from + index}`, brand, categories: [category.name] },
    }));
    await shop.as('editor')('POST', '/v1/products:batchCreate', { requests });
  }
  await open(page, `/admin/products?category=${category.name.split('/')[1]}`);
  return `category:"${category.name.split('/')[1]}"`;
}

const PUBLISH = 'POST /v1/products:batchPublish';
const sizes = ({ requests }) => requests.map(({ body }) => JSON.parse(body).requests.length);
const ids = ({ requests }) => requests.map(({ headers }) => headers['idempotency-key']);

const tick = (page, title) => row(page, title).getByRole('checkbox').check();
const bulk = (page, name) => page.locator('#bulk').getByRole('button', { name, exact: true });
const states = async (shop, brand) => {
  const filter = encodeURIComponent(`brand = "${brand}"`);
  const { products = [] } = await shop.as('viewer')('GET', `/v1/products?filter=${filter}&page_size=1000&show_deleted=true`);
  return products.map((product) => (product.deleteTime ? 'deleted' : product.state));
};

storyBothWays('ticked products are published together, and Undo takes all of them back', { as: 'editor' }, async ({ page, shop, scripts }) => {
  const brand = `Emalia${scripts}`;
  await shelf(page, shop, brand, 3);
  await tick(page, `${brand} 1`);
  await tick(page, `${brand} 3`);
  await bulk(page, 'Publish').click();
  await message(page, '2 products published.').waitFor();
  const price = row(page, `${brand} 1`).locator('[data-field=price]');
  assert.equal(await price.getAttribute('data-edit'), 'price', 'it is edited in place as before');
  assert.deepEqual((await states(shop, brand)).sort(), ['STATE_ACTIVE', 'STATE_ACTIVE', 'STATE_DRAFT']);
  await button(page, 'Undo').click();
  await message(page, '2 products unpublished.').waitFor();
  assert.deepEqual(await states(shop, brand), ['STATE_DRAFT', 'STATE_DRAFT', 'STATE_DRAFT']);
});

storyBothWays('what somebody else changed meanwhile is left, and stays ticked with its reason', { as: 'editor', expects: [/409/] }, async ({ page, shop, scripts }) => {
  const brand = `Ofenrot${scripts}`;
  const [, second] = await shelf(page, shop, brand, 3);
  for (const index of [1, 2, 3]) await tick(page, `${brand} ${index}`);
  await shop.as('admin')('PATCH', `/v1/${second.name}`, { description: 'Changed meanwhile' });
  await bulk(page, 'Delete').click();
  await message(page, '2 of 3 products deleted, 1 not.').waitFor();
  await total(page, '1 product').waitFor();
  const left = row(page, `${brand} 2`);
  assert.ok(await left.getByRole('checkbox').isChecked(), 'it stays ticked');
  await left.getByText('Somebody else changed it meanwhile').waitFor();
  assert.ok(await bulk(page, 'Delete').isVisible());
  await button(page, 'Undo').click();
  await row(page, `${brand} 1`).waitFor();
  await row(page, `${brand} 3`).waitFor();
  assert.deepEqual(await states(shop, brand), ['STATE_DRAFT', 'STATE_DRAFT', 'STATE_DRAFT']);
  if (!scripts) return;
  // The row shows the version of now, so that the next attempt is a decision.
  await bulk(page, 'Delete').click();
  await message(page, '1 product deleted.').waitFor();
});

story('the box of the head takes the page, Shift takes a range, and x the row with the focus', { as: 'editor' }, async ({ page, shop }) => {
  await shelf(page, shop, 'Reihe', 5);
  assert.ok(!(await bulk(page, 'Delete').isVisible()), 'the bar is there when something is chosen');
  await page.getByRole('checkbox', { name: 'Choose the page' }).check();
  await page.locator('[data-chosen]').filter({ hasText: '5 chosen' }).waitFor();
  await page.getByRole('checkbox', { name: 'Choose the page' }).uncheck();
  await bulk(page, 'Delete').waitFor({ state: 'hidden' });
  await tick(page, 'Reihe 2');
  await row(page, 'Reihe 4').getByRole('checkbox').click({ modifiers: ['Shift'] });
  await page.locator('[data-chosen]').filter({ hasText: '3 chosen' }).waitFor();
  await row(page, 'Reihe 5').getByRole('link', { name: 'Reihe 5' }).focus();
  await page.keyboard.press('x');
  await page.locator('[data-chosen]').filter({ hasText: '4 chosen' }).waitFor();
  await page.locator('#q').focus();
  await page.keyboard.press('x');
  assert.equal(await page.locator('[data-chosen]').textContent(), '4 chosen', 'in a field it is a letter');
});

story('the page is ticked by a link without JavaScript', { as: 'editor', scripts: false }, async ({ page, shop }) => {
  await shelf(page, shop, 'Seite', 3);
  await page.getByRole('link', { name: 'Tick this page' }).click();
  await bulk(page, 'Delete').click();
  await message(page, '3 products deleted.').waitFor();
  await bulk(page, 'Delete').click();
  await message(page, 'Nothing was chosen.').waitFor();
});

story('it is done at once, said in one sentence, sent once, and the focus is kept', { as: 'editor' }, async ({ page, shop }) => {
  await shelf(page, shop, 'Satz', 3);
  const same = await marked(page);
  await page.getByRole('checkbox', { name: 'Choose the page' }).check();
  const held = shop.network.hold('POST /v1/products:batchDelete');
  const heard = await listening(page, 'polite');
  await bulk(page, 'Delete').click();
  await total(page, '0 products').waitFor();
  assert.equal(await page.locator('#bulk').getAttribute('aria-busy'), 'true');
  await bulk(page, 'Delete').click();
  await held.arrived();
  await held.release();
  await message(page, '3 products deleted.').waitFor();
  assert.equal(held.requests.length, 1, 'one batch for all, and none for the second click');
  await page.waitForFunction(() => globalThis.heard.includes('3 products deleted.'));
  assert.deepEqual((await heard()).filter(Boolean), ['3 products deleted.']);
  assert.equal(await focused(page), 'Products');
  assert.ok(await same(), 'no page was loaded');
});

storyBothWays('prices change by per cent after they were shown', { as: 'editor', expects: [/422/] }, async ({ page, shop, scripts }) => {
  await shop.as('admin')('PATCH', '/v1/shop', { priceRounding: 'PRICE_ROUNDING_ENDING_99' });
  const brand = `Preis${scripts}`;
  const made = await shelf(page, shop, brand, 2);
  const [first] = made;
  await tick(page, `${brand} 1`);
  await tick(page, `${brand} 2`);
  await bulk(page, 'Change prices').click();
  await page.getByLabel('By or to how much').fill('ten');
  await button(page, 'Show the new prices').click();
  await page.getByText('This is not a percentage.').first().waitFor();
  await page.getByLabel('By or to how much').fill('10');
  await page.getByText('Changed prices are rounded to end in .99').waitFor();
  await button(page, 'Show the new prices').click();
  await page.getByRole('row', { name: new RegExp(`${brand} 1.*€14.90.*€15.99`) }).waitFor();
  const before = await shop.as('viewer')('GET', `/v1/${first.name}`);
  assert.equal(before.priceRange.lowest.units, '14', 'nothing is changed yet');
  await button(page, 'Change 2 prices').click();
  await message(page, '2 products repriced.').waitFor();
  const after = await shop.as('viewer')('GET', `/v1/${first.name}`);
  assert.deepEqual([after.priceRange.lowest.units, after.priceRange.lowest.nanos], ['15', 990_000_000]);
  const [, second] = made;
  await shop.as('admin')('PATCH', `/v1/${second.name}`, { description: 'Changed meanwhile' });
  await button(page, 'Undo').click();
  await message(page, '1 of 2 products put back as before, 1 not.').waitFor();
  const back = await shop.as('viewer')('GET', `/v1/${first.name}`);
  assert.deepEqual(back.priceRange, before.priceRange);
});

storyBothWays('products move to a category, or are added to it', { as: 'editor' }, async ({ page, shop, scripts }) => {
  const brand = `Ordnung${scripts}`;
  const made = [];
  for (const id of ['old', 'new']) {
    made.push(await shop.as('editor')('POST', '/v1/categories', { title: `${brand} ${id}` }));
  }
  const [before, into] = made;
  await shelve(shop, `${brand} 1`, { brand, categories: [before.name] });
  const categories = async () => {
    const { products } = await shop.as('viewer')('GET', `/v1/products?filter=${encodeURIComponent(`brand = "${brand}"`)}`);
    return products[0].categories;
  };
  for (const [way, expected] of [['They keep them', [before.name, into.name]], ['They leave them', [into.name]]]) {
    await open(page, `/admin/products?q=${brand}`);
    await tick(page, `${brand} 1`);
    await bulk(page, 'Category').click();
    await page.getByLabel('Category', { exact: true }).selectOption({ label: `${brand} new` });
    await page.getByLabel(way).check();
    await button(page, 'Put into the category').click();
    await message(page, '1 product put into the category.').waitFor();
    assert.deepEqual(await categories(), expected);
  }
  await button(page, 'Undo').click();
  await message(page, '1 product put back as before.').waitFor();
  assert.deepEqual(await categories(), [before.name, into.name]);
});

story('when the shop cannot be reached nothing is done, and all of it is as it was', { as: 'editor' }, async ({ page, shop }) => {
  await shelf(page, shop, 'Netz', 2);
  await page.getByRole('checkbox', { name: 'Choose the page' }).check();
  await page.locator('[data-chosen]').filter({ hasText: '2 chosen' }).waitFor();
  await fetched(page, 'bulk-act');
  await page.context().setOffline(true);
  await bulk(page, 'Delete').click();
  await message(page, '0 of 2 products deleted, 2 not.').waitFor();
  await row(page, 'Netz 1').getByText('You are offline').waitFor();
  await total(page, '2 products').waitFor();
  await page.context().setOffline(false);
  assert.deepEqual(await states(shop, 'Netz'), ['STATE_DRAFT', 'STATE_DRAFT']);
});

for (const scheme of ['light', 'dark']) {
  story(`the bar and its pages have nothing that axe objects to, ${scheme}`, { as: 'editor', scheme, width: 390 }, async ({ page, shop }) => {
    await shelf(page, shop, `Achse${scheme}`, 2);
    await page.getByRole('checkbox', { name: 'Choose the page' }).check();
    assert.deepEqual(await axe(page), []);
    for (const name of ['Change prices', 'Category']) {
      await page.locator('#bulk summary').click();
      assert.deepEqual(await axe(page, '#bulk'), []);
      await bulk(page, name).click();
      await page.getByRole('heading', { level: 1, name: /2 products/ }).waitFor();
      assert.deepEqual(await axe(page), []);
      await page.getByRole('link', { name: 'Back to the list' }).click();
      await page.getByRole('checkbox', { name: 'Choose the page' }).check();
    }
  });
}

story('all that match are done in parts, with progress, and can be stopped between two parts', { as: 'editor' }, async ({ page, shop }) => {
  const filter = await manyOf(page, shop, 'Viele', 1_200);
  await page.getByRole('checkbox', { name: 'Choose the page' }).check();
  await page.getByRole('checkbox', { name: /All that match/ }).check();
  await page.locator('[data-matching]').filter({ hasText: '1,200 products' }).waitFor();
  const first = shop.network.pass(PUBLISH, { times: 1 });
  const second = shop.network.hold(PUBLISH);
  await bulk(page, 'Publish').click();
  const bar = page.getByRole('progressbar');
  await bar.waitFor();
  await page.waitForFunction(() => document.querySelector('#bulk progress')?.value === 500);
  await second.arrived();
  await bulk(page, 'Stop').click();
  await second.release();
  await message(page, '1,000 of 1,200 products published, 200 not.').waitFor();
  assert.deepEqual([first, second].flatMap(sizes), [500, 500]);
  await bar.waitFor({ state: 'hidden' });
  await button(page, 'Undo').click();
  await message(page, '1,000 products unpublished.').waitFor();
  const { totalSize = 0 } = await shop.as('viewer')('GET', `/v1/products?filter=${encodeURIComponent(`${filter} AND state = ACTIVE`)}`);
  assert.equal(totalSize, 0, 'only what was done is taken back');
});

story('what the shop did not answer is gone on with under the same ids, and nothing is done twice', { as: 'editor', expects: [/ERR_CONNECTION_RESET/] }, async ({ page, shop }) => {
  const filter = await manyOf(page, shop, 'Funkloch', 700);
  await page.getByRole('checkbox', { name: 'Choose the page' }).check();
  await page.getByRole('checkbox', { name: /All that match/ }).check();
  const form = await page.locator('#bulk [name=request_id]').inputValue();
  const heard = shop.network.pass(PUBLISH, { times: 1 });
  const lost = shop.network.cutAfter(PUBLISH);
  await bulk(page, 'Publish').click();
  await message(page, '500 of 700 products published, 200 not. Not confirmed').waitFor({ timeout: 20_000 });
  const [first, second] = [await batchId(form, 1), await batchId(form, 2)];
  assert.deepEqual(ids(heard), [first]);
  assert.deepEqual(ids(lost), [second, second, second]);
  await lost.end();
  const again = shop.network.pass(PUBLISH);
  await message(page).getByRole('button', { name: 'Continue' }).click();
  await message(page, '700 products published.').waitFor();
  assert.deepEqual(ids(again), [second], 'the batch that was not confirmed goes again');
  const list = await shop.as('viewer')('GET', `/v1/products?filter=${encodeURIComponent(`${filter} AND state = ACTIVE`)}`);
  assert.equal(list.totalSize, 700);
  await message(page, '700 products published.').getByRole('button', { name: 'Undo' }).click();
  await message(page, '700 products unpublished.').waitFor();
});

storyBothWays('all that a search finds are deleted, and Undo restores them', { as: 'editor' }, async ({ page, shop, scripts }) => {
  const brand = `Suchwort${scripts}`;
  await shelf(page, shop, brand, 3);
  await shelve(shop, `Anderes ${scripts}`);
  await open(page, `/admin/products?q=${brand.slice(0, -1)}`);
  await total(page, '3 products').waitFor();
  await tick(page, `${brand} 1`);
  await page.getByRole('checkbox', { name: /All that match/ }).check();
  await bulk(page, 'Delete').click();
  await message(page, '3 products deleted.').waitFor();
  await total(page, '0 products').waitFor();
  await message(page).getByRole('button', { name: 'Undo' }).click();
  await message(page, '3 products restored.').waitFor();
  assert.deepEqual(await states(shop, brand), ['STATE_DRAFT', 'STATE_DRAFT', 'STATE_DRAFT']);
});

story('prices of many go on by themselves, step by step with progress, until they are stopped', { as: 'editor' }, async ({ page, shop }) => {
  await shop.as('admin')('PATCH', '/v1/shop', { priceRounding: 'PRICE_ROUNDING_WHOLE_UNIT' });
  const { name } = await shop.as('editor')('POST', '/v1/categories', { title: 'Teuer' });
  const prices = [{ amount: { currencyCode: 'EUR', units: '14', nanos: 900_000_000 } }];
  const one = (_, index) => ({ product: { title: `Teuer ${index}`, categories: [name], variants: [{ prices }] } });
  for (let made = 0; made < 650; made += 325) {
    await shop.as('editor')('POST', '/v1/products:batchCreate', { requests: Array.from({ length: 325 }, one) });
  }
  await open(page, `/admin/products?category=${name.split('/')[1]}`);
  await page.getByRole('checkbox', { name: 'Choose the page' }).check();
  await page.getByRole('checkbox', { name: /All that match/ }).check();
  await bulk(page, 'Change prices').click();
  await page.getByLabel('By or to how much').fill('10');
  await button(page, 'Show the new prices').click();
  await page.getByText('Of the first 200 products: 200 prices would change.').waitFor();
  // The page is left as soon as it is there, so it stops itself, as somebody would who presses the button just then.
  await page.addInitScript(() => {
    addEventListener('submit', ({ target }) => {
      const bar = document.querySelector('main progress');
      const said = { heading: document.querySelector('h1').textContent, value: bar?.value, max: bar?.max, named: bar?.getAttribute('aria-labelledby') };
      const before = JSON.parse(sessionStorage.getItem('seen') ?? '[]');
      if (!('goesOn' in target.dataset) || before.length === 3) return;
      sessionStorage.setItem('seen', JSON.stringify([...before, said]));
      if (said.value === 400) setTimeout(() => target.querySelector('[name=stop]').click());
    }, true);
  });
  await button(page, 'Change the prices of 650 products').click();
  await page.getByRole('heading', { level: 1, name: '600 of 650 products repriced, 50 not.' }).waitFor({ timeout: 30_000 });
  const seen = await page.evaluate(() => JSON.parse(sessionStorage.getItem('seen')));
  const at = (value) => ({ heading: `${value} of 650 products so far`, value, max: 650, named: 'so-far' });
  assert.deepEqual(seen, [at(200), at(400), at(600)], 'the last of them ends it');
  const priced = async (units) => {
    const filter = encodeURIComponent(`category:"${name.split('/')[1]}" AND price = ${units}`);
    return (await shop.as('viewer')('GET', `/v1/products?filter=${filter}`)).totalSize ?? 0;
  };
  assert.equal(await priced('16.00'), 600, 'rounded to a whole amount');
  await button(page, 'Continue').click();
  await page.getByRole('heading', { level: 1, name: '650 products repriced.' }).waitFor();
  await button(page, 'Undo').click();
  await page.getByRole('heading', { level: 1, name: '650 products put back as before.' }).waitFor({ timeout: 30_000 });
  assert.equal(await priced('14.90'), 650);
});

storyBothWays('on a phone the bar takes two lines, and what is done more seldom stands under More', { as: 'editor', width: 390 }, async ({ page, shop, scripts }) => {
  const brand = `Schmal${scripts}`;
  await shelf(page, shop, brand, 2);
  await tick(page, `${brand} 1`);
  const bar = await page.locator('#bulk').boundingBox();
  assert.ok(bar.height <= 2 * 44 + 24, `${bar.height} pixels are more than two lines`);
  const last = await bulk(page, 'Delete').boundingBox();
  assert.ok(last.x + last.width <= 390, 'nothing stands beyond the edge');
  assert.ok(!(await bulk(page, 'Category').isVisible()));
  await page.locator('#bulk summary').press('Enter');
  const menu = await bulk(page, 'Category').boundingBox();
  assert.ok(menu.x >= 0 && menu.x + menu.width <= 390 && menu.y + menu.height <= bar.y, 'it opens above the bar');
  if (scripts) {
    await page.locator('[data-chosen]').filter({ hasText: '1 chosen' }).waitFor();
    await page.keyboard.press('Escape');
    await bulk(page, 'Category').waitFor({ state: 'hidden' });
    assert.equal(await page.evaluate(() => document.activeElement.textContent), 'More', 'Escape closes it, and the focus stays');
    await page.keyboard.press('Enter');
  }
  await bulk(page, 'Category').click();
  await page.getByRole('heading', { level: 1 }).filter({ hasText: '1 product' }).waitFor();
});

story('what takes more than one step waits for Continue without JavaScript, and says what is done', { as: 'editor', scripts: false }, async ({ page, shop }) => {
  const filter = await manyOf(page, shop, 'Masse', 620);
  const into = await shop.as('editor')('POST', '/v1/categories', { title: 'Masse neu' });
  await page.getByRole('checkbox', { name: /All that match/ }).check();
  await bulk(page, 'Category').click();
  await page.getByLabel('Category', { exact: true }).selectOption({ label: 'Masse neu' });
  await page.getByLabel('They keep them').check();
  await button(page, 'Put into the category').click();
  await page.getByRole('heading', { level: 1, name: '500 of 620 products so far' }).waitFor();
  await button(page, 'Stop here').click();
  await page.getByRole('heading', { level: 1, name: '500 of 620 products put into the category, 120 not.' }).waitFor();
  await button(page, 'Continue').click();
  await page.getByRole('heading', { level: 1, name: '620 products put into the category.' }).waitFor();
  const { totalSize } = await shop.as('viewer')('GET', `/v1/products?filter=${encodeURIComponent(`${filter} AND category:"${into.name.split('/')[1]}"`)}`);
  assert.equal(totalSize, 620);
  await page.getByRole('link', { name: 'Back to the list' }).click();
  await page.getByRole('checkbox', { name: /All that match/ }).check();
  await bulk(page, 'Delete').click();
  await button(page, 'Continue').click();
  await page.getByRole('heading', { level: 1, name: '620 products deleted.' }).waitFor();
});

storyBothWays('what was deleted is restored many at a time, what cannot be says why, and Undo deletes it again', { as: 'editor', expects: [/status of 4\d\d/] }, async ({ page, shop, scripts }) => {
  const word = scripts ? 'Wiederkehr' : 'Rueckkehr';
  const titles = [1, 2, 3].map((index) => `${word} ${index}`);
  for (const title of titles) {
    const { name } = await shelve(shop, title, { slug: title.toLowerCase().replace(' ', '-') });
    await shop.as('editor')('DELETE', `/v1/${name}`);
  }
  await shelve(shop, `${word} new`, { slug: `${word.toLowerCase()}-2` });
  await open(page, '/admin/deleted');
  const before = Number(await page.locator('#total').getAttribute('data-total'));
  for (const title of titles) await row(page, title).getByRole('checkbox').check();
  if (scripts) assert.deepEqual(await axe(page), []);
  await bulk(page, 'Restore').click();
  await message(page, '2 of 3 products restored, 1 not.').waitFor();
  for (const title of [titles[0], titles[2]]) await row(page, title).waitFor({ state: 'hidden' });
  await row(page, titles[1]).getByText('This address is taken.').waitFor();
  assert.ok(await row(page, titles[1]).getByRole('checkbox').isChecked());
  assert.equal(Number(await page.locator('#total').getAttribute('data-total')), before - 2);
  assert.deepEqual((await page.locator('#rows tr:not([hidden]) [data-field=title]').allTextContents()).filter((title) => title.startsWith(word)), [titles[1]]);
  await button(page, 'Undo').click();
  await message(page, '2 products deleted.').waitFor();
  for (const title of titles) await row(page, title).waitFor();
  assert.equal(Number(await page.locator('#total').getAttribute('data-total')), before);
});
