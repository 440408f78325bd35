// Adds: what is new on a page whose parts the server shows: a link behind its total, which puts its first page in the place of this one.
// Without it: the page shows what was when it was opened.
// Proven by: tests/browser/stories/live-pages.test.js

import { showFresh } from './live-read.js';

/** Nothing moves until it is asked for; without a text there is nothing. @param {string} text */
export function showFreshPart(text) {
  const first = new URL(location.href);
  for (const name of ['page', 'from']) first.searchParams.delete(name);
  const link = showFresh(text, first.pathname + first.search);
  if (!link) return;
  link.onclick = (event) => {
    if (event.button || event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    import('./facets.js').then(({ show }) => show(first.href, first.href !== location.href), () => location.assign(first));
  };
}
