// gRPC-Web from a page in the browser, with connect-web and grpc-web: to the catalog-service itself, and through the gateway.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before } from 'node:test';
import { build } from 'esbuild';
import { atTheShop, story } from '../harness/story.js';

const ROOT = new URL('../../..', import.meta.url).pathname;
let bundle;
let folder;

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'shelf-grpc-web-'));
  const contract = join(folder, 'contract.binpb');
  const buf = new URL('../node_modules/.bin/buf', import.meta.url).pathname;
  execFileSync(buf, ['build', ROOT, '--output', contract], { stdio: ['ignore', 'ignore', 'inherit'] });
  const built = await build({
    entryPoints: [new URL('../harness/grpc-web-page.js', import.meta.url).pathname],
    bundle: true,
    write: false,
    format: 'iife',
    loader: { '.binpb': 'binary' },
    alias: { 'contract.binpb': contract },
  });
  bundle = built.outputFiles[0].text;
});
after(() => rmSync(folder, { recursive: true, force: true }));

atTheShop();

const WAYS = {
  'the gateway': (shop) => new URL(shop.url).origin,
  'the catalog-service': (shop) => new URL(shop.grpc).origin,
};

for (const [name, address] of Object.entries(WAYS)) {
  const call = async (page, shop, body, argument) => {
    await page.goto('/');
    await page.evaluate(bundle);
    return page.evaluate(`(${body})(${JSON.stringify({ url: address(shop), argument })})`);
  };

  story(`connect-web lists products at ${name}`, { policy: false }, async ({ page, shop }) => {
    const titles = await call(page, shop, ({ url }) => globalThis.grpcWeb.byConnect(url).titles());
    assert.equal(titles.length, 5);
  });

  story(`connect-web creates a product at ${name} with a token, and is refused without`, { policy: false }, async ({ page, shop }) => {
    const title = await call(page, shop, ({ url, argument }) => globalThis.grpcWeb.byConnect(url, argument).create('Made over gRPC-Web'), shop.tokens.editor);
    assert.equal(title, 'Made over gRPC-Web');
    const refusal = await call(page, shop, ({ url }) => globalThis.grpcWeb.byConnect(url).refusal());
    assert.equal(refusal, 'Unauthenticated');
  });

  for (const format of ['binary', 'text']) {
    story(`grpc-web lists products at ${name} in its ${format} format`, { policy: false }, async ({ page, shop }) => {
      const titles = await call(page, shop, ({ url, argument }) => globalThis.grpcWeb.byGrpcWeb(url, argument).titles(), format);
      assert.equal(titles.length, 5);
    });
  }
}
