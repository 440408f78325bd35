// Adds: the words for a JSON Schema, and a body to begin with.
// Without it: nothing; docs.js needs it.
// Proven by: tests/browser/unit/docs-schema.test.js

/**
 * @typedef {object} Schema
 * @property {string} [$ref]
 * @property {string} [type]
 * @property {string} [format]
 * @property {string} [description]
 * @property {(string | number)[]} [enum]
 * @property {Schema[]} [anyOf]
 * @property {Schema} [items]
 * @property {Record<string, Schema | false>} [properties]
 * @property {Schema | boolean} [additionalProperties]
 * @property {string[]} [required]
 * @property {boolean} [readOnly]
 */
/** @typedef {{ name: string, in: string, description?: string, required?: boolean, schema: Schema }} Parameter */
/** @typedef {Record<string, { schema?: Schema }>} Content */
/** @typedef {{ $ref?: string, description?: string, content?: Content }} Answer */
/**
 * @typedef {object} Operation
 * @property {string} operationId
 * @property {string[]} tags
 * @property {string} [summary]
 * @property {string} [description]
 * @property {Parameter[]} [parameters]
 * @property {{ content: Content }} [requestBody]
 * @property {Record<string, Answer>} responses
 */
/**
 * @typedef {object} Document
 * @property {{ name: string, description?: string }[]} tags
 * @property {Record<string, Record<string, Operation>>} paths
 * @property {{ schemas: Record<string, Schema>, responses: Record<string, Answer> }} components
 */
/** @typedef {{ name: string, words: string, text: string, required: boolean }} Row */

/**
 * The schema that a reference leads to; what stands beside the reference is added.
 * @param {Document} description
 * @param {Schema} schema
 * @returns {Schema}
 */
export function resolve(description, schema) {
  const choice = (schema.anyOf ?? []).find((one) => one.type !== 'null');
  if (choice) return { ...resolve(description, choice), ...without(schema, 'anyOf') };
  if (!schema.$ref) return schema;
  const named = description.components.schemas[schema.$ref.split('/').at(-1) ?? ''];
  if (!named) return schema;
  const own = without(schema, '$ref');
  return { ...resolve(description, named), ...own, properties: { ...named.properties, ...own.properties } };
}

/**
 * @param {Schema} schema
 * @param {'anyOf' | '$ref'} name
 */
function without(schema, name) {
  const { [name]: _, ...rest } = schema;
  return rest;
}

/**
 * What a value may be, in a few words.
 * @param {Document} description
 * @param {Schema} schema
 * @returns {string}
 */
export function words(description, schema) {
  const { type, format, items, enum: values, additionalProperties } = resolve(description, schema);
  if (values) return values.join(' | ');
  if (type === 'array') return `list of ${items ? words(description, items) : 'anything'}`;
  if (type === 'object') {
    const map = typeof additionalProperties === 'object' ? additionalProperties : undefined;
    return map ? `map of ${words(description, map)}` : 'object';
  }
  return [type ?? 'anything', format && `(${format})`].filter(Boolean).join(' ');
}

/**
 * The members of an object, those of lists and objects below it with their path, to a few levels.
 * @param {Document} description
 * @param {Schema} schema
 * @param {string} [prefix]
 * @param {number} [levels]
 * @returns {Row[]}
 */
export function rows(description, schema, prefix = '', levels = 3) {
  const whole = resolve(description, schema);
  if (whole.type === 'array' && whole.items) return rows(description, whole.items, `${prefix}[]`, levels);
  const dotted = prefix && `${prefix}.`;
  return Object.entries(whole.properties ?? {}).flatMap(([name, member]) => {
    if (!member) return [];
    const path = `${dotted}${name}`;
    const row = {
      name: path,
      words: words(description, member),
      text: member.description ?? '',
      required: whole.required?.includes(name) ?? false,
    };
    return levels > 1 ? [row, ...rows(description, member, path, levels - 1)] : [row];
  });
}

/**
 * A body to begin with: what is required, and else what can be set on the first level.
 * @param {Document} description
 * @param {Schema} schema
 * @returns {unknown}
 */
export function example(description, schema) {
  const { type, format, enum: values, properties, required } = resolve(description, schema);
  if (values) return values[0];
  if (type === 'array') return [];
  if (type === 'object') {
    const wanted = Object.entries(properties ?? {}).filter(([name, member]) =>
      member && !member.readOnly && (!required || required.includes(name)));
    return Object.fromEntries(wanted.map(([name, member]) => [name, member && simple(description, member)]));
  }
  if (type === 'boolean') return false;
  if (type === 'integer' || type === 'number') return 0;
  return format === 'date-time' ? '2026-01-31T12:00:00Z' : '';
}

/**
 * A member of an example: what it is made of is left to whoever fills it in.
 * @param {Document} description
 * @param {Schema} schema
 */
function simple(description, schema) {
  return resolve(description, schema).type === 'object' ? {} : example(description, schema);
}
