// A36: a speaker sends too much, too large, under too many names, and nonsense of every kind.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Bytes, concat, random } from '../../web/src/base/bytes.ts';
import { Club, type Player, pause, until } from './club.ts';

const PER_SECOND = 250; // LIMIT_RTP_PER_S
const BYTES_PER_SECOND = 64_000; // LIMIT_RTP_BYTES_PER_S
const OPUS = 111;

let club: Club;
let tom: Player;
let zoe: Player;

beforeAll(async () => {
  club = await Club.found();
  const room = (await club.founder.open('Salon')).room;
  await club.founder.join(room);
  tom = await club.member('Tom');
  zoe = await club.member('Zoé');
  for (const one of [tom, zoe]) await one.join(room);
  await until('all have media', async () => (await club.guests.heard()).up === 3);
  await tom.ask('room.hand', { up: true });
  await club.founder.ask('room.bring', { account: tom.account });
  await tom.ask('room.mute', { muted: false });
});

afterAll(() => club?.close());

/** An RTP packet (RFC 3550 5.1); the number is filled in by who seals it. */
function rtp(ssrc: number, timestamp: number, payload: Bytes, type = OPUS): Bytes {
  const head = new Uint8Array(12);
  const view = new DataView(head.buffer);
  head[0] = 0x80;
  head[1] = type;
  view.setUint32(4, timestamp);
  view.setUint32(8, ssrc);
  return concat(head, payload);
}

const own = () => 2 * tom.guest + 16;
const came = async () => (await club.guests.heard()).came[zoe.guest] ?? 0;

test('nine hundred packets at once: no more than two seconds’ worth goes on', async () => {
  const before = await came();
  for (let i = 0; i < 900; i++) club.guests.send(tom.guest, rtp(own(), i * 960, random(60)), true);
  await pause(1500);
  const forwarded = (await came()) - before;
  expect(forwarded, 'control: something does').toBeGreaterThan(50);
  expect(forwarded).toBeLessThan(2 * PER_SECOND + 30); // and reports, and answers to checks
});

test('fewer packets than may be, and each as large as can be: the bytes are counted too', async () => {
  const size = 1150;
  await pause(1100);
  const before = await came();
  for (let i = 0; i < 200; i++)
    club.guests.send(tom.guest, rtp(own(), 880_000 + i * 960, random(size)), true);
  await pause(1500);
  const forwarded = (await came()) - before;
  expect(forwarded, 'control: some are').toBeGreaterThan(BYTES_PER_SECOND / size / 2);
  expect(forwarded, 'two seconds’ worth at most').toBeLessThan((2 * BYTES_PER_SECOND) / size + 8);
});

test('fifty SSRCs, video, and packets too large for sound: nothing of it', async () => {
  await pause(1100);
  const before = await came();
  for (let i = 0; i < 50; i++)
    club.guests.send(tom.guest, rtp(1000 + i, 900_000 + i * 960, random(60)), true);
  for (let i = 0; i < 20; i++)
    club.guests.send(tom.guest, rtp(own(), 990_000 + i * 960, random(60), 96), true);
  for (let i = 0; i < 20; i++)
    club.guests.send(tom.guest, rtp(own(), 1_090_000 + i * 960, random(1300)), true);
  await pause(800);
  expect((await came()) - before, 'reports and answers to checks at most').toBeLessThan(8);
});

test('bytes of any kind, sealed and unsealed, do no harm', async () => {
  for (let i = 0; i < 600; i++) {
    const noise = random(1 + ((i * 37) % 1400));
    // Each kind of packet by its first byte (RFC 7983): STUN, DTLS, RTP, RTCP.
    noise[0] = [0, 20, 22, 23, 0x80, 0x90, 0xbf, 0x81][i % 8] as number;
    if (i % 8 >= 4) noise[1] = [OPUS, 200, 201, 205][i % 4] as number;
    club.guests.send(tom.guest, noise, i % 2 === 1);
  }
  await pause(1500);
  club.guests.say(tom.guest);
  await club.hears(zoe); // the server, the room and the speaker are all there
});
