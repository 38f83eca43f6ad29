// A21: somebody in a room wants the network address of somebody else in it.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { Club, type Message, type Player } from './club.ts';

let club: Club;
let tom: Player;
let zoe: Player;
const replies: Message[] = []; // to Zoé's requests

beforeAll(async () => {
  club = await Club.found();
  const room = await club.evening();
  tom = await club.member('Tom');
  zoe = await club.member('Zoé');
  await tom.join(room, { guests: await club.machine('127.66.77.88') });
  const ask = zoe.bench.wire.ask.bind(zoe.bench.wire);
  zoe.bench.wire.ask = async (name, members) => {
    const reply = await ask(name, members);
    replies.push(reply);
    return reply;
  };
  await zoe.join(room);
  for (const one of [club.founder, tom, zoe]) await one.keyed(3);
  await tom.ask('room.hand', { up: true });
  await club.founder.ask('room.bring', { account: tom.account });
  await tom.ask('room.mute', { muted: false });
  await zoe.ask('profile.read', { accounts: [tom.account] });
  await zoe.ask('chain.read', { accounts: [tom.account] });
});

afterAll(() => club?.close());

/** What of a connection of Tom's stands in a text. */
const traces = (text: string): string[] =>
  [
    '127.66.77.88',
    '127.66.77',
    `guest${tom.guest}"`,
    String(tom.media?.ufrag),
    String(tom.media?.pwd),
  ].filter((trace) => text.includes(trace));

test('nothing that comes over the socket tells another one’s address, user name or certificate', () => {
  const all = JSON.stringify([zoe.got, replies]);
  expect(all, 'control: Tom is spoken of').toContain(tom.account);
  expect(traces(`${all}"address":"127.66.77.88"`), 'control: a planted address is found').toContain(
    '127.66.77.88',
  );
  expect(traces(all)).toEqual([]);
});

test('the one candidate that a client gets is the server’s, for everybody the same machine', () => {
  const of = (who: Player) => who.media?.candidates.map(({ address }) => address);
  expect(of(zoe)).toEqual(of(tom));
  expect(new Set(of(zoe)).size).toBe(1);
});

test('a person has no member that could carry one', () => {
  const person = zoe.events('room.person').at(-1)?.person as Message;
  const known = 'account away called club device hand leaf muted name order role silent slot stage'.split(
    ' ',
  );
  expect(Object.keys(person).filter((key) => !known.includes(key))).toEqual([]);
});
