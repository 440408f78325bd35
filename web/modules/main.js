// Adds: whatever this page asks for by its hooks, the focus on what is wrong, and then `data-started`. The shop asks for suggestions only.
// Without it: every form and link works by itself.
// Proven by: all the stories that run with JavaScript on

/** @param {string} hook */
const asksFor = (hook) => document.querySelector(hook) !== null;

if (asksFor('#list')) {
  const { startInPlace } = await import('./in-place.js');
  startInPlace();
}
if (asksFor('form[data-changes]')) {
  const { startEditor } = await import('./editor.js');
  startEditor();
}
if (asksFor('form[data-action=add], form[data-action=move]')) {
  const { startCategoryForms } = await import('./category-forms.js');
  startCategoryForms();
}
if (asksFor('#product-form') && asksFor('form[data-action=archive]')) {
  const { startStates } = await import('./editor-state.js');
  startStates();
}
if (asksFor('template#notice')) {
  const { startNotices } = await import('./notices.js');
  startNotices();
}
const steps = document.querySelector('form[data-goes-on]');
if (steps instanceof HTMLFormElement) {
  const { startBulkPage } = await import('./bulk-page.js');
  startBulkPage(steps);
}
if (asksFor('form[data-setup]')) {
  const { fillSetupToken } = await import('./setup-token.js');
  fillSetupToken();
}
const docs = document.querySelector('[data-docs]');
if (docs instanceof HTMLElement) {
  const { startDocs } = await import('./docs.js');
  await startDocs(docs);
}
const search = document.querySelector('input[data-suggest]');
if (search instanceof HTMLInputElement) {
  const { startSuggest } = await import('./suggest.js');
  startSuggest(search);
}
if (asksFor('[data-facets]')) {
  // Fetched when the first one is chosen. The forms come and go with what they filter, so the document listens.
  const facets = () => import('./facets.js');
  document.addEventListener('change', ({ target }) => void facets().then(({ apply }) => apply(target)));
  addEventListener('popstate', () => void facets().then(({ goBack }) => goBack()));
}
// A page that answers with what is wrong begins there.
document.getElementById('errors')?.focus();
document.documentElement.dataset.started = '';
