// A JSON gateway as it is usually written for Node: Express in front, @grpc/grpc-js behind, types from the same .proto files.
//
//   NODE_ENV=production node gateway.js --listen HOST:PORT --catalog HOST:PORT --protos FOLDER
//
// It serves three routes of the catalog until SIGTERM. It does what its answers need and no more: one gRPC channel that stays open, no
// log, no entity tag, no check of its own.

import { createServer } from 'node:http';
import { parseArgs } from 'node:util';

import grpc from '@grpc/grpc-js';
import loader from '@grpc/proto-loader';
import express from 'express';

const text = { type: 'string' };
const { listen, catalog, protos } = parseArgs({ options: { listen: text, catalog: text, protos: text } }).values;

/** Which HTTP status a gRPC code becomes (google/rpc/code.proto). */
const STATUSES = [200, 499, 500, 400, 504, 404, 409, 403, 429, 400, 409, 400, 501, 500, 503, 500, 401];

const definition = loader.loadSync('shelf/catalog/v1/product_service.proto', {
  includeDirs: [protos],
  longs: String,
  enums: String,
  bytes: String,
  defaults: true,
});
const { ProductService } = grpc.loadPackageDefinition(definition).shelf.catalog.v1;
const products = new ProductService(catalog, grpc.credentials.createInsecure());

/** The one type of a product whose JSON is not that of its fields: RFC 3339, in as many digits as it needs. */
function time({ seconds, nanos }) {
  const whole = new Date(Number(seconds) * 1000).toISOString().slice(0, 19);
  if (nanos === 0) return `${whole}Z`;
  const digits = String(nanos).padStart(9, '0').replace(/(000){1,2}$/, '');
  return `${whole}.${digits}Z`;
}

function timed(message, names) {
  for (const name of names) {
    if (message[name]) message[name] = time(message[name]);
  }
}

const PRODUCT_TIMES = ['publishTime', 'unpublishTime', 'createTime', 'updateTime', 'deleteTime', 'purgeTime'];
const VARIANT_TIMES = ['createTime', 'updateTime'];

function product(reply) {
  timed(reply, PRODUCT_TIMES);
  for (const variant of reply.variants) timed(variant, VARIANT_TIMES);
  return reply;
}

function page(reply) {
  reply.products.forEach(product);
  return reply;
}

/** What the caller may: the credentials, and nothing else, go through. */
function metadata(request) {
  const passed = new grpc.Metadata();
  const { authorization } = request.headers;
  if (authorization) passed.set('authorization', authorization);
  return passed;
}

/** Calls a method with the message of a request, and answers with what it says. */
function relay(method, message, json) {
  return (request, response) => {
    products[method](message(request), metadata(request), (error, reply) => {
      if (error) {
        const status = STATUSES[error.code] ?? 500;
        return response.status(status).json({ error: { code: status, message: error.details } });
      }
      return response.json(json(reply));
    });
  };
}

const app = express();
app.disable('x-powered-by');
app.disable('etag');
app.get('/v1/products/:product', relay('GetProduct', ({ params }) => ({ name: `products/${params.product}` }), product));
app.get('/v1/products', relay('ListProducts', ({ query }) => ({
  pageSize: Number(query.pageSize ?? 0),
  pageToken: query.pageToken ?? '',
  filter: query.filter ?? '',
}), page));
app.post('/v1/products', express.json({ limit: '4mb' }), relay('CreateProduct', ({ body, query, headers }) => ({
  product: body,
  productId: query.productId ?? '',
  requestId: headers['idempotency-key'] ?? '',
}), product));

const server = createServer(app);
const [host, port] = listen.split(':');
server.listen(Number(port), host);
process.on('SIGTERM', () => {
  server.closeAllConnections();
  server.close(() => process.exit(0));
});
