// A3: a client that was told to leave stays: it keeps its connection, its checks and its socket.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { Club, type Player, pause, refusal } from './club.ts';

let club: Club;
let tom: Player;
let zoe: Player;
let room = '';

beforeAll(async () => {
  club = await Club.found();
  room = await club.evening();
  tom = await club.guest('Tom', room);
  zoe = await club.guest('Zoé', room);
});

afterAll(() => club?.close());

test('nothing is forwarded to it within a second, and its checks get no answer', async () => {
  await club.founder.remove(tom, room, club.founder);
  await pause(1000);
  expect(await club.datagrams(tom, 4000), 'datagrams of any kind, through two checks').toBe(0);
  await club.hears(zoe);
});

test('what it still sends reaches nobody', async () => {
  const before = await club.heardAt(zoe);
  club.guests.say(tom.guest);
  await pause(500);
  expect(await club.heardAt(zoe)).toBeGreaterThan(before); // the founder
  expect(await refusal(tom.ask('room.hand', { up: true }))).toBe('not_in_room');
});

test('and it does not come in again this evening', async () => {
  expect(await refusal(tom.join(room))).toBe('removed');
});
