// A sign-in that ends in mid-action: what was sent waits for its sender, over the page or in the next one, and is nobody else's.

import assert from 'node:assert/strict';
import { axe } from '../harness/axe.js';
import { PEOPLE, shelve } from '../harness/shop.js';
import { atTheShop, open, story } from '../harness/story.js';
import { aloneOnTheList, button, cellInput, focused, listening, marked, message, row, rowButton } from '../harness/pages.js';

atTheShop();

// A list that follows the feed asks for what it tells, which without a session is not there.
const expects = [/status of 40[134]/];
const dialog = (page) => page.getByRole('dialog', { name: 'Sign in again' });
const isDeleted = async (shop, name) => Boolean((await shop.as('viewer')('GET', `/v1/${name}`)).deleteTime);

async function signIn(place, { login, password }, word) {
  await place.getByLabel('E-mail address').fill(login);
  await place.getByLabel('Password').fill(password);
  await place.getByRole('button', { name: word, exact: true }).click();
}

/** Somebody who has come in by the form, so that the browser knows who it was. */
async function enterByForm(page, who) {
  await open(page, '/admin/sign-in');
  await signIn(page, who, 'Sign in');
  await button(page, 'Sign out').waitFor();
}

/** Ends every session of the editor but the one that makes products here; the browser keeps its cookie. */
async function endSessions(shop) {
  const { sessions } = await shop.as('editor')('GET', '/v1/sessions');
  for (const { name, current } of sessions) if (!current) await shop.as('editor')('DELETE', `/v1/${name}`);
}

story('without scripts a delete waits in the sign-in, asks, and is done once', { scripts: false, expects }, async ({ page, shop }) => {
  await enterByForm(page, PEOPLE.editor);
  const { name } = await aloneOnTheList(page, shop, 'Squid bowl');
  await endSessions(shop);
  await rowButton(page, 'Squid bowl', 'Delete').click();
  await page.getByRole('heading', { level: 1, name: 'You are signed out' }).waitFor();
  await signIn(page, { ...PEOPLE.editor, password: 'not the password' }, 'Sign in and go on');
  await page.getByText('That does not match.').waitFor();
  await signIn(page, PEOPLE.editor, 'Sign in and go on');
  await page.getByRole('heading', { level: 1, name: 'Continue: delete Squid bowl?' }).waitFor();
  assert.equal(await isDeleted(shop, name), false);
  await button(page, 'Continue').click();
  await message(page, 'Squid bowl deleted.').waitFor();
  assert.match(page.url(), /\/admin\/products\?q=Squid/);
  assert.equal(await isDeleted(shop, name), true);
});

story('without scripts another person’s form is dropped, and it says so', { scripts: false, expects }, async ({ page, shop }) => {
  await enterByForm(page, PEOPLE.editor);
  const { name } = await aloneOnTheList(page, shop, 'Cuttle cup');
  await endSessions(shop);
  await rowButton(page, 'Cuttle cup', 'Delete').click();
  await signIn(page, PEOPLE.admin, 'Sign in and go on');
  await page.getByRole('heading', { level: 1, name: /another person/ }).waitFor();
  await page.getByText('You are signed in as Ada.').waitFor();
  assert.equal(await isDeleted(shop, name), false);
});

story('without scripts Cancel leads back and nothing is done', { scripts: false, expects }, async ({ page, shop }) => {
  await enterByForm(page, PEOPLE.editor);
  const { name } = await shelve(shop, 'Limpet lid');
  await open(page, `/admin/${name}`);
  await page.getByLabel('Title').fill('Limpet lamp');
  await endSessions(shop);
  await button(page, 'Save').click();
  await signIn(page, PEOPLE.editor, 'Sign in and go on');
  await page.getByRole('heading', { level: 1, name: 'Continue: save your changes to Limpet lid?' }).waitFor();
  await page.getByRole('link', { name: 'Cancel' }).click();
  await page.getByRole('heading', { level: 1, name: 'Limpet lid' }).waitFor();
});

story('the sign-in opens over the page, and what waited is done and said', { as: 'editor', expects }, async ({ page, shop }) => {
  const { name } = await aloneOnTheList(page, shop, 'Krill kettle');
  const same = await marked(page);
  const ids = [];
  page.on('request', (request) => request.method() === 'DELETE' && ids.push(request.headers()['idempotency-key']));
  await page.context().clearCookies();
  await rowButton(page, 'Krill kettle', 'Delete').click();
  await dialog(page).waitFor();
  assert.deepEqual(await axe(page, 'dialog[open]'), []);
  assert.deepEqual(await dialog(page).locator('input').evaluateAll((inputs) => inputs.map(({ autocomplete }) => autocomplete)), ['username', 'current-password']);
  await row(page, 'Krill kettle').waitFor({ state: 'hidden' });
  await signIn(dialog(page), { ...PEOPLE.editor, password: 'not the password' }, 'Sign in');
  await dialog(page).getByText('That does not match.').filter({ visible: true }).first().waitFor();
  await signIn(dialog(page), PEOPLE.editor, 'Sign in');
  const heard = await listening(page, 'polite');
  await message(page, 'Krill kettle deleted.').waitFor();
  await page.waitForFunction(() => globalThis.heard.filter(Boolean).length === 1);
  assert.deepEqual((await heard()).filter(Boolean), ['Krill kettle deleted.']);
  assert.equal(await dialog(page).count(), 0);
  assert.equal(ids.length, 2);
  assert.equal(ids[0], ids[1]);
  assert.ok(await same());
  assert.equal(await isDeleted(shop, name), true);
});

story('what another person’s page had sent is dropped, and it says so', { as: 'editor', expects }, async ({ page, shop }) => {
  const { name } = await aloneOnTheList(page, shop, 'Whelk wheel');
  await page.context().clearCookies();
  await rowButton(page, 'Whelk wheel', 'Delete').click();
  await signIn(dialog(page), PEOPLE.admin, 'Sign in');
  await row(page, 'Whelk wheel').getByText(/was not deleted\. Somebody else has signed in/).waitFor();
  await page.locator('.who').getByText('Ada').waitFor();
  assert.equal(await isDeleted(shop, name), false);
});

story('who does not sign in has lost nothing: the row is back with its reason and the focus', { as: 'editor', expects }, async ({ page, shop }) => {
  await aloneOnTheList(page, shop, 'Prawn pot');
  await page.context().clearCookies();
  await rowButton(page, 'Prawn pot', 'Delete').focus();
  await page.keyboard.press('Enter');
  await dialog(page).waitFor();
  await page.keyboard.press('Escape');
  await row(page, 'Prawn pot').getByText(/was not deleted\. Your sign-in has ended/).waitFor();
  assert.equal(await focused(page), 'Prawn pot: Delete');
});

story('what is typed in the editor and in a cell stays, and is saved after the sign-in', { as: 'editor', expects }, async ({ page, shop }) => {
  const { name } = await shelve(shop, 'Mussel mug');
  await open(page, `/admin/${name}`);
  await page.getByLabel('Title').fill('Mussel mug, blue');
  await page.context().clearCookies();
  await button(page, 'Save').click();
  await signIn(dialog(page), PEOPLE.editor, 'Sign in');
  await message(page, 'Mussel mug, blue saved.').waitFor();
  assert.equal((await shop.as('viewer')('GET', `/v1/${name}`)).title, 'Mussel mug, blue');

  await open(page, '/admin/products?q=Mussel');
  await row(page, 'Mussel mug, blue').locator('[data-edit=price]').click();
  await page.context().clearCookies();
  await cellInput(page).fill('21');
  await page.keyboard.press('Enter');
  await signIn(dialog(page), PEOPLE.editor, 'Sign in');
  await message(page, 'Mussel mug, blue saved.').waitFor();
  await row(page, 'Mussel mug, blue').getByText('€21.00').waitFor();
});

story('two minutes before its end a sign-in is kept by one button', { as: 'editor' }, async ({ page }) => {
  await page.clock.install();
  await open(page, '/admin/products');
  const heard = await listening(page, 'assertive');
  await page.clock.runFor('27:00');
  assert.equal(await message(page).count(), 0);
  await page.clock.runFor('01:05');
  await message(page, 'Your sign‑in ends soon.').waitFor();
  await page.clock.runFor(100);
  assert.deepEqual((await heard()).filter(Boolean), ['Your sign‑in ends soon.']);
  assert.deepEqual(await axe(page, '#notices'), []);
  const [used] = await Promise.all([
    page.waitForResponse((answer) => answer.url().endsWith('/v1/sessions/-')),
    message(page).getByRole('button', { name: 'Stay signed in' }).click(),
  ]);
  assert.equal(used.status(), 200);
  await message(page).waitFor({ state: 'detached' });
});

story('a sign-in that is used says nothing of its end', { as: 'editor' }, async ({ page, shop }) => {
  await page.clock.install();
  await aloneOnTheList(page, shop, 'Oyster oven');
  await page.clock.runFor('20:00');
  await rowButton(page, 'Oyster oven', 'Publish').click();
  await message(page, 'Oyster oven published.').waitFor();
  await page.clock.runFor('15:00');
  assert.equal(await message(page, 'ends soon').count(), 0);
  await page.clock.runFor('14:00');
  await message(page, 'ends soon').waitFor();
});

story('a sign-in that has lasted its longest is begun again before it ends', { as: 'editor', expects }, async ({ page, shop }) => {
  await page.clock.install();
  await page.route('**/v1/sessions/-', async (route) => {
    const answer = await route.fetch();
    const session = await answer.json();
    const end = new Date(Date.parse(session.lastUseTime) + 60_000).toISOString();
    await route.fulfill({ response: answer, json: { ...session, expireTime: end } });
  });
  await open(page, '/admin/products');
  await page.clock.runFor('28:30');
  await message(page, 'ends soon').getByRole('button', { name: 'Stay signed in' }).click();
  await signIn(dialog(page), PEOPLE.editor, 'Sign in');
  await dialog(page).waitFor({ state: 'detached' });
  assert.ok((await page.context().cookies(shop.url)).some(({ name, value }) => name === '__Host-sid' && value !== shop.tokens.editor));
});
