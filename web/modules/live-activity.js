// Adds: how much was done since the page was read, counted as it is done, and shown when it is asked for.
// Without it: the page shows what was done when it was opened.
// Proven by: tests/browser/stories/live-pages.test.js

import { announce, word } from './announce.js';
import { number } from './format.js';
import { showFreshPart } from './live-part.js';
import { readAt } from './live-read.js';

/** @import { Told } from './types.js' */

/** How many are counted. */
const MOST = 100;

/** Where the feed was when it was looked at last. */
let place = list()?.dataset.resume ?? '';

/** @returns {HTMLElement | null} */
function list() {
  return document.querySelector('[data-follows=activity]');
}

/** A sign of life, too, when it comes from another place: what is done to categories and the shop is told by nothing else. @param {Told} told */
export function isNews({ resumeToken }) {
  const moved = resumeToken !== place;
  place = resumeToken;
  return moved;
}

export function show() {
  // What cannot be read now is counted with the next news.
  void readAgain().catch(() => {});
}

export async function readAgain() {
  const { filter = '', newest } = list()?.dataset ?? {};
  const { content: { changes = [] }, token } = await readAt(`/v1/changes?${new URLSearchParams({ page_size: String(MOST), filter })}`);
  const count = changes.filter((/** @type {{ number: string }} */ one) => Number(one.number) > Number(newest)).length;
  if (!count) return token;
  const text = word(count === 1 ? 'live-one-change' : 'live-changes', { count: count < MOST ? number(count) : `${MOST - 1}+` });
  // Said once, and not again with every change that follows.
  if (!document.getElementById('fresh')) announce(text);
  showFreshPart(text);
  return token;
}
