// A13: the operator puts somebody into a room and hides them from those who are in it.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { Club, type Message, type Player, pause, until } from './club.ts';

let club: Club;
let zoe: Player;
let spy: Player;
let room = '';

beforeAll(async () => {
  club = await Club.found();
  room = await club.evening();
  zoe = await club.member('Zoé');
  spy = await club.member('Spy');
  await zoe.join(room);
  await zoe.keyed(2);
});

afterAll(() => club?.close());

const about = (message: Message, account: string): boolean => {
  const person = message.person as { account: string } | undefined;
  return message.account === account || person?.account === account;
};

test('hidden from the steward, they get no key', async () => {
  club.founder.lie = (message) => (about(message, spy.account) ? null : message);
  await spy.join(room);
  await pause(3000);
  expect(spy.bench.epoch).toBeNull();
  expect(club.founder.bench.state).toMatchObject({ hearers: 2 });
  await spy.ask('room.leave', {});
  club.founder.lie = (message) => message;
});

test('hidden from a listener, header and all, the listener finds out and goes silent', async () => {
  zoe.lie = (message) => {
    if (about(message, spy.account)) return null;
    return message.ev === 'room.keys' ? { ...message, changes: [] } : message;
  };
  await spy.join(room);
  await until('the steward, who sees the spy, gives the key', () => club.founder.bench.state?.hearers === 3);
  await until('the listener sees trouble', () => zoe.bench.state?.trouble === 'roster');
  expect(zoe.bench.state?.ready).toBe(false);
});

test('no request makes somebody who is in a room and not in its list', async () => {
  const tom = await club.member('Tom');
  const people = await tom.peopleOf(room);
  expect(people.sort()).toEqual([club.founder, spy, tom, zoe].map(({ account }) => account).sort());
});
