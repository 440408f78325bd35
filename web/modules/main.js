// Adds: whatever this page asks for by its hooks, the focus on what is wrong, and then `data-started`. The shop asks for suggestions only.
// Without it: every form and link works by itself.
// Proven by: all the stories that run with JavaScript on

/** What starts a part of the page, by the hook that asks for it, in this order. @type {[string, (place: any) => Promise<void>][]} */
const PARTS = [
  // What others do can wait until the page is there.
  ['[data-follows]', async () => addEventListener('load', async () => (await import('./live-news.js')).startLive())],
  ['#list', async () => (await import('./in-place.js')).startInPlace()],
  ['form[data-changes]', async () => (await import('./editor.js')).startEditor()],
  ['[data-action=add], [data-action=move]', async () => (await import('./category-forms.js')).startCategoryForms()],
  ['template#notice', async () => (await import('./notices.js')).startNotices()],
  ['form[data-goes-on]', async (form) => (await import('./bulk-page.js')).startBulkPage(form)],
  ['form[data-setup]', async () => (await import('./setup-token.js')).fillSetupToken()],
  ['[data-docs]', async (docs) => (await import('./docs.js')).startDocs(docs)],
  ['input[data-suggest]', async (search) => (await import('./suggest.js')).startSuggest(search)],
  // Fetched when the first one is chosen. The forms come and go with what they filter, so the document listens.
  ['[data-facets]', async () => {
    document.addEventListener('change', async ({ target }) => (await import('./facets.js')).apply(target));
    addEventListener('popstate', async () => (await import('./facets.js')).goBack());
  }],
];

for (const [hook, start] of PARTS) {
  const place = document.querySelector(hook);
  if (place) await start(place);
}
// A picture that is not to be had: what stands for it is fetched then only.
const lost = async (/** @type {HTMLImageElement} */ picture) => (await import('./lost-picture.js')).standIn(picture);
document.addEventListener('error', ({ target }) => target instanceof Image && lost(target), true);
for (const picture of document.images) if (picture.complete && !picture.naturalWidth) lost(picture);
// A page that answers with what is wrong begins there.
document.getElementById('errors')?.focus();
document.documentElement.dataset.started = '';
