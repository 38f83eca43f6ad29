// A12: somebody who was muted, sent back or never on stage sends sound all the same, under old and new SSRCs.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { Club, type Player, pause, until } from './club.ts';

let club: Club;
let tom: Player; // brought on stage
let zoe: Player; // listens
let room = '';

beforeAll(async () => {
  club = await Club.found();
  room = (await club.founder.open('Salon')).room;
  await club.founder.join(room);
  tom = await club.member('Tom');
  zoe = await club.member('Zoé');
  for (const one of [tom, zoe]) await one.join(room);
  await until('all have media', async () => (await club.guests.heard()).up === 3);
});

afterAll(() => club?.close());

/** Nothing of what is sent now reaches the listener. */
async function unheard(what: string): Promise<void> {
  await pause(200);
  const before = await club.heardAt(zoe);
  await pause(700);
  expect(await club.heardAt(zoe), what).toBe(before);
}

test('the audience is not heard, whatever it sends', async () => {
  club.guests.say(tom.guest);
  await unheard('from the audience');
});

test('on stage and unmuted they are heard: the control', async () => {
  await tom.ask('room.hand', { up: true });
  await club.founder.ask('room.bring', { account: tom.account });
  await tom.ask('room.mute', { muted: false });
  await club.hears(zoe);
});

test('muted by a moderator, they are silent within 200 ms, and the moderator sees it', async () => {
  await club.founder.ask('room.mute_other', { account: tom.account });
  await unheard('muted');
  const last = club.founder
    .events('room.person')
    .findLast((e) => (e.person as { account: string }).account === tom.account);
  expect(last?.person).toMatchObject({ muted: true });
});

test('neither does a new SSRC help: not another, not the second variant, not somebody else’s', async () => {
  for (const ssrc of [0x12345678, 2 * tom.guest + 17, 2 * club.founder.guest + 16]) {
    club.guests.as(tom.guest, ssrc);
    await unheard(`SSRC ${ssrc}`);
  }
  club.guests.as(tom.guest, 2 * tom.guest + 16);
});

test('sent back to the audience, unmuting is refused and nothing is heard', async () => {
  await tom.ask('room.mute', { muted: false });
  await club.hears(zoe);
  await club.founder.ask('room.send_back', { account: tom.account });
  await unheard('sent back');
  await expect(tom.ask('room.mute', { muted: false })).rejects.toMatchObject({ code: 'out_of_state' });
});
