// Adds: a field for every parameter of a call, a body to begin with, and what is answered.
// Without it: nothing; docs.js needs it.
// Proven by: tests/browser/stories/docs.test.js

import { clone, part } from './docs-parts.js';
import { example, rows, words } from './docs-schema.js';

/** @import { Document, Operation, Schema } from './docs-schema.js' */

/**
 * @param {Document} description
 * @param {Operation} operation
 */
export function parameters(description, operation) {
  return (operation.parameters ?? []).map((parameter) => {
    const field = clone('docs-field');
    const input = /** @type {HTMLInputElement} */ (part(field, 'input'));
    const label = /** @type {HTMLLabelElement} */ (part(field, 'label'));
    input.id = `${operation.operationId}-${parameter.in}-${parameter.name}`;
    input.name = `${parameter.in} ${parameter.name}`;
    input.required = parameter.required ?? false;
    label.htmlFor = input.id;
    label.textContent = parameter.name;
    const place = parameter.in === 'path' ? 'in the path' : `in the ${parameter.in}`;
    const hint = [parameter.description, `${words(description, parameter.schema)}, ${place}`];
    part(field, '.hint').textContent = hint.filter(Boolean).join(' – ');
    return field;
  });
}

/**
 * @param {Document} description
 * @param {Operation} operation
 */
export function requestBody(description, operation) {
  const schema = operation.requestBody?.content['application/json']?.schema;
  if (!schema) return [];
  const field = clone('docs-body');
  const area = /** @type {HTMLTextAreaElement} */ (part(field, 'textarea'));
  area.id = `${operation.operationId}-body`;
  area.value = JSON.stringify(example(description, schema), null, 2);
  /** @type {HTMLLabelElement} */ (part(field, 'label')).htmlFor = area.id;
  part(field, '.docs-fields').replaceChildren(table(description, schema));
  return [field];
}

/**
 * @param {Document} description
 * @param {Operation} operation
 */
export function answers(description, operation) {
  const content = operation.responses['200']?.content ?? {};
  const schema = Object.values(content)[0]?.schema;
  const refusals = Object.entries(operation.responses).filter(([status]) => status !== '200');
  const list = terms(refusals.map(([status, answer]) => {
    const named = description.components.responses[answer.$ref?.split('/').at(-1) ?? ''];
    return { name: status, text: answer.description ?? named?.description ?? '' };
  }));
  const title = document.createElement('h3');
  title.textContent = 'How it refuses';
  return schema ? [table(description, schema), title, list] : [title, list];
}

/**
 * @param {Document} description
 * @param {Schema} schema
 */
function table(description, schema) {
  return terms(rows(description, schema).map((row) => ({
    name: row.name,
    text: [`${row.words}${row.required ? ', required' : ''}`, row.text].filter(Boolean).join(' – '),
  })));
}

/** @param {{ name: string, text: string }[]} entries */
function terms(entries) {
  const list = document.createElement('dl');
  list.className = 'docs-rows';
  for (const { name, text } of entries) {
    const term = document.createElement('dt');
    const meaning = document.createElement('dd');
    term.className = 'code';
    term.textContent = name;
    meaning.textContent = text;
    list.append(term, meaning);
  }
  return list;
}
