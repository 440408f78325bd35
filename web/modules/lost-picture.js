// Adds: in place of a picture that is not to be had stands what stands for a missing one: the first letter in the shop, nothing in a row.
// Without it: the browser shows its sign for a broken picture, and its words.
// Proven by: tests/browser/stories/storefront.test.js

/** @param {HTMLImageElement} picture */
export function standIn(picture) {
  const { initial, field } = picture.dataset;
  const words = document.createElement('span');
  words.className = initial ? 'initial' : picture.className;
  words.textContent = initial || picture.alt;
  if (initial) words.ariaHidden = 'true';
  if (field) words.dataset.field = field;
  picture.replaceWith(words);
}
