// Every page, light and dark, on a phone, a desk and a wide screen: no accessibility violation, no sideways scroll, no clipped text.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { shelve } from '../harness/shop.js';
import { atTheShop, open, story } from '../harness/story.js';

atTheShop();

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const RULES = ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** Each page by its address; a function makes what it shows first. */
const PAGES = {
  'the shop': () => '/',
  'a category': async (shop) => `/c/${(await shop.as('viewer')('GET', '/v1/categories')).categories[0].slug}`,
  'a product': async (shop) => `/p/${(await shop.as('viewer')('GET', '/v1/products?filter=state%20%3D%20ACTIVE&page_size=1')).products[0].slug}`,
  'a page that is not there': () => '/nothing/here',
  'the sign-in': () => '/admin/sign-in',
  'the setup': () => '/admin/setup',
  'the styleguide': () => '/styleguide',
  'the list of products': () => '/admin/products',
  'a list without matches': () => '/admin/products?q=nobody-has-this',
  'recently deleted': async (shop) => {
    const { name } = await shelve(shop, 'Gone');
    await shop.as('editor')('DELETE', `/v1/${name}`);
    return '/admin/deleted';
  },
  'a new product': () => '/admin/new-product',
  'the editor': async (shop) => `/admin/${(await shop.as('viewer')('GET', '/v1/products?page_size=1')).products[0].name}`,
  'the question before a delete': async (shop) => `/admin/${(await shelve(shop, 'Perhaps gone')).name}/delete`,
};

for (const [name, address] of Object.entries(PAGES)) {
  for (const scheme of ['light', 'dark']) {
    for (const width of [390, 1280]) {
      story(`${name}, ${scheme}, ${width} wide: no accessibility violations`, { as: 'admin', scheme, width, expects: [/status of 404/] }, async ({ page, shop }) => {
        await open(page, await address(shop));
        const { violations } = await page.evaluate(
          `${axeSource};axe.run(document, { runOnly: ${JSON.stringify(RULES)} })`,
        );
        const told = violations.map(({ id, nodes }) => `${id}: ${nodes.slice(0, 3).map(({ html }) => html).join(' ')}`);
        assert.deepEqual(told, []);
      });
    }
  }
  for (const width of [390, 1280, 1600]) {
    story(`${name}, ${width} wide: nothing scrolls sideways and no text is cut off`, { as: 'admin', width, expects: [/status of 404/] }, async ({ page, shop }) => {
      await open(page, await address(shop));
      const { over, cut } = await page.evaluate(() => ({
        over: document.documentElement.scrollWidth - innerWidth,
        cut: [...document.querySelectorAll('body *')].filter((element) => {
          const style = getComputedStyle(element);
          const clips = ['hidden', 'clip'].includes(style.overflowX) || ['hidden', 'clip'].includes(style.overflowY);
          // A skip link is cut off until it has the focus.
          const seen = element.checkVisibility() && element.clientWidth > 2 && !element.matches('.skip');
          const text = [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
          return clips && seen && text && (element.scrollWidth > element.clientWidth + 1 || element.scrollHeight > element.clientHeight + 1);
        }).map((element) => element.outerHTML.slice(0, 120)),
      }));
      assert.equal(Math.max(over, 0), 0, 'pixels that scroll sideways');
      assert.deepEqual(cut, []);
    });
  }
}
