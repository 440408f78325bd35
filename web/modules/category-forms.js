// Adds: a category is added to the tree, saved and moved in place, the move with its undo.
// Without it: each form leads to the tree or the category as it then is.
// Proven by: tests/browser/stories/categories.test.js

import { startForms } from './action-form.js';
import { word } from './announce.js';
import { clearErrors, explain, renewEtag } from './editor.js';
import { toJson } from './form-json.js';
import { notifyNext } from './notices.js';

/** @import { Behaviour } from './action-form.js' */

/** @typedef {{ name: string, title: string, parent?: string, etag: string }} Category */

const DEEPER = '– ';

/** A new category comes into the tree, and the form is empty for the next one. @type {Behaviour} */
const adding = {
  body: ({ form }) => toJson(form),
  show({ button, form }) {
    clearErrors(form);
    return {
      confirm(category) {
        const title = form.querySelector('input[name=title]');
        if (title instanceof HTMLInputElement) title.value = '';
        if (plant(category)) return nameParents(form);
        // The first one of all: the page has no tree to put it into.
        notifyNext(word(button.dataset.done ?? '', { title: category.title }));
        location.reload();
      },
      rollBack: () => {},
    };
  },
  explain,
};

/** The page stays, and says where the category now stands. @type {Behaviour} */
const moving = {
  body: ({ form }) => toJson(form),
  show({ form }) {
    clearErrors(form);
    const was = parentOf(form);
    /** @param {Category} category */
    const settle = (category) => {
      renewEtag(form, category.etag);
      parentOf(form, category.parent ?? '');
      showPath(form);
    };
    return { confirm: settle, rollBack: () => {}, undo: settle, undoBody: { parent: was } };
  },
  explain,
};

export function startCategoryForms() {
  startForms({ add: adding, move: moving });
}

/**
 * The parent that was printed or moved to last; given one, the form takes it.
 * @param {HTMLFormElement} form
 * @param {string} [now]
 */
function parentOf(form, now) {
  const was = /** @type {HTMLInputElement} */ (form.elements.namedItem('was'));
  if (now === undefined) return was.value;
  was.value = now;
  /** @type {HTMLSelectElement} */ (form.elements.namedItem('parent')).value = now;
  return now;
}

/**
 * Puts a category among its siblings, by title.
 * @param {Category} category
 * @returns {boolean} whether there is a tree
 */
function plant({ name, title, parent }) {
  const tree = document.querySelector('ul.tree');
  const template = document.getElementById('category-row');
  const above = parent ? document.getElementById(`category-${idOf(parent)}`) : tree;
  if (!tree || !above || !(template instanceof HTMLTemplateElement)) return false;
  const copy = /** @type {DocumentFragment} */ (template.content.cloneNode(true));
  for (const element of copy.querySelectorAll('*')) {
    for (const attribute of element.attributes) attribute.value = attribute.value.replace('{id}', idOf(name));
  }
  const link = copy.querySelector('.name');
  if (link) link.textContent = title;
  const siblings = above === tree ? tree : (above.querySelector(':scope > ul') ?? above.appendChild(list()));
  const next = [...siblings.children].find((one) => titleIn(one).localeCompare(title, undefined, { sensitivity: 'base' }) > 0);
  siblings.insertBefore(copy, next ?? null);
  const total = document.querySelector('[data-categories]');
  const count = document.querySelectorAll('ul.tree li').length;
  if (total) total.textContent = count === 1 ? '1 category' : `${count} categories`;
  return true;
}

function list() {
  const list = document.createElement('ul');
  list.role = 'list';
  return list;
}

/** @param {Element} item */
function titleIn(item) {
  return item.querySelector('.name')?.textContent ?? '';
}

/** @param {string} name */
function idOf(name) {
  return name.slice('categories/'.length);
}

/** Every category of the tree can be a parent. @param {HTMLFormElement} form */
function nameParents(form) {
  const choice = /** @type {HTMLSelectElement} */ (form.elements.namedItem('parent'));
  const { value } = choice;
  choice.replaceChildren(choice.options[0] ?? '', ...[...document.querySelectorAll('ul.tree li')].map((item) => {
    let depth = 0;
    for (let above = item.parentElement?.closest('li'); above; above = above.parentElement?.closest('li')) depth += 1;
    return new Option(DEEPER.repeat(depth) + titleIn(item), `categories/${item.id.slice('category-'.length)}`);
  }));
  choice.value = value;
}

/** The categories above, read from the choice of parents. @param {HTMLFormElement} form */
function showPath(form) {
  const { options, selectedIndex } = /** @type {HTMLSelectElement} */ (form.elements.namedItem('parent'));
  const path = [];
  let deeper = Infinity;
  for (const { text } of [...options].slice(1, selectedIndex + 1).reverse()) {
    const depth = text.split(DEEPER).length - 1;
    if (depth >= deeper) continue;
    path.unshift(text.slice(depth * DEEPER.length));
    deeper = depth;
  }
  const crumbs = document.querySelector('.crumbs');
  crumbs?.replaceChildren(crumbs.firstElementChild ?? '', ...path.map((title) => {
    const item = document.createElement('li');
    item.textContent = title;
    return item;
  }));
}
