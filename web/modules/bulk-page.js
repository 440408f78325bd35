// Adds: what takes several steps goes on by itself, until somebody stops it.
// Without it: each step waits for its Continue.
// Proven by: tests/browser/stories/bulk.test.js

import { announce, word } from './announce.js';

/** Which form's steps are to end; the next page reads it. */
const STOP = 'bulk-stop';

/** @param {HTMLFormElement} form */
export function startBulkPage(form) {
  const [next, stop] = form.querySelectorAll('button');
  const { value: id = '' } = /** @type {HTMLInputElement} */ (form.elements.namedItem('request_id'));
  let sent = false;
  form.addEventListener('submit', (event) => {
    if (sent) event.preventDefault();
    sent = true;
    form.ariaBusy = 'true';
  });
  // The step that is on its way is not called back: the page that answers it is the one that stops.
  stop?.addEventListener('click', (event) => {
    if (!sent) return;
    event.preventDefault();
    sessionStorage.setItem(STOP, id);
    stop.setAttribute('aria-disabled', 'true');
    announce(word('many-stopping'));
  });
  addEventListener('pageshow', ({ persisted }) => {
    if (!persisted) return;
    sent = false;
    form.ariaBusy = null;
  });
  const stopped = sessionStorage.getItem(STOP) === id;
  if (stopped) sessionStorage.removeItem(STOP);
  const [way] = performance.getEntriesByType('navigation');
  // Whoever comes back to it, or loads it again, decides anew.
  if (way instanceof PerformanceNavigationTiming && way.type === 'navigate') form.requestSubmit(stopped ? stop : next);
}
