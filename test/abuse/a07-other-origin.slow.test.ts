// A7: a member opens a page on another origin, in the browser where their keys are.

import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Person, person } from '../browser/browser.ts';
import { join } from '../browser/evening.ts';
import { Server } from '../browser/server.ts';

const server = new Server();
let other: HttpServer; // what a stranger serves
let ines: Person;

beforeAll(async () => {
  await server.start();
  ines = await person('Inès', server.origin, null);
  await join(ines.page, server.founderLink, ines.name);
  other = createServer((_, reply) => {
    reply.setHeader('content-type', 'text/html');
    reply.end('<!doctype html><title>other</title>');
  });
  await new Promise<void>((resolve) => other.listen(0, () => resolve()));
});

afterAll(async () => {
  await ines?.close();
  other?.close();
  expect(await server.stop(), server.log).toBe(0);
  server.forget();
});

// Another port is another origin on the same site; another name is another site.
const origins = (): string[] =>
  ['localhost', '127.0.0.1'].map((h) => `http://${h}:${(other.address() as AddressInfo).port}`);

/** Whether a page there can open our WebSocket. */
async function opensSocket(page: string): Promise<boolean> {
  const tab = await ines.context.newPage();
  await tab.goto(page);
  const opened = await tab.evaluate(
    (url) =>
      new Promise<boolean>((resolve) => {
        const ws = new WebSocket(url, 'aparte.v1');
        ws.onopen = () => resolve(true);
        ws.onclose = () => resolve(false);
      }),
    `${server.origin.replace('http', 'ws')}/ws`,
  );
  await tab.close();
  return opened;
}

test('it cannot open the WebSocket; our own page can', async () => {
  for (const page of origins()) expect(await opensSocket(page), page).toBe(false);
  expect(await opensSocket(server.origin)).toBe(true);
});

test('it cannot read a page, nor take our script into its own', async () => {
  const script = /src="(\/assets\/[^"]+\.js)"/.exec(await (await fetch(server.origin)).text())?.[1] ?? '';
  expect(script).not.toBe('');
  for (const page of origins()) {
    const tab = await ines.context.newPage();
    await tab.goto(page);
    const read = await tab.evaluate(
      async ([index, js]) => {
        const text = await fetch(index, { credentials: 'include' }).then(
          (r) => r.text(),
          () => null,
        );
        const loaded = await new Promise<boolean>((resolve) => {
          const tag = document.createElement('script');
          tag.src = js;
          tag.type = 'module';
          tag.onload = () => resolve(true);
          tag.onerror = () => resolve(false);
          document.head.append(tag);
        });
        return { text, loaded };
      },
      [`${server.origin}/`, server.origin + script] as const,
    );
    expect(read, page).toEqual({ text: null, loaded: false });
    await tab.close();
  }
});

test('it cannot frame us', async () => {
  for (const page of origins()) {
    const tab = await ines.context.newPage();
    await tab.goto(page);
    await tab.evaluate((url) => {
      const frame = document.createElement('iframe');
      frame.src = url;
      document.body.append(frame);
      return new Promise((resolve) => frame.addEventListener('load', resolve));
    }, `${server.origin}/`);
    const inside = tab.frames().find((frame) => frame !== tab.mainFrame());
    expect(await inside?.locator('#app, main, button').count(), page).toBe(0);
    await tab.close();
  }
});

test("it cannot use our passkeys: another site's page may not name our domain", async () => {
  const tab = await ines.context.newPage();
  await tab.goto(origins()[1] as string);
  const outcome = await tab.evaluate(async () => {
    const publicKey = { challenge: new Uint8Array(32), rpId: 'localhost', timeout: 2000 };
    return navigator.credentials.get({ publicKey }).then(
      () => 'got one',
      (e: Error) => e.name,
    );
  });
  expect(outcome).toBe('SecurityError');
  await tab.close();
});

test('there is no cookie that could go along', async () => {
  expect(await ines.context.cookies()).toEqual([]);
});
