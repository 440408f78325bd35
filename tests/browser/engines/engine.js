// A browser of another engine than Chromium's, driven by WebDriver: Gecko is Firefox's, WebKit is Safari's. What is on the page is found
// as people see it, by what is written on it.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { Builder, Capabilities } from 'selenium-webdriver';
import { PEOPLE } from '../harness/shop.js';
import { until } from '../harness/until.js';
import * as looks from './looks.js';

const { FIREFOX = 'firefox', GECKODRIVER = 'geckodriver', MINIBROWSER = 'MiniBrowser', WEBKITDRIVER = 'WebKitWebDriver' } = process.env;

/** The driver of each, and what it is asked for. */
const ENGINES = {
  Gecko: {
    driver: (port) => [GECKODRIVER, '--port', port],
    asked: { browserName: 'firefox', 'moz:firefoxOptions': { binary: FIREFOX, args: ['-headless'] } },
  },
  WebKit: {
    driver: (port) => [WEBKITDRIVER, `--port=${port}`],
    asked: { browserName: 'MiniBrowser', 'webkitgtk:browserOptions': { binary: MINIBROWSER, args: ['--automation'] } },
  },
};

export const engines = Object.keys(ENGINES);

/** Starts a browser that nobody has used. */
export async function openBrowser(engine, shop) {
  const { driver: command, asked } = ENGINES[engine];
  const port = String(await freePort());
  const [program, ...options] = command(port);
  const child = spawn(program, options, { stdio: 'ignore' });
  const missing = once(child, 'error').then(([error]) => {
    throw new Error(`${program} does not start; \`make engine-tests\` installs it`, { cause: error });
  });
  try {
    const url = `http://127.0.0.1:${port}`;
    await Promise.race([missing, until(`${program} listens`, () => fetch(`${url}/status`).then(({ ok }) => ok, () => false))]);
    const driver = await new Builder().usingServer(url).withCapabilities(new Capabilities(asked)).build();
    const close = async () => {
      await driver.quit();
      child.kill();
    };
    return { ...pageOf(driver, shop), driver, close };
  } catch (error) {
    child.kill();
    throw error;
  }
}

function pageOf(driver, shop) {
  const run = (look, ...asked) => driver.executeScript(`return (${look})(...arguments)`, ...asked);
  /** Waits until the page has it, and gives it. */
  const sees = async (fact, look, ...asked) => {
    let seen;
    await until(fact, async () => Boolean(seen = await run(look, ...asked)));
    return seen;
  };
  const started = () => sees('the modules have hold of the page', looks.isStarted);
  const open = async (path) => {
    await driver.get(new URL(path, shop.url).href);
    await started();
  };
  const press = (...keys) => driver.actions().sendKeys(...keys).perform();
  const says = (text) => sees(`it says: ${text}`, looks.says, text);
  const field = (label) => sees(`a field ${label}`, looks.field, label);
  const button = (word, row) => sees(`a button ${word} ${row ?? ''}`, looks.button, word, row);
  const click = async (word, row) => (await button(word, row)).click();
  const type = async (label, text) => {
    const place = typeof label === 'string' ? await field(label) : label;
    await place.clear();
    await place.sendKeys(text);
  };
  const signIn = async ({ login, password }) => {
    await type('E-mail address', login);
    await type('Password', password);
    await click('Sign in');
  };
  const enter = async (role) => {
    await open('/admin/sign-in');
    await signIn(PEOPLE[role]);
    await says(PEOPLE[role].displayName);
    await started();
  };
  /** Marks this document; the answer says whether it is still the same one. */
  const marked = async () => {
    await run(looks.mark);
    return () => run(looks.isMarked);
  };
  const rows = () => run(looks.rows);
  const focused = () => run(looks.focused);
  return { run, sees, open, press, says, field, button, click, type, signIn, enter, marked, rows, focused };
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}
