// At the door: what becomes of links that are no good, of people who take their time, and of a second tab.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Person, person } from './browser.ts';
import { enter, invite, join, openRoom, pause, press, sees } from './evening.ts';
import { Server } from './server.ts';

const server = new Server();
let ines: Person;
let guest: Person;

beforeAll(async () => {
  await server.start();
  ines = await person('Inès', server.origin, null);
  guest = await person('Guest', server.origin, null);
  await join(ines.page, server.founderLink, ines.name);
});

afterAll(async () => {
  await Promise.all([ines?.close(), guest?.close()]);
  expect(await server.stop(), server.log).toBe(0);
  server.forget();
});

/** Opens a link in a page that was somewhere else, and waits for a sentence. */
async function says(link: string, sentence: string): Promise<void> {
  await guest.page.goto('about:blank');
  await guest.page.goto(link);
  await guest.page.getByText(sentence).first().waitFor();
  expect(await guest.page.getByRole('button', { name: 'Join', exact: true }).count()).toBe(0);
}

test('every link that is no good gets its own sentence', async () => {
  await says(server.founderLink, 'This invitation was already used.');
  await says(`${server.founderLink.slice(0, -3)}AAA`, 'This link is not complete.');
  await says(server.founderLink.slice(0, -10), 'This link is not complete.');
  const link = await invite(ines.page);
  await press(ines.page, 'Invite');
  await ines.page
    .getByRole('button', { name: /^Withdraw/ })
    .last()
    .click();
  await ines.page.getByText('Withdrawn').first().waitFor();
  await ines.page.keyboard.press('Escape');
  await says(link, 'This invitation was withdrawn.');

  const other = new Server();
  await other.start();
  const foreign = `${server.origin}/${new URL(other.founderLink).hash}`;
  await says(foreign, 'Nobody here made this invitation.');
  await other.stop();
  other.forget();
});

test('somebody who takes 40 seconds to find a name gets in, and a reload keeps them in', async () => {
  const link = await invite(ines.page);
  await guest.page.goto('about:blank');
  await guest.page.goto(link);
  expect(guest.page.url(), 'the secret leaves the address bar').toBe(`${server.origin}/`);
  await guest.page.getByRole('textbox').fill('Émile');
  await pause(40_000); // the server closes a silent visitor's socket after 30 s
  await press(guest.page, 'Join');
  await sees(guest.page, 'Open a room');
  await guest.page.reload();
  await sees(guest.page, 'Open a room');
  expect(await guest.page.evaluate(async () => (await cookieStore.getAll()).length)).toBe(0);
});

test('one account, one live room: another tab that joins ends the first presence within a second', async () => {
  await openRoom(ines.page, 'Salon');
  await enter(guest.page, 'Salon');
  await sees(guest.page, 'Raise hand');
  const tab = await guest.context.newPage();
  await tab.goto(server.origin);
  await openRoom(tab, 'Elsewhere');
  await sees(tab, 'Unmute');
  await guest.page.getByRole('button', { name: 'Raise hand' }).waitFor({ state: 'detached', timeout: 1000 });
  await ines.page.getByRole('button', { name: /Émile/ }).waitFor({ state: 'detached', timeout: 1000 });
});

test('a reload of the only one on stage does not end the room', async () => {
  await ines.page.reload();
  await ines.page.getByRole('heading', { level: 1, name: 'Salon' }).waitFor();
  await sees(ines.page, 'Unmute');
});

test('a link to a room opens it', async () => {
  const tab = await ines.context.newPage();
  const path = new URL(ines.page.url()).pathname;
  expect(path).toMatch(/^\/r\/[\w-]{22}$/);
  await tab.goto(server.origin + path);
  await tab.getByRole('heading', { level: 1, name: 'Salon' }).waitFor();
});
