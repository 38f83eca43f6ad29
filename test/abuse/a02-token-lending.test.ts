// A2: what one browser was given is used by another one: another certificate, another address, another device.

import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Guests } from '../../bench/guests.ts';
import { Club, type Media, type Message, type Player, pause, refusal } from './club.ts';

let club: Club;
let tom: Player;
let thief: Player; // a member with a grudge, for whom Tom's browser lies open
let machine: Guests; // and whose own computer this is
let room = '';
const sent: Message[] = []; // what Tom's client asked for

beforeAll(async () => {
  club = await Club.found();
  room = await club.evening();
  tom = await club.member('Tom');
  thief = await club.member('Thief');
  const { wire } = tom.bench;
  const ask = wire.ask.bind(wire);
  wire.ask = (name, members) => {
    sent.push({ name, ...members });
    return ask(name, members);
  };
  machine = await club.machine('127.4.0.0');
  await tom.join(room);
  await club.hears(tom);
});

afterAll(() => club?.close());

const joinRequest = (): Message => {
  const { name: _, ...members } = sent.findLast(({ name }) => name === 'room.join') ?? {};
  return members;
};

test('a grant that its owner lends before using it gets no handshake and no sound elsewhere', async () => {
  const again = await tom.again();
  await again.join(room, { connect: false });
  for (let i = 0; i <= again.guest; i++) machine.terms(); // the thief's connection has Tom's user name
  machine.come(again.media as Media, again.guest);
  await pause(3000);
  const { connected, at } = await machine.heard();
  expect(connected[again.guest], 'DTLS with a certificate that nobody announced').toBe(false);
  expect(at[again.guest]).toBe(0);
});

test('a grant in use that was copied, user name and password and all, gets nothing either', async () => {
  await tom.join(room);
  await club.hears(tom);
  for (let i = machine.count; i <= tom.guest; i++) machine.terms();
  machine.come(tom.media as Media, tom.guest);
  await pause(3000);
  const { connected, at } = await machine.heard();
  expect(connected[tom.guest]).toBe(false);
  expect(at[tom.guest]).toBe(0);
  await club.stopMachine('127.4.0.0'); // while it goes on, the address is whose check came last
  await club.hears(tom);
});

test("a recorded hello opens nothing on another socket, nor under another host's name", async () => {
  const wire = await club.visitor();
  const sig = await tom.bench.device.hello(`localhost:${club.server.port}`, 'A'.repeat(43));
  const { account, device } = tom.bench.device;
  const log = { size: 0, head: 'A'.repeat(43) };
  expect(await refusal(wire.ask('hello', { account, device, sig, log }))).toBe('bad_signature');
  wire.close();
});

test('a recorded join is refused without the session, from another account, and a second time', async () => {
  const visitor = await club.visitor();
  expect(await refusal(visitor.ask('room.join', joinRequest()))).toBe('not_authenticated');
  visitor.close();
  expect(await refusal(thief.bench.wire.ask('room.join', joinRequest()))).toBe('not_authenticated');
  expect(await refusal(tom.bench.wire.ask('room.join', joinRequest()))).toBe('replayed');
  await club.hears(tom);
});
