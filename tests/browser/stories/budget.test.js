// How much a page may weigh: web.md's budget, as the browser counts it.

import assert from 'node:assert/strict';
import { atTheShop, open, story } from '../harness/story.js';

atTheShop();

const KIB = 1024;
/** What follows the changes of a list comes when nothing else is to be done, and has a budget in live.test.js. */
const LATER = /\/live-(feed|offer|page|rows|tombstones)\.js$/;
const BUDGETS = [
  { name: 'the shop', path: '/', scripts: 4 * KIB, styles: 8 * KIB, page: 14 * KIB },
  { name: 'a search', path: '/search?q=mug', scripts: 4 * KIB, styles: 8 * KIB, page: 14 * KIB },
  { name: 'the list of products', path: '/admin/products', scripts: 10 * KIB, styles: 8 * KIB },
  { name: 'the form of a new product', path: '/admin/new-product', scripts: 10 * KIB, styles: 8 * KIB, page: 14 * KIB },
  { name: 'the account', path: '/admin/account', scripts: 10 * KIB, styles: 8 * KIB, page: 14 * KIB },
];

/** Brotli comes in the background after the start, the stylesheet's last of all; what a page weighs is told once it is there. */
async function packed(shop) {
  const page = await (await fetch(shop.url)).text();
  const sheet = new URL(/href="([^"]+styles\.css)"/.exec(page)[1], shop.url);
  for (;;) {
    const answer = await fetch(sheet, { headers: { 'accept-encoding': 'br' } });
    await answer.arrayBuffer();
    if (answer.headers.get('content-encoding') === 'br') return;
  }
}

for (const { name, path, ...budget } of BUDGETS) {
  story(`${name} keeps its budget`, { as: 'editor' }, async ({ page, shop }) => {
    await packed(shop);
    await open(page, path);
    const bytes = await page.evaluate((later) => {
      const sum = (type) => performance.getEntriesByType('resource')
        .filter(({ name }) => new URL(name).pathname.endsWith(type) && !later.test(name))
        .reduce((total, { encodedBodySize }) => total + encodedBodySize, 0);
      const [document] = performance.getEntriesByType('navigation');
      return { scripts: sum('.js'), styles: sum('.css'), page: document.encodedBodySize };
    }, LATER);
    for (const [kind, limit] of Object.entries(budget)) {
      assert.ok(bytes[kind] <= limit, `${kind}: ${bytes[kind]} bytes of ${limit}`);
    }
  });
}

for (const [name, path] of [['the list of products', '/admin/products'], ['the form of a new product', '/admin/new-product'], ['the account', '/admin/account']]) {
  story(`${name} names all the modules it starts, so that none waits for another`, { as: 'editor' }, async ({ page }) => {
    await open(page, path);
    const { started, named } = await page.evaluate((later) => ({
      started: performance.getEntriesByType('resource').map(({ name }) => name).filter((name) => name.endsWith('.js') && !later.test(name)).sort(),
      named: [...document.querySelectorAll('link[rel=modulepreload]')].map(({ href }) => href).sort(),
    }), LATER);
    assert.deepEqual(started, named);
    assert.ok(started.length <= 13, `${started.length} modules`);
  });
}

story('nothing moves while a page is loaded', { as: 'editor' }, async ({ page }) => {
  await page.addInitScript(() => {
    globalThis.shifts = 0;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) if (!entry.hadRecentInput) globalThis.shifts += entry.value;
    }).observe({ type: 'layout-shift', buffered: true });
  });
  for (const path of ['/', '/admin/products', '/admin/new-product', '/admin/account']) {
    await open(page, path);
    assert.equal(await page.evaluate(() => globalThis.shifts), 0, path);
  }
});
