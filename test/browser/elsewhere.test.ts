// One account, a laptop and a phone: the phone is asked before the laptop's presence in a room ends, and the laptop is
// told. In both languages; and what only comes back is never asked.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Language } from '../../web/src/i18n/text.ts';
import { addDevice, closeSheets } from './account.ts';
import { type Person, person } from './browser.ts';
import { button, inRoom, invite, join, lockSays, openRoom, press, reads, sees } from './evening.ts';
import { listening, silence } from './hearing.ts';
import { localeOf, phrases } from './phrases.ts';
import { Server } from './server.ts';
import { speech } from './speech.ts';

const TITLE = 'Salon bleu';
const OTHER = 'Salon vert';

describe.each(['en', 'fr'] as Language[])('in %s', (language) => {
  const say = phrases(language);
  const server = new Server();
  let ines: Person; // speaks
  let laptop: Person; // Tom's
  let phone: Person; // Tom's too
  let zoe: Person; // in another room

  const all = (): Person[] => [ines, laptop, phone, zoe];
  const card = (p: Person, title: string) => button(p.page, new RegExp(title)).first();
  const asked = (p: Person) => p.page.getByRole('dialog', { name: say('elsewhere.ask') });
  const hears = (who: Person, deaf: Person): Promise<void> =>
    listening({ speakers: [ines], hear: [who], deaf: [deaf] });

  beforeAll(async () => {
    await server.start();
    const browser = (name: string, i: number): Promise<Person> =>
      person(name, server.origin, speech(server.dir, i, 4), localeOf(language));
    [ines, laptop, phone, zoe] = (await Promise.all(
      ['Inès', 'Tom, laptop', 'Tom, phone', 'Zoé'].map(browser),
    )) as [Person, Person, Person, Person];
    await join(ines.page, server.founderLink, 'Inès', say);
    await join(laptop.page, await invite(ines.page, say), 'Tom', say);
    await join(zoe.page, await invite(ines.page, say), 'Zoé', say);
    await addDevice(laptop.page, phone.page, say);
    await closeSheets(laptop.page);
    await openRoom(ines.page, TITLE, say);
    await press(ines.page, say('room.unmute'));
    await sees(ines.page, say('room.mute'));
    await openRoom(zoe.page, OTHER, say);
    await card(laptop, TITLE).click();
    await inRoom(laptop.page, TITLE);
    await lockSays(laptop.page, 2, say);
  });

  afterAll(async () => {
    for (const p of all()) expect(p?.problems ?? [], p?.name).toEqual([]);
    await Promise.all(all().map((p) => p?.close()));
    expect(await server.stop(), server.log).toBe(0);
    server.forget();
  });

  test('asked, and declined: the laptop goes on hearing', async () => {
    await reads(phone.page, say('elsewhere.here')); // on the card
    await card(phone, TITLE).click();
    await asked(phone).waitFor();
    await button(asked(phone), say('elsewhere.no')).click();
    await asked(phone).waitFor({ state: 'detached' });
    await inRoom(laptop.page, TITLE);
    await hears(laptop, phone);
  });

  test('another room, or a new one, asks to leave this one', async () => {
    const leaving = phone.page.getByRole('dialog', { name: say('room.one_room', { room: TITLE }) });
    await card(phone, OTHER).click();
    await leaving.waitFor();
    await phone.page.keyboard.press('Escape'); // as good as to stay
    await leaving.waitFor({ state: 'detached' });
    await phone.page.goto(`${server.origin}/r/${new URL(zoe.page.url()).pathname.slice(3)}`);
    await leaving.waitFor();
    await button(leaving, say('elsewhere.no')).click();
    expect(new URL(phone.page.url()).pathname).toBe('/');
    await press(phone.page, say('hall.open'));
    await press(phone.page.getByRole('dialog'), say('open.submit'));
    await leaving.waitFor();
    await button(leaving, say('elsewhere.no')).click();
    await leaving.waitFor({ state: 'detached' });
    expect(await phone.page.locator('.card').count(), 'no room was opened').toBe(2);
    await inRoom(laptop.page, TITLE);
  });

  test('accepted: the phone hears, and the laptop is told and hears nothing', async () => {
    await card(phone, TITLE).click();
    await button(asked(phone), say('elsewhere.yes')).click();
    await inRoom(phone.page, TITLE);
    await reads(laptop.page, say('elsewhere.moved'));
    await reads(laptop.page, say('elsewhere.here'));
    expect(await laptop.page.getByRole('alert').filter({ hasText: /./ }).count(), 'stays calm').toBe(0);
    await silence(laptop);
    await hears(phone, laptop);
    await lockSays(ines.page, 2, say);
  });

  test('the laptop takes nothing back by itself, and a mistake is undone without another question', async () => {
    await laptop.page.reload();
    await reads(laptop.page, say('elsewhere.here'));
    await inRoom(phone.page, TITLE);
    await card(laptop, TITLE).click();
    await button(asked(laptop), say('elsewhere.yes')).click();
    await inRoom(laptop.page, TITLE);
    await reads(phone.page, say('elsewhere.moved'));
    await button(phone.page, say('elsewhere.back')).click();
    await inRoom(phone.page, TITLE);
    await reads(laptop.page, say('elsewhere.moved'));
    await hears(phone, laptop);
  });

  test('a reload and a restart of the server ask nothing', async () => {
    await phone.page.reload();
    await inRoom(phone.page, TITLE);
    await lockSays(phone.page, 2, say);
    await server.kill();
    await server.start();
    await lockSays(phone.page, 2, say);
    expect(await asked(phone).count()).toBe(0);
    await reads(laptop.page, say('elsewhere.here'));
    await hears(phone, laptop);
    for (const p of all()) p.problems.length = 0; // their lost connections
  });
});
