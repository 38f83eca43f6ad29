// What somebody may type, paste, choose or press: shown as text, refused with a sentence, or limited, and never broken.
// Two Chromiums and a real server.

import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { closeSheets } from './account.ts';
import { type Person, person } from './browser.ts';
import { inRoom, invite, join, lockSays, openRoom, pause, press, sees } from './evening.ts';
import { button } from './mock.ts';
import { Server } from './server.ts';

const PICTURE_PX = 256; // the side of every picture that the server takes
const PICTURE_MESSAGE = 40_000; // 24 KB of picture in base64, and the words around it

const server = new Server();
let ines: Person;
let eve: Person;
const answers: string[] = []; // of the server to Eve
const sent: number[] = []; // how long each message of hers was
let dialogs = 0;

beforeAll(async () => {
  await server.start();
  [ines, eve] = await Promise.all([person('Inès', server.origin, null), person('Eve', server.origin, null)]);
  eve.page.on('websocket', (socket) => {
    socket.on('framereceived', ({ payload }) => answers.push(String(payload)));
    socket.on('framesent', ({ payload }) => sent.push(payload.length));
  });
  for (const { page } of [ines, eve])
    page.on('dialog', (dialog) => {
      dialogs++;
      void dialog.dismiss();
    });
  await join(ines.page, server.founderLink, ines.name);
});

afterAll(async () => {
  await Promise.all([ines?.close(), eve?.close()]);
  expect(await server.stop(), server.log).toBe(0);
  server.forget();
});

const says = ({ page }: Person, text: string): Promise<void> => page.getByText(text).first().waitFor();
const refusals = (): number => answers.filter((text) => text.includes('"rate_limited"')).length;

async function chat({ page }: Person): Promise<Locator> {
  const sheet = page.getByRole('dialog', { name: 'Chat' });
  if ((await sheet.count()) === 0) await button(page, /^Chat/).click();
  await sheet.getByRole('log').waitFor();
  return sheet;
}

test('a name that turns or hides what stands beside it is refused in words, and the invitation is still good', async () => {
  const link = await invite(ines.page);
  await eve.page.goto(link);
  const field = eve.page.getByRole('textbox');
  for (const name of ['Eve\u202Efdp.exe', 'To\u2066m', '\u200B\u200B', '\uE000']) {
    await field.fill(name);
    await press(eve.page, 'Join');
    await says(eve, 'This name cannot be shown. Please use 1 to 40 ordinary characters.');
  }
  await field.fill('x'.repeat(300));
  expect(await field.inputValue()).toHaveLength(40);
  await field.fill('إيفا <b>&amp;</b> 👩‍👩‍👧');
  await press(eve.page, 'Join');
  await sees(eve.page, 'Open a room');
});

test('a title too, and the sheet stays with what was typed', async () => {
  await button(eve.page, 'Open a room').first().click();
  const sheet = eve.page.getByRole('dialog');
  const field = sheet.getByRole('textbox');
  await field.fill('Jazz\u202Efdp');
  await button(sheet, 'Open a room').click();
  await says(eve, 'This title cannot be shown. Please use at most 60 ordinary characters.');
  expect(await field.inputValue()).toBe('Jazz\u202Efdp');
  await eve.page.keyboard.press('Escape');
});

const TITLE = '<svg onload=alert(1)> {name} %s ../..';

test('markup, templates and letters from the right stand in a room as they were typed', async () => {
  await openRoom(ines.page, TITLE);
  await eve.page.getByRole('button').filter({ hasText: TITLE }).click();
  await inRoom(eve.page, TITLE);
  await lockSays(ines.page, 2);
  await sees(ines.page, /^إيفا <b>&amp;<\/b> 👩‍👩‍👧, listener/);
  const order = await ines.page.evaluate(() => {
    const name = [...document.querySelectorAll('.person-name')].find((e) => e.textContent?.includes('إيفا'));
    return name?.getAttribute('dir');
  });
  expect(order).toBe('auto'); // it turns itself round, and nothing beside it
});

test('chat: nothing turns, hides, loads or runs; a link says where it really leads', async () => {
  const lines = [
    'safe\u202Efdp.exe \u2066\u200B\u200B',
    '<script>alert(1)</script><img src=//evil.test/x onerror=alert(1)>',
    'javascript:alert(1) data:text/html,x https://inès@evil.test/ //evil.test',
    'https://\u0430pple.com/login',
    `Z${'\u0334'.repeat(60)}algo`,
    '{name} $& %s {{7*7}}',
  ];
  const sheet = await chat(eve);
  for (const line of lines) {
    await sheet.getByLabel('Message', { exact: true }).fill(line);
    await button(sheet, 'Send').click();
    await pause(1100); // else it would be limited
  }
  const read = await chat(ines);
  await read.getByText('{name} $& %s {{7*7}}').waitFor();
  const text = (await read.getByRole('log').textContent()) ?? '';
  expect(text).not.toMatch(/[\u202a-\u202e\u2066-\u2069\u200b]/);
  expect(text).toContain('safefdp.exe');
  expect(text).toContain(lines[1]);
  expect(/\u0334*algo/u.exec(text)?.[0].length).toBeLessThan(10);
  expect(await read.locator('a, img, script, iframe').count()).toBe(0);
  const links = read.getByRole('log').getByRole('button', { name: /:\/\// });
  expect(await links.count()).toBe(1); // with a user name before the host it is none
  await links.click();
  await ines.page.getByRole('dialog', { name: 'Open xn--pple-43d.com?' }).waitFor();
  await ines.page.keyboard.press('Escape');
});

test('a line is cut at what fits, and a flood is limited: what was not sent says why, and stays', async () => {
  const sheet = await chat(eve);
  const field = sheet.getByLabel('Message', { exact: true });
  await field.fill('y'.repeat(20_000));
  const most = (await field.inputValue()).length;
  expect(most).toBeLessThanOrEqual(1000);
  await field.fill('');
  for (let i = 0; i < 30; i++) {
    await field.fill(`flood ${i}`);
    await field.press('Enter');
  }
  await sheet.getByText('That was a bit fast. Please wait a moment.').first().waitFor();
  await button(sheet, 'Send again').first().waitFor();
  const before = await sheet
    .getByRole('listitem')
    .filter({ hasText: /^.*flood/ })
    .count();
  expect(before).toBe(30); // none is lost
  await eve.page.keyboard.press('Escape');
});

/** A picture of `side` pixels square without any compression: 10 MB at 1,870. */
function bitmap(side: number): Buffer {
  const row = side * 3 + ((4 - ((side * 3) % 4)) % 4);
  const file = Buffer.alloc(54 + row * side);
  file.write('BM');
  file.writeUInt32LE(file.length, 2);
  file.writeUInt32LE(54, 10);
  file.writeUInt32LE(40, 14);
  file.writeInt32LE(side, 18);
  file.writeInt32LE(side, 22);
  file.writeUInt16LE(1, 26);
  file.writeUInt16LE(24, 28);
  for (let i = 54; i < file.length; i++) file[i] = (i * 2654435761) >>> 24; // noise: the worst case for a small file
  return file;
}

async function profile({ page }: Person): Promise<Locator> {
  await button(page, /your account and preferences/).click();
  await button(page.getByRole('dialog'), 'Name and picture').click();
  const sheet = page.getByRole('dialog', { name: 'Name and picture' });
  await sheet.waitFor();
  return sheet;
}

async function choose(page: Page, sheet: Locator, buffer: Buffer, name: string): Promise<void> {
  await page.locator('input[type=file]').setInputFiles({ name, mimeType: 'image/png', buffer });
  await sheet.getByRole('status').or(sheet.getByRole('alert')).first().waitFor({ state: 'attached' });
}

test('a picture of 10 MB goes out as a small one; what is none is refused in words', async () => {
  await press(eve.page, 'Back to the hallway');
  const sheet = await profile(eve);
  for (const junk of [Buffer.alloc(10 << 20, 7), Buffer.from('<svg onload="alert(1)"/>'), Buffer.alloc(0)]) {
    await choose(eve.page, sheet, junk, 'junk.png');
    await sheet.getByText('This file is not a picture that can be shown.').waitFor();
  }
  const large = bitmap(1870);
  expect(large.length).toBeGreaterThan(10 << 20);
  await choose(eve.page, sheet, large, 'large.png');
  await sheet.getByText('This file is not a picture that can be shown.').waitFor({ state: 'detached' });
  await says(eve, 'Saved');
  await eve.page.keyboard.press('Escape');
  await eve.page.keyboard.press('Escape');
  const mine = eve.page.locator('.me img');
  await mine.waitFor();
  expect(await mine.evaluate((img: HTMLImageElement) => img.naturalWidth)).toBe(PICTURE_PX);
  expect(Math.max(...sent)).toBeLessThan(PICTURE_MESSAGE);
  await eve.page.getByRole('button', { name: /^Back to the room/ }).click();
});

test('a hundred hands in a second: most are refused, the room goes on, and later one counts again', async () => {
  const before = refusals();
  await eve.page.evaluate(async () => {
    const hand = (): HTMLElement | null => document.querySelector('.hand');
    for (let i = 0; i < 100; i++) {
      hand()?.click();
      await new Promise((done) => setTimeout(done, 10));
    }
  });
  await says(eve, 'That was a bit fast. Please wait a moment.');
  await expect.poll(() => refusals() - before, { timeout: 30_000 }).toBeGreaterThan(50);
  await pause(3000);
  if ((await button(eve.page, 'Lower hand').count()) === 0) await press(eve.page, 'Raise hand');
  await closeSheets(ines.page);
  await ines.page
    .getByRole('region', { name: /^Raised hands/ })
    .getByRole('button', { name: 'Bring to stage' })
    .click();
  await sees(eve.page, 'Unmute');
  await lockSays(ines.page, 2);
});

test('through all of it nothing ran, nothing was asked of anybody else, and no page complained', () => {
  expect(dialogs).toBe(0);
  expect([ines.problems, eve.problems]).toEqual([[], []]);
});
