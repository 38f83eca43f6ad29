// A11: leaving on one device while another one stays, unseen.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { Club, type Player, pause, until } from './club.ts';

let club: Club;
let phone: Player;
let laptop: Player;
let room = '';

beforeAll(async () => {
  club = await Club.found();
  room = await club.evening();
  phone = await club.member('Tom');
  laptop = await phone.again(await phone.secondDevice());
});

afterAll(() => club?.close());

test('after the leave nothing of the account is in the room: no packet, no entry, no key', async () => {
  await phone.join(room);
  await club.hears(phone);
  await laptop.join(room);
  await club.hears(laptop);
  await club.founder.keyed(2);
  await laptop.ask('room.leave', {});
  await until('the founder is alone with the key', () => club.founder.bench.state?.hearers === 1);
  await pause(500);
  expect(await club.datagrams(laptop, 1500)).toBe(0);
  expect(await club.datagrams(phone, 1500)).toBe(0);
  const zoe = await club.member('Zoé');
  const people = await zoe.peopleOf(room);
  expect(people.sort()).toEqual([club.founder.account, zoe.account].sort());
});

test('and the server, which looks once a second, has found nobody who gets packets without being in a room', async () => {
  await pause(2500);
  expect(club.server.log).not.toContain('who is in no room');
});
