// A30: hands, chat and reactions without end; and somebody who has left before anybody could act.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { b64, concat, random } from '../../web/src/base/bytes.ts';
import { Club, type Player, refusal, until } from './club.ts';

let club: Club;
let tom: Player;
let room = '';

beforeAll(async () => {
  club = await Club.found();
  room = await club.evening();
  tom = await club.member('Tom');
  await tom.join(room);
  await club.founder.keyed(2);
});

afterAll(() => club?.close());

/** Something of the right size, sealed to nobody: the server cannot tell. */
function sealed(): string {
  const head = new Uint8Array(5);
  head[0] = 1;
  new DataView(head.buffer).setUint32(1, club.founder.bench.state?.epoch.counter ?? 0);
  return b64(concat(head, random(284)));
}

/** How often it works at once, and what is said then. */
async function flood(
  ask: (i: number) => Promise<unknown>,
): Promise<{ done: number; code: string; wait: boolean }> {
  for (let i = 0; i < 50; i++) {
    const error = await ask(i).then(
      () => null,
      (e: { code: string; retry_after_ms?: number }) => e,
    );
    if (error) return { done: i, code: error.code, wait: (error.retry_after_ms ?? 0) > 0 };
  }
  return { done: 50, code: 'none', wait: false };
}

test('hands, chat and reactions end in "wait", with how long', async () => {
  const hands = await flood(async (i) => tom.ask('room.hand', { up: i % 2 === 0 }));
  expect(hands).toMatchObject({ code: 'rate_limited', wait: true });
  expect(hands.done).toBeLessThan(30);
  const chat = await flood(() => tom.ask('room.say', { room, data: sealed() }));
  expect(chat).toMatchObject({ code: 'rate_limited', wait: true });
  expect(chat.done).toBeLessThan(10);
  const claps = await flood(() => tom.ask('room.react', { room, data: sealed() }));
  expect(claps).toMatchObject({ code: 'rate_limited', wait: true });
  expect(claps.done).toBeLessThan(12);
});

test('coming back does not fill the reserve again', async () => {
  await tom.ask('room.leave', {});
  await tom.join(room);
  await club.founder.keyed(2);
  expect((await flood(() => tom.ask('room.say', { room, data: sealed() }))).done).toBeLessThan(4);
});

test('who was silenced stays so, also after leaving and coming back', async () => {
  await club.founder.ask('room.silence', { account: tom.account, silent: true });
  await tom.ask('room.leave', {});
  await tom.join(room);
  await club.founder.keyed(2);
  expect(await refusal(tom.ask('room.say', { room, data: sealed() }))).toBe('silenced');
  expect(await refusal(tom.ask('room.react', { room, data: sealed() }))).toBe('silenced');
});

test('where no hands are wanted none goes up, and those that were up are down', async () => {
  const zoe = await club.member('Zoé');
  await zoe.join(room);
  await zoe.ask('room.hand', { up: true });
  await club.founder.ask('room.hands', { hands: 'off' });
  await until('the hands are down', () => club.founder.events('room.hands_down').length > 0);
  expect(await refusal(zoe.ask('room.hand', { up: true }))).toBe('hands_off');
  await zoe.ask('room.leave', {});
});

test('somebody who has left can be banned all the same', async () => {
  await tom.ask('room.leave', {});
  await club.founder.bench.ban(tom.account);
  await until('the session is closed', () => tom.bench.wire.closed, 2000);
  expect(await refusal(tom.again())).toBe('banned');
});
