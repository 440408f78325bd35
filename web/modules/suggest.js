// Adds: what could be meant, below a search field while one types in it; a combobox with a list (ARIA APG).
// Without it: the form searches for what was typed.
// Proven by: tests/browser/stories/search.test.js

/** How long typing pauses before the shop is asked. */
const PAUSE = 150;

/** @typedef {{ text: string, kind: string, segments?: { text: string, matched?: boolean }[] }} Suggestion */

/** @type {Record<string, string>} */
const KINDS = { KIND_CATEGORY: 'Shelf', KIND_BRAND: 'Brand' };

/** @param {HTMLInputElement} input */
export function startSuggest(input) {
  const list = document.createElement('ul');
  const form = input.form;
  if (!form) return;
  list.id = `${input.id}-list`;
  list.className = 'suggestions';
  list.role = 'listbox';
  list.ariaLabel = 'Suggestions';
  list.hidden = true;
  input.after(list);
  input.role = 'combobox';
  input.setAttribute('aria-controls', list.id);
  input.setAttribute('aria-autocomplete', 'list');
  input.ariaExpanded = 'false';

  let waiting = 0;
  let asking = new AbortController();
  let chosen = -1;

  const close = () => {
    asking.abort();
    clearTimeout(waiting);
    list.hidden = true;
    input.ariaExpanded = 'false';
    choose(-1);
  };

  /** @param {number} index */
  const choose = (index) => {
    chosen = index;
    [...list.children].forEach((option, at) => option.setAttribute('aria-selected', String(at === index)));
    const option = list.children[index];
    if (option) {
      input.setAttribute('aria-activedescendant', option.id);
      option.scrollIntoView({ block: 'nearest' });
    } else input.removeAttribute('aria-activedescendant');
  };

  /** @param {Element | undefined} option */
  const take = (option) => {
    if (!(option instanceof HTMLElement)) return;
    input.value = option.dataset.text ?? '';
    close();
    form.requestSubmit();
  };

  /** @param {Suggestion[]} suggestions */
  const show = (suggestions) => {
    list.replaceChildren(...suggestions.map(option));
    list.hidden = suggestions.length === 0;
    input.ariaExpanded = String(!list.hidden);
    choose(-1);
  };

  /** @param {Suggestion} suggestion @param {number} index */
  const option = (suggestion, index) => {
    const item = document.createElement('li');
    item.id = `${list.id}-${index}`;
    item.role = 'option';
    item.dataset.text = suggestion.text;
    const text = document.createElement('span');
    for (const part of suggestion.segments ?? []) {
      const node = document.createElement(part.matched ? 'mark' : 'span');
      node.textContent = part.text;
      text.append(node);
    }
    const kind = document.createElement('span');
    kind.className = 'muted small';
    kind.textContent = KINDS[suggestion.kind] ?? '';
    item.append(text, kind);
    return item;
  };

  const ask = async () => {
    asking = new AbortController();
    const { signal } = asking;
    try {
      const query = new URLSearchParams({ query: input.value.slice(0, 200) });
      const response = await fetch(`/v1/products:suggest?${query}`, { signal });
      if (response.ok) show((await response.json()).suggestions ?? []);
    } catch {
      // Nothing is lost: the form searches all the same.
    }
  };

  input.addEventListener('input', () => {
    close();
    if (input.value.trim()) waiting = setTimeout(ask, PAUSE);
  });
  input.addEventListener('blur', close);
  list.addEventListener('pointerdown', (event) => event.preventDefault());
  list.addEventListener('click', (event) => {
    if (event.target instanceof Element) take(event.target.closest('li') ?? undefined);
  });
  input.addEventListener('keydown', (event) => {
    const count = list.children.length;
    if (list.hidden || event.isComposing) return;
    if (event.key === 'ArrowDown') choose(chosen + 1 < count ? chosen + 1 : -1);
    else if (event.key === 'ArrowUp') choose(chosen < 0 ? count - 1 : chosen - 1);
    else if (event.key === 'Escape') close();
    else if (event.key === 'Enter' && chosen >= 0) take(list.children[chosen]);
    else return;
    event.preventDefault();
  });
}
