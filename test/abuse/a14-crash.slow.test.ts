// A14: somebody's machine dies, or its network does, without a word.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { Club, type Player, until } from './club.ts';

let club: Club;
let crashed: Player; // the process is gone: the kernel closes its sockets
let offline: Player; // the network is gone: no socket closes
let room = '';
let before = 0; // the header in force

beforeAll(async () => {
  club = await Club.found();
  room = await club.evening();
  crashed = await club.member('Crashed');
  offline = await club.member('Offline');
  await crashed.join(room, { guests: await club.machine('127.5.0.0') });
  await offline.join(room, { guests: await club.machine('127.6.0.0') });
  await offline.ask('room.hand', { up: true });
  await club.founder.keyed(3);
  before = club.founder.bench.state?.epoch.epoch ?? 0;
});

afterAll(() => club?.close());

const left = (who: Player) => club.founder.events('room.left').find(({ account }) => account === who.account);

test('both are out of the roster within 15 s or so, hand and all, and the keys change', async () => {
  await club.stopMachine('127.5.0.0');
  crashed.bench.wire.close();
  await club.stopMachine('127.6.0.0'); // its WebSocket stays open
  await until('the one who crashed has left', () => left(crashed) !== undefined, 13_000);
  await until('the one without a network has left', () => left(offline) !== undefined, 18_000);
  expect(left(crashed)?.why).toBe('lost');
  expect(left(offline)?.why).toBe('lost');
  await club.founder.keyed(1);
  expect(club.founder.bench.state?.epoch.epoch).toBeGreaterThan(before);
  const zoe = await club.member('Zoé');
  const people = await zoe.peopleOf(room);
  expect(people.sort()).toEqual([club.founder.account, zoe.account].sort());
});
