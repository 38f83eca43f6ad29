// A39, the part that a browser decides: markup in names and titles is text on every screen.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Person, person } from '../browser/browser.ts';
import { invite, join, openRoom } from '../browser/evening.ts';
import { Server } from '../browser/server.ts';

const TITLE = '<img src=//evil.test/x onerror=alert(1)>';
const NAME = '<script>alert(1)</script>';
const server = new Server();
let ines: Person;
let eve: Person;
let mallory: Person;

beforeAll(async () => {
  await server.start();
  ines = await person('Inès', server.origin, null);
  eve = await person('Eve', server.origin, null);
  await join(ines.page, server.founderLink, ines.name);
});

afterAll(async () => {
  await Promise.all([ines, eve, mallory].map((one) => one?.close()));
  expect(await server.stop(), server.log).toBe(0);
  server.forget();
});

test('it is shown as it was typed, runs nothing and asks nobody for anything', async () => {
  const link = await invite(ines.page);
  let dialogs = 0;
  for (const { page } of [ines, eve])
    page.on('dialog', (dialog) => {
      dialogs++;
      void dialog.dismiss();
    });
  await openRoom(ines.page, TITLE);
  await join(eve.page, link, NAME);
  await eve.page.getByRole('button', { name: TITLE }).first().click();
  await eve.page.getByRole('heading', { level: 1, name: TITLE }).waitFor();
  await ines.page.getByText(NAME).first().waitFor();
  expect(dialogs).toBe(0);
  for (const { page, problems } of [ines, eve]) {
    expect(await page.locator('img[src*="evil"], script:not([src])').count()).toBe(0);
    expect(problems).toEqual([]);
  }
});

test('a name that looks like that of somebody else is marked, and so is the other', async () => {
  await ines.page.getByRole('button', { name: 'Back to the hallway' }).click();
  const link = await invite(ines.page);
  await ines.page.getByRole('button', { name: /^Back to the room/ }).click();
  mallory = await person('Ιnes', server.origin, null); // a Greek letter, and no accent
  await join(mallory.page, link, mallory.name);
  await mallory.page.getByRole('button', { name: TITLE }).first().click();
  const marked = eve.page.getByRole('button', { name: /looks like somebody else's/ });
  await expect.poll(() => marked.count()).toBe(2);
});
