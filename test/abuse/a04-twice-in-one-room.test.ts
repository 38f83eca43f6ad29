// A4: the same identity joins the same room twice.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { Club, type Player, pause } from './club.ts';

let club: Club;
let tom: Player;
let second: Player;
let zoe: Player;
let room = '';

beforeAll(async () => {
  club = await Club.found();
  room = await club.evening();
  tom = await club.guest('Tom', room);
  second = await tom.again(await tom.secondDevice());
  zoe = await club.member('Zoé');
});

afterAll(() => club?.close());

test('exactly one session is in the roster and gets packets; the room and the other device are told', async () => {
  await second.join(room);
  await club.hears(second);
  await pause(500);
  expect(await club.datagrams(tom, 1500), 'datagrams to the first session').toBe(0);
  expect(tom.events('room.out').map(({ why }) => why)).toEqual(['elsewhere']);
  const seen = club.founder.got.filter((m) => {
    if (m.ev === 'room.left') return m.account === tom.account;
    return m.ev === 'room.person' && (m.person as { account: string }).account === tom.account;
  });
  const first = seen.findIndex(({ ev }) => ev === 'room.left');
  expect(seen[first], 'the room sees the change').toMatchObject({ ev: 'room.left', why: 'elsewhere' });
  expect(seen.slice(first + 1).some(({ ev }) => ev === 'room.person')).toBe(true);
});

test('whoever comes in next finds one of them', async () => {
  const people = await zoe.peopleOf(room);
  expect(people.filter((account) => account === tom.account).length).toBe(1);
  expect(people.length).toBe(3);
});
