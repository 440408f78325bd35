// The shop as a buyer walks through it: the list to its end, one category, one variant. All of it is links.

import assert from 'node:assert/strict';
import { shelve } from '../harness/shop.js';
import { atTheShop, open, story, storyBothWays } from '../harness/story.js';

atTheShop();

story('a price above a million leaves a card’s title its width', {}, async ({ page, shop }) => {
  const { title } = await shelve(shop, 'Grand piano of black lacquer, by hand', { price: 1_234_567, published: true });
  await open(page, '/');
  const card = page.locator('#cards .card').filter({ hasText: title });
  const [whole, heading, price] = await Promise.all([card, card.locator('h2'), card.locator('.price')].map((part) => part.boundingBox()));
  assert.ok(heading.width >= whole.width * 0.8, `${heading.width} of ${whole.width} pixels`);
  assert.ok(price.y < heading.y, 'the label hangs from the shelf, above the title');
  assert.ok(Math.abs(price.x + price.width - whole.x - whole.width) < 1, 'at its right');
});

story('a product that somebody points at is fetched ahead, and opens from there', {}, async ({ page }) => {
  await open(page, '/');
  const session = await page.context().newCDPSession(page);
  const ready = new Promise((done) => session.on('Preload.prefetchStatusUpdated', ({ status, prefetchUrl }) => status === 'Ready' && done(prefetchUrl)));
  await session.send('Preload.enable');
  const link = page.locator('#cards a').first();
  await link.hover();
  const target = await link.evaluate(({ href }) => href);
  assert.equal(await ready, target);
  await link.click();
  await page.waitForURL(target);
  assert.equal(await page.evaluate(() => performance.getEntriesByType('navigation')[0].deliveryType), 'navigational-prefetch');
});

/** The addresses of the cards of this page. */
const cards = (page) => page.locator('#cards h2 a').evaluateAll((links) => links.map((link) => link.getAttribute('href')));

/** Follows a link, and waits until its page is there. */
async function follow(page, link) {
  const target = await link.evaluate((element) => element.href);
  await link.click();
  await page.waitForURL(target);
}

storyBothWays('the shop is paged to its end, and shows every product once', {}, async ({ page, shop }) => {
  const { totalSize } = await shop.as('viewer')('GET', '/v1/products?filter=state%20%3D%20ACTIVE&page_size=1');
  await open(page, '/');
  const seen = await cards(page);
  const more = page.getByRole('link', { name: /^Show \d+ more$/ });
  while (await more.count()) {
    await follow(page, more);
    seen.push(...(await cards(page)));
    assert.ok(seen.length <= totalSize, `${seen.length} of ${totalSize}`);
  }
  assert.equal(seen.length, totalSize);
  assert.equal(new Set(seen).size, totalSize, 'nothing stands on two pages');
});

storyBothWays('a category lists its own products only, and a variant that is chosen shows its price and SKU', {}, async ({ page, shop, scripts }) => {
  const way = scripts ? 'lively' : 'plain';
  const category = await shop.as('editor')('POST', '/v1/categories', { title: `The ${way} shelf` });
  const variant = (colour, sku, units) => (
    { optionValues: [colour], sku, prices: [{ amount: { currencyCode: 'EUR', units, nanos: 500_000_000 } }] });
  const mug = await shelve(shop, `A ${way} mug`, {
    published: true,
    categories: [category.name],
    options: [{ name: 'Colour', values: ['White', 'Blue'] }],
    variants: [variant('White', `W-${way}`, '14'), variant('Blue', `B-${way}`, '19')],
  });
  const pan = await shelve(shop, `A ${way} pan`, { published: true, categories: [category.name] });
  await shelve(shop, `A ${way} lamp`, { published: true });

  await open(page, '/');
  await follow(page, page.getByRole('navigation', { name: 'Shelves' }).getByRole('link', { name: category.title }));
  await page.getByRole('heading', { level: 1, name: category.title }).waitFor();
  assert.deepEqual((await cards(page)).sort(), [mug, pan].map(({ slug }) => `/p/${slug}`).sort());

  await follow(page, page.getByRole('link', { name: mug.title }));
  for (const [colour, sku, price] of [['Blue', `B-${way}`, '€19.50'], ['White', `W-${way}`, '€14.50']]) {
    await follow(page, page.getByRole('link', { name: colour, exact: true }));
    assert.match(page.url(), /\?variant=/);
    assert.equal(await page.locator('.price[data-size=large] .visually-hidden').textContent(), price);
    assert.equal(await page.locator('.code').textContent(), sku);
    assert.equal(await page.locator('.choice[aria-current]').textContent(), colour);
  }
});

story('a picture that is not to be had leaves its place to what stands for it', { as: 'viewer', expects: [/status of 404/] }, async ({ page, shop }) => {
  const images = [{ uri: '/pictures/no-grebe.svg', alternativeText: 'From the front' }, { uri: '/pictures/no-grebe-back.svg', alternativeText: 'From the back' }];
  await shelve(shop, 'Grebe gong', { published: true, images });
  const letter = (place) => place.locator('.initial').filter({ hasText: /^G$/ });
  await open(page, '/search?q=grebe+gong');
  await letter(page.locator('.card').filter({ hasText: 'Grebe gong' })).waitFor();
  await open(page, '/p/grebe-gong');
  await letter(page.locator('.gallery .plinth')).waitFor();
  await page.getByRole('link', { name: 'From the back' }).filter({ hasText: 'From the back' }).waitFor();
  await open(page, '/admin/products?q=grebe+gong');
  await page.locator('#rows span[data-field=picture]').waitFor();
  assert.equal(await page.locator('#rows img').count(), 0);
});
