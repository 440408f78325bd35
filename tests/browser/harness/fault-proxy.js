// The network between the browser and the gateway, with the faults that a story asks for. The browser's own requests meet them:
// what it does by itself when a connection breaks is part of what is tested.

import { once } from 'node:events';
import { createServer, request } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { reset } from './reset.js';

const STATUS = { 400: 'INVALID_ARGUMENT', 429: 'RESOURCE_EXHAUSTED', 500: 'INTERNAL', 503: 'UNAVAILABLE' };
const REASON = { 429: 'RATE_LIMITED', 500: 'INTERNAL', 503: 'OVERLOADED' };

/**
 * @typedef {{ method: string, path: string, headers: import('node:http').IncomingHttpHeaders, body: Buffer, at: number }} Asked
 * @typedef {{ asked: Asked, answer: import('node:http').ServerResponse, reply?: import('node:http').IncomingMessage }} Exchange
 * @typedef {object} Options
 * @property {number} [times] to how many requests it is done, all if left out
 * @property {boolean} [held] whether each waits until it is released
 * @property {(exchange: Exchange) => Promise<void>} [first] what is done before it waits
 * @property {boolean} [cuts] whether it breaks connections
 */

/**
 * Opens the network in front of a gateway, at a port of its own of the same machine. `Host` and `Origin` pass through as the browser
 * sends them, so that to the gateway this is the address it is reached at.
 * @param {string} target
 */
export async function openNetwork(target) {
  /** @type {ReturnType<typeof fault>[]} */
  let faults = [];
  const connections = connectionsOf();
  const server = createServer(async (incoming, answer) => {
    connections.use(incoming.socket, answer);
    if (faults.some(({ cuts }) => cuts)) answer.shouldKeepAlive = false;
    const { method = '', url: path = '', headers } = incoming;
    const body = await buffer(incoming).catch(() => undefined);
    if (!body) return;
    const asked = { method, path, headers, body, at: performance.now() };
    const met = faults.find((one) => one.meets(asked));
    await (met ? met.meet({ asked, answer }) : passOn(target, { asked, answer })).catch(() => answer.destroy());
  });
  server.on('connection', connections.add);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  const cut = ({ answer }) => {
    if (answer.socket) reset(answer.socket);
  };
  /**
   * A browser sends a request again by itself when it was cut on a connection that had been open before: from now on each request has
   * one of its own.
   */
  const addCut = (pattern, act, options) => {
    connections.useNoneAgain();
    return add(pattern, act, { ...options, cuts: true });
  };
  const add = (pattern, act, options) => {
    const one = fault(pattern, act, options);
    faults.push(one);
    return one;
  };
  return {
    url: `http://localhost:${server.address().port}`,
    /** Passes requests on, and keeps them for the story to look at. */
    pass: (pattern, options) => add(pattern, (exchange) => passOn(target, exchange), options),
    /** The same once it is released; it reaches the gateway then, whether its sender still waits or not. */
    hold: (pattern, options) => add(pattern, (exchange) => passOn(target, exchange), { ...options, held: true }),
    /** Passes requests on, and their answers back once they are released. */
    holdAnswer: (pattern, options) => add(pattern, passBack, { ...options, held: true, first: (exchange) => ask(target, exchange) }),
    /** The request never reaches the gateway. */
    cutBefore: (pattern, options) => addCut(pattern, async (exchange) => cut(exchange), options),
    /** It is done, and nobody hears of it. */
    cutAfter: (pattern, options) => addCut(pattern, async (exchange) => {
      await ask(target, exchange);
      await buffer(exchange.reply);
      cut(exchange);
    }, options),
    /** An error in the gateway's place, without a body if the story says so. */
    refuse: (pattern, code, { retryAfter, empty = false, status = STATUS[code], reason = REASON[code], ...options } = {}) =>
      add(pattern, async ({ answer }) => {
        const headers = { ...(retryAfter && { 'retry-after': retryAfter }), ...(!empty && { 'content-type': 'application/json' }) };
        answer.writeHead(code, headers).end(empty ? '' : JSON.stringify(refusal(code, status, reason)));
      }, options),
    /** The network is whole again. */
    clear: async () => {
      const ended = faults;
      faults = [];
      await Promise.all(ended.map((one) => one.end()));
    },
    close: async () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

/**
 * What is done to the requests of one kind. In the pattern `*` stands for anything within a part of the path: `DELETE /v1/products/*`.
 * @param {string} pattern method and path, with its query
 * @param {(exchange: Exchange) => Promise<void>} act
 * @param {Options} [options]
 */
function fault(pattern, act, { times = Infinity, held = false, cuts = false, first = async () => {} } = {}) {
  const kind = new RegExp(`^${pattern.split('*').map(escaped).join('[^/]*')}$`);
  /** @type {Asked[]} */
  const requests = [];
  /** @type {Promise<void>[]} */
  const acts = [];
  /** @type {{ count: number, found: () => void }[]} */
  const waiting = [];
  let come = 0;
  let ended = false;
  let release = () => {};
  const released = held ? new Promise((resolve) => (release = resolve)) : Promise.resolve();
  const arrive = () => {
    come += 1;
    for (const { count, found } of waiting) if (come >= count) found();
    return released;
  };
  return {
    /** What it has met, in order. */
    requests,
    cuts,
    meets: ({ method, path }) => !ended && requests.length < times && kind.test(`${method} ${path}`),
    meet: (exchange) => {
      requests.push(exchange.asked);
      const done = first(exchange).then(arrive).then(() => act(exchange));
      acts.push(done);
      return done;
    },
    /** Until so many requests have come to where it holds them. */
    arrived: (count = 1) => new Promise((found) => (come >= count ? found() : waiting.push({ count, found }))),
    /** What it holds goes on, and what comes later too; until that is done. */
    release: () => {
      release();
      return Promise.allSettled(acts);
    },
    /** From now on it meets nothing. */
    end() {
      ended = true;
      return this.release();
    },
  };
}

/** The connections of the browser, and which of them have no request on the way. */
function connectionsOf() {
  const all = new Set();
  const used = new Map();
  return {
    add: (socket) => {
      all.add(socket);
      socket.on('close', () => all.delete(socket));
    },
    use: (socket, answer) => {
      used.set(socket, answer);
      answer.on('close', () => used.get(socket) === answer && used.delete(socket));
    },
    /** None of those that are open now serves another request. */
    useNoneAgain: () => {
      for (const socket of all) if (!used.has(socket)) socket.destroy();
      for (const answer of used.values()) answer.shouldKeepAlive = false;
    },
  };
}

/** Sends a request to the gateway, until its answer begins. */
async function ask(target, exchange) {
  const { method, path, headers: { connection, ...headers }, body } = exchange.asked;
  const sent = request(new URL(target), { agent: false, method, path, headers });
  sent.end(body);
  [exchange.reply] = await once(sent, 'response');
}

/** Passes a request on, and its answer back as it comes: a stream is one here too. */
async function passOn(target, exchange) {
  await ask(target, exchange);
  await passBack(exchange);
}

async function passBack({ reply, answer }) {
  const { connection, ...headers } = reply.headers;
  answer.writeHead(reply.statusCode, headers).flushHeaders();
  await pipeline(reply, answer);
}

/** An error as the gateway tells it. */
function refusal(code, status, reason) {
  const details = [{ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason, domain: 'shelf' }];
  return { error: { code, status, message: 'no', details } };
}

function escaped(text) {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
