// The installed app: its shell opens without a network, says so, and keeps nothing but the client itself.

import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Person, person } from './browser.ts';
import { join } from './evening.ts';
import { Server } from './server.ts';

const server = new Server();
let ines: Person;

beforeAll(async () => {
  await server.start();
  ines = await person('Inès', server.origin, null);
  await join(ines.page, server.founderLink, ines.name);
});

afterAll(async () => {
  await ines?.close();
  await server.stop();
  server.forget();
});

test('the shell opens while the server is away, and the hallway comes back with it', async () => {
  const { page } = ines;
  await page.evaluate(async () => void (await navigator.serviceWorker.ready));
  await page.reload(); // the worker has the page now
  await page.getByRole('button', { name: 'Open a room' }).first().waitFor();
  expect(await server.stop(), server.log).toBe(0);
  await page.reload();
  await page.getByText('Connection lost. Coming back').first().waitFor();
  const open = page.getByRole('button', { name: 'Open a room' });
  await open.click(); // a part that was never needed before
  await page.getByRole('dialog', { name: 'Open a room' }).waitFor();
  await page.keyboard.press('Escape');
  expect(await open.evaluate((button) => button === document.activeElement)).toBe(true);
  await server.start();
  await page.getByText('Connection lost. Coming back').first().waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Open a room' }).first().waitFor();
});

test('what it keeps is the client, every file that bundle.txt names, and a note of which it is', async () => {
  const kept = await ines.page.evaluate(async () => {
    const names = (await caches.keys()).sort();
    const all = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()));
    return { names, paths: all.map((some) => some.map(({ url }) => new URL(url).pathname).sort()) };
  });
  const manifest = await (await fetch(`${server.origin}/bundle.txt`)).text();
  const hash = createHash('sha256').update(manifest).digest('hex');
  const files = [...manifest.matchAll(/^\w{64} {2}(.*)$/gm)].map(([, path]) => `/${path}`);
  expect(kept.names).toEqual(['notes', `shell-${hash}`]);
  expect(kept.paths).toEqual([['/note'], [...files, '/bundle.txt'].sort()]);
});

test('the manifest names icons that are there', async () => {
  const manifest = (await (await fetch(`${server.origin}/manifest.webmanifest`)).json()) as {
    icons: { src: string; type: string }[];
  };
  for (const { src, type } of manifest.icons) {
    const response = await fetch(server.origin + src);
    expect([src, response.status, response.headers.get('content-type')]).toEqual([src, 200, type]);
  }
});
