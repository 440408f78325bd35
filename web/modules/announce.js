// Adds: sentences for those who do not see the page change, from the one list of words that the server prints.
// Without it: flash messages of the next page say the same.
// Proven by: tests/browser/stories/announcements.test.js

/**
 * The sentence of a code, with its places filled in.
 * @param {string} code a reason, or the name of a result
 * @param {Record<string, string | undefined>} [values]
 * @returns {string} empty when there is no such sentence
 */
export function word(code, values = {}) {
  const words = document.querySelector('template#words');
  if (!(words instanceof HTMLTemplateElement)) return '';
  const text = words.content.querySelector(`[data-reason="${CSS.escape(code)}"]`)?.textContent?.trim() ?? '';
  return text.replaceAll(/\{(\w+)\}/g, (place, name) => values[name] ?? place);
}

/**
 * Cleared first and set in the next frame, so that a repeat is spoken too. What lies behind a dialog is not heard: it has
 * regions of its own.
 * @param {string} text
 * @param {'polite' | 'assertive'} [region] a result is polite, a failure assertive
 */
export function announce(text, region = 'polite') {
  const place = document.querySelector(`dialog[open] [data-says=${region}]`) ?? document.getElementById(region);
  if (!place) return;
  place.textContent = '';
  requestAnimationFrame(() => {
    place.textContent = text;
  });
}

/** The service writes for programs too: lower case, no full stop, values in backticks. @param {string} told */
export function sentence(told) {
  const text = told.replaceAll(/`([^`]*)`/g, '“$1”');
  return text.charAt(0).toUpperCase() + text.slice(1) + (/[.!?]$/.test(text) ? '' : '.');
}
