// A29: being first, being last, or having waited inside makes somebody powerful.

import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Id } from '../../web/src/api/messages.ts';
import { Club, type Player, pause, refusal, until } from './club.ts';

let club: Club;
let tom: Player;
let zoe: Player;

beforeAll(async () => {
  club = await Club.found();
  tom = await club.member('Tom');
  zoe = await club.member('Zoé');
});

afterAll(() => club?.close());

const roleOf = (who: Player, account: Id) => {
  const last = who.events('room.person').findLast((e) => (e.person as { account: Id }).account === account);
  return (last?.person as { role: string } | undefined)?.role;
};

test('who comes in before the opener is not let in to power', async () => {
  const host = await club.member('Host');
  const { room } = await host.open('Early');
  await tom.join(room);
  for (const ask of [
    tom.ask('room.lock', { locked: true }),
    tom.ask('room.title', { title: 'Mine' }),
    tom.ask('room.bring', { account: tom.account }),
  ])
    expect(await refusal(ask)).toBe('forbidden');
  await tom.ask('room.leave', {});
});

test('who is left when the opener goes does not inherit', async () => {
  const host = await club.member('Host');
  const { room } = await host.open('Late');
  await host.join(room);
  for (const one of [tom, zoe]) await one.join(room);
  await tom.ask('room.hand', { up: true });
  await host.ask('room.bring', { account: tom.account });
  await until('Tom is on stage', () => roleOf(zoe, tom.account) === 'speaker');
  await host.ask('room.leave', {});
  await pause(300);
  expect(roleOf(zoe, tom.account)).toBe('speaker');
  for (const ask of [
    tom.ask('room.mute_other', { account: zoe.account }),
    tom.ask('room.lock', { locked: true }),
    tom.ask('room.end', {}),
    tom.remove(zoe, room, host),
  ])
    expect(await refusal(ask)).toBe('forbidden');
  await zoe.ask('room.leave', {});
  await tom.ask('room.leave', {});
});

test('a lock stops who knocks later; who had left comes back only as a guest of the moderators', async () => {
  const room = await club.evening();
  await tom.join(room);
  await club.founder.ask('room.lock', { locked: true });
  expect(await refusal(zoe.join(room))).toBe('room_locked');
  await tom.ask('room.leave', {});
  expect(await refusal(tom.join(room))).toBe('room_locked');
  await club.founder.ask('room.ping', { account: zoe.account });
  await zoe.join(room);
});
