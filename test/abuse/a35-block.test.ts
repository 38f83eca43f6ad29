// A35: somebody who was blocked looks for the room where the other one speaks, or for the block itself.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { b64, random } from '../../web/src/base/bytes.ts';
import { Club, type Player, pause, until } from './club.ts';

let club: Club;
let zoe: Player; // blocks
let eve: Player; // is blocked
let tom: Player; // sees all of it
let room = '';

beforeAll(async () => {
  club = await Club.found();
  zoe = await club.member('Zoé');
  eve = await club.member('Eve');
  tom = await club.member('Tom');
  await zoe.ask('people.block', { account: eve.account, on: true });
  room = (await zoe.open('A quiet evening')).room;
  await zoe.join(room);
  await zoe.ask('room.mute', { muted: false });
  await until('others see the room', () => tom.events('hall.room').length > 0);
});

afterAll(() => club?.close());

test('the room does not exist for them: no card, and the answer of an id that never was', async () => {
  await pause(500);
  const again = await eve.again();
  await again.ask('people.list', {});
  expect(JSON.stringify([eve.got, again.got])).not.toContain(room);
  const refused = (id: string) => eve.join(id, { connect: false }).then(() => 'joined', JSON.stringify);
  const never = await refused(b64(random(16)));
  expect(never).toContain('not_found');
  expect(await refused(room)).toBe(never);
});

test('nothing tells them that they are blocked', async () => {
  const { profiles } = await eve.ask('profile.read', { accounts: [zoe.account] });
  expect(Object.keys(profiles[0] ?? {}).sort()).toEqual(['account', 'name', 'role']);
  expect(await eve.ask('people.list', {})).toMatchObject({ follows: [], blocks: [] });
  expect(JSON.stringify((await eve.ask('account.export', {})).export)).not.toContain(zoe.account);
  expect(eve.got.filter(({ ev }) => /block/.test(String(ev)))).toEqual([]);
});

test('the founder, who moderates, comes in all the same', async () => {
  await club.founder.join(room);
  await club.founder.ask('room.leave', {});
});
