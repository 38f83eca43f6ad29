// Talking without speaking, in three browsers: chat is read, removed and paused, a reaction is seen, a line is pinned for
// those who come later; and nothing of it passes the server in the clear.

import type { Locator } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Person, person } from './browser.ts';
import { button, enter, invite, join, lockSays, openRoom, press, withPerson } from './evening.ts';
import { Server } from './server.ts';

const server = new Server();
let ines: Person;
let tom: Person;
let zoe: Person;
const passed: string[] = []; // every text on every socket
const secrets = ['Bonsoir, tout le monde', 'words for nobody else', 'https://example.org/agenda'];

beforeAll(async () => {
  await server.start();
  [ines, tom, zoe] = await Promise.all([
    person('Inès Martin', server.origin, null),
    person('Tom', server.origin, null),
    person('Zoé', server.origin, null),
  ]);
  for (const { page } of [ines, tom, zoe])
    page.on('websocket', (socket) => {
      socket.on('framesent', ({ payload }) => passed.push(String(payload)));
      socket.on('framereceived', ({ payload }) => passed.push(String(payload)));
    });
});

afterAll(async () => {
  await Promise.all([ines, tom, zoe].map((p) => p?.close()));
  expect(await server.stop(), server.log).toBe(0);
  server.forget();
});

/** Also when the test before left one open. */
async function shut({ page }: Person): Promise<void> {
  if ((await page.getByRole('dialog').count()) > 0) await page.keyboard.press('Escape');
}

async function chat({ page }: Person): Promise<Locator> {
  const sheet = page.getByRole('dialog', { name: 'Chat' });
  if ((await sheet.count()) === 0) await button(page, /^Chat/).click();
  await sheet.getByRole('log').waitFor();
  return sheet;
}

async function write(who: Person, text: string): Promise<void> {
  const sheet = await chat(who);
  await sheet.getByLabel('Message', { exact: true }).fill(text);
  await button(sheet, 'Send').click();
  await sheet.getByText(text).waitFor();
}

test('three are in a room', async () => {
  await join(ines.page, server.founderLink, ines.name);
  const links = [await invite(ines.page), await invite(ines.page)];
  await openRoom(ines.page, 'Soirée');
  for (const [i, p] of [tom, zoe].entries()) {
    await join(p.page, links[i] ?? '', p.name);
    await enter(p.page, 'Soirée');
    await lockSays(p.page, i + 2);
  }
});

test('what one writes the others read; who does not look sees a dot', async () => {
  await chat(ines);
  await write(tom, secrets[0] ?? '');
  await (await chat(ines)).getByText(secrets[0] ?? '').waitFor();
  await button(zoe.page, 'Chat, something new').waitFor();
  const hers = await chat(zoe);
  await hers.getByText(secrets[0] ?? '').waitFor();
  expect(await hers.getByRole('button', { name: /^Remove the message/ }).count()).toBe(0);
});

test('markup and marks that turn the text are shown as text', async () => {
  await write(zoe, '<img src=//evil.example/x onerror=alert(1)>');
  await (await chat(tom)).getByText('<img src=//evil.example/x onerror=alert(1)>').waitFor();
  expect(await tom.page.locator('img[src*=evil]').count()).toBe(0);
  const sheet = await chat(zoe);
  await sheet.getByLabel('Message', { exact: true }).fill('safe\u202Egnp.exe');
  await button(sheet, 'Send').click();
  await (await chat(tom)).getByText('safegnp.exe').waitFor();
});

test('a moderator removes, and the author takes back', async () => {
  await write(tom, secrets[1] ?? '');
  const host = await chat(ines);
  await host.getByText(secrets[1] ?? '').waitFor();
  await host
    .getByRole('listitem')
    .filter({ hasText: secrets[1] ?? '' })
    .getByRole('button', { name: /^Remove/ })
    .click();
  const hers = await chat(zoe);
  await hers.getByText('Removed by a host').waitFor();
  expect(await hers.getByText(secrets[1] ?? '').count()).toBe(0);
  await hers
    .getByRole('listitem')
    .filter({ hasText: 'evil.example' })
    .getByRole('button', { name: /^Remove/ })
    .click();
  await (await chat(tom)).getByText('Taken back by Zoé').waitFor();
  for (const p of [ines, tom, zoe]) await shut(p);
});

test('a reaction is seen at the one who reacts', async () => {
  await button(zoe.page, 'React').click();
  const [seen] = await Promise.all([
    button(tom.page, /^Zoé/).locator('[data-reaction=heart]').waitFor(),
    button(zoe.page.getByRole('dialog', { name: 'React' }), 'Heart').click(),
  ]);
  expect(seen).toBeUndefined();
  await expect.poll(() => tom.page.locator('[data-reaction]').count(), { timeout: 10_000 }).toBe(0);
});

test('a pinned line is there for who comes later; what was written before is not', async () => {
  await button(await chat(ines), 'Pin a line').click();
  const pin = ines.page.getByRole('dialog', { name: 'Pinned line' });
  await pin.getByRole('textbox').fill(secrets[2] ?? '');
  await button(pin, 'Pin it').click();
  await button(tom.page, secrets[2] ?? '').waitFor();
  await press(zoe.page, 'Leave quietly');
  await enter(zoe.page, 'Soirée');
  await lockSays(zoe.page, 3);
  await button(zoe.page, secrets[2] ?? '').waitFor();
  await (await chat(zoe)).getByText('Nothing has been written since you came.').waitFor();
  await shut(zoe);
});

test('who is paused is told, and can write again when a moderator says so', async () => {
  await withPerson(ines.page, 'Tom', 'Pause in the chat');
  const sheet = await chat(tom);
  await sheet.getByText(/You can go on listening/).waitFor();
  await write(zoe, 'still here');
  await sheet.getByText('still here').waitFor(); // paused in writing, not in reading
  await shut(zoe);
  await withPerson(ines.page, 'Tom', 'Let chat again');
  await write(tom, 'thank you');
  await shut(tom);
  await button(zoe.page, 'Chat, something new').waitFor();
});

test('nothing of it passed the server in the clear', async () => {
  const texts = passed.join('\n');
  const shows = (text: string): boolean => texts.includes(text);
  for (const name of ['room.say', 'room.react', 'room.note', 'room.pin'])
    expect(shows(`"${name}"`), name).toBe(true);
  for (const secret of secrets) {
    expect(shows(secret), secret).toBe(false);
    // Nor in base64url, wherever the text may begin in its groups of three bytes.
    for (const shift of [0, 1, 2]) {
      const coded = Buffer.from('x'.repeat(shift) + secret).toString('base64url');
      expect(shows(coded.slice(shift === 0 ? 0 : 4, -4)), secret).toBe(false);
    }
  }
  for (const p of [ines, tom, zoe]) expect(p.problems, p.name).toEqual([]);
});
