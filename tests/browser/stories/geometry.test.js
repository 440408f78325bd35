// What stands in one line or in one column, measured: edges that the eye follows.

import assert from 'node:assert/strict';
import { shelve } from '../harness/shop.js';
import { atTheShop, open, story } from '../harness/story.js';

atTheShop();

/** Where the texts or controls of a page stand, to a pixel. */
const edges = (page, place, edge) => page.locator(place).evaluateAll((all, name) => all.filter((one) => one.checkVisibility()).map((one) => {
  const range = document.createRange();
  range.selectNodeContents(one);
  const box = one.matches('a, button') ? range.getBoundingClientRect() : one.getBoundingClientRect();
  return Math.round(name === 'middle' ? (box.top + box.bottom) / 2 : box[name]);
}), edge);

const only = (values) => [...new Set(values)];
const near = (one, other) => assert.ok(Math.abs(one - other) <= 1, `${one} and ${other}`);

async function inEveryState(shop, word) {
  const make = (title, fields) => shelve(shop, `${word} ${title}`, fields);
  await make('draft', {});
  await make('published', { published: true });
  await make('scheduled', { published: true, publishTime: '2200-01-01T00:00:00Z' });
  const { name } = await make('archived', {});
  await shop.as('editor')('POST', `/v1/${name}:archive`, {});
}

for (const width of [1024, 1280, 1600]) {
  story(`${width} wide, the buttons of all rows stand in columns, whatever state a product is in`, { as: 'editor', width }, async ({ page, shop }) => {
    await inEveryState(shop, `Plumb ${width}`);
    await open(page, `/admin/products?q=Plumb+${width}`);
    for (const button of ['.acts > a', '[data-action=archive]', '[data-action=delete]']) {
      const at = await edges(page, `#rows ${button}`, 'left');
      assert.ok(at.length >= 3, button);
      assert.deepEqual(only(at), [at[0]], button);
    }
  });
}

story('what ends a line ends where the page does', { as: 'editor' }, async ({ page }) => {
  await open(page, '/admin/products?q=mug');
  const [end] = await edges(page, '#list .board', 'right');
  for (const last of ['.account button', '.filters .row a', '.head .row a']) {
    const [at] = await edges(page, last, 'right');
    // A button with a border ends with that, a link with its text.
    if (last.startsWith('.head')) near((await page.locator(last).last().boundingBox()).x + (await page.locator(last).last().boundingBox()).width, end);
    else near(at, end);
  }
  await open(page, '/');
  const [grid] = await edges(page, '#cards', 'right');
  const search = await page.locator('.search button').boundingBox();
  near(search.x + search.width, grid);
  near((await edges(page, '.sorts a', 'right')).at(-1), grid);
});

story('controls of one line stand in one line, whichever of them has a hint', { as: 'admin' }, async ({ page, shop }) => {
  const { categories: [category] } = await shop.as('viewer')('GET', '/v1/categories');
  await open(page, `/admin/${category.name}`);
  const [title, slug] = await edges(page, '#title, #slug', 'top');
  assert.equal(title, slug);
  const [label, input] = [(await edges(page, 'label[for=title]', 'bottom'))[0], title];
  assert.ok(input - label <= 8, `the label is ${input - label} pixels above its control`);
});

story('on a phone a name has its line to itself, and the price stands beside the state', { as: 'editor', width: 390 }, async ({ page, shop }) => {
  await shelve(shop, 'Level glass with a name of more than one line', { published: true });
  await open(page, '/admin/products?q=Level');
  const [name] = await edges(page, '#rows .board-name', 'right');
  const [price] = await edges(page, '#rows .board-price a', 'right');
  near(name, price);
  near((await edges(page, '#rows .board-state', 'middle'))[0], (await edges(page, '#rows .board-price', 'middle'))[0]);
  const [who, when] = await edges(page, '#rows .board-changed > *', 'middle');
  near(who, when);
});

story('on a phone the shelf that is shown is the first of one line of shelves', { width: 390 }, async ({ page, shop }) => {
  const { categories } = await shop.as('viewer')('GET', '/v1/categories?page_size=100');
  const lower = categories.find(({ parent }) => parent);
  await open(page, `/c/${lower.slug}`);
  const tops = await edges(page, '.rail a', 'top');
  assert.ok(tops.length > 3);
  assert.deepEqual(only(tops), [tops[0]]);
  const lefts = await edges(page, '.rail a', 'left');
  const [shown] = await edges(page, '.rail a[aria-current]', 'left');
  assert.equal(shown, Math.min(...lefts));
  assert.ok(await page.locator('.rail a[aria-current]').isVisible());
});

story('on a phone the names of neighbours begin at one height, with a former price or without', { width: 390 }, async ({ page, shop }) => {
  const amount = (units) => ({ currencyCode: 'EUR', units });
  const prices = [{ amount: amount('10'), compareAtAmount: amount('12') }];
  await shelve(shop, 'Spirit level, cheaper', { published: true, variants: [{ prices }] });
  await shelve(shop, 'Spirit level, as ever', { published: true });
  await open(page, '/search?q=spirit+level');
  assert.equal(await page.locator('#cards .before').count(), 1);
  const [one, other] = await edges(page, '#cards h2', 'top');
  assert.equal(one, other);
});
