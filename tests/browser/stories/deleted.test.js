// Recently deleted: by whom, and how a product comes back whose SKU is in use again.

import assert from 'node:assert/strict';
import { axe } from '../harness/axe.js';
import { button, focused, listening, marked, message, pastDoubleClick, row, rowButton } from '../harness/pages.js';
import { shelve } from '../harness/shop.js';
import { atTheShop, follows, open, story, storyBothWays } from '../harness/story.js';

atTheShop();

/** The page, with all that its rows can ask. */
async function opened(page) {
  await open(page, '/admin/deleted');
  await follows(page);
}

/** A product that somebody has deleted. */
async function deleted(shop, who, title, fields = {}) {
  const product = await shelve(shop, title, fields);
  await shop.as(who)('DELETE', `/v1/${product.name}`);
  return product;
}

const sold = (sku, id) => ({ sku, ...(id && { name: `products/new/variants/${id}` }), prices: [{ amount: { currencyCode: 'EUR', units: '9' } }] });

/** A deleted product whose SKU another one has by now. */
async function taken(shop, title, sku) {
  const product = await deleted(shop, 'editor', title, { variants: [sold(sku)] });
  await shelve(shop, `${title}, new`, { variants: [sold(sku)] });
  return product;
}

const by = (page) => page.getByLabel('Deleted by');
const skus = async (shop, { name }) => (await shop.as('viewer')('GET', `/v1/${name}`)).variants.map(({ sku }) => sku);

/** Where a refused restore asks: on the row, or on a page of its own. */
const asking = (page, title, scripts) => (scripts ? row(page, title) : page.locator('main'));

/** Restores with what is typed there. */
async function again(page, title, scripts) {
  if (scripts) await pastDoubleClick(page);
  await (scripts ? rowButton(page, title, 'Restore') : button(page, 'Restore')).click();
}

storyBothWays('what one person deleted stands at an address of its own', { as: 'editor' }, async ({ page, shop, scripts }) => {
  const word = scripts ? 'Plover' : 'Plovers';
  await deleted(shop, 'admin', `${word} pan`);
  await deleted(shop, 'editor', `${word} pot`);
  await opened(page);
  const sameDocument = scripts && (await marked(page));
  await by(page).focus();
  await by(page).selectOption({ label: 'Ada' });
  if (!scripts) await button(page, 'Filter').click();
  await page.waitForURL('**/admin/deleted?by=*');
  await row(page, `${word} pan`).waitFor();
  await row(page, `${word} pot`).waitFor({ state: 'detached' });
  assert.equal(await by(page).locator('option:checked').textContent(), 'Ada');
  assert.ok((await by(page).locator('option').allTextContents()).includes('Grace'), 'the others can still be chosen');
  if (scripts) {
    assert.ok(await sameDocument(), 'it applies in place');
    assert.equal(await page.evaluate(() => document.activeElement?.id), 'by');
    assert.deepEqual(await axe(page), []);
    // What stands there now acts as before.
    await row(page, `${word} pan`).getByRole('checkbox').check();
    await page.locator('#bulk').getByRole('button', { name: 'Restore' }).click();
    await message(page, '1 product restored.').waitFor();
    await page.evaluate(() => history.back());
    await row(page, `${word} pot`).waitFor();
    assert.ok(await sameDocument());
  } else {
    await rowButton(page, `${word} pan`, 'Restore').click();
    await message(page, `${word} pan restored.`).waitFor();
    assert.match(page.url(), /\?by=/);
    await page.getByRole('link', { name: 'Clear' }).click();
    await row(page, `${word} pot`).waitFor();
  }
});

story('a person who deleted nothing leads back to all', { as: 'admin' }, async ({ page, shop }) => {
  await deleted(shop, 'editor', 'Dotterel dish');
  await opened(page);
  await by(page).selectOption({ label: 'Vera' });
  await page.getByText('They deleted nothing').waitFor();
  await page.getByRole('link', { name: 'Deleted by anybody' }).click();
  await row(page, 'Dotterel dish').waitFor();
});

storyBothWays('a product whose SKU is in use again is restored with a new one', { as: 'editor', expects: [/status of 4\d\d/] }, async ({ page, shop, scripts }) => {
  const [title, sku] = scripts ? ['Avocet jar', 'AV-1'] : ['Avocet jars', 'AV-2'];
  const product = await taken(shop, title, sku);
  await opened(page);
  const heard = scripts && (await listening(page, 'assertive'));
  await rowButton(page, title, 'Restore').click();
  const place = asking(page, title, scripts);
  const field = place.getByLabel('New SKU');
  await place.getByText(`${title} was not restored.`).first().waitFor();
  await place.locator('.error', { hasText: `${title}, new has the SKU ${sku} by now. Choose another one.` }).waitFor();
  assert.equal(await field.getAttribute('aria-invalid'), 'true');
  if (scripts) {
    assert.equal(await field.evaluate((input) => input === document.activeElement), true);
    assert.match((await heard()).at(-1), /was not restored\. .* has the SKU/);
    assert.deepEqual(await axe(page), []);
  } else {
    assert.equal(await page.getByRole('heading', { level: 1 }).textContent(), `${title} was not restored.`);
  }
  await field.fill(`${sku}-b`);
  await again(page, title, scripts);
  await message(page, `${title} restored.`).waitFor();
  assert.deepEqual(await skus(shop, product), [`${sku}-b`]);
  const { deleteTime } = await shop.as('viewer')('GET', `/v1/${product.name}`);
  assert.equal(deleteTime, undefined);
});

storyBothWays('a product whose address is in use again is restored with a new one', { as: 'editor', expects: [/status of 4\d\d/] }, async ({ page, shop, scripts }) => {
  const [title, slug] = scripts ? ['Godwit jug', 'godwit'] : ['Godwit jugs', 'godwits'];
  const product = await deleted(shop, 'editor', title, { slug });
  await shelve(shop, `${title}, new`, { slug });
  await opened(page);
  await rowButton(page, title, 'Restore').click();
  const place = asking(page, title, scripts);
  const field = place.getByLabel('New address');
  await place.locator('.error', { hasText: `${title}, new has the address ${slug} by now. Choose another one.` }).waitFor();
  if (scripts) assert.deepEqual(await axe(page), []);
  await field.fill('A jug');
  await again(page, title, scripts);
  await place.locator('.error', { hasText: 'Must' }).waitFor();
  assert.equal(await field.inputValue(), 'A jug');
  await field.fill(`${slug}-old`);
  await again(page, title, scripts);
  await message(page, `${title} restored.`).waitFor();
  assert.equal((await shop.as('viewer')('GET', `/v1/${product.name}`)).slug, `${slug}-old`);
});

storyBothWays('a new SKU that is no SKU, or taken too, is said at its field, and what was typed stays', { as: 'editor', expects: [/status of 4\d\d/] }, async ({ page, shop, scripts }) => {
  const [title, sku] = scripts ? ['Curlew cup', 'CU-1'] : ['Curlew cups', 'CU-2'];
  const product = await taken(shop, title, sku);
  await shelve(shop, `${title}, other`, { variants: [sold(`${sku}-o`)] });
  await opened(page);
  await rowButton(page, title, 'Restore').click();
  const place = asking(page, title, scripts);
  const field = place.getByLabel('New SKU');
  const error = (text) => place.locator('.error', { hasText: text }).waitFor();
  const restore = async () => {
    if (scripts) await pastDoubleClick(page);
    await field.press('Enter');
  };
  await field.fill('two  blanks');
  await restore();
  await error('Must be visible characters');
  assert.equal(await field.inputValue(), 'two  blanks');
  await field.fill(`${sku}-o`);
  await restore();
  await error(`${title}, other has the SKU ${sku}-o by now.`);
  assert.equal(await field.inputValue(), `${sku}-o`);
  await field.fill(`${sku}-b`);
  await restore();
  await message(page, `${title} restored.`).waitFor();
  assert.deepEqual(await skus(shop, product), [`${sku}-b`]);
});

storyBothWays('each variant whose SKU is in use again is asked for its own', { as: 'editor', expects: [/status of 4\d\d/] }, async ({ page, shop, scripts }) => {
  const [title, sku] = scripts ? ['Godwit glass', 'GO-1'] : ['Godwit glasses', 'GO-2'];
  const options = [{ name: 'Size', values: ['S', 'M', 'L'] }];
  const variants = ['S', 'M', 'L'].map((size) => ({ ...sold(`${sku}-${size}`), optionValues: [size] }));
  const product = await deleted(shop, 'editor', title, { options, variants });
  for (const size of ['S', 'L']) await shelve(shop, `${title} ${size}`, { variants: [sold(`${sku}-${size}`)] });
  await opened(page);
  await rowButton(page, title, 'Restore').click();
  const place = asking(page, title, scripts);
  await place.getByLabel('New SKU of S').fill(`${sku}-small`);
  assert.equal(await place.getByLabel('New SKU of M').count(), 0);
  // What is not filled in is asked for again, beside what was.
  await again(page, title, scripts);
  await place.locator('.error:visible', { hasText: `${title} L has the SKU` }).waitFor();
  if (scripts) await page.waitForFunction(() => document.querySelectorAll('[data-asked] .error:not([hidden])').length === 1);
  assert.equal(await place.getByLabel('New SKU of S').inputValue(), `${sku}-small`);
  await place.getByLabel('New SKU of L').fill(`${sku}-large`);
  await again(page, title, scripts);
  await message(page, `${title} restored.`).waitFor();
  assert.deepEqual(await skus(shop, product), [`${sku}-small`, `${sku}-M`, `${sku}-large`]);
});

story('what was in the way may have gone meanwhile', { as: 'editor', expects: [/status of 4\d\d/] }, async ({ page, shop }) => {
  const product = await taken(shop, 'Ruff rug', 'RU-1');
  const { products: [other] } = await shop.as('viewer')('GET', `/v1/products?filter=${encodeURIComponent('title = "Ruff rug, new"')}`);
  await opened(page);
  await rowButton(page, 'Ruff rug', 'Restore').click();
  await row(page, 'Ruff rug').getByLabel('New SKU').waitFor();
  await shop.as('admin')('DELETE', `/v1/${other.name}`);
  await again(page, 'Ruff rug', true);
  await message(page, 'Ruff rug restored.').waitFor();
  assert.deepEqual(await skus(shop, product), ['RU-1']);
  assert.notEqual(await focused(page), '');
});
