// A5: ICE credentials that are guessed, or good ones of somebody who is not in the roster.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { Club, type Media, type Player, pause, until } from './club.ts';
import { bindingRequest, Stranger } from './stun.ts';

let club: Club;
let tom: Player;
let room = '';
const strangers: Stranger[] = [];

const server = (): { address: string; port: number } => {
  const first = (tom.media as Media).candidates[0];
  if (!first) throw new Error('the server has no address');
  return first;
};
const stranger = async (address: string): Promise<Stranger> => {
  const one = await Stranger.at(address, server());
  strangers.push(one);
  return one;
};
const username = (): string => `${tom.media?.ufrag}:guest${tom.guest}`;
const password = (): string => tom.media?.pwd ?? '';

beforeAll(async () => {
  club = await Club.found();
  room = await club.evening();
  tom = await club.guest('Tom', room);
});

afterAll(() => {
  for (const one of strangers) one.close();
  return club?.close();
});

test('who knows both user names but not the password gets no answer at all', async () => {
  const one = await stranger('127.9.1.1');
  for (let i = 0; i < 20; i++) await one.send(bindingRequest(username(), 'A'.repeat(24)));
  await one.send(bindingRequest(username(), null));
  await one.send(bindingRequest(`${'x'.repeat(8)}:guest${tom.guest}`, password()));
  await pause(300);
  expect(one.got.length).toBe(0);
  await club.hears(tom);
});

test('a prefix that guesses too often is not heard for the rest of the second, good password or not', async () => {
  const [guesser, neighbour, elsewhere] = [
    await stranger('127.9.2.1'),
    await stranger('127.9.2.77'),
    await stranger('127.10.2.1'),
  ] as [Stranger, Stranger, Stranger];
  let held = false;
  // Guessing and asking have to fall into one second of the server's clock, so there are several tries.
  for (let i = 0; i < 10 && !held; i++) {
    const before = [neighbour.got.length, elsewhere.got.length] as const;
    await Promise.all(Array.from({ length: 150 }, () => guesser.send(bindingRequest(username(), 'guess'))));
    await neighbour.send(bindingRequest(username(), password()));
    await elsewhere.send(bindingRequest(username(), password()));
    await until('the other prefix gets its answer', () => elsewhere.got.length > before[1]);
    await pause(100);
    held = neighbour.got.length === before[0];
  }
  expect(held, 'a neighbour with the password gets none').toBe(true);
  expect(guesser.got.length).toBe(0);
});

test('good credentials are worth nothing once their person has left', async () => {
  const [name, pwd] = [username(), password()];
  const one = await stranger('127.9.3.1');
  await one.send(bindingRequest(name, pwd));
  await until('control: they were good', () => one.got.length === 1);
  await tom.ask('room.leave', {});
  await pause(200);
  await one.send(bindingRequest(name, pwd));
  await pause(300);
  expect(one.got.length).toBe(1);
});
