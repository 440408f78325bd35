// The network between the gateway and the catalog-service, which can be cut and slowed. Its bytes are encoded calls: nothing is read.

import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { setTimeout } from 'node:timers/promises';
import { reset } from './reset.js';

/**
 * Opens a link to a service.
 * @param {string} target its address and port
 */
export async function openLink(target) {
  const [host, port] = target.split(':');
  const ends = new Set();
  const wait = { there: 0, back: 0 };
  /** Whatever has come within the wait goes on together, in order. */
  const late = (way) => async function* pass(chunks) {
    for await (const chunk of chunks) {
      if (wait[way]) await setTimeout(wait[way], undefined, { ref: false });
      yield chunk;
    }
  };
  const server = createServer((near) => {
    const far = connect(Number(port), host);
    for (const end of [near, far]) {
      end.setNoDelay(true);
      ends.add(end);
      end.on('close', () => ends.delete(end));
    }
    // An end that breaks takes the other one with it.
    pipeline(near, late('there'), far).catch(() => {});
    pipeline(far, late('back'), near).catch(() => {});
  });
  const listen = async (at) => {
    server.listen(at, '127.0.0.1');
    await once(server, 'listening');
  };
  await listen(0);
  const own = server.address().port;

  /** Breaks every connection, and takes no new one. */
  const cut = async () => {
    const closed = server.listening && once(server, 'close');
    server.close();
    for (const end of ends) reset(end);
    await closed;
  };
  return {
    url: `http://127.0.0.1:${own}`,
    cut,
    /** From now on calls take so many milliseconds there, and answers back. */
    slow: ({ there = 0, back = 0 }) => Object.assign(wait, { there, back }),
    /** It is whole and quick again. */
    mend: async () => {
      Object.assign(wait, { there: 0, back: 0 });
      if (!server.listening) await listen(own);
    },
    close: cut,
  };
}
