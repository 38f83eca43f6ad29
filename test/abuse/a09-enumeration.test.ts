// A9: a member looks for rooms that are not theirs to see, by id, by order, by time.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { b64, random, unb64 } from '../../web/src/base/bytes.ts';
import { Club, type Player, refusal } from './club.ts';

let club: Club;
let tom: Player; // picked
let eve: Player; // not picked
let room = '';

beforeAll(async () => {
  club = await Club.found();
  tom = await club.member('Tom');
  room = await club.evening('Closed', [tom]);
  eve = await club.member('Eve');
});

afterAll(() => club?.close());

/** The whole refusal, but for the number of the request. */
const refused = (id: string): Promise<string> =>
  eve.join(id, { connect: false }).then(
    () => 'joined',
    (error: unknown) => JSON.stringify(error),
  );

test('a closed room answers like one that never was, to the byte', async () => {
  expect(await refused(room)).toBe(await refused(b64(random(16))));
  expect(await refused(room)).toContain('not_found');
  await tom.join(room); // control
});

test('the hallway of somebody who comes in lists what they may see, and nothing else', async () => {
  const again = await eve.again();
  await again.open('Her own');
  const visible = JSON.stringify([...eve.got, ...again.got]);
  expect(visible).not.toContain(room);
  expect(visible).not.toContain('Closed');
});

test('ids carry no order, no time and nothing in common', async () => {
  const ids: Uint8Array[] = [];
  for (let i = 0; i < 40; i++) ids.push(unb64((await eve.open(`Room ${i}`)).room, 16) as Uint8Array);
  const bits = (a: Uint8Array, b: Uint8Array): number =>
    a.reduce((n, byte, i) => n + (byte ^ (b[i] ?? 0)).toString(2).replaceAll('0', '').length, 0);
  for (let i = 1; i < ids.length; i++) {
    const apart = bits(ids[i - 1] as Uint8Array, ids[i] as Uint8Array);
    expect(apart, 'of 128 bits; fewer once in 10 billion').toBeGreaterThan(28);
  }
  const texts = ids.map((id) => Buffer.from(id).toString('hex'));
  expect([...texts].sort()).not.toEqual(texts);
  expect(new Set(texts).size).toBe(40);
  expect(await refusal(eve.join(Buffer.from(ids[0] as Uint8Array).toString('base64url')))).toBe('not_found');
});
