// How much a page may weigh: web.md's budget, as the browser counts it.

import assert from 'node:assert/strict';
import { packed } from '../harness/shop.js';
import { atTheShop, open, story } from '../harness/story.js';

atTheShop();

const KIB = 1024;
/** What follows the changes of a list comes when nothing else is to be done, and has a budget in live.test.js. */
const LATER = /\/live-(activity|deleted|feed|news|offer|page|part|read|rows|tombstones)\.js$/;
const BUDGETS = [
  { name: 'the shop', path: '/', scripts: 4 * KIB, styles: 8 * KIB, page: 14 * KIB },
  { name: 'a search', path: '/search?q=mug', scripts: 4 * KIB, styles: 8 * KIB, page: 14 * KIB },
  { name: 'the list of products', path: '/admin/products', scripts: 10 * KIB, styles: 8 * KIB, page: 14 * KIB },
  { name: 'recently deleted', path: '/admin/deleted', scripts: 10 * KIB, styles: 8 * KIB, page: 14 * KIB },
  { name: 'the activity', path: '/admin/activity', scripts: 10 * KIB, styles: 8 * KIB, page: 14 * KIB },
  { name: 'the editor of a product', path: '/admin/products/enamel-mug-35cl', scripts: 10 * KIB, styles: 8 * KIB, page: 14 * KIB },
  { name: 'the form of a new product', path: '/admin/new-product', scripts: 10 * KIB, styles: 8 * KIB, page: 14 * KIB },
  { name: 'the account', path: '/admin/account', scripts: 10 * KIB, styles: 8 * KIB, page: 14 * KIB },
];

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

// A browser looks at every form of a page, for what it could fill in, and lays out what is in it to do so.
story('the list of products keeps it with as many rows as a page has, and no form for each', { as: 'editor' }, async ({ page }) => {
  await open(page, '/admin/products');
  assert.equal(await page.locator('#rows > tr').count(), 50);
  assert.equal(await page.locator('#rows form').count(), 0);
});

for (const [name, path] of [['the list of products', '/admin/products'], ['recently deleted', '/admin/deleted'], ['the editor of a product', '/admin/products/enamel-mug-35cl'], ['the form of a new product', '/admin/new-product'], ['the account', '/admin/account']]) {
  story(`${name} names all the modules it starts, so that none waits for another`, { as: 'editor' }, async ({ page }) => {
    await open(page, path);
    const { started, named } = await page.evaluate((later) => ({
      started: performance.getEntriesByType('resource').map(({ name }) => name).filter((name) => name.endsWith('.js') && !later.test(name)).sort(),
      named: [...document.querySelectorAll('link[rel=modulepreload]')].map(({ href }) => href).sort(),
    }), LATER);
    assert.deepEqual(started, named);
    assert.ok(started.length <= 12, `${started.length} modules`);
  });
}

story('nothing fades in while a page is loaded, however late its styles come', { as: 'editor' }, async ({ page }) => {
  await page.emulateMedia({ reducedMotion: 'no-preference' });
  let seen;
  let bare;
  await page.exposeFunction('seenBare', () => seen());
  await page.addInitScript(() => {
    globalThis.fading = [];
    addEventListener('transitionrun', ({ target, propertyName }) => globalThis.fading.push(`${target.nodeName} ${propertyName}`), true);
    const clock = setInterval(() => {
      const last = document.querySelector('.foot');
      if (!last) return;
      clearInterval(clock);
      // Who asks for one style has all of them worked out, as the browser does of itself now and then.
      if (getComputedStyle(last).color) globalThis.seenBare();
    }, 5);
  });
  await page.route('**/styles.css', async (route) => {
    await bare;
    await route.continue();
  });
  for (const path of ['/', '/admin/products', '/admin/new-product', '/admin/account']) {
    bare = new Promise((resolve) => (seen = resolve));
    await open(page, path);
    assert.deepEqual(await page.evaluate(() => globalThis.fading), [], path);
  }
});

for (const width of [390, 1280]) {
  story(`nothing moves while a page is loaded on a slow network, ${width} wide`, { as: 'editor', width }, async ({ page }) => {
    await page.addInitScript(() => {
      globalThis.shifts = 0;
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) if (!entry.hadRecentInput) globalThis.shifts += entry.value;
      }).observe({ type: 'layout-shift', buffered: true });
    });
    const session = await page.context().newCDPSession(page);
    await session.send('Network.enable');
    await session.send('Network.emulateNetworkConditions', { offline: false, latency: 150, downloadThroughput: 204_800, uploadThroughput: 93_750 });
    for (const path of ['/', '/docs', '/admin/products', '/admin/deleted', '/admin/activity', '/admin/new-product', '/admin/account']) {
      await open(page, path);
      const expected = await page.locator('link[rel=expect][blocking=render]').evaluate((link) => document.querySelector(link.getAttribute('href'))?.closest('body') !== null);
      assert.ok(expected, 'a page is first seen whole');
      if (path === '/docs') await page.getByText(/^\d+ calls$/).waitFor();
      assert.equal(await page.evaluate(() => globalThis.shifts), 0, path);
    }
  });
}

const VIEWS = [
  { name: 'the shop', path: '/', modules: 4, icons: 1 },
  { name: 'a search', path: '/search?q=mug', modules: 4, icons: 1 },
  { name: 'a product', path: '/p/enamel-mug-35-cl', modules: 4, icons: 1 },
  { name: 'the list of products', path: '/admin/products', modules: 12, icons: 2 },
  { name: 'recently deleted', path: '/admin/deleted', modules: 12, icons: 2 },
  { name: 'the activity', path: '/admin/activity', modules: 12, icons: 2 },
  { name: 'the editor of a product', path: '/admin/products/enamel-mug-35cl', modules: 12, icons: 2 },
  { name: 'the form of a new product', path: '/admin/new-product', modules: 12, icons: 2 },
  { name: 'the account', path: '/admin/account', modules: 12, icons: 2 },
];

/** What an address is, by how it looks. */
const KINDS = [['styles', /\.css$/], ['fonts', /\.woff2$/], ['modules', /\.js$/], ['icons', /\/icons\//], ['pictures', /\/pictures\//]];
/** The stream of changes, and what is fetched ahead of the next page, are no part of a view. */
const BESIDE = /\/v1\/products:watch|\/rules\/|^data:/;

/** What a page asks for at its first view; each with its kind, and whether a script or a stylesheet made the browser ask. */
async function requests(page, path) {
  const session = await page.context().newCDPSession(page);
  const asked = new Map();
  // What is asked for a second time, as the icon is for the browser's tab, comes out of the cache.
  session.on('Network.requestWillBeSent', ({ request: { url }, initiator }) => asked.has(url) || asked.set(url, { url, initiator }));
  await session.send('Network.enable');
  await open(page, path);
  const own = [...asked.values()].filter(({ url }) => !LATER.test(url) && !BESIDE.test(url));
  return own.map(({ url, initiator }) => ({
    url,
    kind: url === page.url() ? 'pages' : (KINDS.find(([, pattern]) => pattern.test(url))?.[0] ?? url),
    late: initiator.type === 'script' || /\.(css|js)$/.test(initiator.url ?? ''),
  }));
}

/** How many there are of each kind. */
const counted = (all) => all.reduce((counts, { kind }) => ({ ...counts, [kind]: (counts[kind] ?? 0) + 1 }), {});

for (const { name, path, ...most } of VIEWS) {
  story(`${name} asks at once for all that is in view`, { as: 'editor' }, async ({ page }) => {
    const all = await requests(page, path);
    const { pictures = 0, modules, icons = 0, ...rest } = counted(all);
    assert.deepEqual(rest, { pages: 1, styles: 1, fonts: 1 });
    assert.ok(modules >= 1 && modules <= most.modules, `${modules} modules`);
    assert.ok(icons <= most.icons, `${icons} icons`);
    assert.ok(pictures <= (await page.locator('img').count()), `${pictures} pictures`);
    assert.deepEqual(all.filter(({ late }) => late).map(({ url }) => url), []);
  });
}

story('pictures far below what is in view wait', {}, async ({ page }) => {
  const { pictures } = counted(await requests(page, '/'));
  const shown = await page.locator('main img').count();
  assert.ok(pictures >= 6 && pictures < shown, `${pictures} of ${shown}`);
});

// In the head it would hold the first frame back.
story('the display face is one file of at most 26 KiB, fetched before the styles ask for it and after the head', {}, async ({ page }) => {
  await open(page, '/');
  const { fonts, preloaded } = await page.evaluate(async () => {
    await document.fonts.ready;
    return {
      fonts: performance.getEntriesByType('resource').filter(({ name }) => name.endsWith('.woff2')).map(({ name, encodedBodySize }) => ({ name, encodedBodySize })),
      preloaded: [...document.querySelectorAll('body > link[rel=preload][as=font]')].map(({ href }) => href),
    };
  });
  assert.deepEqual(fonts.map(({ name }) => name), preloaded);
  assert.equal(fonts.length, 1);
  assert.ok(fonts[0].encodedBodySize > 0 && fonts[0].encodedBodySize <= 26 * KIB, `${fonts[0].encodedBodySize} bytes`);
});

story('until the display face is there, its place is taken by one of the same width', {}, async ({ page }) => {
  await open(page, '/');
  const faces = await page.evaluate(() => [...document.styleSheets].flatMap(({ cssRules }) => [...cssRules])
    .filter((rule) => rule instanceof CSSFontFaceRule).map(({ style }) => [style.getPropertyValue('font-family'), style.getPropertyValue('size-adjust')]));
  const [, size] = faces.find(([family]) => family.includes('fallback'));
  assert.match(size, /^\d+(\.\d+)?%$/);
  const family = await page.locator('h1').evaluate((heading) => getComputedStyle(heading).fontFamily);
  assert.match(family, /^"?Bricolage Grotesque"?, "?Bricolage fallback"?/);
});
