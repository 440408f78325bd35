// Adds: what a search tells besides its products: what was marked, what it was for instead, and a way back from nothing.
// Without it: the server prints the same.
// Proven by: tests/browser/stories/list.test.js

import { word } from './announce.js';
import { total } from './format.js';
import { addressOf } from './list-query.js';

/** @import { Found, ProductPage, Segment } from './types.js' */

/**
 * Where the title says why it was found, the description need not.
 * @param {HTMLElement} row
 * @param {Found} found
 */
export function markRow(row, { titleSegments = [], excerptSegments = [] }) {
  if (titleSegments.some(({ matched }) => matched)) return put(row, 'title', titleSegments);
  if (excerptSegments.length) put(row, 'excerpt', excerptSegments);
}

/**
 * @param {HTMLElement} row
 * @param {string} field
 * @param {Segment[]} segments
 */
function put(row, field, segments) {
  const place = row.querySelector(`[data-field=${field}]`);
  if (!(place instanceof HTMLElement)) return;
  place.hidden = false;
  place.replaceChildren(...segments.map(({ text = '', matched }) => {
    if (!matched) return text;
    return Object.assign(document.createElement('mark'), { textContent: text });
  }));
}

/**
 * @param {ProductPage} page
 * @param {string} [typed]
 * @returns {string[]} what is said of the search
 */
export function fillNotes({ correctedQuery, someWordsOnly, incomplete }, typed) {
  const notes = [
    correctedQuery ? word('search-corrected', { typed, found: correctedQuery }) : '',
    someWordsOnly ? word('search-some-words') : '',
    incomplete ? word('search-incomplete') : '',
  ].filter(Boolean);
  const place = document.getElementById('found-otherwise');
  place?.replaceChildren(...notes.map((note) => Object.assign(document.createElement('p'), { className: 'note', textContent: note })));
  return notes;
}

/**
 * @param {boolean} shown
 * @param {Record<string, string>} asked
 */
export function fillEmpty(shown, asked) {
  const empty = document.getElementById('empty');
  if (!empty) return;
  empty.hidden = !shown;
  const narrowed = Boolean(asked.state || asked.category);
  const text = empty.querySelector('p');
  if (text) text.textContent = asked.q ? word(narrowed ? 'not-found-here' : 'not-found') : narrowed ? word('no-match') : total(0);
  const link = empty.querySelector('a') ?? Object.assign(document.createElement('a'), { className: 'button' });
  const wider = Boolean(asked.q) && narrowed;
  link.textContent = word(wider ? 'search-wider' : 'all-products');
  link.setAttribute('href', addressOf(location.pathname, wider ? { q: asked.q } : {}));
  link.dataset.liveList = '';
  link.hidden = !asked.q && !narrowed;
  empty.append(link);
}
