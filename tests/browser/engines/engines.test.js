// What a shopkeeper does all day, in the engines of Firefox and Safari. That it holds to the last word is told by the other stories, in
// Chromium's: here is asked whether each of the mechanisms works at all.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Key } from 'selenium-webdriver';
import { untilFound } from '../harness/pages.js';
import { PEOPLE, openShop, shelve } from '../harness/shop.js';
import { until } from '../harness/until.js';
import { engines, openBrowser } from './engine.js';
import { follows, lineHeights, sideways } from './looks.js';

const LIMIT = { timeout: 120_000 };
const PAGES = ['/', '/search?q=mug', '/p/enamel-mug-35-cl', '/docs', '/styleguide', '/admin/products', '/admin/new-product',
  '/admin/products/enamel-mug-35-cl', '/admin/categories', '/admin/activity', '/admin/deleted', '/admin/account'];

for (const engine of engines) describe(engine, () => stories(engine));

function stories(engine) {
  let shop;
  let page;

  before(async () => {
    shop = await openShop();
    page = await openBrowser(engine, shop);
    await page.enter('editor');
  }, LIMIT);
  after(async () => {
    await page?.close();
    await shop?.close();
  });

  const story = (fact, tell) => test(fact, LIMIT, tell);
  const read = (name) => shop.as('viewer')('GET', `/v1/${name}`);
  const asAda = (name, fields) => shop.as('admin')('PATCH', `/v1/${name}`, fields);

  /** Products whose titles begin with the same word, alone on a list that follows. */
  async function listed(...titles) {
    const products = [];
    for (const title of titles) products.push(await shelve(shop, title));
    for (const product of products) await untilFound(shop, product);
    await page.open(`/admin/products?q=${titles[0].split(' ')[0]}`);
    await page.sees('the list follows', follows);
    return products;
  }

  const untilRows = (count) => until(`there are ${count} rows`, async () => (await page.rows()).length === count);

  story('a product is deleted in place, the focus goes on, and Undo brings it back', async () => {
    const products = await listed('Okapi mug', 'Okapi jug');
    const stays = await page.marked();
    const [first, second] = await page.rows();
    await page.run((button) => button.focus(), await page.button('Delete', first));
    await page.press(Key.ENTER);
    await page.says(`${first} deleted.`);
    assert.deepEqual(await page.rows(), [second]);
    assert.equal(await page.focused(), `${second}: Delete`);
    await page.click('Undo');
    await untilRows(2);
    for (const { name } of products) assert.equal((await read(name)).deleteTime, undefined);
    assert.ok(await stays(), 'the page was loaded again');
  });

  story('a price is typed in its cell', async () => {
    const [{ name }] = await listed('Tapir tray');
    const stays = await page.marked();
    const price = await page.sees('the price', () => document.querySelector('#rows [data-field=price]'));
    await price.click();
    await page.type(await page.sees('its field', () => document.querySelector('#rows input:focus')), '15,50');
    await page.press(Key.ENTER);
    await page.says('Tapir tray saved.');
    await page.says('€15.50');
    const { variants: [{ prices: [{ amount }] }] } = await read(name);
    assert.deepEqual([amount.units, amount.nanos], ['15', 500_000_000]);
    assert.ok(await stays(), 'the page was loaded again');
  });

  story('what others do is seen in every tab', async () => {
    const [{ name }] = await listed('Quokka quilt');
    const first = await page.driver.getWindowHandle();
    await page.driver.switchTo().newWindow('tab');
    try {
      await page.open('/admin/products?q=Quokka');
      await page.sees('the list follows', follows);
      await asAda(name, { title: 'Quokka quilt, blue' });
      await page.says('Quokka quilt, blue');
    } finally {
      await page.driver.close();
      await page.driver.switchTo().window(first);
    }
    await page.says('Quokka quilt, blue');
  });

  story('a list is filtered in place, and Back leads to it as it was', async () => {
    await listed('Numbat nest', 'Numbat net');
    const stays = await page.marked();
    await page.type('Words, SKU or GTIN', 'Numbat nest');
    await page.press(Key.ENTER);
    await untilRows(1);
    await page.run(() => history.back());
    await untilRows(2);
    assert.ok(await stays(), 'the page was loaded again');
  });

  story('two who save the same product are brought together over the page', async () => {
    const { name } = await shelve(shop, 'Dugong dish');
    await page.open(`/admin/${name}`);
    const stays = await page.marked();
    await asAda(name, { brand: 'Of Ada' });
    await page.type('Title', 'Dugong dish, deep');
    await page.click('Save');
    await page.says('Ada changed Dugong dish');
    assert.ok(await stays(), 'the page was loaded again');
    await page.click('Save result');
    await page.says('Dugong dish, deep saved.');
    const { title, brand } = await read(name);
    assert.deepEqual([title, brand], ['Dugong dish, deep', 'Of Ada']);
  });

  story('what is refused is said at its field, and what was typed stays', async () => {
    await page.open('/admin/new-product');
    await page.type('Title', 'Wombat wok');
    await page.type('Address in the shop', 'No Address');
    await page.click('Create draft');
    await page.says('1 field needs attention');
    assert.equal(await (await page.field('Title')).getAttribute('value'), 'Wombat wok');
    await page.type('Address in the shop', 'wombat-wok');
    await page.click('Create draft');
    await page.says('Wombat wok created');
  });

  story('who is signed out in mid-action signs in over the page, and it is done', async () => {
    const [{ name }] = await listed('Gecko glass');
    const stays = await page.marked();
    const { sessions } = await shop.as('editor')('GET', '/v1/sessions');
    for (const session of sessions) if (!session.current) await shop.as('editor')('DELETE', `/v1/${session.name}`);
    await page.click('Delete', 'Gecko glass');
    await page.says('Sign in again');
    await page.signIn(PEOPLE.editor);
    await page.says('Gecko glass deleted.');
    assert.ok((await read(name)).deleteTime);
    assert.ok(await stays(), 'the page was loaded again');
  });

  story('a visitor is led on by a suggestion', async () => {
    await page.open('/');
    const field = await page.sees('the search', () => document.querySelector('[data-suggest]'));
    await field.sendKeys('enam');
    await page.sees('a suggestion', () => document.querySelector('[role=option]'));
    await page.press(Key.ARROW_DOWN, Key.ENTER);
    await page.sees('another page', () => location.pathname !== '/');
  });

  for (const width of [1280, 500]) {
    story(`no page is wider than a window of ${width}, and fields that hold one line have one height`, async () => {
      await page.driver.manage().window().setRect({ width, height: 900 });
      for (const path of PAGES) {
        await page.open(path);
        assert.equal(await page.run(sideways), 0, path);
        const heights = await page.run(lineHeights);
        assert.ok(heights.length <= 1, `${path}: ${heights}`);
      }
    });
  }
}
