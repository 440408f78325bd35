// Every page, light and dark, from a phone to a wide screen: no accessibility violation, no sideways scroll, no clipped text, nothing over another.

import assert from 'node:assert/strict';
import { axe } from '../harness/axe.js';
import { PEOPLE, openGatewayAlone, shelve } from '../harness/shop.js';
import { atTheShop, open, story } from '../harness/story.js';
import { button, rowButton, seeAll, withPast } from '../harness/pages.js';

atTheShop();

/** Each page by its address; a function makes what it shows first. */
const ADDRESSES = {
  'the shop': () => '/',
  'a category': async (shop) => `/c/${(await shop.as('viewer')('GET', '/v1/categories')).categories[0].slug}`,
  'a product': async (shop) => `/p/${(await shop.as('viewer')('GET', '/v1/products?filter=state%20%3D%20ACTIVE&page_size=1')).products[0].slug}`,
  'a page that is not there': () => '/nothing/here',
  'the sign-in': () => '/admin/sign-in',
  'the setup': () => '/admin/setup',
  'the styleguide': () => '/styleguide',
  'the API': () => '/docs',
  'the list of products': () => '/admin/products',
  'a list without matches': () => '/admin/products?q=nobody-has-this',
  'recently deleted': async (shop) => {
    const { name } = await shelve(shop, 'Gone');
    await shop.as('editor')('DELETE', `/v1/${name}`);
    return '/admin/deleted';
  },
  'the question before a product goes for good': async (shop) => `/admin/${(await gone(shop, 'Soon gone')).name}/expunge`,
  'an address of what is gone for good': async (shop) => {
    const { name, slug } = await shelve(shop, 'Gone for good', { published: true });
    await shop.as('editor')('DELETE', `/v1/${name}`);
    await shop.as('admin')('POST', `/v1/${name}:expunge`, {});
    return `/p/${slug}`;
  },
  'the categories': () => '/admin/categories',
  'one category': async (shop) => `/admin/${(await shop.as('viewer')('GET', '/v1/categories')).categories[0].name}`,
  'the question before a category is deleted': async (shop) =>
    `/admin/${(await shop.as('editor')('POST', '/v1/categories', { title: 'Soon gone' })).name}/delete`,
  'a new product': () => '/admin/new-product',
  'the editor': async (shop) => `/admin/${(await shop.as('viewer')('GET', '/v1/products?page_size=1')).products[0].name}`,
  'the editor of a deleted product': async (shop) => {
    const { name } = await shelve(shop, 'Gone for now');
    await shop.as('editor')('DELETE', `/v1/${name}`);
    return `/admin/${name}`;
  },
  'the history of a product': async (shop) => `/admin/${await withPast(shop, 'With a past')}/history`,
  'what changed': async (shop) => `/admin/${await withPast(shop, 'Compared')}/changes?from=1`,
  'the activity': async (shop) => {
    await withPast(shop, 'Busy');
    return '/admin/activity';
  },
  'the activity of nobody': () => '/admin/activity?by=nobody',
  'the question before a delete': async (shop) => `/admin/${(await shelve(shop, 'Perhaps gone')).name}/delete`,
  'the account': () => '/admin/account',
  'the settings of the shop': () => '/admin/shop',
  'the users': () => '/admin/users',
  'a new user': () => '/admin/new-user',
  'a user': async (shop) => `/admin/${await grace(shop)}`,
  'the question before a user is deleted': async (shop) => `/admin/${await grace(shop)}/delete`,
  'the API keys': async (shop) => `/admin/keys#key-${(await key(shop)).name.split('/')[1]}`,
  'the question before a key is deleted': async (shop) => `/admin/keys/${(await key(shop)).name.split('/')[1]}/delete`,
};

const grace = async (shop) => (await shop.as('editor')('GET', '/v1/sessions/-')).user.name;
const key = (shop) => shop.as('admin')('POST', '/v1/apiKeys', { displayName: 'Nightly import', role: 'ROLE_VIEWER' });
/** Where a deleted product lies both of whose SKUs others have by now. */
async function asksForSkus(shop) {
  const [one, two] = [`T-${Math.random()}`, `U-${Math.random()}`];
  const sold = (sku, size) => ({ sku, ...(size && { optionValues: [size] }) });
  const options = [{ name: 'Size', values: ['Small', 'Large'] }];
  const { name } = await shelve(shop, 'Taken twice', { options, variants: [sold(one, 'Small'), sold(two, 'Large')] });
  await shop.as('editor')('DELETE', `/v1/${name}`);
  for (const sku of [one, two]) await shelve(shop, 'The one that has it', { variants: [sold(sku)] });
  return '/admin/deleted';
}

/** A product that was deleted. */
async function gone(shop, title) {
  return shop.as('editor')('DELETE', `/v1/${(await shelve(shop, title)).name}`);
}

const field = (page, id) => page.locator(`[id="${id}"]`);
const heading = (page, name) => page.getByRole('heading', { level: 1, name }).waitFor();
const errors = (page) => page.locator('#errors').filter({ visible: true }).waitFor();
let strangers = 0;
let restored = 0;
let ahead = 0;

/** Sends a form as the browser does where JavaScript is off. */
async function sendPlainly(page, form) {
  page.on('dialog', (dialog) => dialog.accept());
  await form.first().evaluate((form) => form.submit());
}

/** The same for a button of several, by its name. */
async function pressPlainly(page, name) {
  await button(page, name).first().evaluate((button) => {
    button.dataset.call = '';
    button.form.requestSubmit(button);
  });
}

/** The page of the sign-in in mid-action. */
async function signedOut(page, shop, cookies = []) {
  const { name } = await shelve(shop, 'Kept for later');
  await open(page, `/admin/${name}/delete`);
  await page.context().clearCookies();
  if (cookies.length) await page.context().addCookies(cookies);
  await button(page, 'Delete').click();
  await heading(page, 'You are signed out');
}

async function signInAgain(page, { login, password }) {
  await page.getByLabel('E-mail address').fill(login);
  await page.getByLabel('Password').fill(password);
  await button(page, 'Sign in and go on').click();
}

/** Opens a page of a list by a token that is not good any more. */
async function expired(page, path) {
  await open(page, path);
  await page.locator('.note').getByText('That page has expired.').waitFor();
}

/** Each page that has no address of its own: what leads to it. */
const REFUSALS = {
  'the page of a conflict': async (page, shop) => {
    const product = await shelve(shop, 'Two at once', { brand: 'Before' });
    await open(page, `/admin/${product.name}`);
    await shop.as('editor')('PATCH', `/v1/${product.name}`, { title: 'Grace was here', brand: 'Hers', description: 'New *text*' });
    await field(page, 'title').fill('Ada was here');
    await sendPlainly(page, page.locator('#product-form'));
    await heading(page, /^Grace changed/);
  },
  'the dialog of a conflict': async (page, shop) => {
    const product = await shelve(shop, 'Two at once', { brand: 'Before' });
    await open(page, `/admin/${product.name}`);
    await shop.as('editor')('PATCH', `/v1/${product.name}`, { title: 'Grace was here', brand: 'Hers', description: 'New *text*' });
    await field(page, 'title').fill('Ada was here');
    await button(page, 'Save').click();
    await page.getByRole('dialog', { name: /^Grace changed/ }).waitFor();
  },
  'a row that others were ahead of': async (page, shop) => {
    ahead += 1;
    const { name } = await shelve(shop, `Ahead ${ahead}`);
    await open(page, `/admin/products?q=Ahead+${ahead}`);
    // A row in use waits to be asked before it shows what others did.
    await rowButton(page, `Ahead ${ahead}`, 'Delete').focus();
    await shop.as('editor')('PATCH', `/v1/${name}`, { title: `Ahead ${ahead}, changed` });
    await rowButton(page, `Ahead ${ahead}`, 'Delete').click();
    await button(page, 'Delete anyway').waitFor();
  },
  'the editor with mistakes': async (page, shop) => {
    await open(page, `/admin/${(await shelve(shop, 'With mistakes')).name}`);
    await field(page, 'slug').fill('Not A Slug');
    await button(page, 'Save').click();
    await errors(page);
  },
  'a new product with mistakes, as the server answers it': async (page) => {
    await open(page, '/admin/new-product');
    await field(page, 'slug').fill('Not A Slug');
    await sendPlainly(page, page.locator('#product-form'));
    await field(page, 'slug-error').filter({ visible: true }).waitFor();
  },
  'the shop whose page has expired': async (page) => expired(page, '/?page=long-gone&shown=24'),
  'a list whose page has expired': async (page) => expired(page, '/admin/products?page=long-gone'),
  'recently deleted whose page has expired': async (page) => expired(page, '/admin/deleted?page=long-gone'),
  'the page of a refused action': async (page, shop) => {
    const { name } = await gone(shop, 'Back before');
    await open(page, `/admin/${name}`);
    await shop.as('editor')('POST', `/v1/${name}:undelete`, {});
    const form = page.locator('form[action$="/undelete"]').first();
    // With its etag the form would be answered by what has changed.
    await form.locator('input[name=etag]').evaluate((etag) => etag.remove());
    await sendPlainly(page, form);
    await page.getByRole('link', { name: 'Open the product' }).waitFor();
  },
  'the page of a delete that others came before': async (page, shop) => {
    const { name } = await shelve(shop, 'Changed before it goes');
    await open(page, `/admin/${name}`);
    await shop.as('editor')('PATCH', `/v1/${name}`, { title: 'Changed meanwhile' });
    await sendPlainly(page, page.locator('form[action$="/delete"]'));
    await heading(page, /^Grace changed/);
  },
  'the page of a conflict of a variant': async (page, shop) => {
    const { name } = await shelve(shop, 'A variant for two');
    const { variants } = await shop.as('viewer')('GET', `/v1/${name}?view=PRODUCT_VIEW_FULL`);
    await open(page, `/admin/${name}`);
    await shop.as('editor')('PATCH', `/v1/${variants[0].name}`, { gtins: ['4006381333931'] });
    await sendPlainly(page, page.locator('form[action*="/variants/"][action$="/save"]'));
    await heading(page, /^Somebody else changed a variant/);
  },
  'the page that keeps a change when the sign-in has ended': async (page, shop) => {
    await shelve(shop, 'Kept for later');
    await open(page, '/admin/products?q=Kept+for+later');
    await page.context().clearCookies();
    await pressPlainly(page, 'Delete');
    await heading(page, 'You are signed out');
  },
  'the question whether to go on after a sign-in': async (page, shop) => {
    await signedOut(page, shop);
    await signInAgain(page, PEOPLE.editor);
    await heading(page, /^Continue: delete Kept for later\?/);
  },
  'the page of a form that is another person’s': async (page, shop) => {
    await signedOut(page, shop, [{ name: '__Host-last', value: 'somebody', domain: 'localhost', path: '/', secure: true, httpOnly: true, sameSite: 'Lax' }]);
    await signInAgain(page, PEOPLE.viewer);
    await heading(page, /another person/);
  },
  'the sign-in over a page': async (page, shop) => {
    await shelve(shop, 'Kept for later');
    await open(page, '/admin/products?q=Kept+for+later');
    await page.context().clearCookies();
    await rowButton(page, 'Kept for later', 'Delete').first().click();
    await page.getByRole('dialog', { name: 'Sign in again' }).waitFor();
  },
  'the dialog before a product goes for good': async (page, shop) => {
    await gone(shop, 'Perhaps for good');
    await open(page, '/admin/deleted');
    await page.getByRole('link', { name: 'Delete for good' }).first().click();
    await page.getByRole('alertdialog').waitFor();
  },
  'a deleted product that asks for other SKUs': async (page, shop) => {
    await open(page, await asksForSkus(shop));
    await page.locator('[data-live][data-state=live]').waitFor();
    await rowButton(page, 'Taken twice', 'Restore').first().click();
    await page.locator('[data-asked] .error:visible').first().waitFor();
  },
  'the page that asks for other SKUs': async (page, shop) => {
    await open(page, await asksForSkus(shop));
    await page.locator('tr', { hasText: 'Taken twice' }).first().locator('form').evaluate((form) => form.submit());
    await page.getByRole('heading', { level: 1, name: 'Taken twice was not restored.' }).waitFor();
  },
  'the page that asks for another address': async (page, shop) => {
    restored += 1;
    const slug = `wanted-by-two-${restored}`;
    const { name } = await shelve(shop, 'Wanted by two', { slug });
    await shop.as('editor')('DELETE', `/v1/${name}`);
    await shelve(shop, 'Came later', { slug });
    await open(page, `/admin/${name}`);
    await sendPlainly(page, page.locator('form[action$="/undelete"]'));
    await page.getByLabel('New address').waitFor();
  },
  'what others restored and deleted meanwhile': async (page, shop) => {
    const back = await gone(shop, 'Soon back');
    await open(page, '/admin/deleted');
    await page.locator('[data-live][data-state=live]').waitFor();
    await shop.as('admin')('POST', `/v1/${back.name}:undelete`, {});
    await gone(shop, 'Gone meanwhile');
    await page.locator('[data-back]').waitFor();
    await page.locator('#fresh').waitFor();
  },
  'what was done meanwhile': async (page, shop) => {
    await open(page, '/admin/activity');
    await page.locator('[data-live][data-state=live]').waitFor();
    await shelve(shop, 'Made meanwhile');
    await page.locator('#fresh').waitFor();
  },
  'the list of the keys': async (page) => {
    await open(page, '/admin/products');
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keys' }).waitFor();
  },
  'a category with a mistake': async (page) => {
    await open(page, '/admin/categories');
    await field(page, 'title').evaluate((input) => input.removeAttribute('required'));
    await button(page, 'Add category').click();
    await errors(page);
  },
  'a refused sign-in': async (page) => {
    await open(page, '/admin/sign-in');
    strangers += 1;
    await page.getByLabel('E-mail address').fill(`nobody-${strangers}@shop.example`);
    await page.getByLabel('Password').fill('not the password');
    await button(page, 'Sign in').click();
    await page.getByText('That does not match.').waitFor();
  },
  'a key that was just made': async (page) => {
    await open(page, '/admin/keys');
    await page.getByLabel('Name').fill('Supplier');
    await button(page, 'Make key').click();
    await field(page, 'secret').waitFor();
  },
  'a user who cannot be saved': async (page, shop) => {
    const own = await shop.as('admin')('GET', '/v1/sessions/-');
    await open(page, `/admin/${own.user.name}`);
    await field(page, 'role').selectOption('viewer');
    await button(page, 'Save').click();
    await errors(page);
  },
  'a password that cannot be changed': async (page) => {
    await open(page, '/admin/account');
    // Too short to be looked at any further: a wrong guess too many would slow the next story down.
    await field(page, 'current_password').fill('not the password');
    await field(page, 'new_password').fill('short');
    await button(page, 'Change password').click();
    await errors(page);
  },
  'the page of a shop that is away': async (page) => {
    const gateway = await openGatewayAlone();
    try {
      const answer = await page.goto(gateway.url, { waitUntil: 'networkidle' });
      assert.equal(answer?.status(), 503);
    } finally {
      gateway.close();
    }
  },
};

const byAddress = Object.entries(ADDRESSES).map(([name, address]) =>
  /** @type {const} */ ([name, async (page, shop) => open(page, await address(shop))]));
const expects = [/status of (40[01349]|410|412|422|503)/];

for (const [name, lead] of [...byAddress, ...Object.entries(REFUSALS)]) {
  for (const scheme of ['light', 'dark']) {
    for (const width of [390, 1280]) {
      story(`${name}, ${scheme}, ${width} wide: no accessibility violations`, { as: 'admin', scheme, width, expects }, async ({ page, shop }) => {
        await lead(page, shop);
        assert.deepEqual(await axe(page), []);
      });
    }
  }
  fits(name, lead);
}

/** What names do to a page when they are long, or do not break; for their room alone, so axe need not see them again. */
const WORD = 'Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichenhalterung';
const stretched = (shop) => shelve(shop, WORD, { price: 1_234_567, published: true, brand: WORD });
const STRETCHED = {
  'a list of long names': async (page, shop) => {
    await stretched(shop);
    await open(page, '/admin/products');
  },
  'the shop with a long name': async (page, shop) => {
    await stretched(shop);
    await open(page, '/');
  },
  'a product with a long name': async (page, shop) => open(page, `/p/${(await stretched(shop)).slug}`),
  'the editor of a long name': async (page, shop) => open(page, `/admin/${(await stretched(shop)).name}`),
  'the question before a long name is deleted': async (page, shop) => open(page, `/admin/${(await stretched(shop)).name}/delete`),
  'the activity about long names': async (page, shop) => {
    await stretched(shop);
    await open(page, '/admin/activity');
  },
  'the new price of a long name': async (page, shop) => {
    await stretched(shop);
    await open(page, '/admin/products');
    await page.getByRole('checkbox', { name: WORD }).first().check();
    await page.locator('#bulk').getByText('1 chosen').waitFor();
    await button(page, 'Change prices').click();
    await page.getByLabel('By or to how much').fill('10');
    await button(page, 'Show the new prices').click();
    await page.locator('#preview').waitFor();
  },
};

for (const [name, lead] of Object.entries(STRETCHED)) fits(name, lead);

/** One page at every width, from a small phone to a wide screen. */
function fits(name, lead) {
  story(`${name}: nothing scrolls sideways, and no text is cut off or lies over another, at any width`, { as: 'admin', expects }, async ({ page, shop }) => {
    await lead(page, shop);
    for (const width of [360, 390, 768, 1024, 1280, 1600, 1920]) {
      await page.setViewportSize({ width, height: 900 });
      await seeAll(page);
      assert.deepEqual({ width, ...(await page.evaluate(room)) }, { width, sideways: 0, cut: [], over: [] });
    }
  });
}

/** What has no room on the page; runs in it. */
function room() {
  const held = (element) => element.outerHTML.slice(0, 120);
  const cut = [...document.querySelectorAll('body *')].filter((element) => {
    const style = getComputedStyle(element);
    const clips = ['hidden', 'clip'].includes(style.overflowX) || ['hidden', 'clip'].includes(style.overflowY);
    // A skip link is cut off until it has the focus.
    const seen = element.checkVisibility() && element.clientWidth > 2 && !element.matches('.skip');
    const text = [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
    return clips && seen && text && (element.scrollWidth > element.clientWidth + 1 || element.scrollHeight > element.clientHeight + 1);
  });
  // What is laid over the page on purpose covers what is below it.
  const within = document.querySelector('dialog[open]') ?? document.body;
  const lines = [];
  const texts = document.createTreeWalker(within, NodeFilter.SHOW_TEXT);
  for (let node = texts.nextNode(); node; node = texts.nextNode()) {
    const element = node.parentElement;
    if (!node.data.trim() || !element?.checkVisibility() || element.closest('.initial, .notices, .bulk, .save-bar, option, textarea')) continue;
    if (hidden(element)) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    for (const box of range.getClientRects()) if (box.width > 2) lines.push({ element, box });
  }
  function hidden(element) {
    return element !== within && (getComputedStyle(element).clipPath !== 'none' || hidden(element.parentElement ?? within));
  }
  const covers = ({ box: a }, { box: b }) => {
    const [wide, high] = [['left', 'right'], ['top', 'bottom']].map(([from, to]) => Math.min(a[to], b[to]) - Math.max(a[from], b[from]));
    return wide > 3 && high > Math.min(a.height, b.height) * 0.4;
  };
  const over = lines.filter((line, index) => lines.slice(index + 1).some((other) => other.element !== line.element && covers(line, other)));
  const sideways = Math.max(document.documentElement.scrollWidth - document.documentElement.clientWidth, 0);
  return { sideways, cut: cut.map(held), over: over.map(({ element }) => held(element)) };
}
