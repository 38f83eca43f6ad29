// A23: a valid account collects profiles.

import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Id } from '../../web/src/api/messages.ts';
import { Club, type Player, pause, refusal } from './club.ts';

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
});

test('founder and admins are told in the app, at once, whose account it is; nobody else is', async () => {
  expect(club.founder.events('alerts').length).toBe(1);
  const { alerts } = await club.founder.ask('admin.alerts', {});
  expect(alerts).toMatchObject([
    { kind: 'budget', count: BUDGET, about: { account: eve.account, name: 'Eve' } },
  ]);
  expect(eve.events('alerts')).toEqual([]);
  expect(await refusal(eve.ask('admin.alerts', {}))).toBe('forbidden');
  expect(await refusal(eve.ask('admin.invites', { after: 0 }))).toBe('forbidden');
  expect(await refusal(eve.ask('admin.find', { account: all[0] ?? '' }))).toBe('forbidden');
});

test('a kill -9 gives the day anew to nobody', async () => {
  const used = 50;
  const mallory = await club.member('Mallory');
  await read(mallory, 0, used);
  await pause(1000); // an alert goes to the disk with a tick; a budget before its answer
  await club.server.kill();
  await club.server.start();
  const [eveAgain, again, founder] = [await eve.again(), await mallory.again(), await club.founder.again()];
  expect(await refusal(read(eveAgain, 0, 1))).toBe('budget');
  await read(again, used, used + 140); // fifty were sixty when they were written down
  expect(await refusal(read(again, 190, 191))).toBe('budget');
  const { alerts } = await founder.ask('admin.alerts', {});
  expect(alerts.map(({ about }) => about?.name)).toEqual(['Mallory', 'Eve']);
  expect(founder.events('alerts').at(-1), 'told of Mallory at once').toMatchObject({ newest: alerts[0]?.n });
});

test('nor does an orderly restart', async () => {
  expect(await club.server.stop()).toBe(0);
  await club.server.start();
  expect(await refusal(read(await eve.again(), 0, 1))).toBe('budget');
  all = [];
});

/** Ten at a time, from one to before another. */
async function read(who: Player, from: number, to: number): Promise<void> {
  for (let i = from; i < to; i += 10)
    await who.ask('profile.read', { accounts: all.slice(i, Math.min(i + 10, to)) });
}
