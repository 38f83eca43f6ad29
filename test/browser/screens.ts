// The screens without a server: builds the page that shows one scene of the mock app, serves it under the same
// strict policy as the real server, and opens it in Chromium. `node test/browser/screens.ts FOLDER` takes pictures.

import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { build } from 'vite';

const root = new URL('../..', import.meta.url).pathname;
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
  "form-action 'none'; base-uri 'none'; frame-ancestors 'none'";
const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
};

/** Into a folder of its own: several of these may be open at a time. */
async function bundle(): Promise<string> {
  mkdirSync(`${root}build`, { recursive: true });
  const out = mkdtempSync(`${root}build/screens-page-`);
  await build({
    configFile: false,
    root: `${root}web/test`,
    logLevel: 'error',
    publicDir: false,
    build: {
      target: 'es2023',
      outDir: out,
      emptyOutDir: true,
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      rolldownOptions: { input: `${root}web/test/screens.html` },
    },
    oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  });
  return out;
}

function serve(out: string): Promise<Server> {
  const server = createServer((request, response) => {
    const name = new URL(request.url ?? '/', 'http://localhost').pathname;
    const path = join(out, name);
    if (name === '/favicon.ico') {
      response.writeHead(204).end();
      return;
    }
    if (!path.startsWith(out) || !existsSync(path)) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, {
      'content-type': types[extname(path)] ?? 'application/octet-stream',
      'content-security-policy': POLICY,
    });
    response.end(readFileSync(path));
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

export class Screens {
  readonly problems: string[] = [];
  #folder: string;
  #server: Server;
  #browser: Browser;

  private constructor(folder: string, server: Server, browser: Browser) {
    this.#folder = folder;
    this.#server = server;
    this.#browser = browser;
  }

  static async open(): Promise<Screens> {
    const folder = await bundle();
    const server = await serve(folder);
    const browser = await chromium.launch({
      executablePath: '/usr/bin/chromium',
      args: ['--no-sandbox', '--disable-gpu'],
    });
    return new Screens(folder, server, browser);
  }

  /** A page of its own that shows `scene`. */
  async show(scene: string, options: BrowserContextOptions = {}): Promise<Page> {
    const context = await this.#browser.newContext({
      locale: 'en-GB',
      viewport: { width: 390, height: 844 },
      reducedMotion: 'reduce',
      ...options,
    });
    const page = await context.newPage();
    page.setDefaultTimeout(120_000); // a busy machine is no fault of a screen
    page.on('console', (m) => {
      if (m.type() === 'error') this.problems.push(`${scene}: ${m.text()}`);
    });
    page.on('pageerror', (e) => this.problems.push(`${scene}: ${e}`));
    await this.turn(page, scene);
    return page;
  }

  /** Another scene in the same page. */
  async turn(page: Page, scene: string): Promise<void> {
    await page.goto(`http://localhost:${(this.#server.address() as AddressInfo).port}/screens.html?${scene}`);
    await page.locator('html[data-shown]').waitFor({ state: 'attached' });
    await page.locator('main h1').first().waitFor({ state: 'attached' }); // some screens come in a chunk
  }

  async close(): Promise<void> {
    await this.#browser.close();
    this.#server.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

const sizes = [
  ['phone', { width: 390, height: 844 }],
  ['desk', { width: 1280, height: 800 }],
] as const;

async function pictures(folder: string, wanted: string[]): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const screens = await Screens.open();
  const { names } = (await import('../../web/test/scenes.ts')) as {
    names: Record<'screen' | 'sheet', string[]>;
  };
  const all = wanted.length ? wanted : [...names.screen, ...names.sheet];
  for (const [size, viewport] of sizes) {
    for (const colorScheme of ['light', 'dark'] as const) {
      for (const locale of ['en-GB', 'fr-FR']) {
        const page = await screens.show('starting', { viewport, colorScheme, locale });
        for (const scene of all) {
          await screens.turn(page, scene);
          const path = `${folder}/${scene}-${size}-${colorScheme}-${locale.slice(0, 2)}.png`;
          await page.screenshot({ path });
        }
        await page.context().close();
      }
    }
  }
  await screens.close();
  for (const problem of screens.problems) console.error(problem);
}

if (process.argv[1] === new URL(import.meta.url).pathname) {
  const [folder = `${root}build/screens`, ...wanted] = process.argv.slice(2);
  await pictures(folder, wanted);
}
