// The same tables as in the server's product_list.rs: an address and the query it becomes are the same on both sides.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addressOf, nextSort, queryOf } from '../../../web/modules/list-query.js';

const queryFor = (query) => Object.fromEntries(queryOf(new URLSearchParams(query)));

test('an address becomes a filter', () => {
  const { filter } = queryFor('q=blue+"mug&state=draft&category=kitchen');
  assert.equal(filter, '"blue" AND "\\"mug" AND state = DRAFT AND category:"kitchen"');
  assert.equal(queryFor('state=nonsense').filter, '');
});

test('an address becomes an order', () => {
  assert.equal(queryFor('sort=-price').order_by, 'price desc');
  assert.equal(queryFor('sort=title').order_by, 'title');
  assert.equal(queryFor('').order_by, 'update_time desc');
});

test('the same list has one address', () => {
  const asked = { sort: '-changed', category: 'kitchen', q: ' mug ', state: '' };
  assert.equal(addressOf('/admin/products', asked), '/admin/products?q=mug&category=kitchen');
  assert.equal(addressOf('/admin/products', {}), '/admin/products');
});

test('a head turns its own order round, and times begin with the newest', () => {
  assert.equal(nextSort('title', 'title'), '-title');
  assert.equal(nextSort('title', '-title'), 'title');
  assert.equal(nextSort('title', '-changed'), 'title');
  assert.equal(nextSort('changed', 'title'), '-changed');
  assert.equal(nextSort('changed', '-changed'), 'changed');
});
