// What other sites and wrong requests cannot do, seen from a real browser.

import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { shelve } from '../harness/shop.js';
import { atTheShop, open, story } from '../harness/story.js';

atTheShop();

/** A page of another origin, which sends itself. */
async function otherSite(html, visit) {
  const server = createServer((_, answer) => answer.setHeader('content-type', 'text/html').end(html));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    await visit(`http://127.0.0.1:${server.address().port}/`);
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

story('a form on another site changes nothing, even for somebody who is signed in', { as: 'editor', expects: [/status of 403/] }, async ({ page, shop }) => {
  const { name } = await shelve(shop, 'Panda poster');
  const html = `<form method="post" action="${new URL(`/admin/${name}/delete`, shop.url)}"></form><script>document.forms[0].submit()</script>`;
  await otherSite(html, async (address) => {
    const [answer] = await Promise.all([
      page.waitForResponse((response) => response.url().endsWith('/delete')),
      page.goto(address).catch(() => {}),
    ]);
    assert.equal(answer.status(), 403);
  });
  const { deleteTime } = await shop.as('viewer')('GET', `/v1/${name}`);
  assert.equal(deleteTime, undefined);
});

story('a script on another site reads nothing and changes nothing', { as: 'editor', expects: [/./] }, async ({ page, shop }) => {
  const { name } = await shelve(shop, 'Koala kit');
  await otherSite('<p>elsewhere', async (address) => {
    await page.goto(address);
    const seen = await page.evaluate(async (url) => {
      const read = await fetch(url, { credentials: 'include' }).then((answer) => answer.text(), () => 'refused');
      await fetch(`${url}:publish`, { method: 'POST', credentials: 'include', mode: 'no-cors', body: '{}' }).catch(() => {});
      return read;
    }, new URL(`/v1/${name}`, shop.url).href);
    assert.equal(seen, 'refused');
  });
  assert.equal((await shop.as('viewer')('GET', `/v1/${name}`)).state, 'STATE_DRAFT');
});

story('looking at the address of an action does nothing', { as: 'editor', expects: [/status of 405/] }, async ({ page, shop }) => {
  const { name } = await shelve(shop, 'Lemming lid');
  await open(page, '/admin/products');
  const status = await page.evaluate((path) => fetch(path).then(({ status }) => status), `/admin/${name}/publish`);
  assert.equal(status, 405);
  await page.goto(`/admin/${name}/delete`);
  await page.getByRole('heading', { name: 'Delete Lemming lid?' }).waitFor();
  const product = await shop.as('viewer')('GET', `/v1/${name}`);
  assert.equal(product.deleteTime, undefined);
  assert.equal(product.state, 'STATE_DRAFT');
});

story('JSON that calls itself a form is refused', { as: 'editor', expects: [/status of 415/] }, async ({ page }) => {
  await open(page, '/admin/products');
  const status = await page.evaluate(() => fetch('/v1/products', {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: '{"title":"No"}',
  }).then(({ status }) => status));
  assert.equal(status, 415);
});

story('the policy stops inline script and HTML made of strings', { as: 'editor', expects: [/Content Security Policy|Trusted/] }, async ({ page }) => {
  await open(page, '/admin/products');
  const reports = await page.evaluate(async () => {
    const seen = [];
    document.addEventListener('securitypolicyviolation', ({ effectiveDirective }) => seen.push(effectiveDirective));
    const script = document.createElement('script');
    try {
      script.textContent = 'globalThis.ran = true';
      document.body.append(script);
    } catch (error) {
      seen.push(error.name);
    }
    try {
      document.createElement('div').innerHTML = '<b>no</b>';
    } catch (error) {
      seen.push(error.name);
    }
    await new Promise((done) => setTimeout(done, 100));
    return { seen, ran: globalThis.ran };
  });
  assert.equal(reports.ran, undefined);
  assert.ok(reports.seen.includes('TypeError') || reports.seen.includes('require-trusted-types-for'), reports.seen.join());
});
