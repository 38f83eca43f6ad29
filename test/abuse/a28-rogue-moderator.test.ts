// A28: somebody with power turns on the club: bans everybody, the owner, other moderators, ends the room.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { Club, type Player, refusal, until } from './club.ts';

let club: Club;
let rogue: Player;
let peer: Player; // another admin
const crowd: Player[] = [];

beforeAll(async () => {
  club = await Club.found();
  rogue = await club.admin('Rogue');
  peer = await club.admin('Peer');
  for (let i = 0; i < 7; i++) crowd.push(await club.member(`Member ${i}`));
});

afterAll(() => club?.close());

const ban = async (by: Player, whom: Player) =>
  by.append(await by.bench.device.about('ban', whom.account, Date.now()));

test('the owner and other admins are out of reach', async () => {
  expect(await refusal(ban(rogue, club.founder))).toBe('forbidden');
  expect(await refusal(ban(rogue, peer))).toBe('forbidden');
  const role = { type: 'role', target: peer.bench.device.account, role: 3 } as const;
  const target = Uint8Array.from(Buffer.from(role.target, 'base64url'));
  const record = await rogue.bench.device.record({ ...role, target }, Date.now());
  expect(await refusal(rogue.append(record))).toBe('forbidden');
});

test('in a room a made moderator reaches nobody of its rank or above, and cannot end it', async () => {
  const room = await club.evening();
  const mod = crowd[6] as Player;
  for (const one of [mod, peer]) await one.join(room);
  await club.founder.ask('room.role', { account: mod.account, moderator: true });
  for (const target of [club.founder, peer]) {
    expect(await refusal(mod.remove(target, room, club.founder))).toBe('forbidden');
    expect(await refusal(mod.ask('room.mute_other', { account: target.account }))).toBe('forbidden');
    expect(await refusal(mod.ask('room.send_back', { account: target.account }))).toBe('forbidden');
  }
  expect(await refusal(mod.ask('room.end', {}))).toBe('forbidden');
  expect(await refusal(ban(mod, crowd[0] as Player))).toBe('forbidden');
});

test('the sixth removal within a minute waits for a second admin, and the others hear of it', async () => {
  for (let i = 0; i < 5; i++) await ban(rogue, crowd[i] as Player);
  expect(await refusal(ban(rogue, crowd[5] as Player))).toBe('second_needed');
  for (const one of [club.founder, peer])
    await until(`${one.name} is asked`, () => one.events('mod.ask').length > 0);
  expect(club.founder.events('mod.ask')[0]).toMatchObject({ by: { account: rogue.account }, kind: 'ban' });
});

test('all of it stands in a log that nobody shortens, and one tap takes a ban back', async () => {
  const { entries } = await club.founder.ask('mod.list', {});
  const bans = entries.filter(({ kind, by }) => kind === 'ban' && by.account === rogue.account);
  expect(bans.length).toBe(5);
  const victim = crowd[0] as Player;
  await club.founder.append(await club.founder.bench.device.about('unban', victim.account, Date.now()));
  await victim.again();
  const after = (await club.founder.ask('mod.list', {})).entries;
  expect(after.filter(({ kind }) => kind === 'ban').length, 'the ban is still told of').toBe(5);
  expect(after.find(({ kind, target }) => kind === 'ban' && target.account === victim.account)?.undone).toBe(
    true,
  );
});
