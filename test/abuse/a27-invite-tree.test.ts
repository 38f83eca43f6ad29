// A27: somebody sells invitations, and fills the club with friends of friends.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { idBytes } from '../../web/src/identity/device.ts';
import { Club, type Player, refusal, until } from './club.ts';

let club: Club;
let seller: Player;
let buyer: Player;
let second: Player; // invited by the buyer

beforeAll(async () => {
  club = await Club.found();
  seller = await club.member('Seller');
  buyer = await club.member('Buyer', seller);
  second = await club.member('Second', buyer);
});

afterAll(() => club?.close());

test('five invitations are open at a time, and none lives longer than thirty days', async () => {
  for (let i = 0; i < 5; i++) await seller.bench.invite();
  expect(await refusal(seller.bench.invite())).toBe('invite_quota');
  const { record } = await buyer.bench.device.invite('http://localhost', Date.now(), 24 * 31);
  expect(await refusal(buyer.append(record))).toBe('malformed');
});

test('one record freezes everybody below: no room, no invitation, until somebody has looked', async () => {
  await club.founder.append(await club.founder.bench.device.about('hold', seller.account, Date.now()));
  for (const one of [buyer, second]) {
    await until(`${one.name} is told`, () => one.events('held').some(({ held }) => held === true));
    expect(await refusal(one.open('Party')), one.name).toBe('held');
    expect(await refusal(one.bench.invite()), one.name).toBe('held');
    expect((await one.ask('account.export', {})).export, 'what is theirs stays theirs').toBeDefined();
  }
  const fields = { type: 'release', target: idBytes(second.account), subtree: 0 } as const;
  await club.founder.append(await club.founder.bench.device.record(fields, Date.now()));
  expect((await second.open('Party')).room).toBeTruthy();
  expect(await refusal(buyer.open('Party'))).toBe('held');
});

test('a ban voids what the banned one has not sold yet', async () => {
  const link = await second.bench.invite();
  await club.founder.bench.ban(second.account);
  expect(await refusal(club.redeem(link, 'Third'))).toBe('invite_revoked');
});
