// A page of a bench: one module, bundled, alone in a Chromium.

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Page } from 'playwright-core';
import { build } from 'vite';
import { launch } from '../test/browser/browser.ts';

const root = new URL('..', import.meta.url).pathname;

async function bundle(entry: string): Promise<string> {
  const made = await build({
    configFile: false,
    root,
    logLevel: 'error',
    publicDir: false,
    build: {
      target: 'es2023',
      write: false,
      minify: false,
      lib: { entry: `${root}bench/${entry}`, formats: ['es'] },
      rolldownOptions: { output: { codeSplitting: false } },
    },
  });
  const [first] = Array.isArray(made) ? made : [made];
  if (!first || !('output' in first)) throw new Error('no bundle');
  return first.output[0].code;
}

/** `use` gets a function that opens the page anew; the module has set globalThis.run by then. */
export async function inChromium(
  entry: string,
  use: (open: () => Promise<Page>) => Promise<void>,
): Promise<void> {
  const script = await bundle(entry);
  const server = createServer((request, response) => {
    const module = request.url === '/page.js';
    response.writeHead(200, { 'content-type': module ? 'text/javascript' : 'text/html' });
    response.end(module ? script : '<!doctype html><script type="module" src="/page.js"></script>');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  const browser = await launch(null);
  try {
    await use(async () => {
      const page = await browser.newPage();
      page.on('pageerror', (error) => console.error(error));
      await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
      await page.waitForFunction(() => 'run' in globalThis);
      return page;
    });
  } finally {
    await browser.close();
    server.close();
  }
}
