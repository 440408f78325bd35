// Creating and changing a product on its own page.

import assert from 'node:assert/strict';
import { openShopBehindFaults, shelve } from '../harness/shop.js';
import { atTheShop, open, story, storyBothWays } from '../harness/story.js';
import { button, marked, message } from '../harness/pages.js';

atTheShop(openShopBehindFaults);

const field = (page, id) => page.locator(`[id="${id}"]`);
const get = (shop, name) => shop.as('viewer')('GET', `/v1/${name}`);
const refused = [/status of 4\d\d/];

async function opened(page, product) {
  await open(page, `/admin/${product.name}`);
  await page.getByRole('heading', { level: 1, name: product.title }).waitFor();
}

storyBothWays('a product is created with all that its form asks for, and opens in its editor', { as: 'editor' }, async ({ page, shop, scripts }) => {
  const title = scripts ? 'Toucan teapot' : 'Toucan tray';
  await open(page, '/admin/new-product');
  await field(page, 'title').fill(title);
  await field(page, 'brand').fill('Emalia');
  await field(page, 'price').fill('34,5');
  await field(page, 'compare_at').fill('€ 39.90');
  await field(page, 'sku').fill(`TOUCAN-${scripts}`);
  await field(page, 'gtins').fill('4006381333931');
  await field(page, 'tags').fill('new\n blue ');
  await field(page, 'attribute-1-name').fill('Volume');
  await field(page, 'attribute-1-value').fill('0,35');
  await field(page, 'attribute-1-kind').selectOption('number');
  await field(page, 'option-1-name').fill('Colour');
  await field(page, 'option-1-values').fill('white\nblue');
  await field(page, 'publish_time').fill('2026-12-01T10:30');
  await button(page, 'Create draft').click();
  await page.waitForURL(/\/admin\/products\/[a-z0-9]+$/);
  await message(page, `${title} created as a draft.`).waitFor();
  const product = await get(shop, new URL(page.url()).pathname.slice('/admin/'.length));
  assert.equal(product.title, title);
  assert.equal(product.brand, 'Emalia');
  assert.deepEqual(product.tags, ['new', 'blue']);
  assert.deepEqual(product.attributes, { Volume: { number: 0.35 } });
  assert.deepEqual(product.options, [{ name: 'Colour', values: ['white', 'blue'] }]);
  assert.equal(product.publishTime, '2026-12-01T10:30:00Z');
  const [variant] = product.variants;
  assert.deepEqual(variant.optionValues, ['white']);
  assert.deepEqual(variant.gtins, ['4006381333931']);
  assert.deepEqual(variant.prices, [{
    amount: { currencyCode: 'EUR', units: '34', nanos: 500_000_000 },
    compareAtAmount: { currencyCode: 'EUR', units: '39', nanos: 900_000_000 },
  }]);
});

storyBothWays('a refused form keeps every value, says what is wrong at the field, and leads there', { as: 'editor', expects: refused }, async ({ page }) => {
  await open(page, '/admin/new-product');
  await field(page, 'title').fill('Condor cushion');
  await field(page, 'slug').fill('Not A Slug');
  await field(page, 'brand').fill('Kept');
  await button(page, 'Create draft').click();
  await page.locator('#errors').filter({ visible: true }).waitFor();
  await field(page, 'slug-error').filter({ visible: true }).waitFor();
  assert.equal(await field(page, 'slug').getAttribute('aria-invalid'), 'true');
  assert.equal(await field(page, 'slug').inputValue(), 'Not A Slug');
  assert.equal(await field(page, 'title').inputValue(), 'Condor cushion');
  assert.equal(await field(page, 'brand').inputValue(), 'Kept');
  await page.locator('#errors-list a').first().click();
  await page.waitForFunction(() => document.activeElement?.id === 'slug' || location.hash === '#slug');
});

story('the summary has the focus, and a mended form is accepted', { as: 'editor', expects: refused }, async ({ page }) => {
  await open(page, '/admin/new-product');
  await field(page, 'title').fill('Condor curtain');
  await field(page, 'slug').fill('Not A Slug');
  await button(page, 'Create draft').click();
  await page.waitForFunction(() => document.activeElement?.id === 'errors');
  await field(page, 'slug').fill('condor-curtain');
  await button(page, 'Create draft').click();
  await page.waitForURL(/\/admin\/products\/[a-z0-9]+$/);
});

storyBothWays('a price that cannot be read is explained at its field', { as: 'editor', expects: refused }, async ({ page }) => {
  await open(page, '/admin/new-product');
  await field(page, 'title').fill('Grebe glass');
  await field(page, 'price').fill('1,299');
  await button(page, 'Create draft').click();
  await field(page, 'price-error').filter({ hasText: 'This could mean two amounts.' }).waitFor();
  assert.equal(await field(page, 'price').inputValue(), '1,299');
  assert.equal(await field(page, 'title').inputValue(), 'Grebe glass');
});

storyBothWays('a taken address is explained at its field', { as: 'editor', expects: refused }, async ({ page, shop, scripts }) => {
  const slug = `bunting-${scripts}`;
  await shelve(shop, 'Bunting basket', { slug });
  await open(page, '/admin/new-product');
  await field(page, 'title').fill('Bunting bowl');
  await field(page, 'slug').fill(slug);
  await button(page, 'Create draft').click();
  await field(page, 'slug-error').filter({ visible: true }).waitFor();
  assert.equal(await field(page, 'slug').inputValue(), slug);
});

storyBothWays('a change is saved', { as: 'editor' }, async ({ page, shop, scripts }) => {
  const product = await shelve(shop, scripts ? 'Kestrel kettle' : 'Kestrel kit', { brand: 'Old' });
  await opened(page, product);
  const stayed = scripts && (await marked(page));
  await field(page, 'title').fill(`${product.title}, 2 litres`);
  await field(page, 'description').fill('Boils **fast**.');
  await button(page, 'Save').click();
  await message(page, `${product.title}, 2 litres saved.`).waitFor();
  await page.getByRole('heading', { level: 1, name: `${product.title}, 2 litres` }).waitFor();
  const saved = await get(shop, product.name);
  assert.equal(saved.title, `${product.title}, 2 litres`);
  assert.equal(saved.description, 'Boils **fast**.');
  assert.equal(saved.brand, 'Old');
  if (stayed) assert.ok(await stayed(), 'the page was loaded again');
});

story('only what was changed is sent, and nobody conflicts with himself', { as: 'editor' }, async ({ page, shop }) => {
  const product = await shelve(shop, 'Wren wallet');
  await opened(page, product);
  for (const [index, brand] of ['One', 'Two'].entries()) {
    await field(page, 'brand').fill(brand);
    const [request] = await Promise.all([
      page.waitForRequest((one) => one.method() === 'PATCH'),
      button(page, 'Save').click(),
    ]);
    assert.deepEqual(request.postDataJSON(), { brand });
    await page.waitForFunction((count) => document.querySelectorAll('.toast').length === count, index + 1);
  }
  assert.equal((await get(shop, product.name)).brand, 'Two');
});

storyBothWays('a variant is saved by itself, and its price is echoed in house form', { as: 'editor' }, async ({ page, shop }) => {
  const product = await shelve(shop, 'Dipper dish');
  const id = product.variants[0].name.split('/').at(-1);
  await opened(page, product);
  await field(page, `variant-${id}-price`).fill('€ 19,5');
  await button(page, 'Save variant').click();
  await message(page, 'Variant of Dipper dish saved.').waitFor();
  assert.equal(await field(page, `variant-${id}-price`).inputValue(), '19.50');
  const { variants } = await get(shop, product.name);
  assert.deepEqual(variants[0].prices[0].amount, { currencyCode: 'EUR', units: '19', nanos: 500_000_000 });
  assert.equal((await get(shop, product.name)).etag, product.etag, 'the product itself did not change');
});

storyBothWays('a second variant is added and removed again', { as: 'editor' }, async ({ page, shop, scripts }) => {
  const product = await shelve(shop, scripts ? 'Swift stool' : 'Swift shelf', {
    options: [{ name: 'Colour', values: ['white', 'blue'] }],
    variants: [{ optionValues: ['white'] }],
  });
  await opened(page, product);
  await field(page, 'variant-new-option_values').selectOption('blue');
  await field(page, 'variant-new-price').fill('12');
  await button(page, 'Add variant').click();
  await message(page, 'Variant added to').waitFor();
  const { variants } = await get(shop, product.name);
  assert.deepEqual(variants.map(({ optionValues }) => optionValues), [['white'], ['blue']]);
  await button(page, 'Remove variant').last().click();
  await message(page, 'Variant removed from').waitFor();
  assert.equal((await get(shop, product.name)).variants.length, 1);
});

storyBothWays('two people change one field: the second is told who was first, keeps the own value, and decides', { as: 'editor', expects: refused }, async ({ page, shop, scripts }) => {
  const product = await shelve(shop, scripts ? 'Merlin mirror' : 'Merlin mat', { brand: 'Before' });
  await opened(page, product);
  await shop.as('admin')('PATCH', `/v1/${product.name}`, { title: 'Ada was here', description: 'New text' });
  await field(page, 'title').fill('Grace was here');
  await field(page, 'brand').fill('Own brand');
  await button(page, 'Save').click();
  await page.getByRole('heading', { name: /^Ada changed Ada was here/ }).waitFor();
  await page.getByRole('cell').filter({ hasText: 'Grace was here' }).first().waitFor();
  await page.getByRole('radio', { name: 'Yours' }).check();
  await button(page, 'Save result').click();
  await message(page, 'Grace was here saved.').waitFor();
  const saved = await get(shop, product.name);
  assert.equal(saved.title, 'Grace was here');
  assert.equal(saved.brand, 'Own brand');
  assert.equal(saved.description, 'New text');
});

story('unsaved changes are asked about once before they are left', { as: 'editor' }, async ({ page, shop }) => {
  const product = await shelve(shop, 'Hoopoe hat');
  await opened(page, product);
  await field(page, 'title').pressSequentially(' more');
  const asked = [];
  page.on('dialog', (dialog) => {
    asked.push(dialog.type());
    return dialog.accept();
  });
  await page.getByRole('link', { name: 'Deleted', exact: true }).click();
  await page.waitForURL('**/admin/deleted');
  assert.deepEqual(asked, ['beforeunload']);
});

story('what was typed beside a mistake is saved with its correction', { as: 'editor', expects: refused }, async ({ page, shop }) => {
  const product = await shelve(shop, 'Avocet apron', { brand: 'Old' });
  await opened(page, product);
  await field(page, 'brand').fill('New');
  await field(page, 'slug').fill('Not A Slug');
  page.on('dialog', (dialog) => dialog.accept());
  // As when the modules could not be loaded: the server answers with the form as it was typed.
  await page.locator('#product-form').evaluate((form) => form.submit());
  await field(page, 'slug-error').filter({ visible: true }).waitFor();
  await page.waitForFunction(() => 'started' in document.documentElement.dataset);
  await field(page, 'slug').fill('avocet-apron-new');
  await button(page, 'Save').click();
  await message(page, 'Avocet apron saved.').waitFor();
  const { brand, slug } = await get(shop, product.name);
  assert.deepEqual({ brand, slug }, { brand: 'New', slug: 'avocet-apron-new' });
});

storyBothWays('a save without a change is no change', { as: 'editor' }, async ({ page, shop, scripts }) => {
  const product = await shelve(shop, scripts ? 'Bittern bib' : 'Bittern bag');
  await opened(page, product);
  await button(page, 'Save').click();
  await message(page, `${product.title} saved.`).waitFor();
  const { title, slug, variants } = await get(shop, product.name);
  assert.deepEqual({ title, slug, variants: variants.length }, { title: product.title, slug: product.slug, variants: 1 });
});

storyBothWays('a variant that somebody else changed shows both, and keeps what was typed', { as: 'editor', expects: refused }, async ({ page, shop, scripts }) => {
  const product = await shelve(shop, scripts ? 'Godwit grill' : 'Godwit glove');
  const [variant] = product.variants;
  await opened(page, product);
  await shop.as('admin')('PATCH', `/v1/${variant.name}`, { sku: `ADA-${scripts}` });
  await field(page, `variant-${variant.name.split('/').at(-1)}-sku`).fill(`GRACE-${scripts}`);
  await button(page, 'Save variant').click();
  await page.getByRole('cell').filter({ hasText: `ADA-${scripts}` }).first().waitFor();
  await page.getByRole('cell').filter({ hasText: `GRACE-${scripts}` }).first().waitFor();
  await button(page, 'Save mine').click();
  await message(page, 'saved.').waitFor();
  assert.equal((await get(shop, product.name)).variants[0].sku, `GRACE-${scripts}`);
});

story('a way out beside the form asks before it leaves what was typed, and leaves once it is saved', { as: 'editor' }, async ({ page, shop }) => {
  const product = await shelve(shop, 'Linnet lantern');
  await opened(page, product);
  const asked = [];
  page.on('dialog', (dialog) => {
    asked.push(dialog.type());
    return dialog.dismiss();
  });
  await field(page, 'brand').pressSequentially('Half');
  await Promise.all([page.waitForEvent('dialog'), page.getByRole('link', { name: 'History' }).click()]);
  assert.deepEqual(asked, ['beforeunload']);
  assert.equal(await field(page, 'brand').inputValue(), 'Half');
  await button(page, 'Save').click();
  await message(page, 'Linnet lantern saved.').waitFor();
  await Promise.all([page.waitForEvent('load'), page.getByRole('link', { name: 'History' }).click()]);
  assert.equal(asked.length, 1);
  assert.equal((await get(shop, product.name)).brand, 'Half');
});

story('deleting leaves what was typed unasked', { as: 'editor' }, async ({ page, shop }) => {
  const product = await shelve(shop, 'Merlin mortar');
  await opened(page, product);
  const asked = [];
  page.on('dialog', (dialog) => {
    asked.push(dialog.type());
    return dialog.dismiss();
  });
  await field(page, 'brand').pressSequentially('Half');
  await button(page, 'Delete product').click();
  await message(page, 'Merlin mortar deleted.').waitFor();
  assert.deepEqual(asked, []);
});

story('a double click creates one product', { as: 'editor' }, async ({ page, shop }) => {
  await open(page, '/admin/new-product');
  await field(page, 'title').fill('Dunlin drawer');
  // The next page is slow: once it is said that all is done, this one is still there to be clicked.
  await page.evaluate(() => {
    const form = /** @type {HTMLFormElement} */ (document.getElementById('product-form'));
    const watch = new MutationObserver(() => {
      if (!document.getElementById('polite')?.textContent.includes('created')) return;
      watch.disconnect();
      form.requestSubmit(form.querySelector('[data-action]'));
      console.debug('clicked again');
    });
    watch.observe(document.body, { childList: true, characterData: true, subtree: true });
  });
  const again = page.waitForEvent('console', (entry) => entry.text() === 'clicked again');
  const next = shop.network.hold('GET /admin/products/*');
  const sent = [];
  page.on('request', (request) => request.url().endsWith('/v1/products') && sent.push(request.method()));
  // The click itself waits for the page that is held.
  const clicked = button(page, 'Create draft').click();
  await again;
  await next.release();
  await clicked;
  await page.waitForURL(/\/admin\/products\/[a-z0-9]+$/);
  assert.deepEqual(sent, ['POST']);
});

story('typing on after an answer that never came is saved in the end, and overwrites nothing unseen', { as: 'editor', expects: refused }, async ({ page, shop }) => {
  const product = await shelve(shop, 'Plover plate');
  await opened(page, product);
  await field(page, 'brand').fill('First');
  // The service has it, but nobody hears so.
  const id = await page.locator('#product-form input[name=request_id]').inputValue();
  const etag = await page.locator('#product-form input[name=etag]').inputValue();
  await page.evaluate(async ({ name, id, etag }) => {
    const headers = { 'content-type': 'application/json', 'idempotency-key': id, 'if-match': etag };
    const answer = await fetch(`/v1/${name}`, { method: 'PATCH', headers, body: '{"brand":"First"}' });
    if (!answer.ok) throw new Error(await answer.text());
  }, { name: product.name, id, etag });
  await field(page, 'brand').fill('Second');
  await Promise.all([page.waitForEvent('load'), button(page, 'Save').click()]);
  assert.equal(await field(page, 'brand').inputValue(), 'Second');
  assert.notEqual(await page.locator('#product-form input[name=request_id]').inputValue(), id);
  await page.waitForFunction(() => 'started' in document.documentElement.dataset);
  await button(page, 'Save').click();
  await page.getByRole('radio', { name: 'Yours' }).check();
  await button(page, 'Save result').click();
  await message(page, 'saved.').waitFor();
  assert.equal((await get(shop, product.name)).brand, 'Second');
});

storyBothWays('line breaks in an attribute stay', { as: 'editor' }, async ({ page, shop, scripts }) => {
  const care = 'By hand\nDry at once';
  const product = await shelve(shop, scripts ? 'Snipe scarf' : 'Snipe shawl', { attributes: { Care: { text: care } } });
  await opened(page, product);
  assert.equal(await field(page, 'attribute-1-value').inputValue(), care);
  await field(page, 'attribute-2-name').fill('Origin');
  await field(page, 'attribute-2-value').fill('Kent');
  const heights = await Promise.all(['name', 'value'].map((part) => field(page, `attribute-2-${part}`).evaluate((control) => control.offsetHeight)));
  assert.equal(heights[0], heights[1]);
  await button(page, 'Save').click();
  await message(page, `${product.title} saved.`).waitFor();
  const { attributes } = await get(shop, product.name);
  assert.deepEqual(attributes, { Care: { text: care }, Origin: { text: 'Kent' } });
});
