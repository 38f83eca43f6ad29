// A6: somebody who was banned tries every door: the open socket, a new one, another device, an old grant, own invitations.

import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Device } from '../../web/src/identity/device.ts';
import { Club, type Media, type Player, pause, refusal, until } from './club.ts';
import { bindingRequest, Stranger } from './stun.ts';

let club: Club;
let tom: Player;
let tablet: Device; // Tom's other device
let invitation = ''; // one that Tom made before
let room = '';

beforeAll(async () => {
  club = await Club.found();
  room = await club.evening();
  tom = await club.member('Tom');
  tablet = await tom.secondDevice();
  invitation = await tom.bench.invite();
  await tom.join(room);
  await club.hears(tom);
  await club.founder.bench.ban(tom.account);
});

afterAll(() => club?.close());

test('the socket is closed, and nothing more comes to the media connection', async () => {
  await until('the socket is closed', () => tom.bench.wire.closed, 1000);
  expect(await refusal(tom.join(room))).toBe('closed');
  await pause(200);
  expect(await club.datagrams(tom, 1500)).toBe(0);
});

test('a new socket, a reload and the other device are refused', async () => {
  expect(await refusal(tom.again())).toBe('banned');
  expect(await refusal(tom.again(tablet))).toBe('banned');
});

test('the grant of a moment ago gets no answer', async () => {
  const { candidates, ufrag, pwd } = tom.media as Media;
  const one = await Stranger.at('127.9.4.1', candidates[0] as { address: string; port: number });
  await one.send(bindingRequest(`${ufrag}:guest${tom.guest}`, pwd));
  await pause(300);
  expect(one.got.length).toBe(0);
  one.close();
});

test('an invitation of theirs lets nobody in, so there is no other account to come back with', async () => {
  expect(await refusal(club.redeem(invitation, 'Tim'))).toBe('invite_revoked');
});
