// The list follows what others do: rows, tombstones, what is new, one stream for all tabs, and how the connection stands.

import assert from 'node:assert/strict';
import { axe } from '../harness/axe.js';
import { cellInput, focused, listening, pastDoubleClick, row, rowButton, total, untilFound } from '../harness/pages.js';
import { PEOPLE, openShopBehindFaults, shelve } from '../harness/shop.js';
import { atTheShop, enter, open, story } from '../harness/story.js';

atTheShop(openShopBehindFaults);

const WATCH = '/v1/products:watch';

/** Opens the list of the products of a word, and waits until it follows. */
async function follow(page, word = '') {
  await open(page, word ? `/admin/products?q=${word}` : '/admin/products');
  await stands(page, 'Live');
}

function stands(page, word) {
  return page.locator('[data-live]').filter({ hasText: new RegExp(`^${word}$`) }).waitFor();
}

const tombstone = (page, title) => page.locator('#rows .gone').filter({ hasText: title });
const changed = (page, title, field) => row(page, title).locator(`[data-field=${field}][data-changed]`);
const offer = (page, title) => row(page, title).locator('[data-offer]');

/** As Ada, who is never the one who looks. */
const ada = (shop) => shop.as('admin');
const rename = (shop, { name }, title) => ada(shop)('PATCH', `/v1/${name}`, { title });
const remove = (shop, { name }) => ada(shop)('DELETE', `/v1/${name}`);

/** Does something elsewhere, after which the list shows it within a second. It is looked for in every frame of the page. */
async function soon(page, act, place, text) {
  await act();
  const since = performance.now();
  await page.waitForFunction(([selector, words]) => {
    const all = [...document.querySelectorAll(selector)];
    return all.some((found) => found.checkVisibility() && found.textContent.includes(words));
  }, [place, text]);
  const took = performance.now() - since;
  assert.ok(took < 1_000, `${text}: ${took} ms`);
}

story('what is done in another browser is seen within a second', { as: 'editor' }, async ({ page, shop }) => {
  const mug = await shelve(shop, 'Wren mug');
  await follow(page, 'Wren');
  const elsewhere = await page.context().browser().newContext({ baseURL: shop.url });
  try {
    await enter(elsewhere, shop, 'admin');
    const other = await elsewhere.newPage();
    await other.goto(`/admin/${mug.name}`);
    await other.getByLabel('Title', { exact: true }).fill('Wren mug, large');
    const save = () => other.getByRole('button', { name: 'Save', exact: true }).first().click();
    await soon(page, save, '[data-field=title][data-changed]', 'Wren mug, large');
    assert.equal(await row(page, 'Wren mug, large').locator('[data-field=changed-by]').textContent(), 'Changed by Ada');

    const prices = [{ amount: { currencyCode: 'EUR', units: '21' } }];
    const [variant] = mug.variants;
    const reprice = () => ada(shop)('PATCH', `/v1/${variant.name}`, { prices });
    await soon(page, reprice, '[data-field=price][data-changed]', '€21.00');

    await soon(page, () => remove(shop, mug), '#rows .gone', 'Wren mug, large was deleted by Ada.');
    await total(page, '0 products').waitFor();
    const restore = () => ada(shop)('POST', `/v1/${mug.name}:undelete`, {});
    await soon(page, restore, '#rows [data-field=title]', 'Wren mug, large');
    assert.equal(await tombstone(page, 'Wren').count(), 0);
    await total(page, '1 product').waitFor();
  } finally {
    await elsewhere.close();
  }
});

story('a price that others changed is edited in place from there', { as: 'editor' }, async ({ page, shop }) => {
  const { variants: [variant] } = await shelve(shop, 'Wagtail bowl');
  await follow(page, 'Wagtail');
  await ada(shop)('PATCH', `/v1/${variant.name}`, { prices: [{ amount: { currencyCode: 'EUR', units: '30' } }] });
  await changed(page, 'Wagtail bowl', 'price').click();
  await cellInput(page).fill('31');
  await page.keyboard.press('Enter');
  await page.locator('#notices').getByText('Wagtail bowl saved.').waitFor();
});

story('a row that has the focus is left alone, says so, and shows it when asked', { as: 'editor' }, async ({ page, shop }) => {
  const [mug, marker] = [await shelve(shop, 'Robin mug'), await shelve(shop, 'Robin mat')];
  await follow(page, 'Robin');
  await rowButton(page, 'Robin mug', 'Delete').focus();
  await rename(shop, mug, 'Robin mug, red');
  await offer(page, 'Robin mug').filter({ hasText: 'Changed by Ada, show' }).waitFor();
  assert.equal(await focused(page), 'Robin mug: Delete');
  await rename(shop, mug, 'Robin mug, blue');
  const address = await offer(page, 'Robin mug').getAttribute('href');
  assert.equal(address, `/admin/${mug.name}/changes?since=${encodeURIComponent(mug.etag)}`);
  await rename(shop, marker, 'Robin mat, woven');
  await changed(page, 'Robin mat, woven', 'title').waitFor();
  await offer(page, 'Robin mug').click();
  await changed(page, 'Robin mug, blue', 'title').waitFor();
  assert.equal(await page.locator('[data-offer]').count(), 0);
  assert.ok(await page.evaluate(() => document.activeElement?.closest('tr') !== null), 'the focus stays in the row');
});

story('what is typed and what is ticked stays, whatever others do', { as: 'editor' }, async ({ page, shop }) => {
  const [typed, ticked] = [await shelve(shop, 'Thrush tray'), await shelve(shop, 'Thrush tin')];
  await follow(page, 'Thrush');
  await row(page, 'Thrush tray').getByRole('link', { name: 'Thrush tray', exact: true }).click();
  await cellInput(page).fill('Thrush tray, oak');
  await row(page, 'Thrush tin').getByRole('checkbox').check();
  await page.locator('h1').focus();
  await rename(shop, typed, 'Thrush tray, pine');
  await remove(shop, ticked);
  await page.locator('[data-offer]').filter({ hasText: 'Changed by Ada, show' }).waitFor();
  await offer(page, 'Thrush tin').filter({ hasText: 'Deleted by Ada, show' }).waitFor();
  assert.equal(await cellInput(page).inputValue(), 'Thrush tray, oak');
  assert.ok(await row(page, 'Thrush tin').getByRole('checkbox').isChecked());
  await offer(page, 'Thrush tin').click();
  await tombstone(page, 'Thrush tin').waitFor();
  await page.locator('[data-chosen]').filter({ hasText: /^0 chosen$/ }).waitFor({ state: 'attached' });
});

story('a tombstone has Restore, and what it brings back is as it was', { as: 'editor' }, async ({ page, shop }) => {
  const jug = await shelve(shop, 'Siskin jug');
  await follow(page, 'Siskin');
  const heard = await listening(page, 'polite');
  await remove(shop, jug);
  const grave = tombstone(page, 'Siskin jug was deleted by Ada.');
  await grave.waitFor();
  assert.deepEqual(await axe(page), []);
  await grave.getByRole('button', { name: 'Restore' }).click();
  await row(page, 'Siskin jug').waitFor();
  assert.equal(await grave.count(), 0);
  assert.equal(await focused(page), 'Siskin jug: Siskin jug');
  await page.waitForFunction(() => globalThis.heard.includes('Siskin jug restored.'));
  assert.deepEqual((await heard()).filter(Boolean), ['Ada deleted Siskin jug.', 'Siskin jug restored.']);
  const { deleteTime } = await ada(shop)('GET', `/v1/${jug.name}`);
  assert.equal(deleteTime, undefined);
});

story('a restore that is refused says why', { as: 'editor', expects: [/status of 4\d\d/] }, async ({ page, shop }) => {
  const jug = await shelve(shop, 'Dipper jug', { slug: 'dipper' });
  await follow(page, 'Dipper');
  await remove(shop, jug);
  const grave = tombstone(page, 'Dipper jug');
  await grave.waitFor();
  await shelve(shop, 'Other', { slug: 'dipper' });
  await grave.getByRole('button', { name: 'Restore' }).click();
  await page.locator('#notices').getByText('Dipper jug was not restored.').waitFor();
  assert.ok(await grave.isVisible());
});

story('what is gone for good has no Restore, nor has what a viewer sees', { as: 'viewer' }, async ({ page, shop }) => {
  const [one, two] = [await shelve(shop, 'Linnet lid'), await shelve(shop, 'Linnet lamp')];
  await follow(page, 'Linnet');
  await remove(shop, one);
  await tombstone(page, 'Linnet lid was deleted by Ada.').waitFor();
  await remove(shop, two);
  await ada(shop)('POST', `/v1/${two.name}:expunge`, {});
  await tombstone(page, 'Linnet lamp').waitFor();
  assert.equal(await page.locator('#rows .gone button').count(), 0);
});

story('what one does oneself is not told as news', { as: 'editor' }, async ({ page, shop }) => {
  const [mine, marker] = [await shelve(shop, 'Dunnock dish'), await shelve(shop, 'Dunnock dome')];
  await follow(page, 'Dunnock');
  await rowButton(page, 'Dunnock dish', 'Publish').click();
  await page.locator('#notices').getByText('Dunnock dish published.').waitFor();
  await row(page, 'Dunnock dish').getByRole('checkbox').check();
  await page.locator('#bulk').getByRole('button', { name: 'Unpublish' }).click();
  await page.locator('#notices').getByText('1 product unpublished').waitFor();
  await pastDoubleClick(page);
  await rowButton(page, 'Dunnock dish', 'Delete').click();
  await page.locator('#notices').getByText('Dunnock dish deleted.').waitFor();
  await page.locator('h1').focus();
  // What comes after it has been told, so that its own echoes have, too.
  await rename(shop, marker, 'Dunnock dome, glass');
  await changed(page, 'Dunnock dome, glass', 'title').waitFor();
  assert.equal(await page.locator('.gone').count(), 0);
  assert.equal(await page.locator(`#product-${mine.name.split('/')[1]} [data-changed]`).count(), 0);
});

story('what is new is counted, and shown when asked', { as: 'editor' }, async ({ page, shop }) => {
  await follow(page);
  const one = await shelve(shop, 'Fieldfare fork');
  const link = page.locator('#fresh');
  await link.filter({ hasText: '1 new, show' }).waitFor();
  await shelve(shop, 'Fieldfare flask');
  await link.filter({ hasText: '2 new, show' }).waitFor();
  await link.click();
  await row(page, 'Fieldfare fork').waitFor();
  await row(page, 'Fieldfare flask').waitFor();
  assert.equal(await link.count(), 0);
  await rename(shop, one, 'Fieldfare fork, long');
  await changed(page, 'Fieldfare fork, long', 'title').waitFor();
  await shelve(shop, 'Fieldfare funnel');
  await link.filter({ hasText: '1 new, show' }).waitFor();
});

story('many changes at a time are one sentence', { as: 'editor' }, async ({ page, shop }) => {
  const all = await Promise.all(['A', 'B', 'C'].map((letter) => shelve(shop, `Whinchat ${letter}`)));
  await follow(page, 'Whinchat');
  const heard = await listening(page, 'polite');
  const requests = all.map(({ name }) => ({ name }));
  await ada(shop)('POST', '/v1/products:batchDelete', { requests });
  await tombstone(page, 'Whinchat C').waitFor();
  await page.waitForFunction(() => globalThis.heard.some(Boolean));
  assert.deepEqual((await heard()).filter(Boolean), ['Others changed 3 products.']);
});

for (const width of [1280, 390]) {
  story(`nothing moves while a list of ${width} pixels changes`, { as: 'editor', width }, async ({ page, shop }) => {
    const word = `Stonechat${width}`;
    const [first, second, third] = [await shelve(shop, `${word} a`), await shelve(shop, `${word} b`), await shelve(shop, `${word} c`)];
    await shelve(shop, `${word} d`);
    await page.addInitScript(() => {
      globalThis.shifts = [];
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) {
          if (!entry.hadRecentInput) globalThis.shifts.push(...entry.sources.map(({ node }) => node?.outerHTML?.slice(0, 120) ?? node?.textContent));
        }
      }).observe({ type: 'layout-shift', buffered: true });
    });
    await follow(page, word);
    await row(page, `${word} c`).getByRole('checkbox').focus();
    await rename(shop, first, `${word} x`);
    await changed(page, `${word} x`, 'title').waitFor();
    await remove(shop, second);
    await tombstone(page, `${word} b`).waitFor();
    await rename(shop, third, `${word} z`);
    await offer(page, `${word} c`).waitFor();
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
    assert.deepEqual(await page.evaluate(() => globalThis.shifts), []);
    assert.deepEqual(await axe(page), []);
  });
}

story('what happened while the network was away is shown when it is back', { as: 'editor', expects: [/ERR_INTERNET_DISCONNECTED/] }, async ({ page, shop }) => {
  const [one, two] = [await shelve(shop, 'Bunting bag'), await shelve(shop, 'Bunting box')];
  await follow(page, 'Bunting');
  await page.context().setOffline(true);
  await stands(page, 'Offline');
  await rename(shop, one, 'Bunting bag, jute');
  await remove(shop, two);
  await page.context().setOffline(false);
  await stands(page, 'Live');
  await changed(page, 'Bunting bag, jute', 'title').waitFor();
  await tombstone(page, 'Bunting box was deleted by Ada.').waitFor();
});

story('a shop that starts anew is followed from where it was', { as: 'editor', expects: [/ERR_|status of 5\d\d/] }, async ({ page, shop }) => {
  const mug = await shelve(shop, 'Pipit pan');
  await follow(page, 'Pipit');
  await rename(shop, mug, 'Pipit pan, small');
  await changed(page, 'Pipit pan, small', 'title').waitFor();
  await shop.stop();
  await stands(page, 'Reconnecting');
  await shop.goOn();
  await rename(shop, mug, 'Pipit pan, large');
  await changed(page, 'Pipit pan, large', 'title').waitFor();
  await stands(page, 'Live');
});

story('a token that is too old makes the list be read again', { as: 'editor', expects: [/status of 400/] }, async ({ page, shop }) => {
  const [one, two] = [await shelve(shop, 'Crossbill cup'), await shelve(shop, 'Crossbill can')];
  for (const made of [one, two]) await untilFound(shop, made);
  const expired = { status: 'OUT_OF_RANGE', reason: 'RESUME_TOKEN_EXPIRED', times: 1, held: true };
  const refused = shop.network.refuse(`GET ${WATCH}?*`, 400, expired);
  await open(page, '/admin/products?q=Crossbill');
  await refused.arrived();
  await rename(shop, one, 'Crossbill cup, tin');
  await remove(shop, two);
  await refused.release();
  await stands(page, 'Live');
  await changed(page, 'Crossbill cup, tin', 'title').waitFor();
  await tombstone(page, 'Crossbill can was deleted by Ada.').waitFor();
  assert.equal(refused.requests.length, 1);
});

story('whoever is signed out elsewhere is told so, and asks no more', { as: 'editor', expects: [/status of 401/] }, async ({ page, shop }) => {
  const { login, password } = PEOPLE.editor;
  const answer = await fetch(new URL('/v1/sessions', shop.url), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ login, password }),
  });
  const { token, name } = await answer.json();
  const mine = { ...shop, tokens: { ...shop.tokens, editor: token } };
  await enter(page.context(), mine, 'editor');
  await follow(page);
  await fetch(new URL(`/v1/${name}`, shop.url), { method: 'DELETE', headers: { authorization: `Bearer ${token}` } });
  await stands(page, 'Signed out');
});

/** The tabs that have a stream open now. */
function streams(context) {
  const open = new Set();
  const asked = (request) => new URL(request.url()).pathname === WATCH;
  context.on('request', (request) => asked(request) && open.add(request));
  context.on('requestfailed', (request) => open.delete(request));
  context.on('requestfinished', (request) => open.delete(request));
  return () => [...open].map((request) => request.frame().page()).filter((tab) => !tab.isClosed());
}

story('ten tabs have one stream, and when the one that has it closes another goes on', { as: 'editor' }, async ({ page, shop }) => {
  const mug = await shelve(shop, 'Nuthatch net');
  const context = page.context();
  const leading = streams(context);
  const tabs = [page, ...(await Promise.all(Array.from({ length: 9 }, () => context.newPage())))];
  await Promise.all(tabs.map(async (tab) => {
    await tab.goto('/admin/products?q=Nuthatch', { waitUntil: 'load' });
    await stands(tab, 'Live');
  }));
  assert.equal(leading().length, 1);
  await rename(shop, mug, 'Nuthatch nest');
  await Promise.all(tabs.map((tab) => changed(tab, 'Nuthatch nest', 'title').waitFor()));
  const [leader] = leading();
  await leader.close();
  const others = tabs.filter((tab) => tab !== leader);
  await remove(shop, mug);
  await Promise.all(others.map((tab) => tombstone(tab, 'Nuthatch nest was deleted by Ada.').waitFor()));
  assert.equal(leading().length, 1);
});

story('a tab that is opened later misses nothing between its page and the stream of the others', { as: 'editor' }, async ({ page, shop }) => {
  const mug = await shelve(shop, 'Goldcrest goblet');
  await follow(page, 'Goldcrest');
  const later = await page.context().newPage();
  // The page is rendered, and what follows comes before its modules have hold of it.
  const rendered = shop.network.holdAnswer('GET /admin/products?q=Goldcrest');
  const opened = later.goto('/admin/products?q=Goldcrest', { waitUntil: 'load' });
  await rendered.arrived();
  await rename(shop, mug, 'Goldcrest goblet, gilt');
  await changed(page, 'Goldcrest goblet, gilt', 'title').waitFor();
  await rendered.release();
  await opened;
  await changed(later, 'Goldcrest goblet, gilt', 'title').waitFor();
});

story('a page that Back restores has caught up', { as: 'editor' }, async ({ page, shop }) => {
  const mug = await shelve(shop, 'Brambling brush');
  await follow(page, 'Brambling');
  await page.evaluate(() => addEventListener('pageshow', ({ persisted }) => (globalThis.restored = persisted)));
  const leading = streams(page.context());
  await page.locator('.bar a').first().click();
  await page.waitForURL((url) => url.pathname === '/');
  assert.deepEqual(leading(), []);
  await rename(shop, mug, 'Brambling brush, hard');
  await page.evaluate(() => history.back());
  await page.waitForFunction(() => globalThis.restored !== undefined);
  assert.equal(await page.evaluate(() => globalThis.restored), true);
  await changed(page, 'Brambling brush, hard', 'title').waitFor();
  await stands(page, 'Live');
});

story('the live modules come after everything else and weigh less than 5.5 KiB', { as: 'editor' }, async ({ page }) => {
  await follow(page);
  const { early, bytes } = await page.evaluate(() => {
    const [document] = performance.getEntriesByType('navigation');
    const live = performance.getEntriesByType('resource').filter(({ name }) => /\/live-(feed|news|offer|page|read|rows|tombstones)\.js$/.test(name));
    return {
      early: live.filter(({ startTime }) => startTime < document.loadEventStart).length,
      bytes: live.reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0),
    };
  });
  assert.equal(early, 0);
  assert.ok(bytes > 0 && bytes <= 5.5 * 1024, `${bytes} bytes`);
});
