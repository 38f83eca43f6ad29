// A18: a client that brings no keys, and a server that would have the room without them.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { utf8 } from '../../web/src/base/bytes.ts';
import { Club, type Player, pause, refusal, until } from './club.ts';

let club: Club;
let tom: Player;
let room = '';

beforeAll(async () => {
  club = await Club.found();
  room = await club.evening();
  tom = await club.member('Tom');
});

afterAll(() => club?.close());

test('a join without a leaf is refused', async () => {
  const media = club.guests.terms();
  const { wire } = tom.bench;
  expect(await refusal(wire.ask('room.join', { room, media }))).toBe('malformed');
  expect(await refusal(wire.ask('room.join', { room, media, leaf: '' }))).toBe('malformed');
  expect(await refusal(wire.ask('room.join', { room, media, leaf: 'AA', e2ee: false }))).toBe('malformed');
});

test('a server that gives no key gets no frame: there is no plain mode to fall back to', async () => {
  tom.lie = (message) => (message.ev === 'room.keys' ? null : message);
  await tom.join(room);
  await tom.ask('room.hand', { up: true });
  await club.founder.ask('room.bring', { account: tom.account });
  await tom.ask('room.mute', { muted: false });
  await until('the others have the key', () => club.founder.bench.state?.hearers === 2);
  await pause(1000);
  const voice = await tom.frames();
  expect(await voice.encrypt(utf8('said all the same'))).toBeNull();
  expect(tom.bench.state?.ready ?? false).toBe(false);
});
