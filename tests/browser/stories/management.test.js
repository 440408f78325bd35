// Users, API keys, the shop and one's own account, as somebody at a browser keeps them, with JavaScript and without.

import assert from 'node:assert/strict';
import { PEOPLE, openShopBehindFaults, send } from '../harness/shop.js';
import { atTheShop, enter, open, story, storyBothWays } from '../harness/story.js';
import { button, focused, listening, marked, message } from '../harness/pages.js';

atTheShop(openShopBehindFaults);

let people = 0;

/** Somebody of their own, so that no story ends the sessions of another. */
async function somebody(shop, role = 'EDITOR') {
  people += 1;
  const { password } = PEOPLE.admin;
  const user = { login: `person-${people}@shop.example`, displayName: `Person ${people}`, role: `ROLE_${role}` };
  const { name } = await shop.as('admin')('POST', '/v1/users', { user, password });
  const signIn = async () => (await send(shop, 'POST', '/v1/sessions', { body: { login: user.login, password } })).token;
  return { ...user, name, password, signIn };
}

/** The page signed in as somebody, and how many more sessions they have. */
async function as(page, shop, person, others = 0) {
  for (let more = 0; more < others; more += 1) await person.signIn();
  const token = await person.signIn();
  await enter(page.context(), { ...shop, tokens: { own: token } }, 'own');
}

const ends = (page) => page.getByRole('button', { name: 'End', exact: true });

storyBothWays('one of several sign-ins is ended, and this one stays', {}, async ({ page, shop }) => {
  const person = await somebody(shop);
  await as(page, shop, person, 2);
  await open(page, '/admin/account');
  await page.getByText('This one', { exact: true }).waitFor();
  assert.equal(await ends(page).count(), 2);
  await ends(page).first().click();
  await message(page, 'The sign-in is ended.').waitFor();
  await page.waitForFunction(() => [...document.querySelectorAll('tbody tr')].filter((row) => row.checkVisibility()).length === 2);
  await open(page, '/admin/account');
  assert.equal(await ends(page).count(), 1);
});

story('ending a sign-in keeps the page, hands the focus on and says so', {}, async ({ page, shop }) => {
  await as(page, shop, await somebody(shop), 2);
  await open(page, '/admin/account');
  const same = await marked(page);
  const heard = await listening(page, 'polite');
  await ends(page).first().focus();
  await page.keyboard.press('Enter');
  await message(page, 'The sign-in is ended.').waitFor();
  assert.equal(await same(), true);
  assert.match(await focused(page), /End$/);
  assert.ok((await heard()).includes('The sign-in is ended.'));
});

story('a sign-in that could not be ended comes back and says why', { expects: [/status of 503/] }, async ({ page, shop }) => {
  await as(page, shop, await somebody(shop), 1);
  await open(page, '/admin/account');
  shop.network.refuse('DELETE /v1/sessions/*', 503);
  await ends(page).first().click();
  await page.getByText('The sign-in was not ended.').first().waitFor();
  assert.equal(await ends(page).count(), 1);
});

storyBothWays('everywhere else is signed out at once', {}, async ({ page, shop }) => {
  const person = await somebody(shop);
  await as(page, shop, person, 3);
  await open(page, '/admin/account');
  await button(page, 'Sign out everywhere else').click();
  await message(page, 'You are signed out everywhere else.').waitFor();
  assert.equal(await ends(page).count(), 0);
});

storyBothWays('a password is changed with the current one', { expects: [/status of 422/] }, async ({ page, shop }) => {
  const person = await somebody(shop);
  await as(page, shop, person, 1);
  await open(page, '/admin/account');
  await page.getByLabel('Current password').fill('not the password');
  await page.getByLabel('New password').fill('a new staple for the horse');
  await button(page, 'Change password').click();
  await page.locator('#errors').filter({ visible: true }).waitFor();
  assert.equal(await page.getByLabel('New password').inputValue(), '', 'a page holds no password');
  await page.getByLabel('Current password').fill(person.password);
  await page.getByLabel('New password').fill('a new staple for the horse');
  await button(page, 'Change password').click();
  await message(page, 'Your password is changed.').waitFor();
  assert.equal(await ends(page).count(), 0, 'the other sign-in has ended');
});

storyBothWays('a key is made, copied, seen in the list and deleted', { as: 'admin' }, async ({ page, shop, scripts }) => {
  const name = `Import ${scripts ? 'with' : 'without'} scripts`;
  await open(page, '/admin/keys');
  await page.getByLabel('Name').fill(name);
  await page.getByLabel('Role').selectOption('viewer');
  await page.getByLabel('Valid for').selectOption('7');
  await button(page, 'Make key').click();
  const secret = await page.getByLabel('Copy it now: it is shown this once').inputValue();
  const list = await send(shop, 'GET', '/v1/products?page_size=1', { token: secret });
  assert.equal(list.products.length, 1);

  await open(page, '/admin/keys');
  assert.equal((await page.content()).includes(secret), false);
  const row = page.getByRole('row').filter({ hasText: name });
  await row.getByText('just now').waitFor();
  await row.getByRole('link', { name: 'Delete…' }).click();
  await page.getByRole('heading', { level: 1, name: `Delete the API key ${name}?` }).waitFor();
  await button(page, 'Delete for good').click();
  await message(page, 'The API key is deleted.').waitFor();
  await assert.rejects(send(shop, 'GET', '/v1/products', { token: secret }), /401/);
});

storyBothWays('reloading the page of a new key makes and tells nothing', { as: 'admin' }, async ({ page, scripts }) => {
  const name = `Reloaded ${scripts ? 'with' : 'without'} scripts`;
  await open(page, '/admin/keys');
  await page.getByLabel('Name').fill(name);
  await button(page, 'Make key').click();
  await page.locator('#secret').waitFor();
  await page.reload();
  await page.getByText('It was shown then, and is not shown again.').waitFor();
  assert.equal(await page.locator('#secret').count(), 0);
  await open(page, '/admin/keys');
  assert.equal(await page.getByRole('row').filter({ hasText: name }).count(), 1);
});

storyBothWays('a user is added, changed, disabled and deleted', { as: 'admin' }, async ({ page, scripts }) => {
  const login = `joan-${scripts ? 'with' : 'without'}@shop.example`;
  const row = page.getByRole('row').filter({ hasText: login });
  await open(page, '/admin/users');
  await page.getByRole('link', { name: 'Add user' }).click();
  await page.getByLabel('Name').fill('Joan');
  await page.getByLabel('E-mail address').fill(login);
  await page.getByLabel('First password').fill('a first staple for Joan');
  await button(page, 'Add user').click();
  await message(page, 'The user is added').waitFor();
  await row.getByText('Viewer', { exact: true }).waitFor();
  await row.getByRole('link', { name: 'Joan' }).click();
  await page.getByLabel('Role').selectOption('editor');
  await page.getByLabel('State').selectOption('disabled');
  await button(page, 'Save').click();
  await message(page, 'The user is saved.').waitFor();
  await open(page, '/admin/users');
  await row.getByText('Disabled', { exact: true }).waitFor();
  await row.getByRole('link', { name: 'Delete…' }).click();
  await page.getByRole('link', { name: 'Keep', exact: true }).click();
  await row.getByRole('link', { name: 'Delete…' }).click();
  await button(page, 'Delete for good').click();
  await message(page, 'The user is deleted.').waitFor();
  assert.equal(await row.count(), 0);
});

storyBothWays('the only admin stays, and the page says why', { as: 'admin', expects: [/status of 409/] }, async ({ page }) => {
  await open(page, '/admin/users');
  await page.getByRole('link', { name: PEOPLE.admin.displayName, exact: true }).last().click();
  await page.getByLabel('Role').selectOption('viewer');
  await button(page, 'Save').click();
  await page.getByText('Make another user an admin first.').waitFor();
  assert.equal(await page.getByLabel('Role').inputValue(), 'viewer', 'what was chosen stays');
});

storyBothWays('the shop is renamed, and what somebody else has made of it is shown', { as: 'admin', expects: [/status of 409/] }, async ({ page, shop, scripts }) => {
  const name = `Corner shop ${scripts ? 'with' : 'without'} scripts`;
  await open(page, '/admin/shop');
  await shop.as('admin')('PATCH', '/v1/shop', { displayName: `Before ${name}` });
  await page.getByLabel('Name').fill(name);
  await button(page, 'Save').click();
  await page.locator('#display_name-error').filter({ hasText: `“Before ${name}”` }).waitFor();
  await button(page, 'Save').click();
  await message(page, 'The shop is saved.').waitFor();
  await page.getByRole('banner').getByText(name).waitFor();
});

for (const role of ['viewer', 'editor', 'admin']) {
  story(`the navigation of ${role === 'viewer' ? 'a' : 'an'} ${role} shows what the role permits`, { as: role }, async ({ page }) => {
    await open(page, '/admin/products');
    const links = await page.getByRole('navigation', { name: 'Admin' }).getByRole('link').allTextContents();
    const kept = role === 'admin' ? ['Settings'] : [];
    assert.deepEqual(links.map((link) => link.trim()), ['Products', 'Categories', 'Deleted', 'Activity', ...kept]);
    if (role === 'admin') {
      await page.getByRole('link', { name: 'Settings' }).click();
      const tabs = page.getByRole('navigation', { name: 'Settings' });
      assert.deepEqual(await tabs.getByRole('link').allTextContents(), ['Shop', 'Users', 'API keys']);
      for (const name of ['Users', 'API keys', 'Shop']) {
        await tabs.getByRole('link', { name }).click();
        await page.getByRole('heading', { level: 1, name, exact: true }).waitFor();
        assert.equal(await tabs.locator('[aria-current=page]').innerText(), name);
      }
    }
    await page.getByRole('banner').getByRole('link', { name: PEOPLE[role].displayName }).click();
    await page.getByRole('heading', { level: 1, name: PEOPLE[role].displayName }).waitFor();
  });
}

for (const [width, role] of [[390, 'admin'], [390, 'viewer'], [375, 'admin']]) {
  story(`on a phone ${width} wide the bar of ${role === 'admin' ? 'an' : 'a'} ${role} has two lines, and all of it can be touched`, { as: role, width, scripts: false }, async ({ page }) => {
    await open(page, '/admin/products');
    const banner = page.getByRole('banner');
    const boxes = await Promise.all((await banner.locator('a, button').all()).map((target) => target.boundingBox()));
    const line = (box) => Math.floor((box.y + box.height / 2) / 44);
    assert.equal(new Set(boxes.map(line)).size, 2);
    for (const box of boxes) {
      assert.ok(box.height >= 44 && box.width >= 44, JSON.stringify(box));
      assert.ok(box.x >= 0 && box.x + box.width <= width, JSON.stringify(box));
    }
  });
}
