// A17: the server puts its own key in the place of a member's, or invents a member.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { b64, random, unb64 } from '../../web/src/base/bytes.ts';
import { wordsOf } from '../../web/src/base/words.ts';
import { Club, type Message, type Player, pause, until } from './club.ts';

let club: Club;
let tom: Player;
let zoe: Player;
let room = '';

beforeAll(async () => {
  club = await Club.found();
  room = await club.evening();
  tom = await club.member('Tom');
  zoe = await club.member('Zoé');
});

afterAll(() => club?.close());

const withLeaf = (message: Message, account: string, change: (leaf: Uint8Array) => void): Message => {
  const person = message.person as { account: string; leaf: string } | undefined;
  if (message.ev !== 'room.person' || person?.account !== account) return message;
  const leaf = unb64(person.leaf) as Uint8Array<ArrayBuffer>;
  change(leaf);
  return { ...message, person: { ...person, leaf: b64(leaf) } };
};

test('a key that is not the member’s is found out: no key for it, and nobody speaks on', async () => {
  club.founder.lie = (message) =>
    withLeaf(message, tom.account, (leaf) => {
      leaf[60] = (leaf[60] ?? 0) ^ 1; // in the key that secrets are sealed to
    });
  await tom.join(room);
  await until('the steward sees it', () => club.founder.bench.state?.trouble === 'signature');
  expect(club.founder.bench.state).toMatchObject({ ready: false, troubleWith: tom.account });
  await pause(500);
  expect(tom.bench.epoch, 'no secret was sealed').toBeNull();
  await tom.ask('room.leave', {});
  club.founder.lie = (message) => message;
  await until('the room is sound again', () => club.founder.bench.state?.ready === true);
});

test('an invented member with an honest one’s leaf gets nothing', async () => {
  await tom.join(room);
  await tom.keyed(2);
  const ghost = { account: b64(random(16)), device: b64(random(16)) };
  const like = club.founder.got.findLast(
    (m) => m.ev === 'room.person' && (m.person as { account: string }).account === tom.account,
  );
  const person = { ...(like?.person as object), ...ghost, order: 99, slot: undefined };
  void club.founder.bench.keys?.person(
    person as unknown as Parameters<NonNullable<typeof tom.bench.keys>['person']>[0],
  );
  await pause(1500);
  expect(club.founder.bench.state?.hearers).toBe(2);
});

test('who shares a key reads the same four words; another key, other words', async () => {
  await club.founder.ask('room.leave', {});
  const other = (await club.founder.open('Other')).room;
  await club.founder.join(other);
  await zoe.join(other);
  await zoe.keyed(2);
  const of = (who: Player) => wordsOf(unb64(who.bench.state?.hash ?? '') as Uint8Array<ArrayBuffer>, 4, 'en');
  const before = await of(zoe);
  expect(before).toEqual(await of(club.founder));
  const third = await club.member('Third');
  await third.join(other);
  await third.keyed(3);
  await zoe.keyed(3);
  expect(await of(third)).toEqual(await of(zoe));
  expect(await of(zoe)).not.toEqual(before);
});
