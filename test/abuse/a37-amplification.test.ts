// A37: somebody sends in another one's name, so that the answers flood that other one.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { random } from '../../web/src/base/bytes.ts';
import { Club, type Media, type Player, pause, until } from './club.ts';
import { bindingRequest, Stranger } from './stun.ts';

let club: Club;
let tom: Player;
const strangers: Stranger[] = [];

beforeAll(async () => {
  club = await Club.found();
  const room = await club.evening();
  tom = await club.member('Tom');
  await tom.join(room, { connect: false });
});

afterAll(() => {
  for (const one of strangers) one.close();
  return club?.close();
});

const stranger = async (address: string): Promise<Stranger> => {
  const one = await Stranger.at(
    address,
    (tom.media as Media).candidates[0] as { address: string; port: number },
  );
  strangers.push(one);
  return one;
};

/** A DTLS record with a ClientHello's beginning (RFC 6347 4.1), as large as one gets. */
function clientHello(): Uint8Array {
  const bytes = random(1200);
  bytes.set([22, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0, (1200 - 13) >> 8, (1200 - 13) & 255, 1]);
  return bytes;
}

test('an address that has proven nothing gets not one byte, whatever comes from it', async () => {
  const one = await stranger('127.11.1.1');
  for (let i = 0; i < 30; i++) {
    await one.send(clientHello());
    await one.send(bindingRequest(`${tom.media?.ufrag}:guest${tom.guest}`, null));
    await one.send(bindingRequest(`${tom.media?.ufrag}:guest${tom.guest}`, 'wrong'));
    await one.send(new Uint8Array([0x80, 111, 0, 1, ...random(60)]));
    await one.send(new Uint8Array([0, 3, 0, 8, 0x21, 0x12, 0xa4, 0x42, ...random(20)])); // TURN's Allocate (RFC 8656)
  }
  await pause(500);
  expect(one.got.length).toBe(0);
});

test('the answer to a good check is no larger than the check', async () => {
  const one = await stranger('127.11.2.1');
  const request = bindingRequest(`${tom.media?.ufrag}:guest${tom.guest}`, tom.media?.pwd ?? '');
  await one.send(request);
  await until('it is answered', () => one.got.length > 0);
  await pause(200);
  expect(one.got.reduce((sum, { length }) => sum + length, 0)).toBeLessThanOrEqual(request.length);
});
