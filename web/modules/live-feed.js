// Adds: the stream of changes, one for all tabs of this browser, which goes on from its last token however often it breaks.
// Without it: the page shows what was when it was opened; Activity lists what has changed since.
// Proven by: tests/browser/stories/live.test.js

/** @import { Told } from './types.js' */

/** The lock of the tab that leads, and the channel on which it tells the others. */
const NAME = 'shelf-live';
const PAUSE = 500;
const LONGEST = 60_000;
/** More than two signs of life of the service. */
const SILENCE = 40_000;

/** @typedef {'live' | 'live-again' | 'live-offline' | 'live-ended'} Word */
/** @typedef {{ told: Told } | { word: Word } | { asks: true } | { at: string, word: Word }} Said what tabs say to each other */

/**
 * @typedef {object} Page
 * @property {string} token from where this page goes on
 * @property {(told: Told) => void} hear
 * @property {() => Promise<string>} readAgain what was missed cannot be told: reads all anew, and answers from where to go on
 * @property {(word: Word) => void} show how the connection stands
 */

/** Follows the feed while the page is there, also after it came back. @param {Page} page */
export function startFeed(page) {
  let leaving = new AbortController();
  const begin = () => {
    leaving = new AbortController();
    follow(page, leaving.signal);
  };
  addEventListener('pagehide', () => leaving.abort());
  addEventListener('pageshow', ({ persisted }) => persisted && begin());
  begin();
}

/**
 * Hears what the tab that leads tells, and leads when there is none.
 * @param {Page} page
 * @param {AbortSignal} signal
 */
function follow(page, signal) {
  const channel = new BroadcastChannel(NAME);
  /** Whether another tab leads, and where it is has to be known. */
  let asking = true;
  /** @param {Told} told */
  const hear = (told) => {
    page.token = told.resumeToken;
    page.hear(told);
  };
  channel.onmessage = async ({ data }) => {
    const said = /** @type {Said} */ (data);
    if ('told' in said) hear(said.told);
    if ('word' in said) page.show(said.word);
    if (!('at' in said) || !asking) return;
    asking = false;
    // Between this page and the stream of the other tab lies something, or not: only equal tokens are one place.
    if (said.at !== page.token) page.token = await page.readAgain().catch(() => page.token);
  };
  const held = () => new Promise((release) => {
    asking = false;
    signal.addEventListener('abort', release);
    lead(page, hear, channel, signal);
  });
  void navigator.locks.request(NAME, { signal }, held).catch(() => {});
  channel.postMessage({ asks: true });
  signal.addEventListener('abort', () => channel.close());
}

/**
 * @param {Page} page
 * @param {(told: Told) => void} hear
 * @param {BroadcastChannel} channel
 * @param {AbortSignal} signal
 */
function lead(page, hear, channel, signal) {
  /** @type {EventSource | undefined} */
  let source;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let clock;
  let pause = PAUSE;
  /** @type {Word} */
  let word = 'live-again';
  /** @param {Said} said */
  const say = (said) => signal.aborted || channel.postMessage(said);
  /** @param {Word} now */
  const show = (now) => {
    word = now;
    page.show(word);
    say({ word });
  };
  const open = () => {
    const opened = new EventSource(`/v1/products:watch?resumeToken=${encodeURIComponent(page.token)}`);
    source = opened;
    source.onmessage = ({ data }) => {
      wait(SILENCE, () => lost(false));
      pause = PAUSE;
      if (word !== 'live') show('live');
      const told = /** @type {Told} */ (JSON.parse(data));
      hear(told);
      say({ told });
    };
    // Complete after its hour: the next one goes on at once.
    source.addEventListener('end', () => again(false));
    // An answer that is an error closes the stream and does not say why.
    source.addEventListener('error', () => lost(opened.readyState === EventSource.CLOSED));
  };
  /** @param {number} time @param {() => void} then */
  const wait = (time, then) => {
    clearTimeout(clock);
    clock = setTimeout(then, time);
  };
  /** @param {boolean} anew whether to read anew first, which also shows whether the service is there */
  const again = async (anew) => {
    source?.close();
    clearTimeout(clock);
    if (signal.aborted) return;
    try {
      if (anew) page.token = await page.readAgain();
      if (!signal.aborted) open();
    } catch (error) {
      if (error === 401) show('live-ended');
      else lost(false);
    }
  };
  /** @param {boolean} anew */
  const lost = (anew) => {
    source?.close();
    if (signal.aborted) return;
    clearTimeout(clock);
    // Without a network there is nothing to try until it is back.
    if (!navigator.onLine) return show('live-offline');
    show('live-again');
    wait(pause * (0.5 + Math.random()), () => again(anew));
    pause = Math.min(pause * 2, LONGEST);
  };
  channel.addEventListener('message', ({ data }) => 'asks' in data && say({ at: page.token, word }));
  addEventListener('offline', () => lost(false), { signal });
  addEventListener('online', () => word === 'live-ended' || again(false), { signal });
  signal.addEventListener('abort', () => (clearTimeout(clock), source?.close()));
  open();
}
