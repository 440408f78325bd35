// The pages on paper, without their styles, and for those who do not want to see things move.

import assert from 'node:assert/strict';
import { openShopBehindFaults, shelve } from '../harness/shop.js';
import { atTheShop, open, story } from '../harness/story.js';
import { rowButton } from '../harness/pages.js';

atTheShop(openShopBehindFaults);

/** The texts of a place that are seen; what only assistive technology is told is left out. */
const texts = (page, place) => page.locator(place).evaluateAll((all) => all.flatMap((element) => {
  const walk = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  const found = [];
  while (walk.nextNode()) {
    const { data, parentElement } = walk.currentNode;
    if (data.trim() && parentElement.checkVisibility() && !parentElement.closest('.visually-hidden')) found.push(data.trim());
  }
  return found;
}));

const seen = (page, place) => page.locator(place).evaluateAll((all) => all.filter((one) => one.checkVisibility()).map((one) => one.outerHTML));

story('on paper the list is a table with prices, and nothing that can only be pressed', { as: 'admin' }, async ({ page, shop }) => {
  await shelve(shop, 'Paper lantern');
  await shelve(shop, 'Paper kite', { price: 20, published: true });
  await page.emulateMedia({ media: 'print' });
  await open(page, '/admin/products');
  assert.deepEqual(await texts(page, 'thead'), ['Product', 'State', 'Price', 'Changed']);
  assert.deepEqual(await texts(page, '#rows tr:first-child'), ['Paper kite', 'Published', '€20.90', 'just now', 'Grace']);
  assert.deepEqual(await seen(page, 'button, input, select, nav, .bulk'), []);
});

story('on paper a product is one sheet with its price and the addresses of its links', {}, async ({ page, shop }) => {
  const { slug } = await shelve(shop, 'Paper boat', { published: true, description: 'Folded as [the club](https://boats.example/fold) does it.' });
  await page.emulateMedia({ media: 'print' });
  await open(page, `/p/${slug}`);
  assert.deepEqual(await texts(page, 'main'), ['P', 'Paper boat', '€14', '90', 'Folded as', 'the club', 'does it.']);
  assert.match(await page.locator('.prose a').evaluate((link) => getComputedStyle(link, '::after').content), /https:\/\/boats\.example\/fold/);
  assert.deepEqual(await seen(page, 'button, input, nav, .foot'), []);
  const { height } = await page.locator('main').boundingBox();
  assert.ok(height < 1000, `${height} pixels high`);
});

/** What is printed of a product, text by text. */
const SHEET = `
Shelf
P
Boatyard
Paper ship
€14
90
instead of
€19.90
Colour
White
Blue
Folded as
the club
(https://boats.example/fold)
does it.
Two sheets
No glue
Details
Length
0.35
Paper
Rice
`;

story('all that a product’s sheet says is what a buyer wants to know', {}, async ({ page, shop }) => {
  const amount = (units) => ({ currencyCode: 'EUR', units, nanos: 900_000_000 });
  const variant = (colour) => ({ optionValues: [colour], sku: `SHIP-${colour[0]}`, prices: [{ amount: amount('14'), compareAtAmount: amount('19') }] });
  const { slug } = await shelve(shop, 'Paper ship', {
    published: true,
    brand: 'Boatyard',
    description: 'Folded as [the club](https://boats.example/fold) does it.\n\n* Two sheets\n* No glue',
    options: [{ name: 'Colour', values: ['White', 'Blue'] }],
    variants: [variant('White'), variant('Blue')],
    attributes: { Length: { number: 0.35 }, Paper: { text: 'Rice' } },
  });
  await page.emulateMedia({ media: 'print' });
  await open(page, `/p/${slug}`);
  // The styles print a link's address behind it; here it becomes text like all other.
  await page.locator('.prose a').evaluateAll((links) => links.forEach((link) => {
    const parts = getComputedStyle(link, '::after').content.matchAll(/"([^"]*)"/g);
    link.append([...parts].map(([, part]) => part).join(''));
  }));
  assert.deepEqual(await texts(page, 'body'), SHEET.trim().split('\n'));
});

story('without styles a page reads from its name to its foot', { as: 'editor', scripts: false, expects: [/ERR_CONNECTION_RESET/] }, async ({ page, shop }) => {
  const lost = shop.network.cutBefore('GET /assets/*/styles.css');
  await page.goto('/admin/products?q=mug');
  assert.ok(lost.requests.length > 0);
  const order = await page.locator('.skip, .word, [aria-label=Admin], h1, #filters, #rows, #bulk, .foot').evaluateAll((all) =>
    all.map((one) => one.id || one.className || one.ariaLabel || one.localName));
  assert.deepEqual(order, ['button skip', 'word', 'Admin', 'h1', 'filters', 'rows', 'bulk', 'foot']);
  assert.equal(await page.locator('dialog, template > *').count(), 0);
});

for (const motion of ['reduce', 'no-preference']) {
  story(`a notice ${motion === 'reduce' ? 'does not move where nothing shall' : 'rises for at most 220 ms'}`, { as: 'editor' }, async ({ page, shop }) => {
    const title = `Paper swan ${motion}`;
    await shelve(shop, title);
    await page.emulateMedia({ reducedMotion: motion });
    await open(page, `/admin/products?q=${encodeURIComponent(title)}`);
    await page.evaluate(() => {
      globalThis.moved = [];
      for (const kind of ['animationstart', 'transitionrun']) addEventListener(kind, ({ target }) => {
        // What only waits to be seen, as the bar of a long wait does, moves nothing.
        const moving = target.getAnimations().filter((one) => one.transitionProperty !== 'visibility');
        globalThis.moved.push(...moving.map((one) => one.effect.getTiming().duration));
      }, true);
    });
    await rowButton(page, title, 'Delete').hover();
    await rowButton(page, title, 'Delete').click();
    const notice = page.locator('.toast');
    await notice.waitFor();
    await notice.evaluate((one) => Promise.all(one.getAnimations().map(({ finished }) => finished)));
    const moved = await page.evaluate(() => globalThis.moved);
    if (motion === 'reduce') assert.deepEqual(moved, []);
    else assert.ok(moved.includes(220) && Math.max(...moved) <= 220, moved.join());
  });
}

/** The longest that anything on a page may move by its styles, in seconds. */
const longest = (page) => page.evaluate(() => Math.max(...[...document.querySelectorAll('*')].flatMap((element) =>
  [null, '::before', '::after'].flatMap((part) => {
    const { transitionDuration, animationDuration } = getComputedStyle(element, part);
    return `${transitionDuration}, ${animationDuration}`.split(', ').map((time) => parseFloat(time) || 0);
  }))));

for (const motion of ['reduce', 'no-preference']) {
  story(`where people wish ${motion}, nothing on any page moves longer than it may`, { as: 'editor' }, async ({ page }) => {
    await page.emulateMedia({ reducedMotion: motion });
    for (const path of ['/', '/search?q=mug', '/p/enamel-mug-35-cl', '/admin/products', '/admin/new-product', '/docs']) {
      await open(page, path);
      await page.locator(':is(.nav-link, .input):visible').first().hover();
      const moves = await longest(page);
      if (motion === 'reduce') assert.equal(moves, 0, path);
      else assert.ok(moves > 0 && moves <= 0.22, `${path}: ${moves} s`);
    }
  });
}
