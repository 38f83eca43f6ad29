// A10: somebody who is not in a room listens to its events, and speaks on its channels.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { b64, random } from '../../web/src/base/bytes.ts';
import { Club, type Message, type Player, pause, until } from './club.ts';
import { sampleRequests } from './requests.ts';

let club: Club;
let tom: Player; // picked
let eve: Player; // not picked
let room = '';

beforeAll(async () => {
  club = await Club.found();
  tom = await club.member('Tom');
  eve = await club.member('Eve');
  room = await club.evening('Closed', [tom]);
  await tom.join(room);
  await tom.ask('room.hand', { up: true });
  await club.founder.keyed(2);
});

afterAll(() => club?.close());

test('not one event of a closed room, not even its number of people, reaches who may not see it', async () => {
  await until('who may see it hears of it', () => tom.events('hall.room').length > 0);
  await tom.ask('room.leave', {});
  await tom.join(room);
  await pause(800);
  expect(JSON.stringify(eve.got)).not.toContain(room);
  expect(
    eve.got.filter(({ ev }) => String(ev).startsWith('room.') || String(ev).startsWith('hall.')),
  ).toEqual([]);
});

test('in an open room, who is outside gets its card and no more', async () => {
  const zoe = await club.member('Zoé');
  const open = (await zoe.open('Open')).room;
  await zoe.join(open);
  await zoe.ask('room.mute', { muted: false });
  await until('the card comes', () => eve.events('hall.room').length > 0);
  await pause(500);
  expect(eve.got.filter(({ ev }) => String(ev).startsWith('room.'))).toEqual([]);
});

test('requests about a room that one is not in are refused like those about no room at all', async () => {
  for (const [name, json] of sampleRequests()) {
    if (!name.startsWith('room.') || json.room === undefined) continue;
    const answers: string[] = [];
    for (const one of [room, b64(random(16))]) {
      const { id: _, do: __, ...members }: Message = { ...json, room: one };
      const reply = eve.bench.wire.ask(name, members);
      answers.push(
        await reply.then(
          () => 'done',
          (error: unknown) => JSON.stringify(error),
        ),
      );
    }
    expect(answers[0], name).toBe(answers[1]);
    expect(answers[0], name).not.toBe('done');
  }
});

test('profiles and chains of the people in it say nothing about the room', async () => {
  const { chains } = await eve.ask('chain.read', { accounts: [tom.account] });
  expect(chains, 'no chain of somebody one shares no room with').toEqual([]);
  const { profiles } = await eve.ask('profile.read', { accounts: [tom.account] });
  expect(Object.keys(profiles[0] ?? {}).sort()).toEqual(['account', 'name', 'role']);
});
