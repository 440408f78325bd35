// One story: a fresh browser context in front of the file's shop. Any policy report, console error, script error or failed
// request that the story does not expect fails it.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { chromium } from 'playwright-core';
import { openShop } from './shop.js';

export const ARGUMENTS = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync'];

let browser;
let shop;
const withScripts = new WeakSet();

/** Opens the browser and the shop for all stories of a file. */
export function atTheShop(open = openShop) {
  before(async () => {
    [browser, shop] = await Promise.all([
      chromium.launch({
        executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
        args: ARGUMENTS,
        ignoreDefaultArgs: ['--disable-back-forward-cache'],
      }),
      open(),
    ]);
  });
  after(async () => {
    await Promise.all([browser?.close(), shop?.close()]);
  });
}

/**
 * @param {string} fact
 * @param {object} options
 * @param {'admin' | 'editor' | 'viewer'} [options.as] who is signed in
 * @param {boolean} [options.scripts] whether JavaScript is on
 * @param {RegExp[]} [options.expects] troubles that belong to the story
 * @param {boolean} [options.policy] `false` for what a page of another policy would do
 * @param {number} [options.width]
 * @param {'light' | 'dark'} [options.scheme]
 * @param {(scene: { page: import('playwright-core').Page, shop: any }) => Promise<void>} tell
 */
export function story(fact, { as, scripts = true, expects = [], policy = true, width = 1280, scheme = 'light' }, tell) {
  test(fact, { timeout: 90_000 }, async () => {
    const context = await browser.newContext({
      baseURL: shop.url,
      javaScriptEnabled: scripts,
      bypassCSP: !policy,
      viewport: { width, height: 900 },
      colorScheme: scheme,
      reducedMotion: 'reduce',
    });
    context.setDefaultTimeout(10_000);
    if (as) await enter(context, shop, as);
    const page = await context.newPage();
    if (scripts) withScripts.add(page);
    const troubles = watch(page, scripts);
    try {
      await tell({ page, shop });
      const unexpected = troubles.filter((trouble) => !expects.some((expected) => expected.test(trouble)));
      assert.deepEqual(unexpected, [], 'troubles in the browser');
    } finally {
      await context.close();
      await Promise.all([shop.network?.clear(), shop.link?.mend()]);
    }
  });
}

/** The same story with JavaScript on, and off. */
export function storyBothWays(fact, options, tell) {
  story(`${fact} (JavaScript on)`, { ...options, scripts: true }, (scene) => tell({ ...scene, scripts: true }));
  story(`${fact} (JavaScript off)`, { ...options, scripts: false }, (scene) => tell({ ...scene, scripts: false }));
}

/** Waits until a list follows the feed, so that nothing is fetched any more. */
export async function follows(page) {
  if (withScripts.has(page)) await page.locator('[data-live][data-state=live]').waitFor();
}

/** Opens an address and waits until the modules have hold of the page. */
export async function open(page, path) {
  await page.goto(path, { waitUntil: 'load' });
  if (withScripts.has(page)) await started(page);
}

/** Until the modules have hold of the page. */
export async function started(page) {
  await page.waitForFunction(() => 'started' in document.documentElement.dataset);
}

/** Signs a context in, as the sign-in's cookie would. */
export async function enter(context, shop, role) {
  const { hostname } = new URL(shop.url);
  const cookie = { name: '__Host-sid', value: shop.tokens[role], domain: hostname, path: '/', secure: true, httpOnly: true };
  await context.addCookies([{ ...cookie, sameSite: 'Lax' }]);
}

function watch(page, scripts) {
  const troubles = [];
  page.on('console', (message) => message.type() === 'error' && troubles.push(`console: ${message.text()}`));
  page.on('pageerror', (error) => troubles.push(`script: ${error.message}`));
  page.on('requestfailed', (request) => {
    const reason = request.failure()?.errorText ?? '';
    // A page that is left, a fetch that a newer one replaces, and a module where JavaScript is off are no failures.
    const expected = reason === 'net::ERR_ABORTED' || (!scripts && reason === 'csp' && request.url().endsWith('.js'));
    if (!expected) troubles.push(`request: ${request.method()} ${request.url()} ${reason}`);
  });
  return troubles;
}
