// What people see on the pages, as the stories name it.

import { shelve } from './shop.js';
import { follows, open } from './story.js';
import { until } from './until.js';

/** The row of a product, by its title. */
export function row(page, title) {
  return page.getByRole('row').filter({ has: page.getByRole('link', { name: title, exact: true }) });
}

export function rowButton(page, title, name) {
  return row(page, title).getByRole('button', { name, exact: true });
}

export function button(page, name) {
  return page.getByRole('button', { name, exact: true });
}

/** The notice or the flash message that says this; without a text, all of them. */
export function message(page, text) {
  const all = page.locator('#notices .toast, #flash');
  return text ? all.filter({ hasText: text }) : all;
}

/** How many products the list says there are. */
export function total(page, text) {
  return page.locator('#total').filter({ hasText: new RegExp(`^${text}$`) });
}

/** The field of the cell that is edited in place. */
export function cellInput(page) {
  return page.locator('#rows form:has([data-cancel]) input:visible');
}

/** Marks this document; the answer says whether it is still the same one. */
export async function marked(page) {
  await page.evaluate(() => (globalThis.markedByStory = true));
  return () => page.evaluate(() => globalThis.markedByStory === true);
}

/** How many revisions a product has. */
export async function revisions(shop, name) {
  const { productRevisions = [] } = await shop.as('viewer')('GET', `/v1/${name}/revisions?page_size=1000`);
  return productRevisions.length;
}

/** A product with a past, by its name: created, described, priced anew, and renamed by somebody else. */
export async function withPast(shop, title) {
  const { name, variants: [variant] } = await shelve(shop, title, { description: 'A bowl of stoneware, made by hand.', tags: ['old'] });
  const editor = shop.as('editor');
  await editor('PATCH', `/v1/${name}`, { description: 'A deep bowl of stoneware, glazed by hand.', tags: ['old', 'blue'] });
  const prices = [{ amount: { currencyCode: 'EUR', units: '17', nanos: 500_000_000 } }];
  await editor('PATCH', `/v1/${variant.name}`, { prices });
  await shop.as('admin')('PATCH', `/v1/${name}`, { title: `${title}, blue` });
  return name;
}

/** A product of its own, alone on the list that is opened. */
export async function aloneOnTheList(page, shop, title) {
  const product = await shelve(shop, title);
  await untilFound(shop, product);
  await open(page, `/admin/products?q=${encodeURIComponent(title)}`);
  await follows(page);
  return product;
}

/** Until a search finds a product: on a busy machine the index may follow later than the list is opened. */
export function untilFound(shop, { name, title }) {
  return until(`a search finds ${title}`, async () => {
    const { results = [] } = await shop.as('viewer')('GET', `/v1/products:search?show_hidden=true&query=${encodeURIComponent(title)}`);
    return results.some(({ product }) => product.name === name);
  });
}

/** Until a module that is fetched at the first sign of its use is there, and all that it needs with it. */
export function fetched(page, module) {
  return page.evaluate(async (name) => {
    const { src } = document.querySelector('script[type=module]');
    await import(new URL(name, src));
  }, `${module}.js`);
}

/** What the live region said from now on, clearing left out only when `all`. */
export async function listening(page, region) {
  await page.evaluate((id) => {
    const place = document.getElementById(id);
    globalThis.heard = [];
    new MutationObserver(() => globalThis.heard.push(place.textContent)).observe(place, { childList: true, characterData: true, subtree: true });
  }, region);
  return () => page.evaluate(() => globalThis.heard);
}

/** Which control has the focus, as people would name it. */
export function focused(page) {
  return page.evaluate(() => {
    const element = document.activeElement;
    const row = element?.closest('tr')?.querySelector('[data-field=title]')?.textContent.trim();
    return [row, element?.textContent.trim()].filter(Boolean).join(': ');
  });
}

/** Until a second click on a row is no double click any more. */
export async function pastDoubleClick(page) {
  const since = await page.evaluate(() => performance.now());
  await page.waitForFunction((start) => performance.now() - start > 400, since);
}

/** Scrolls through a page and back: rows out of sight are laid out no sooner, and where they stand is a guess until then. */
export function seeAll(page) {
  return page.evaluate(async () => {
    const rows = [...document.querySelectorAll('.board tbody tr')];
    if (!rows.some((row) => getComputedStyle(row).contentVisibility === 'auto')) return;
    const frame = () => new Promise(requestAnimationFrame);
    const before = scrollY;
    for (let place = 0; place < document.documentElement.scrollHeight; place += innerHeight / 2) {
      scrollTo(0, place);
      await frame();
      await frame();
    }
    scrollTo(0, before);
  });
}
