// One long walk through the whole shop and its admin, by keyboard alone: nothing here touches a pointer.

import assert from 'node:assert/strict';
import { PEOPLE, shelve } from '../harness/shop.js';
import { atTheShop, open, story } from '../harness/story.js';
import { message } from '../harness/pages.js';

atTheShop();

/**
 * Tab by Tab until the focus is on what is called this; each stop has to be seen, to show its ring, and not to lie under anything.
 * @param {import('playwright-core').Page} page
 */
async function tabTo(page, name, key = 'Tab') {
  for (let stops = 0; stops < 120; stops += 1) {
    await page.keyboard.press(key);
    const stop = await page.evaluate(stopHere);
    // Behind the last stop the browser's own begin.
    if (!stop) continue;
    assert.ok(stop.shown, `“${stop.name}” has the focus and is not seen`);
    assert.ok(stop.ring, `“${stop.name}” has the focus and no ring`);
    assert.ok(!stop.under, `“${stop.name}” has the focus and lies under ${stop.under}`);
    if (name instanceof RegExp ? name.test(stop.name) : stop.name === name) return;
  }
  assert.fail(`no Tab leads to ${name}`);
}

/** What has the focus, and how it is seen; runs in the page. */
function stopHere() {
  const element = document.activeElement ?? document.body;
  if (element === document.body) return null;
  const label = element.labels?.[0]?.textContent ?? document.getElementById(element.getAttribute('aria-labelledby'))?.textContent;
  const name = (element.ariaLabel ?? label ?? (element.textContent || element.value || '')).replaceAll(/\s+/g, ' ').trim();
  const box = element.getBoundingClientRect();
  const style = getComputedStyle(element);
  const after = getComputedStyle(element, '::after');
  const ring = style.outlineStyle !== 'none' || after.outlineStyle !== 'none';
  const middle = document.elementFromPoint(box.x + box.width / 2, box.y + Math.min(box.height, 44) / 2);
  const card = element.closest('.card');
  const under = middle && !element.contains(middle) && !middle.contains(element) && !card?.contains(middle) ? middle.className || middle.localName : '';
  return { name, shown: box.width > 0 && box.height > 0 && box.bottom > 0 && box.top < innerHeight, ring, under: name.startsWith('Skip') ? '' : under };
}

/** Enter, and the page that it leads to. */
async function enterTo(page, address) {
  await page.keyboard.press('Enter');
  await page.waitForURL(address);
  await page.waitForFunction(() => 'started' in document.documentElement.dataset);
}

story('a buyer walks from the list over a shelf and a search to a variant', {}, async ({ page }) => {
  await open(page, '/');
  await page.keyboard.press('Tab');
  assert.equal((await page.evaluate(stopHere))?.name, 'Skip to the content');
  await page.keyboard.press('Enter');
  await tabTo(page, /^All products$/);
  await tabTo(page, 'Kitchen & table');
  await enterTo(page, /\/c\/kitchen/);
  await tabTo(page, 'Search the shop');
  await page.keyboard.type('enamel mug');
  await page.getByRole('option').first().waitFor();
  await page.locator('#polite').getByText(/suggestion/).waitFor();
  await page.keyboard.press('Escape');
  await enterTo(page, /\/search\?q=enamel/);
  await tabTo(page, 'Enamel mug, 35 cl');
  await enterTo(page, /\/p\//);
  await tabTo(page, 'Blue');
  await enterTo(page, /variant=/);
});

story('an editor signs in, makes, sells, counts, takes back and signs out', { expects: [/status of 4\d\d/] }, async ({ page, shop }) => {
  for (const letter of ['A', 'B', 'C']) await shelve(shop, `Journey ${letter}`);
  await open(page, '/admin/products');
  await tabTo(page, 'E-mail address');
  await page.keyboard.type(PEOPLE.editor.login);
  await tabTo(page, 'Password');
  await page.keyboard.type(PEOPLE.editor.password);
  await enterTo(page, /\/admin\/products$/);

  await page.keyboard.press('/');
  await page.keyboard.type('Journey');
  await page.waitForURL(/q=Journey/);
  await page.locator('#total').getByText('3 products').waitFor();
  await tabTo(page, 'Choose the page');
  await page.keyboard.press('Space');
  await page.locator('#bulk').getByText('3 chosen').waitFor();
  await page.keyboard.press('b');
  await page.waitForFunction(() => document.activeElement?.value === 'publish');
  await page.keyboard.press('Enter');
  await message(page, '3 products published.').waitFor();

  await page.keyboard.press('j');
  await page.waitForFunction(() => document.activeElement?.closest('#rows tr'));
  await page.keyboard.press('x');
  await page.locator('#bulk').getByText('1 chosen').waitFor();
  await page.keyboard.press('b');
  await page.waitForFunction(() => document.activeElement?.value === 'publish');
  await tabTo(page, 'Change prices');
  await enterTo(page, /\/admin\/bulk/);
  await page.getByRole('heading', { level: 1, name: 'Change the prices of 1 product' }).waitFor();
  await tabTo(page, 'By or to how much');
  await page.keyboard.type('10');
  await tabTo(page, 'Show the new prices');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: '1 price would change.' }).waitFor();
  await tabTo(page, 'Change 1 price');
  await page.keyboard.press('Enter');
  await page.waitForURL(/q=Journey/);
  await page.locator('#polite').getByText('1 product repriced.').waitFor();
  await page.getByRole('row').filter({ hasText: '€16.39' }).waitFor();

  await tabTo(page, 'Journey C');
  await tabTo(page, 'Edit');
  await enterTo(page, /\/admin\/products\/[a-z0-9-]+$/);
  await tabTo(page, 'Title');
  await page.keyboard.press('End');
  await page.keyboard.type(', 2 litres');
  await tabTo(page, 'Save');
  await page.keyboard.press('Enter');
  await message(page, 'Journey C, 2 litres saved.').waitFor();
  await tabTo(page, 'History', 'Shift+Tab');
  await enterTo(page, /\/history$/);
  await tabTo(page, /^Restore version 1/);
  await page.keyboard.press('Enter');
  await page.locator('#polite').getByText(/as it was in version 1/).waitFor();
  await tabTo(page, 'Categories', 'Shift+Tab');
  await enterTo(page, /\/admin\/categories$/);
  await tabTo(page, 'Name');
  await page.keyboard.type('Journeys');
  await page.keyboard.press('Enter');
  await message(page, 'Journeys added.').waitFor();
  await tabTo(page, 'Journeys', 'Shift+Tab');
  await enterTo(page, /\/admin\/categories\/[a-z0-9-]+$/);
  await tabTo(page, 'Delete category');
  await enterTo(page, /\/delete$/);
  await tabTo(page, 'Delete category');
  await enterTo(page, /\/admin\/categories$/);
  await page.locator('#polite').getByText('The category was deleted.').waitFor();
  await open(page, '/admin/products?q=Journey');
  await page.keyboard.press('j');
  await page.waitForFunction(() => document.activeElement?.closest('#rows tr'));
  await page.keyboard.press('#');
  await page.locator('.toast').filter({ hasText: 'deleted.' }).waitFor();
  await page.keyboard.press('Control+z');
  await page.locator('#total').getByText('3 products').waitFor();
  await tabTo(page, 'Sign out', 'Shift+Tab');
  await page.keyboard.press('Enter');
  await page.getByText('You are signed out.').waitFor();
});
