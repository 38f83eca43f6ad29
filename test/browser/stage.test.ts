// An evening with hosts: hands and their answers, a second moderator, the lock and the way through it, the title.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Person, person } from './browser.ts';
import { enter, invite, join, lockSays, openRoom, press, sees, withPerson } from './evening.ts';
import { Server } from './server.ts';

const server = new Server();
let ines: Person;
let tom: Person;
let zoe: Person;
let leo: Person;
const everyone = () => [ines, tom, zoe, leo];

beforeAll(async () => {
  await server.start();
  [ines, tom, zoe, leo] = await Promise.all([
    person('Inès Martin', server.origin, null),
    person('Tom', server.origin, null),
    person('Zoé', server.origin, null),
    person('Léo', server.origin, null),
  ]);
  await join(ines.page, server.founderLink, ines.name);
  const links = [await invite(ines.page), await invite(ines.page), await invite(ines.page)];
  for (const [i, p] of [tom, zoe, leo].entries()) await join(p.page, links[i] ?? '', p.name);
  await openRoom(ines.page, 'Soirée');
  for (const p of [tom, zoe]) await enter(p.page, 'Soirée');
  await lockSays(ines.page, 3);
});

afterAll(async () => {
  await Promise.all(everyone().map((p) => p?.close()));
  expect(await server.stop(), server.log).toBe(0);
  server.forget();
});

const hands = (p: Person) => p.page.getByRole('region', { name: /^Raised hands/ });
const says = (p: Person, text: string | RegExp) => p.page.getByText(text).first().waitFor();

test('hands stand in the order in which they were raised', async () => {
  await press(zoe.page, 'Raise hand');
  await hands(ines).getByText('Zoé').waitFor();
  await press(tom.page, 'Raise hand');
  await hands(ines).getByText('Tom').waitFor();
  expect(await hands(ines).getByRole('listitem').getByRole('strong').allTextContents()).toEqual([
    'Zoé',
    'Tom',
  ]);
  await hands(ines).getByText('just now').first().waitFor();
  expect(await hands(zoe).count()).toBe(0); // the queue is for moderators
});

test('not now: a calm word, and the hand is down', async () => {
  const first = hands(ines).getByRole('listitem').filter({ hasText: 'Zoé' });
  await first.getByRole('button', { name: 'Not now' }).click();
  await says(zoe, 'Inès Martin lowered your hand: not now. You can raise it again later.');
  await sees(zoe.page, 'Raise hand');
  await sees(tom.page, 'Lower hand'); // the other hand is still up
});

test('all hands at once', async () => {
  await press(zoe.page, 'Raise hand');
  await press(ines.page, 'Lower all hands');
  await says(tom, 'Inès Martin lowered all hands.');
  await sees(tom.page, 'Raise hand');
  await sees(zoe.page, 'Raise hand');
  await hands(ines).getByText('No hands up.').waitFor();
});

test('a moderator is made, who brings people up', async () => {
  await withPerson(ines.page, 'Tom', 'Make a moderator');
  await says(tom, 'Inès Martin made you a moderator of this room.');
  await sees(zoe.page, /^Tom, moderator/);
  await press(zoe.page, 'Raise hand');
  await hands(tom).getByRole('button', { name: 'Bring to stage' }).click();
  await sees(zoe.page, 'Unmute');
  await press(tom.page, 'More');
  const sheet = tom.page.getByRole('dialog');
  await sheet.getByRole('button', { name: 'Lock the room' }).waitFor();
  expect(await sheet.getByRole('button', { name: 'End the room' }).count()).toBe(0); // that is the host's
  await tom.page.keyboard.press('Escape');
});

test('a locked room is closed to newcomers, and a ping opens it', async () => {
  await press(tom.page, 'More');
  const sheet = tom.page.getByRole('dialog');
  await sheet.getByRole('button', { name: 'Lock the room' }).click();
  await sheet.getByRole('button', { name: 'Unlock the room' }).waitFor();
  await tom.page.keyboard.press('Escape');
  for (const p of [ines, zoe]) await says(p, 'Locked: nobody new comes in');
  await sees(leo.page, /Soirée.*Locked/);
  await leo.page.getByRole('button', { name: /Soirée/ }).click();
  await leo.page.getByRole('dialog', { name: 'Knock at “Soirée”?' }).waitFor();
  await press(leo.page, 'Knock');
  await says(leo, 'The moderators heard you knock.');
  const door = (p: Person) => p.page.getByRole('region', { name: /^At the door/ });
  for (const p of [ines, tom]) await door(p).getByText('Léo').waitFor();
  expect(await door(zoe).count()).toBe(0); // she moderates nothing
  await door(tom).getByRole('button', { name: 'Not now' }).click(); // for him alone, and Léo is not told
  await door(tom).waitFor({ state: 'detached' });
  await door(ines).getByRole('button', { name: 'Ask in' }).click();
  await says(ines, 'Léo was asked.');
  await says(leo, 'Inès Martin asks you into “Soirée”.');
  await press(leo.page, 'Not now');

  await press(ines.page, 'More');
  await ines.page.getByRole('dialog').getByRole('button', { name: 'Ask somebody in' }).click();
  const leos = ines.page.getByRole('dialog').getByRole('listitem').filter({ hasText: 'Léo' });
  await leos.getByRole('button', { name: 'Ask in' }).click();
  await says(ines, 'Léo was asked.');
  await ines.page.keyboard.press('Escape');
  await says(leo, 'Inès Martin asks you into “Soirée”.');
  await press(leo.page, 'Go in');
  await leo.page.getByRole('heading', { level: 1, name: 'Soirée' }).waitFor();
  for (const p of everyone()) await lockSays(p.page, 4);
});

test('a new title is seen by all', async () => {
  await press(tom.page, 'More');
  const sheet = tom.page.getByRole('dialog');
  await sheet.getByRole('textbox').fill('Thé et <b>biscuits</b>');
  await sheet.getByRole('button', { name: 'Save' }).click();
  for (const p of everyone())
    await p.page.getByRole('heading', { level: 1, name: 'Thé et <b>biscuits</b>' }).waitFor();
});

test('hands off: none is raised any more, until they are on again', async () => {
  await press(leo.page, 'Raise hand');
  await sees(leo.page, 'Lower hand');
  await press(ines.page, 'More');
  const sheet = ines.page.getByRole('dialog');
  await sheet
    .getByRole('group', { name: 'Who may raise a hand?' })
    .getByRole('radio', { name: 'Nobody' })
    .check();
  const raise = leo.page.getByRole('button', { name: 'Raise hand' });
  await raise.waitFor();
  await leo.page.getByText('no hands for now').waitFor();
  expect(await raise.isDisabled()).toBe(true);
  await sheet
    .getByRole('group', { name: 'Who may raise a hand?' })
    .getByRole('radio', { name: 'Everyone' })
    .check();
  await leo.page.getByText('no hands for now').waitFor({ state: 'detached' });
  await press(leo.page, 'Raise hand');
  await sees(leo.page, 'Lower hand');
  await ines.page.keyboard.press('Escape');
});

test('the host takes the moderation back, and ends the room for all', async () => {
  await withPerson(ines.page, 'Tom', 'No longer a moderator');
  await says(tom, /took the moderation of this room back/);
  await hands(tom).waitFor({ state: 'detached' });
  await press(ines.page, 'More');
  await ines.page.getByRole('dialog').getByRole('button', { name: 'End the room' }).click();
  await ines.page.getByRole('dialog').getByRole('button', { name: 'End the room' }).click();
  for (const p of everyone()) await sees(p.page, 'Open a room');
});

test('no console error, no request to anywhere else', () => {
  for (const p of everyone()) expect(p.problems, p.name).toEqual([]);
});
