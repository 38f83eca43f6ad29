// A22: the operator, who is root, looks into the memory of the server and its log for what opens the room. (What the
// tap behind SRTP gives is played with a real voice by test/browser/tap.test.ts.)

import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Bytes, b64, unb64, utf8 } from '../../web/src/base/bytes.ts';
import { commitmentOf } from '../../web/src/e2ee/secrets.ts';
import { Adversary, type Archived } from '../../web/test/relay.ts';
import { Club, type Player } from './club.ts';

let club: Club;
let tom: Player;
let archive: Archived[];
let room = '';

beforeAll(async () => {
  club = await Club.found({ APARTE_LOG: 'debug' });
  archive = club.founder.archive();
  room = await club.evening('Quite a rare title');
  tom = await club.member('Tom');
  await tom.join(room);
  await club.founder.keyed(2);
  const zoe = await club.member('Zoé');
  await zoe.join(room);
  await club.founder.keyed(3);
  await zoe.ask('room.leave', {}); // a rekey, with wraps
  await club.founder.keyed(2);
});

afterAll(() => club?.close());

/** Which of these stand somewhere in the memory of the process that it can write. */
function inMemory(pid: number, needles: Map<string, Uint8Array>): string[] {
  const found = new Set<string>();
  const memory = openSync(`/proc/${pid}/mem`, 'r');
  for (const line of readFileSync(`/proc/${pid}/maps`, 'utf8').split('\n')) {
    const range = /^([0-9a-f]+)-([0-9a-f]+) rw/.exec(line);
    if (!range) continue;
    const [from, to] = [Number.parseInt(range[1] ?? '', 16), Number.parseInt(range[2] ?? '', 16)];
    if (to - from > 1 << 30) continue; // the sanitizer's shadow
    const bytes = Buffer.alloc(to - from);
    try {
      readSync(memory, bytes, 0, bytes.length, from);
    } catch {
      continue; // a guard page
    }
    for (const [name, needle] of needles) if (bytes.indexOf(needle) >= 0) found.add(name);
  }
  closeSync(memory);
  return [...found];
}

test('no secret of the room is in its memory, as bytes or as text', async () => {
  const needles = new Map<string, Uint8Array>([
    ['title', utf8('Quite a rare title')],
    ['base', club.founder.bench.epoch?.base as Bytes],
    ['base, as text', utf8(b64(club.founder.bench.epoch?.base as Bytes))],
  ]);
  const secrets = await new Adversary({ pair: tom.bench.pair as NonNullable<typeof tom.bench.pair> }).opens({
    room,
    archive,
  });
  expect(secrets.size).toBeGreaterThan(1);
  for (const [counter, secret] of secrets) {
    needles.set(`secret of header ${counter}`, secret);
    needles.set(`secret of header ${counter}, as text`, utf8(b64(secret).slice(0, 40)));
  }
  expect(inMemory(club.server.pid, needles), 'the title is the control').toEqual(['title']);
});

test('what it relays opens nothing by itself: no part of a key message is the secret', async () => {
  expect(
    archive.some(({ message }) => message.wraps.length > 0),
    'control: there were wraps',
  ).toBe(true);
  expect((await new Adversary().opens({ room, archive })).size).toBe(0);
  for (const { message, header } of archive)
    for (const text of [
      ...message.wraps,
      ...[...message.seals, ...message.welcomes].map(({ data }) => data),
    ]) {
      const bytes = unb64(text) as Bytes;
      for (let at = 0; at + 32 <= bytes.length; at += 16)
        expect(await commitmentOf(bytes.slice(at, at + 32))).not.toEqual(header.commitment);
    }
});

test('nor in its log, at the most talkative level', () => {
  const log = club.server.log
    .replace(club.server.founderLink, '') // which the console prints for its owner
    .replace(/The client is [0-9a-f]{64}\n/, ''); // the public hash of the bundle
  expect(log, 'control').toContain('Listening on');
  expect(log).not.toContain(b64(club.founder.bench.epoch?.base as Bytes));
  expect(log).not.toMatch(/[A-Za-z0-9_-]{43}/);
});
