// The embedder in a real AudioWorklet, built as the client is and served under the server's own policy: two variants of
// one microphone, sample by sample in step.

import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, Page } from 'playwright-core';
import { build } from 'vite';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launch } from './browser.ts';
import type { Measured } from './mark-page.ts';

type InPage = { mark: { open(): Promise<Measured>; close(): Promise<string[]> } };

const root = new URL('../..', import.meta.url).pathname;
const POLICY =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; worker-src 'self'";
const TYPES: Record<string, string> = { js: 'text/javascript', wasm: 'application/wasm' };
let server: Server;
let browser: Browser;
let page: Page;
const errors: Error[] = [];

beforeAll(async () => {
  const outDir = `${root}build/mark-page`;
  await build({
    configFile: false,
    root,
    logLevel: 'error',
    publicDir: false,
    worker: { format: 'es' },
    build: {
      target: 'es2023',
      outDir,
      emptyOutDir: true,
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      rolldownOptions: {
        input: `${root}test/browser/mark-page.ts`,
        output: { entryFileNames: 'page.js' },
      },
    },
  });
  server = createServer(({ url = '/' }, reply) => {
    const type = TYPES[url.split('.').at(-1) ?? ''];
    reply.setHeader('content-security-policy', POLICY).setHeader('content-type', type ?? 'text/html');
    reply.end(
      type
        ? readFileSync(`${outDir}${url}`)
        : '<!doctype html><script type="module" src="/page.js"></script>',
    );
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  browser = await launch(null);
  page = await browser.newPage();
  page.on('pageerror', (error) => errors.push(error));
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  await page.waitForFunction('globalThis.mark');
});

afterAll(async () => {
  await browser?.close();
  server?.close();
});

test('A and B are equally loud, in step, and as far apart as the mark makes them', async () => {
  const { loud, apart, hops } = await page.evaluate(() => (globalThis as unknown as InPage).mark.open());
  expect(errors).toEqual([]);
  expect(Math.abs(10 * Math.log10(loud[0] / loud[1]))).toBeLessThan(0.5);
  // Gains of 1.189 and 0.841 in 6.4 of 24 kHz of white noise: a share of 0.03; out of step it would be 2.
  expect(apart).toBeGreaterThan(0.01);
  expect(apart).toBeLessThan(0.1);
  expect(hops[1]).toBeGreaterThan(hops[0]);
});

test('the end of it ends both tracks', async () => {
  expect(await page.evaluate(() => (globalThis as unknown as InPage).mark.close())).toEqual([
    'ended',
    'ended',
  ]);
});
