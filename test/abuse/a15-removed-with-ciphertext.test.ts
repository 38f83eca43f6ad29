// A15: somebody who was removed kept all keys, and gets every ciphertext that the server ever had.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { utf8 } from '../../web/src/base/bytes.ts';
import { Adversary, type Archived } from '../../web/test/relay.ts';
import { Club, opensFrame, type Player, pause, until } from './club.ts';

let club: Club;
let tom: Player;
let zoe: Player;
let archive: Archived[];
let room = '';

beforeAll(async () => {
  club = await Club.found();
  archive = club.founder.archive();
  room = await club.evening();
  tom = await club.guest('Tom', room);
  zoe = await club.guest('Zoé', room);
  for (const one of [club.founder, tom, zoe]) await one.keyed(3);
});

afterAll(() => club?.close());

test('no frame that was sent after the removal opens, with all that was recorded', async () => {
  const voice = await club.founder.frames();
  const ear = await zoe.frames();
  const early = await voice.encrypt(utf8('before'));
  const epoch = club.founder.bench.state?.epoch.counter ?? 0;
  await club.founder.remove(tom, room, club.founder);
  await until('the key has changed', () => (club.founder.bench.state?.epoch.counter ?? 0) > epoch);
  await until(
    'for the others too',
    () => zoe.bench.state?.epoch.counter === club.founder.bench.state?.epoch.counter,
  );
  await pause(500); // senders switch 300 ms after it
  const late = await voice.encrypt(utf8('after'));
  if (!early || !late || !tom.bench.pair) throw new Error('no frames');

  const secrets = await new Adversary({ pair: tom.bench.pair }).opens({ room, archive });
  expect(await opensFrame(archive, secrets, early), 'control: what was said while they were in').toBe(true);
  expect(await opensFrame(archive, secrets, late)).toBe(false);
  expect(Math.max(...secrets.keys()), 'headers after the removal').toBeLessThanOrEqual(epoch);
  expect(await ear.decrypt(0, late), 'control: the others hear it').not.toBeNull();
});
