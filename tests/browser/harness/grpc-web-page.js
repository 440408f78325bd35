// What a foreign web page would do: call the shop over gRPC-Web with the two public client libraries. Bundled for the browser.

import { createFileRegistry, fromBinary, toBinary, create } from '@bufbuild/protobuf';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import { Code, ConnectError, createClient } from '@connectrpc/connect';
import { createGrpcWebTransport } from '@connectrpc/connect-web';
import { GrpcWebClientBase, MethodDescriptor, MethodType } from 'grpc-web';
import contract from 'contract.binpb';

const registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, contract));
const products = registry.getService('shelf.catalog.v1.ProductService');

/** By connect-web. */
function byConnect(baseUrl, token) {
  const client = createClient(products, createGrpcWebTransport({ baseUrl, useBinaryFormat: true }));
  const headers = token ? { authorization: `Bearer ${token}` } : {};
  return {
    titles: async () => (await client.listProducts({ pageSize: 5 }, { headers })).products.map(({ title }) => title),
    create: async (title) => (await client.createProduct({ product: { title } }, { headers })).title,
    refusal: async () => {
      try {
        await client.createProduct({ product: { title: 'No' } });
      } catch (error) {
        return Code[ConnectError.from(error).code];
      }
      return 'done';
    },
  };
}

/** By grpc-web, in its text and its binary format. */
function byGrpcWeb(baseUrl, format) {
  const { listProducts } = products.method;
  const client = new GrpcWebClientBase({ format });
  const method = new MethodDescriptor(
    `/${products.typeName}/ListProducts`, MethodType.UNARY, Object, Object,
    (message) => toBinary(listProducts.input, message),
    (bytes) => fromBinary(listProducts.output, bytes),
  );
  return {
    titles: () => new Promise((resolve, reject) => {
      const request = create(listProducts.input, { pageSize: 5 });
      client.rpcCall(`${baseUrl}/${products.typeName}/ListProducts`, request, {}, method, (error, answer) =>
        error ? reject(new Error(`${error.code}: ${error.message}`)) : resolve(answer.products.map(({ title }) => title)));
    }),
  };
}

globalThis.grpcWeb = { byConnect, byGrpcWeb };
