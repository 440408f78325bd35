// The first account, signing in and out.

import assert from 'node:assert/strict';
import { openEmptyShop, PEOPLE } from '../harness/shop.js';
import { atTheShop, follows, story } from '../harness/story.js';
import { button } from '../harness/pages.js';

atTheShop(openEmptyShop);

const { login, displayName, password } = PEOPLE.admin;

async function signIn(page, secret) {
  await page.getByLabel('E-mail address').fill(login);
  await page.getByLabel('Password').fill(secret);
  await button(page, 'Sign in').click();
}

story('the setup link fills in its token, and takes it out of the address', {}, async ({ page, shop }) => {
  await page.goto(shop.setup);
  const token = page.locator('input[name=token]');
  await page.waitForFunction(() => document.querySelector('input[name=token]').value !== '');
  assert.equal(await token.inputValue(), new URL(shop.setup).hash.slice(1));
  assert.equal(new URL(page.url()).hash, '');
});

story('a weak password is refused in place, and the token is still good', { expects: [/status of 4\d\d/], scripts: false }, async ({ page, shop }) => {
  await page.goto(shop.setup);
  await page.locator('input[name=token]').fill(new URL(shop.setup).hash.slice(1));
  await page.getByLabel('E-mail address').fill(login);
  await page.getByLabel('Password').fill('password');
  await button(page, 'Create account').click();
  await page.locator('#errors').filter({ visible: true }).waitFor();
  assert.equal(await page.getByLabel('E-mail address').inputValue(), login);
});

story('the first account is made by hand where JavaScript is off, and is signed in', { scripts: false }, async ({ page, shop }) => {
  await page.goto(shop.setup);
  await page.locator('input[name=token]').fill(new URL(shop.setup).hash.slice(1));
  await page.getByLabel('E-mail address').fill(login);
  await page.getByLabel('Your name').fill(displayName);
  await page.getByLabel('Password').fill(password);
  await button(page, 'Create account').click();
  await page.waitForURL('**/admin/products');
  await page.getByText(displayName, { exact: true }).first().waitFor();
});

story('the token is good once', { expects: [/status of 4\d\d/] }, async ({ page, shop }) => {
  await page.goto(shop.setup);
  await page.getByLabel('E-mail address').fill('late@shop.example');
  await page.getByLabel('Password').fill(password);
  await button(page, 'Create account').click();
  await page.locator('#errors').filter({ visible: true }).waitFor();
});

for (const scripts of [true, false]) {
  const way = scripts ? 'JavaScript on' : 'JavaScript off';

  story(`a page of the admin asks who is there, and is shown after the sign-in (${way})`, { scripts }, async ({ page }) => {
    await page.goto('/admin/deleted');
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await signIn(page, password);
    await page.waitForURL('**/admin/deleted');
    // What a list asks for once it has begun is asked before the session ends.
    await follows(page);
    await button(page, 'Sign out').click();
    await page.getByText('You are signed out.').waitFor();
    await page.goto('/admin/products');
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  });

  story(`a wrong password says so and keeps the address (${way})`, { scripts, expects: [/status of 401/] }, async ({ page }) => {
    await page.goto('/admin/sign-in');
    await signIn(page, 'not the password');
    await page.getByText('That does not match.').waitFor();
    assert.equal(await page.getByLabel('E-mail address').inputValue(), login);
  });
}
