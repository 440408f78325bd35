// BEHAVIOUR.md: each promise of the pages has its stories, and all that it names are there.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';

/** What the pages promise, in the order of the design. */
const PROMISES = ['Without JS', 'Button in flight', 'Optimistic result', 'Roll-back', 'Undo', 'Focus after removal', 'Announcements',
  'Double submit', 'Offline, timeout, retry', 'Conflict', '401 in mid-action', 'CSRF', 'Back and forward', 'URL is the state',
  'Live updates', 'Bulk, partly failed', 'Keyboard', 'Reduced motion', 'Waiting', 'Deep links', 'Print and no CSS', 'CSP'];

const STORIES = new URL('../stories/', import.meta.url);
const TOLD = /\bstory(?:BothWays)?\(\s*(?:'((?:[^'\\]|\\.)*)'|`((?:[^`\\]|\\.)*)`)/g;

/** The stories of a source, by name; what is put into a name stands as …, once. */
const names = (source) => [...source.matchAll(TOLD)].map(([, plain, filled]) =>
  (plain ?? filled).replace(/\$\{[^}]*\}/g, '…').replaceAll('\\\'', '\''));

const told = new Set(readdirSync(STORIES).flatMap((file) =>
  names(readFileSync(new URL(file, STORIES), 'utf8')).map((name) => `${file.replace('.test.js', '')}: ${name}`)));

/** The promises of a text, each with the stories it names. */
const promises = (text) => Object.fromEntries(text.split(/^## /m).slice(1).map((part) =>
  [part.slice(0, part.indexOf('\n')), [...part.matchAll(/^\* (.+)$/gm)].map(([, name]) => name)]));

const held = promises(readFileSync(new URL('../BEHAVIOUR.md', import.meta.url), 'utf8'));

test('every promise is held by stories', () => {
  assert.deepEqual(Object.keys(held), PROMISES);
  for (const [promise, stories] of Object.entries(held)) assert.ok(stories.length > 0, promise);
});

test('every story that holds a promise is told', () => {
  assert.deepEqual(Object.values(held).flat().filter((name) => !told.has(name)), []);
});

test('a story is found by its name however it is written', () => {
  const source = "story('it’s so', {}); storyBothWays(`for ${a ? 'x' : 'y'} it is`, {});\n  story(\n    'on a line of its own', {});";
  assert.deepEqual(names(source), ['it’s so', 'for … it is', 'on a line of its own']);
});
