// The browser's own ML-KEM against the library's: a hybrid seal made with one opens with the other. The client's
// modules run in the page as they are.

import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { stripTypeScriptTypes } from 'node:module';
import type { AddressInfo } from 'node:net';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { b64, unb64, utf8 } from '../../web/src/base/bytes.ts';
import { makeKemPair, open, seal } from '../../web/src/e2ee/hpke.ts';
import { launch } from './browser.ts';

type Hpke = typeof import('../../web/src/e2ee/hpke.ts');
type Base = typeof import('../../web/src/base/bytes.ts');
type InPage = { hpke: Hpke; base: Base; pair: Awaited<ReturnType<Hpke['makeKemPair']>> };

const SOURCES = new URL('../../web/src/', import.meta.url);
let server: Server;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  server = createServer(({ url = '/' }, reply) => {
    if (!/^\/(base|e2ee)\/[a-z]+\.ts$/.test(url)) return reply.end('<title>kem</title>');
    const code = stripTypeScriptTypes(readFileSync(new URL(`.${url}`, SOURCES), 'utf8'));
    return reply.setHeader('content-type', 'text/javascript').end(code);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  browser = await launch(null);
  page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  const content = `import * as hpke from '/e2ee/hpke.ts'; import * as base from '/base/bytes.ts';
    Object.assign(globalThis, { hpke, base });`;
  await page.addScriptTag({ type: 'module', content });
  await page.waitForFunction('globalThis.hpke');
});

afterAll(async () => {
  await browser?.close();
  server?.close();
});

it('a seal of the library opens in the browser, and the other way round', async () => {
  const own = await makeKemPair(2); // Node.js has none of its own
  const theirs = await page.evaluate(async () => {
    const { hpke, base } = globalThis as unknown as InPage;
    const pair = await hpke.makeKemPair(2);
    Object.assign(globalThis, { pair });
    return [base.b64(pair.publicKey), base.b64(pair.kem?.publicKey ?? new Uint8Array(0))] as const;
  });
  const [publicKey, kem] = theirs.map((text) => unb64(text) as Uint8Array<ArrayBuffer>);
  if (!publicKey || !kem || !own.kem) throw new Error('no keys');
  expect(kem.length).toBe(1184);
  const [info, aad] = [utf8('info'), utf8('aad')];
  const sealed = b64(await seal({ publicKey, kem }, info, aad, utf8('to the browser')));
  const to = [b64(own.publicKey), b64(own.kem.publicKey)] as const;
  const [heard, answer] = await page.evaluate(
    async ([sealed, x, lattice]) => {
      const { hpke, base, pair } = globalThis as unknown as InPage;
      const { b64, unb64, utf8 } = base;
      const bytes = (text: string) => unb64(text) as Uint8Array<ArrayBuffer>;
      const [info, aad] = [utf8('info'), utf8('aad')];
      const text = await hpke.open(pair, info, aad, bytes(sealed));
      const recipient = { publicKey: bytes(x), kem: bytes(lattice) };
      const back = await hpke.seal(recipient, info, aad, utf8('from the browser'));
      return [text && new TextDecoder().decode(text), b64(back)] as const;
    },
    [sealed, ...to] as const,
  );
  expect(heard).toBe('to the browser');
  expect(await open(own, info, aad, unb64(answer) as Uint8Array<ArrayBuffer>)).toEqual(
    utf8('from the browser'),
  );
});

it('the browser has ML-KEM itself: nothing else was loaded', async () => {
  const loaded = await page.evaluate(() => performance.getEntriesByType('resource').map(({ name }) => name));
  expect(loaded.some((name) => name.endsWith('/e2ee/kem.ts'))).toBe(true);
  expect(loaded.filter((name) => name.includes('noble'))).toEqual([]);
});
