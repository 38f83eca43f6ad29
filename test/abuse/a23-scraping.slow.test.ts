// A23: a valid account collects profiles.

import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Id } from '../../web/src/api/messages.ts';
import { Club, type Player } from './club.ts';

const BUDGET = 200;
let club: Club;
let eve: Player;
let all: Id[] = [];

beforeAll(async () => {
  club = await Club.found();
  eve = await club.member('Eve');
  for (let i = 0; i < BUDGET + 4; i++) {
    const one = await club.member(`Member ${i}`);
    all.push(one.account);
    one.bench.wire.close();
  }
}, 120_000);

afterAll(() => club?.close());

test('two hundred different people a day, then no more, and the operator hears of it once', async () => {
  const outcomes: string[] = [];
  for (let i = 0; i < all.length; i += 4)
    outcomes.push(
      await eve.ask('profile.read', { accounts: all.slice(i, i + 4) }).then(
        ({ profiles }) => String(profiles.length),
        (error: { code: string; retry_after_ms: number }) => `${error.code} ${error.retry_after_ms > 0}`,
      ),
    );
  expect(outcomes.filter((one) => one === '4').length).toBe(BUDGET / 4);
  expect(outcomes.at(-1)).toBe('budget true');
  await expect(eve.ask('profile.read', { accounts: all.slice(-1) })).rejects.toMatchObject({
    code: 'budget',
  });
  expect(club.server.log.match(/somebody may be collecting/g)?.length).toBe(1);
});

test('another session of the account has no budget of its own; whom one has seen stays free', async () => {
  const again = await eve.again();
  await expect(again.ask('profile.read', { accounts: all.slice(-1) })).rejects.toMatchObject({
    code: 'budget',
  });
  expect((await again.ask('profile.read', { accounts: all.slice(0, 16) })).profiles.length).toBe(16);
});

test('a profile says who brought somebody to nobody, and ids say nothing', async () => {
  const { profiles } = await eve.ask('profile.read', { accounts: all.slice(0, 16) });
  for (const one of profiles) expect(Object.keys(one).sort()).toEqual(['account', 'name', 'role']);
  expect([...all].sort(), 'no order').not.toEqual(all);
  all = [];
});
