// Adds: links and filters of a list that act on this page; the module that does it comes with the first use.
// Without it: each of them leads to its own address.
// Proven by: tests/browser/stories/list.test.js and cells.test.js

export function startInPlace() {
  document.addEventListener('click', (event) => {
    const link = event.target instanceof Element ? event.target.closest('a[data-edit], a[data-live-list]') : null;
    if (!(link instanceof HTMLAnchorElement) || event.button || event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    const used = link.dataset.edit
      ? import('./cell-edit.js').then(({ editCell }) => editCell(link))
      : import('./live-list.js').then(({ goTo }) => goTo(link.href));
    used.catch(() => location.assign(link.href));
  });
  const filters = document.querySelector('form[data-live-list]');
  if (!(filters instanceof HTMLFormElement)) return;
  const list = () => import('./live-list.js');
  filters.addEventListener('submit', (event) => {
    event.preventDefault();
    list().then(({ submitFilters }) => submitFilters(filters), () => filters.submit());
  });
  filters.addEventListener('input', () => void list().then(({ typeFilters }) => typeFilters(filters), () => {}));
  addEventListener('popstate', () => void list().then(({ goBack }) => goBack(), () => location.reload()));
}
