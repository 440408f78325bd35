// The same tables as in the server's product_list: an address and the call it becomes are the same on both sides.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addressOf, callOf, nextSort, resultsOf } from '../../../web/modules/list-query.js';

const callFor = (query, otherwise) => {
  const { pathname, searchParams } = new URL(callOf(new URLSearchParams(query), otherwise), 'http://shop');
  return { path: pathname, ...Object.fromEntries(searchParams) };
};

test('an address becomes a filter', () => {
  const { path, filter } = callFor('state=draft&category=kitchen');
  assert.deepEqual([path, filter], ['/v1/products', 'state = DRAFT AND category:"kitchen"']);
  assert.equal(callFor('state=published').filter, 'state = ACTIVE');
  assert.equal(callFor('state=nonsense').filter, '');
});

test('words become a search of all that staff sees, the best first', () => {
  const asked = callFor('q=blue+"mug&state=published&category=kitchen&page=next');
  assert.equal(asked.path, '/v1/products:search');
  assert.deepEqual([asked.query, asked.show_hidden, asked.states, asked.categories], ['blue "mug', 'true', 'STATE_ACTIVE', 'categories/kitchen']);
  assert.deepEqual([asked.order_by, asked.page_token, asked.filter], ['', 'next', undefined]);
  assert.equal(callFor('q=+').path, '/v1/products', 'blanks are no words');
  assert.equal(callFor(`q=${'ä'.repeat(201)}`).query.length, 200);
});

test('an address becomes an order', () => {
  assert.equal(callFor('sort=-price').order_by, 'price desc');
  assert.equal(callFor('sort=title').order_by, 'title');
  assert.equal(callFor('').order_by, 'update_time desc');
  assert.equal(callFor('q=mug&sort=-changed').order_by, 'update_time desc');
  assert.equal(callFor('q=mug', { order_by: 'create_time' }).order_by, 'create_time');
});

test('the same list has one address', () => {
  const asked = { sort: '-changed', category: 'kitchen', q: ' ', state: '' };
  assert.equal(addressOf('/admin/products', asked), '/admin/products?category=kitchen');
  assert.equal(addressOf('/admin/products', { ...asked, q: ' mug ' }), '/admin/products?q=mug&category=kitchen&sort=-changed');
  assert.equal(addressOf('/admin/products', {}), '/admin/products');
});

test('a head turns its own order round, and times begin with the newest', () => {
  assert.equal(nextSort('title', 'title'), '-title');
  assert.equal(nextSort('title', '-title'), 'title');
  assert.equal(nextSort('title', '-changed'), 'title');
  assert.equal(nextSort('changed', 'title'), '-changed');
  assert.equal(nextSort('changed', ''), '-changed');
});

test('a list and a search answer the same', () => {
  const product = { name: 'products/mug' };
  assert.deepEqual(resultsOf({ products: [product] }), resultsOf({ results: [{ product }] }));
  assert.deepEqual(resultsOf({}), []);
});
