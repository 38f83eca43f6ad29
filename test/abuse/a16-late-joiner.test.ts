// A16: somebody recorded ciphertext, and comes into the room later.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { utf8 } from '../../web/src/base/bytes.ts';
import { Adversary, type Archived } from '../../web/test/relay.ts';
import { Club, opensFrame, type Player, pause, until } from './club.ts';

let club: Club;
let tom: Player;
let late: Player;
let archive: Archived[];
let room = '';

beforeAll(async () => {
  club = await Club.found();
  archive = club.founder.archive();
  room = await club.evening();
  tom = await club.guest('Tom', room);
  const zoe = await club.guest('Zoé', room);
  late = await club.member('Late');
  for (const one of [club.founder, tom, zoe]) await one.keyed(3);
  await zoe.ask('room.leave', {}); // so that there is a wrap to be recorded, and a slot to be taken again
  await club.founder.keyed(2);
});

afterAll(() => club?.close());

test('nothing that was said before they came opens', async () => {
  const voice = await club.founder.frames();
  await pause(2500); // a leave is in use 2 s later at most
  const early = await voice.encrypt(utf8('before'));
  const before = club.founder.bench.state?.epoch.counter ?? 0;
  await late.join(room);
  await late.keyed(3);
  await until('the founder has that key too', () => (club.founder.bench.state?.epoch.counter ?? 0) > before);
  await pause(500);
  const now = await voice.encrypt(utf8('now'));
  if (!early || !now || !late.bench.pair) throw new Error('no frames');
  const secrets = await new Adversary({ pair: late.bench.pair }).opens({ room, archive });
  expect(await opensFrame(archive, secrets, now), 'control: they hear from now on').toBe(true);
  expect(await opensFrame(archive, secrets, early)).toBe(false);
  expect(Math.min(...secrets.keys()), 'headers before they came').toBe(before + 1);
});
