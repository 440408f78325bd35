// A connection is broken whatever it is doing, and is gone then: one that stayed would keep the tests from ending.

import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { afterEach, beforeEach, test } from 'node:test';
import { reset } from '../harness/reset.js';

let server;
let near;
let far;

beforeEach(async () => {
  server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  near = connect(server.address().port, '127.0.0.1');
  [[far]] = await Promise.all([once(server, 'connection'), once(near, 'connect')]);
  far.resume();
});

afterEach(() => server.close());

test('a connection that is in use breaks', async () => {
  const broken = once(far, 'error');
  const closed = once(near, 'close');
  reset(near);
  await Promise.all([broken, closed]);
});

test('a connection that has just ended is closed', async () => {
  const closed = Promise.all([once(near, 'close'), once(far, 'close')]);
  near.end();
  reset(near);
  await closed;
});
