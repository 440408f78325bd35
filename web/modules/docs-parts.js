// Adds: pieces of a page, copied from its templates and found in it.
// Without it: nothing; docs.js needs it.
// Proven by: tests/browser/stories/docs.test.js

/**
 * @param {string} id
 * @returns {HTMLElement}
 */
export function clone(id) {
  const template = document.getElementById(id);
  const content = template instanceof HTMLTemplateElement ? template.content.firstElementChild : null;
  if (!content) throw new Error(`no template ${id}`);
  return /** @type {HTMLElement} */ (content.cloneNode(true));
}

/**
 * @param {Element} within
 * @param {string} selector
 */
export function part(within, selector) {
  const found = within.querySelector(selector);
  if (!(found instanceof HTMLElement)) throw new Error(`no ${selector}`);
  return found;
}
