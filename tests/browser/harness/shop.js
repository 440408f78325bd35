// A shop of its own: the real binary on ports it chooses itself, with the sample products and three accounts.

import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { openLink } from './fault-link.js';
import { openNetwork } from './fault-proxy.js';
import { until } from './until.js';

const BINARY = resolve(process.env.SHELF_BIN ?? new URL('../../../target/debug/shelf', import.meta.url).pathname);
const START_LIMIT = 60_000;
const PASSWORD = 'correct horse battery staple';

/** Who there is, by role. */
export const PEOPLE = {
  admin: { login: 'ada@shop.example', displayName: 'Ada', password: PASSWORD },
  editor: { login: 'grace@shop.example', displayName: 'Grace', password: PASSWORD },
  viewer: { login: 'vera@shop.example', displayName: 'Vera', password: PASSWORD },
};

/** Starts a shop without accounts. */
export async function openEmptyShop() {
  const folder = await mkdtemp(join(tmpdir(), 'shelf-browser-'));
  let child = start(folder, '127.0.0.1:0');
  const stop = () => ended(child);
  const close = async () => {
    await stop();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const found = await addresses(child);
    /** Starts it again where it was. */
    const goOn = async () => {
      child = start(folder, `127.0.0.1:${new URL(found.url).port}`);
      await told(child, (said) => address(said, 'shop'));
    };
    return { ...found, close, stop, goOn };
  } catch (error) {
    await close();
    throw error;
  }
}

function start(folder, listen) {
  const options = ['--data-dir', folder, '--listen', listen, '--grpc-listen', '127.0.0.1:0'];
  return spawn(BINARY, options, { stdio: ['ignore', 'pipe', 'pipe'] });
}

/** Starts a shop with an admin, an editor and a viewer, each with the token of a session. */
export async function openShop() {
  return settled(await openEmptyShop());
}

/** The same, for a browser whose network has the faults that a story asks of `shop.network`; the story's own calls go past it. */
export async function openShopBehindFaults() {
  return behindFaults(await openShop());
}

/**
 * The same with the two services as two processes, and with faults between them too, asked of `shop.link`. The story's own calls have a
 * gateway to themselves.
 */
export async function openShopApart() {
  const folder = await mkdtemp(join(tmpdir(), 'shelf-browser-'));
  const closing = [() => rm(folder, { recursive: true, force: true })];
  const close = async () => {
    for (const step of closing.toReversed()) await step();
  };
  const run = (name, ...options) => {
    const child = service(name, ...options);
    closing.push(() => ended(child));
    return child;
  };
  try {
    const database = `sqlite:${join(folder, 'shelf.db')}`;
    const catalog = run('catalog-service', '--catalog-listen', '127.0.0.1:0', '--database-url', database);
    const { address, setup } = await told(catalog, (said) => {
      const [address, setup] = [logged(said), /\S+\/admin\/setup#\S+/.exec(said)?.[0]];
      return address && setup && { address, setup };
    });
    const link = await openLink(address);
    closing.push(link.close);
    const [url, past] = await Promise.all([link.url, `http://${address}`].map(async (upstream) => {
      const gateway = await told(run('gateway', '--listen', '127.0.0.1:0', '--catalog', upstream), logged);
      return `http://${gateway}`;
    }));
    const shop = await settled({ url: past, setup, close });
    return { ...(await behindFaults(shop, url)), link };
  } catch (error) {
    await close();
    throw error;
  }
}

async function behindFaults(shop, url = shop.url) {
  const network = await openNetwork(url);
  const close = async () => {
    await network.close();
    await shop.close();
  };
  return { ...shop, url: network.url, network, close };
}

/** With people, and an index that is made. */
async function settled(shop) {
  const { admin, ...others } = PEOPLE;
  const token = new URL(shop.setup).hash.slice(1);
  await send(shop, 'POST', '/v1/users:redeemSetupToken', { body: { token, ...admin } });
  const tokens = { admin: await signIn(shop, admin) };
  for (const [role, { password, ...user }] of Object.entries(others)) {
    const body = { ...user, role: `ROLE_${role.toUpperCase()}` };
    await send(shop, 'POST', '/v1/users', { token: tokens.admin, body: { user: body, password } });
    tokens[role] = await signIn(shop, PEOPLE[role]);
  }
  await indexed(shop);
  const as = (role) => (method, path, body, headers) => send(shop, method, path, { token: tokens[role], body, headers });
  return { ...shop, tokens, as };
}

/** Until the index is made: from then on whatever was written is found. */
function indexed(shop) {
  return until('the index is made', async () => {
    const answer = await fetch(new URL('/v1/products:search?query=mug', shop.url));
    const { incomplete = false } = await answer.json();
    return answer.ok && !incomplete;
  });
}

/** Until Brotli is there, which comes in the background after the start, the stylesheet's last of all: what a page weighs is told then. */
export async function packed(shop) {
  const page = await (await fetch(shop.url)).text();
  const sheet = new URL(/href="([^"]+styles\.css)"/.exec(page)[1], shop.url);
  await until('the stylesheet is there in Brotli', async () => {
    const answer = await fetch(sheet, { headers: { 'accept-encoding': 'br' } });
    await answer.arrayBuffer();
    return answer.headers.get('content-encoding') === 'br';
  });
}

/** One product with one variant, published unless the story says otherwise. */
export async function shelve(shop, title, { price = 14, published = false, ...fields } = {}) {
  const send = shop.as('editor');
  const prices = [{ amount: { currencyCode: 'EUR', units: String(price), nanos: 900_000_000 } }];
  const product = await send('POST', '/v1/products', { title, variants: [{ prices }], ...fields });
  return published ? send('POST', `/v1/${product.name}:publish`, {}) : product;
}

async function signIn(shop, { login, password }) {
  const session = await send(shop, 'POST', '/v1/sessions', { body: { login, password } });
  return session.token;
}

/** A JSON call as any program makes it. */
export async function send(shop, method, path, { token, body, headers = {} } = {}) {
  const answer = await fetch(new URL(path, shop.url), {
    method,
    headers: {
      ...(token && { authorization: `Bearer ${token}` }),
      ...(body && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${text}`);
  return text ? JSON.parse(text) : {};
}

/** Starts a gateway whose catalog-service is away: nobody listens at port 1. */
export async function openGatewayAlone() {
  const child = service('gateway', '--listen', '127.0.0.1:0', '--catalog', 'http://127.0.0.1:1');
  return { url: `http://${await told(child, logged)}`, close: () => child.kill('SIGTERM') };
}

/** Starts one of the two services by itself; it logs where it is. */
function service(name, ...options) {
  const env = { ...process.env, SHELF_LOG_FORMAT: 'json' };
  return spawn(join(dirname(BINARY), name), options, { stdio: ['ignore', 'pipe', 'pipe'], env });
}

function logged(said) {
  return /"address":"([^"]+)"/.exec(said)?.[1];
}

/** Asks a program to stop, and waits until it has. */
async function ended(child) {
  const exit = child.exitCode === null && new Promise((done) => child.once('exit', done));
  child.kill('SIGTERM');
  await exit;
}

/** Where the shop is, as it prints it. */
function addresses(child) {
  return told(child, (said) => {
    const [url, grpc, setup] = ['shop', 'gRPC', 'setup'].map((name) => address(said, name));
    return url && grpc && setup && { url, grpc: grpc.includes('://') ? grpc : `http://${grpc}`, setup };
  });
}

/** Waits until a program has printed what `find` looks for in it. */
function told(child, find) {
  return new Promise((found, failed) => {
    let said = '';
    const clock = setTimeout(() => failed(new Error(`${child.spawnfile} did not start in time:\n${said}`)), START_LIMIT);
    const read = (chunk) => {
      said += chunk;
      const answer = find(said);
      if (!answer) return;
      clearTimeout(clock);
      // What it says later is let go: read again from its beginning at every line it would keep the story from its work.
      for (const output of [child.stdout, child.stderr]) output.off('data', read).resume();
      found(answer);
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.once('error', failed);
    child.once('exit', (code) => failed(new Error(`${child.spawnfile} ended with ${code}:\n${said}`)));
  });
}

function address(said, name) {
  return new RegExp(`^\\s*${name}:\\s+(\\S+)\\s*$`, 'm').exec(said)?.[1];
}
