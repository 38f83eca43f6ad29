// A44: a phone was lost or stolen. Signed out from afar, it hears nothing more and comes back nowhere.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { idBytes } from '../../web/src/identity/device.ts';
import { Club, type Player, pause, refusal, until } from './club.ts';

let club: Club;
let laptop: Player;
let phone: Player;
let room = '';

beforeAll(async () => {
  club = await Club.found();
  room = await club.evening();
  laptop = await club.member('Tom');
  phone = await laptop.again(await laptop.secondDevice());
  await phone.join(room);
  await club.hears(phone);
  await club.founder.keyed(2);
});

afterAll(() => club?.close());

test('the list of devices has both, and says which is which', async () => {
  const { devices } = await laptop.ask('device.list', {});
  expect(devices.map((one) => [one.online, one.this]).sort()).toEqual([
    [true, false],
    [true, true],
  ]);
});

test('signed out, its sound stops, its socket closes and the room’s key changes', async () => {
  const before = club.founder.bench.state?.epoch.epoch ?? 0;
  const fields = { type: 'device-revoke', targetDevice: idBytes(phone.bench.device.device) } as const;
  await laptop.append(await laptop.bench.device.record(fields, Date.now()));
  await until('the socket is closed', () => phone.bench.wire.closed, 1000);
  await pause(500);
  expect(await club.datagrams(phone, 1500)).toBe(0);
  await club.founder.keyed(1);
  expect(club.founder.bench.state?.epoch.epoch).toBeGreaterThan(before);
});

test('it does not come back, and adds no other device; the laptop goes on', async () => {
  expect(await refusal(phone.again())).toBe('unknown_account');
  const { devices } = await laptop.ask('device.list', {});
  expect(devices.length).toBe(1);
  await laptop.join(room);
  await club.hears(laptop);
});

test('whoever took over an open session changes nobody’s rank: each change is signed anew, and none counts twice', async () => {
  const { founder } = club;
  const zoe = await club.member('Zoé');
  const rank = (role: 2 | 3) => ({ type: 'role', target: idBytes(zoe.account), role }) as const;
  const recorded = await founder.bench.device.record(rank(2), Date.now());
  await founder.append(recorded);
  await founder.append(await founder.bench.device.record(rank(3), Date.now()));
  // The session is the founder's own socket, the attacker has no key: what was recorded, what others sign, what is made up.
  expect(await refusal(founder.append(recorded))).toBe('replayed');
  expect(await refusal(founder.append(await zoe.bench.device.record(rank(2), Date.now())))).toBe('forbidden');
  const forged = Buffer.from(await founder.bench.device.record(rank(2), Date.now()), 'base64url');
  forged[forged.length - 1] = (forged.at(-1) ?? 0) ^ 1;
  expect(await refusal(founder.append(forged.toString('base64url')))).toBe('bad_signature');
});

test('what a stolen phone could add with a record of its own is refused', async () => {
  const record = await phone.bench.device.about('veto', phone.account, Date.now());
  expect(await refusal(laptop.append(record))).toBe('forbidden');
});
