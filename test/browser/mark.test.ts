// The embedder in a real AudioWorklet, built as the client is and served under the server's own policy: two variants of
// one microphone, sample by sample in step.

import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, Page } from 'playwright-core';
import { build } from 'vite';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launch } from './browser.ts';
import type { Measured, Tapped } from './mark-page.ts';

type InPage = {
  mark: {
    open(): Promise<Measured>;
    close(): Promise<string[]>;
    encode(together: boolean): Promise<Tapped[]>;
  };
};

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
  const { loud, apart, started } = await page.evaluate(() => (globalThis as unknown as InPage).mark.open());
  expect(errors).toEqual([]);
  expect(Math.abs(10 * Math.log10(loud[0] / loud[1]))).toBeLessThan(0.5);
  // Gains of 1.189 and 0.841 in 6.4 of 24 kHz of white noise: a share of 0.03; out of step it would be 2.
  expect(apart).toBeGreaterThan(0.01);
  expect(apart).toBeLessThan(0.1);
  for (const time of started) expect(Number.isFinite(time)).toBe(true);
});

test('the end of it ends both tracks', async () => {
  expect(await page.evaluate(() => (globalThis as unknown as InPage).mark.close())).toEqual([
    'ended',
    'ended',
  ]);
});

// With one sound in both, the same samples in the same frame are the same bytes: no other way shows that two encoders
// began with the same sample.
test('two senders that get their tracks while the context stands still begin with the same sample', async () => {
  // The first frame that parts the two; -1: none.
  const encode = async (together: boolean): Promise<number> => {
    const frames = await page.evaluate((how) => (globalThis as unknown as InPage).mark.encode(how), together);
    const [a, b] = [0, 1].map((which) => frames.filter(({ variant }) => variant === which)) as [
      Tapped[],
      Tapped[],
    ];
    const n = Math.min(a.length, b.length);
    expect(n).toBeGreaterThan(50);
    const offset = (i: number): number => ((b[i]?.rtp ?? 0) - (a[i]?.rtp ?? 0)) >>> 0;
    return a.slice(0, n).findIndex(({ hash }, i) => hash !== b[i]?.hash || offset(i) !== offset(0));
  };
  // A busy machine may lose a block of one of them: the client sees that and begins again, five times at most
  // (state/voice.ts), and so does this.
  let parted = 0;
  for (let tries = 0; tries < 5 && parted >= 0; tries++) {
    parted = await encode(true);
    if (parted >= 0) console.log(`parted at frame ${parted}`);
  }
  expect(parted).toBe(-1);
  // One after the other they do not, which is what makes this worth a test. (They may have whole frames in common: the
  // second one may begin just one frame later.)
  expect(await encode(false)).toBeGreaterThanOrEqual(0);
}, 120_000);
