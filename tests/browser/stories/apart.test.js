// The gateway lives and the catalog-service is away, or slow, or lost in the middle of a call: page and action say so, and go on by
// themselves.

import assert from 'node:assert/strict';
import { openShopApart } from '../harness/shop.js';
import { atTheShop, story, storyBothWays } from '../harness/story.js';
import { aloneOnTheList, message, revisions, row, rowButton } from '../harness/pages.js';
import { until } from '../harness/until.js';

atTheShop(openShopApart);

const DELETE = 'DELETE /v1/products/*';
const away = [/status of 503/, /ERR_INCOMPLETE_CHUNKED_ENCODING/];

// A stream that was not to be had is asked for more and more seldom.
const stands = (page, word) => page.locator('[data-live]').filter({ hasText: new RegExp(`^${word}$`) }).waitFor({ timeout: 30_000 });
const isDeleted = async (shop, name) => (await shop.as('viewer')('GET', `/v1/${name}`)).deleteTime !== undefined;

storyBothWays('a page whose service is away says so and when to come back, and is there again with it', { as: 'editor', expects: away }, async ({ page, shop }) => {
  for (const path of ['/', '/admin/products']) {
    await shop.link.cut();
    const answer = await page.goto(path);
    assert.equal(answer.status(), 503);
    assert.match(answer.headers()['retry-after'], /^[1-9]\d*$/);
    await page.getByRole('heading', { level: 1, name: 'The shop is not there just now' }).waitFor();
    await shop.link.mend();
    // Whoever asks next has it: the gateway goes to see whether the service is back, and waits for no better time.
    assert.equal((await page.reload()).status(), 200);
  }
});

story('a row whose service is away returns with the reason, and goes when the service is back', { as: 'editor', expects: away }, async ({ page, shop }) => {
  const { name } = await aloneOnTheList(page, shop, 'Grebe grater');
  const asked = shop.network.pass(DELETE);
  await shop.link.cut();
  await stands(page, 'Reconnecting');
  await rowButton(page, 'Grebe grater', 'Delete').click();
  await row(page, 'Grebe grater').locator('[data-note]').filter({ hasText: /^\s*Grebe grater was not deleted\. .*try again/i }).waitFor({ timeout: 20_000 });
  assert.equal(asked.requests.length, 3);
  assert.equal(await isDeleted(shop, name), false);
  await shop.link.mend();
  await rowButton(page, 'Grebe grater', 'Delete').click();
  await message(page, 'Grebe grater deleted.').waitFor();
  assert.equal(await isDeleted(shop, name), true);
  await stands(page, 'Live');
});

story('a service that is back before the page has given up is asked again, and nobody has to', { as: 'editor', expects: away }, async ({ page, shop }) => {
  const { name } = await aloneOnTheList(page, shop, 'Dotterel dish');
  await shop.link.cut();
  const refused = page.waitForResponse((answer) => answer.request().method() === 'DELETE' && answer.status() === 503);
  await rowButton(page, 'Dotterel dish', 'Delete').click();
  await refused;
  assert.ok(await row(page, 'Dotterel dish').isHidden(), 'the row is gone meanwhile');
  assert.equal(await isDeleted(shop, name), false);
  await shop.link.mend();
  await message(page, 'Dotterel dish deleted.').waitFor();
  assert.equal(await isDeleted(shop, name), true);
});

story('a call that the service has done and not yet answered when it is lost is done once', { as: 'editor', expects: [...away, /status of 50\d/] }, async ({ page, shop }) => {
  const { name } = await aloneOnTheList(page, shop, 'Whimbrel whisk');
  const before = await revisions(shop, name);
  shop.link.slow({ back: 60_000 });
  await rowButton(page, 'Whimbrel whisk', 'Delete').click();
  await until('the service has deleted it', () => isDeleted(shop, name));
  assert.equal(await message(page, 'Whimbrel whisk deleted.').count(), 0, 'nobody has heard of it');
  await shop.link.cut();
  await shop.link.mend();
  await message(page, 'Whimbrel whisk deleted.').waitFor();
  assert.equal(await revisions(shop, name), before + 1);
});

story('a slow service is not waited for: the row is gone in the same frame', { as: 'editor' }, async ({ page, shop }) => {
  const { name } = await aloneOnTheList(page, shop, 'Avocet apron');
  shop.link.slow({ there: 700, back: 700 });
  const hidden = await rowButton(page, 'Avocet apron', 'Delete').evaluate((button) => {
    button.click();
    return button.closest('tr').hidden;
  });
  assert.equal(hidden, true);
  assert.equal(await isDeleted(shop, name), false);
  await message(page, 'Avocet apron deleted.').waitFor();
  assert.equal(await isDeleted(shop, name), true);
});
