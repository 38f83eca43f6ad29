// A whole evening of six with real voices, from the opening of a room to its end, in one language. What somebody does is
// checked by what the others see and hear.

import type { Locator } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Language } from '../../web/src/i18n/text.ts';
import { type Person, person } from './browser.ts';
import {
  accept,
  button,
  enter,
  inRoom,
  invite,
  join,
  lockSays,
  pause,
  press,
  reads,
  sees,
  withPerson,
} from './evening.ts';
import { listening, silence } from './hearing.ts';
import { type Key, localeOf, phrases } from './phrases.ts';
import { Server } from './server.ts';
import { speech } from './speech.ts';

const TITLE = 'Soirée';
const PINNED = 'https://example.org/agenda';
const MINUTE = 60_000;
const names = ['Inès Martin', 'Tom', 'Zoé', 'Amir', 'Lou', 'Noor'];

export function wholeEvening(language: Language): void {
  const say = phrases(language);
  const server = new Server();
  let all: Person[] = [];
  let [ines, tom, zoe, amir, lou, noor] = [] as unknown as [Person, Person, Person, Person, Person, Person];
  let amirWaitsFrom = 0;

  beforeAll(async () => {
    await server.start();
    const browser = (name: string, i: number): Promise<Person> =>
      person(name, server.origin, speech(server.dir, i, names.length), localeOf(language));
    all = await Promise.all(names.map(browser));
    [ines, tom, zoe, amir, lou, noor] = all as [Person, Person, Person, Person, Person, Person];
  });

  afterAll(async () => {
    await Promise.all(all.map((p) => p.close()));
    expect(await server.stop(), server.log).toBe(0);
    server.forget();
  });

  const but = (...out: Person[]): Person[] => all.filter((p) => !out.includes(p));
  const each = (people: Person[], f: (p: Person) => Promise<unknown>): Promise<unknown> =>
    Promise.all(people.map(f));
  /** They see somebody's one button as it is named: what that person is here, and nothing else. */
  const see = (people: Person[], who: Person, ...is: Key[]): Promise<unknown> =>
    each(people, (p) => sees(p.page, [who.name, ...is.map((key) => say(key))].join(', ')));
  const read = (people: Person[], ...text: Parameters<typeof say>): Promise<unknown> =>
    each(people, (p) => reads(p.page, say(...text)));
  const lock = (people: Person[], n: number): Promise<unknown> =>
    each(people, (p) => lockSays(p.page, n, say));
  const does = (p: Person, key: Key): Promise<void> => press(p.page, say(key));
  const dialog = (p: Person): Locator => p.page.getByRole('dialog');
  const shut = async (p: Person): Promise<void> => {
    await p.page.keyboard.press('Escape');
    await dialog(p).waitFor({ state: 'detached' });
  };
  const inSheet = async (p: Person, opener: Key, ...then: Key[]): Promise<void> => {
    for (const [i, key] of [opener, ...then].entries()) await press(i === 0 ? p.page : dialog(p), say(key));
  };
  const card = (p: Person): Locator => p.page.locator('.card', { hasText: TITLE });
  const row = (p: Person, who: Person): Locator =>
    p.page
      .getByRole('region', { name: say('room.hands') })
      .getByRole('listitem')
      .filter({ hasText: who.name });
  const chat = async (p: Person): Promise<Locator> => {
    const sheet = p.page.getByRole('dialog', { name: say('talk.title') });
    if ((await sheet.count()) === 0) await button(p.page, new RegExp(`^${say('talk.open')}`)).click();
    await sheet.getByRole('log').waitFor();
    return sheet;
  };
  const write = async (p: Person, text: string): Promise<void> => {
    const sheet = await chat(p);
    await sheet.getByLabel(say('talk.field'), { exact: true }).fill(text);
    await press(sheet, say('talk.send'));
  };

  test('one comes by the printed link, one by an invitation, and then they are six', async () => {
    await join(ines.page, server.founderLink, ines.name, say);
    const links: string[] = [];
    for (const _ of but(ines)) links.push(await invite(ines.page, say));
    await tom.page.goto(links[0] as string);
    await reads(tom.page, say('invite.valid', { name: ines.name, club: '' }).trim());
    await accept(tom.page, tom.name, say);
    await read([ines], 'notice.guest', { name: tom.name });
    await read([tom], 'hall.empty');
    await each(but(ines, tom), (p) => join(p.page, links[all.indexOf(p) - 1] as string, p.name, say));
  });

  test('a room is opened: all see its title and who is in it, go in, and hear who speaks', async () => {
    await does(ines, 'hall.open');
    await dialog(ines).getByRole('textbox').fill(TITLE);
    expect(
      await dialog(ines)
        .getByRole('radio', { name: say('open.everyone') })
        .isChecked(),
    ).toBe(true);
    await press(dialog(ines), say('open.submit'));
    await inRoom(ines.page, TITLE);
    await lock([ines], 1);
    await each(but(ines), async (p) => {
      for (const text of [ines.name, say('hall.people', { n: 1 }), say('hall.speakers', { n: 1 })])
        await card(p).getByText(text).waitFor();
      await enter(p.page, TITLE);
    });
    await lock(all, names.length);
    await see(but(ines), ines, 'person.moderator', 'person.muted');
    for (const p of but(ines)) await see([ines], p, 'person.listener');
    await does(ines, 'room.unmute');
    await see(but(ines), ines, 'person.moderator');
    await listening({ speakers: [ines], hear: but(ines) });
  });

  test('hands stand in the order in which they were raised; who is brought up is heard', async () => {
    await does(amir, 'room.raise');
    await see(but(amir), amir, 'person.listener', 'person.hand');
    amirWaitsFrom = Date.now();
    await does(zoe, 'room.raise');
    await see(but(zoe), zoe, 'person.listener', 'person.hand');
    const hands = ines.page.getByRole('region', { name: say('room.hands') }).getByRole('listitem');
    expect(await hands.getByRole('strong').allTextContents()).toEqual([amir.name, zoe.name]);
    await reads(row(ines, amir), say('person.waiting_new'));
    await press(row(ines, zoe), say('person.bring'));
    await read([zoe], 'notice.on_stage');
    await see(but(zoe), zoe, 'person.speaker', 'person.muted');
    await does(zoe, 'room.unmute');
    await see(but(zoe), zoe, 'person.speaker');
    await listening({ speakers: [ines, zoe], hear: all });
  });

  test('a moderator is made, and mutes: she is told, and nobody hears her any more', async () => {
    await withPerson(ines.page, tom.name, say('host.make'));
    await read([tom], 'notice.moderator', { name: ines.name });
    await see(but(tom), tom, 'person.moderator');
    await withPerson(tom.page, zoe.name, say('person.mute'));
    await read([zoe], 'notice.muted_by', { name: tom.name });
    await see(but(zoe), zoe, 'person.speaker', 'person.muted');
    await listening({ speakers: [ines], hear: but(ines), muted: [zoe] });
  });

  test('who is sent back hears on, and is not heard', async () => {
    await does(zoe, 'room.unmute');
    await see(but(zoe), zoe, 'person.speaker');
    await withPerson(tom.page, zoe.name, say('person.back'));
    await read([zoe], 'notice.to_audience');
    await see(but(zoe), zoe, 'person.listener');
    await listening({ speakers: [ines], hear: [zoe] });
    await does(ines, 'room.mute');
    await see(but(ines), ines, 'person.moderator', 'person.muted');
    await silence(...all);
    await does(ines, 'room.unmute');
  });

  test('an invitation to speak is declined', async () => {
    await withPerson(ines.page, noor.name, say('person.bring'));
    await see(but(noor), noor, 'person.listener', 'person.called');
    const call = noor.page.getByRole('dialog', { name: say('called.title', { name: ines.name }) });
    await press(call, say('called.later'));
    await read([ines], 'notice.declined', { name: noor.name });
    await see(but(noor), noor, 'person.listener');
  });

  test('chat: all read it, a moderator removes it for all, and a link stays text', async () => {
    await write(amir, 'Bonsoir, tout le monde');
    await each(but(amir), (p) => sees(p.page, say('talk.open_new')));
    await each(all, async (p) => reads(await chat(p), 'Bonsoir, tout le monde'));
    await write(lou, 'words that somebody minds');
    const minds = (p: Person): Locator => dialog(p).getByText('words that somebody minds');
    await each(all, (p) => minds(p).waitFor());
    await press(dialog(tom), say('talk.remove_of', { name: lou.name }));
    await each(all, async (p) => {
      await reads(dialog(p), say('talk.removed_host'));
      await minds(p).waitFor({ state: 'detached' });
    });
    await write(zoe, PINNED);
    await press(dialog(noor), PINNED);
    await noor.page.getByRole('heading', { name: say('talk.link_ask', { host: 'example.org' }) }).waitFor();
    await press(dialog(noor), say('cancel'));
    await each(all, shut);
  });

  test('a reaction is seen at the one who reacts, and a pinned line above the room', async () => {
    const seen = each(but(zoe), (p) =>
      button(p.page, new RegExp(`^${zoe.name}`))
        .locator('[data-reaction=heart]')
        .waitFor(),
    );
    await Promise.all([seen, inSheet(zoe, 'react.open', 'react.heart')]);
    await press(await chat(ines), say('pin.change'));
    await ines.page
      .getByRole('dialog', { name: say('pin.title') })
      .getByRole('textbox')
      .fill(PINNED);
    await press(dialog(ines), say('pin.set'));
    await each(all, (p) => sees(p.page, PINNED));
  });

  test('a locked room: nobody new comes in; who is inside hears on, in the hallway too', async () => {
    await does(lou, 'room.leave');
    await lock(but(lou), 5);
    await inSheet(tom, 'more', 'host.lock');
    await sees(dialog(tom), say('host.unlock'));
    await shut(tom);
    await read(but(lou), 'host.locked');
    await does(noor, 'room.hall');
    const mini = noor.page.getByRole('navigation', { name: say('hall.mini') });
    await reads(mini, TITLE);
    await reads(card(noor), say('hall.here'));
    await reads(card(lou), say('host.locked'));
    await card(lou).click();
    await press(dialog(lou), say('knock.yes'));
    await read([lou], 'knock.sent');
    await listening({ speakers: [ines], hear: but(ines, lou), deaf: [lou] });
    await see([ines, tom, zoe, amir], noor, 'person.listener');
    await press(mini, new RegExp(`^${say('hall.back')}`));
    await inRoom(noor.page, TITLE);
    await lock(but(lou), 5);
  });

  test('somebody is asked in, through the lock', async () => {
    await inSheet(ines, 'more', 'ping.title');
    const hers = dialog(ines).getByRole('listitem').filter({ hasText: lou.name });
    await press(hers, say('ping.ask'));
    await reads(ines.page, say('ping.sent', { name: lou.name }));
    await shut(ines);
    await reads(lou.page, say('ping.asks', { name: ines.name, room: TITLE }));
    await does(lou, 'ping.enter');
    await inRoom(lou.page, TITLE);
    await lock(all, 6);
    await see(but(lou), lou, 'person.listener');
    await sees(lou.page, PINNED); // also for who came later
  });

  test('who waits is seen to wait, and gets a calm word', async () => {
    await pause(Math.max(0, amirWaitsFrom + MINUTE - Date.now()));
    const minutes = [1, 2, 3, 4, 5, 6].map((n) => say('person.waiting', { n })); // on a busy machine some more
    await reads(row(tom, amir), new RegExp(minutes.join('|')));
    await press(row(tom, amir), say('host.not_now'));
    await read([amir], 'notice.not_now', { name: tom.name });
    await see(but(amir), amir, 'person.listener');
  });

  test('who is removed for the evening hears nothing more, and does not come back', async () => {
    await inSheet(tom, 'more', 'host.unlock');
    await sees(dialog(tom), say('host.lock'));
    await shut(tom);
    await withPerson(tom.page, amir.name, say('person.remove'));
    await press(dialog(tom), say('person.remove_evening'));
    await read([amir], 'notice.out_removed');
    await lock(but(amir), 5);
    await listening({ speakers: [ines], hear: but(ines, amir), deaf: [amir] });
    await card(amir).click();
    await read([amir], 'error.removed');
  });

  test('who is banned hears nothing more, and sees no room', async () => {
    await withPerson(ines.page, lou.name, say('person.ban'));
    await press(dialog(ines), say('person.ban_yes', { name: lou.name }));
    await read([lou], 'notice.out_banned');
    await lock(but(amir, lou), 4);
    await listening({ speakers: [ines], hear: [tom, zoe, noor], deaf: [lou] });
    await card(lou).waitFor({ state: 'detached' });
  });

  test('the room ends for all', async () => {
    await inSheet(ines, 'more', 'room.end', 'room.end');
    await read([tom, zoe, noor], 'notice.out_ended');
    await each([ines, tom, zoe, noor], (p) => sees(p.page, say('hall.open')));
    await each([tom, zoe, amir, noor], (p) => card(p).waitFor({ state: 'detached' }));
    await silence(...all);
  });

  test('a room for those one picks is seen by nobody else', async () => {
    await does(ines, 'hall.open');
    await dialog(ines).getByRole('textbox').fill(TITLE);
    await dialog(ines)
      .getByRole('radio', { name: say('open.picked') })
      .check();
    await dialog(ines).getByRole('checkbox', { name: zoe.name }).check();
    await press(dialog(ines), say('open.submit'));
    await inRoom(ines.page, TITLE);
    await reads(card(zoe), say('hall.picked'));
    await card(zoe).click();
    await lock([ines, zoe], 2);
    for (const p of [tom, amir, noor]) expect(await card(p).count(), p.name).toBe(0);
  });

  test('no console error, no request to anywhere else', () => {
    for (const p of all) expect(p.problems, p.name).toEqual([]);
  });
}
