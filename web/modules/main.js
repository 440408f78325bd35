// Adds: whatever of the modules this page asks for by its hooks; what only a click needs is fetched with that click.
// Without it: every form and link works by itself.
// Proven by: all the stories that run with JavaScript on

/** @import { Behaviour } from './action-form.js' */

/** @param {string} hook */
const asksFor = (hook) => document.querySelector(hook) !== null;

/** @type {Record<string, Behaviour>} */
const behaviours = {};

if (asksFor('template#notice')) {
  const { startNotices } = await import('./notices.js');
  startNotices();
}
if (asksFor('form[data-row][data-call]')) {
  const { removal, publishing } = await import('./optimistic.js');
  Object.assign(behaviours, { delete: removal, undelete: removal, publish: publishing });
}
if (asksFor('#product-form')) {
  const { creating, saving } = await import('./editor.js');
  Object.assign(behaviours, { save: saving, create: creating });
}
if (asksFor('form[data-call]')) {
  const { startForms } = await import('./action-form.js');
  startForms(behaviours);
}
if (asksFor('#product-form')) {
  const { watchChanges } = await import('./editor.js');
  watchChanges();
}
if (asksFor('[data-live-list], [data-edit]')) {
  const { startInPlace } = await import('./in-place.js');
  startInPlace();
}
if (asksFor('form[data-setup]')) {
  const { fillSetupToken } = await import('./setup-token.js');
  fillSetupToken();
}
