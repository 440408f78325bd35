// Adds: what others do comes to the page that shows it, gathered for a moment and without its own echoes, and how the connection stands.
// Without it: the page shows what was when it was opened; Activity lists what has changed since.
// Proven by: tests/browser/stories/live.test.js and live-pages.test.js

import { word } from './announce.js';
import { sent } from './call.js';
import { startFeed } from './live-feed.js';

/** @import { Told } from './types.js' */

/** How long changes are gathered, and how long when one came just before. */
const MOMENT = 80;
const SHORT = 400;

/**
 * @typedef {object} Follower
 * @property {(batch: any[]) => void} show what was told meanwhile
 * @property {() => Promise<string>} readAgain what was missed cannot be told: reads all anew, and answers from where to go on
 * @property {(told: Told) => boolean} [isNews] instead of what others have changed
 */

/** What follows, by what is shown. @type {Record<string, () => Promise<Follower>>} */
const FOLLOWERS = {
  products: () => import('./live-page.js'),
  deleted: () => import('./live-deleted.js'),
  activity: () => import('./live-activity.js'),
};

/** Follows what the page shows. */
export async function startLive() {
  const list = document.querySelector('[data-follows]');
  if (!(list instanceof HTMLElement)) return;
  // It can wait, too, until nothing else is to be done.
  await new Promise((begin) => void (window.requestIdleCallback ?? setTimeout)(begin));
  const { show, readAgain, isNews = isOfOthers } = (await FOLLOWERS[list.dataset.follows ?? '']?.()) ?? {};
  if (!show || !readAgain) return;
  /** @type {Told[]} */
  let gathered = [];
  let last = 0;
  const showAll = () => {
    const batch = gathered;
    gathered = [];
    last = Date.now();
    show(batch);
  };
  /** @param {Told} told */
  const hear = (told) => {
    if (!isNews(told)) return;
    gathered.push(told);
    if (gathered.length === 1) setTimeout(showAll, Date.now() - last < SHORT ? SHORT : MOMENT);
  };
  startFeed({ token: list.dataset.resume ?? '', hear, readAgain, show: showWord });
}

/** @param {Told} told */
function isOfOthers({ change }) {
  return change !== undefined && !sent.has(change.requestId ?? '');
}

/** @param {string} now */
function showWord(now) {
  const place = document.querySelector('[data-live]');
  if (!(place instanceof HTMLElement)) return;
  place.dataset.state = now;
  place.textContent = word(now);
}
