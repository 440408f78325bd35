// How fast the pages are on a slow phone, beside what was promised: 150 ms of round trip, 1.6 Mb/s, a processor slowed four times, a
// fresh context each time, the middle one of five. Ends with 1 beyond a target. No story, because a busy machine would fail it.

import { chromium } from 'playwright-core';
import { rowButton } from './pages.js';
import { openShop, packed, shelve } from './shop.js';
import { ARGUMENTS, enter, started } from './story.js';

const RUNS = 5;
const SLOW = 4;
const NETWORK = { offline: false, latency: 150, downloadThroughput: 204_800, uploadThroughput: 93_750 };
const TEXT = 900;
const PICTURE = 1_400;
const LONG_TASK = 50;
/** How long a page is watched after all that, in ms, because a task is told after its end. */
const QUIET = 500;
/** The browser counts in steps of 8 ms, and tells nothing of what is quicker than 16. */
const QUICKEST = 16;

/** How long until the largest part of a page is seen, in ms. */
const PAGES = [
  { name: 'the shop', path: '/', largest: PICTURE },
  { name: 'a search', path: '/search?q=mug', largest: PICTURE },
  { name: 'a product', path: '/p/enamel-mug-35-cl', largest: PICTURE },
  { name: 'the API', path: '/docs', largest: TEXT },
  { name: 'the sign-in', path: '/admin/sign-in', largest: TEXT },
  { name: 'the list of products', path: '/admin/products', as: 'editor', largest: PICTURE },
  { name: 'the form of a new product', path: '/admin/new-product', as: 'editor', largest: TEXT },
  { name: 'the account', path: '/admin/account', as: 'editor', largest: TEXT },
];
const CLICKS = [{ name: 'a click on Delete', slower: SLOW, most: 80 }, { name: 'a click on Delete, as fast as it goes', slower: 1, most: 40 }];

const shop = await openShop();
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ARGUMENTS });
let kept = true;
try {
  await packed(shop);
  for (const { name, largest, ...page } of PAGES) {
    const loads = await several(() => loaded(page));
    report(`${name}: largest part seen`, middle(loads.map((load) => load.largest)), largest);
    report(`${name}: longest task`, middle(loads.map((load) => Math.max(0, ...load.tasks))), LONG_TASK);
    report(`${name}: blocked`, middle(loads.map(({ tasks }) => tasks.reduce((sum, task) => sum + task - LONG_TASK, 0))), 0);
  }
  for (const { name, slower, most } of CLICKS) {
    report(`${name}: seen`, middle(await several(() => deleted(slower))), most);
  }
} finally {
  await browser.close();
  await shop.close();
}
process.exitCode = kept ? 0 : 1;

/** What one page tells that nobody has seen before. */
async function fresh({ as, slower, network }, tell) {
  const context = await browser.newContext({ baseURL: shop.url, viewport: { width: 390, height: 844 } });
  try {
    if (as) await enter(context, shop, as);
    const page = await context.newPage();
    const session = await context.newCDPSession(page);
    await session.send('Emulation.setCPUThrottlingRate', { rate: slower });
    if (network) {
      await session.send('Network.enable');
      await session.send('Network.emulateNetworkConditions', network);
    }
    return await tell(page, session);
  } finally {
    await context.close();
  }
}

/** The time of the largest part and the long tasks of a page, until nothing is fetched and its modules have hold of it. */
function loaded({ path, as }) {
  return fresh({ as, slower: SLOW, network: NETWORK }, async (page, session) => {
    await page.addInitScript(() => {
      globalThis.told = { largest: 0, tasks: [] };
      new PerformanceObserver((list) => (globalThis.told.largest = list.getEntries().at(-1).startTime)).observe({ type: 'largest-contentful-paint', buffered: true });
      new PerformanceObserver((list) => globalThis.told.tasks.push(...list.getEntries().map(({ duration }) => duration))).observe({ type: 'longtask', buffered: true });
    });
    await page.goto(path, { waitUntil: 'load' });
    return settled(session);
  });
}

/**
 * What was told once the modules have hold of the page and the largest part is seen. It is asked for without the driver's own script, which
 * is so large that to read it would be the longest task of most pages.
 */
async function settled(session) {
  const expression = `new Promise((done) => {
    const look = () => ('started' in document.documentElement.dataset && told.largest ? setTimeout(() => done(told), ${QUIET}) : setTimeout(look, 50));
    look();
  })`;
  const { result } = await session.send('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true });
  return result.value;
}

/** How long after a click on Delete its frame is seen. */
async function deleted(slower) {
  const title = `Swift swallow ${crypto.randomUUID()}`;
  await shelve(shop, title);
  return fresh({ as: 'editor', slower }, async (page) => {
    await page.addInitScript((threshold) => {
      globalThis.told = [];
      new PerformanceObserver((list) => globalThis.told.push(...list.getEntries())).observe({ type: 'event', durationThreshold: threshold });
    }, QUICKEST);
    await page.goto('/admin/products', { waitUntil: 'load' });
    await started(page);
    await rowButton(page, title, 'Delete').click();
    await page.locator('.toast').waitFor();
    await afterAllBefore(page);
    const durations = await page.evaluate(() => globalThis.told.filter(({ name, interactionId }) => interactionId && !name.startsWith('key')).map(({ duration }) => duration));
    return Math.max(QUICKEST, ...durations);
  });
}

/** Events are told in their order, so whatever came before a slow one is told once that one is. */
async function afterAllBefore(page) {
  await page.evaluate(() => addEventListener('keydown', () => {
    const end = performance.now() + 50;
    while (performance.now() < end);
  }));
  await page.keyboard.press('Shift');
  await page.waitForFunction(() => globalThis.told.some(({ name }) => name === 'keydown'));
}

async function several(once) {
  const all = [];
  for (let run = 0; run < RUNS; run += 1) all.push(await once());
  return all;
}

function report(what, value, most) {
  const within = value <= most;
  kept &&= within;
  console.log(`${what.padEnd(56)} ${String(Math.round(value)).padStart(6)} ms  of ${String(most).padStart(5)} ms${within ? '' : '  too slow'}`);
}

function middle(numbers) {
  return numbers.toSorted((one, other) => one - other)[Math.floor(numbers.length / 2)];
}
