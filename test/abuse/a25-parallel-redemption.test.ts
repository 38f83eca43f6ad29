// A25: one invitation, fifty people at once; and invitations that are no more.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { random } from '../../web/src/base/bytes.ts';
import { keyOfSeed } from '../../web/src/base/sign.ts';
import { idBytes } from '../../web/src/identity/device.ts';
import { makeLink } from '../../web/src/identity/links.ts';
import { Club, pause, refusal } from './club.ts';

let club: Club;

beforeAll(async () => {
  club = await Club.found();
});

afterAll(() => club?.close());

test('fifty at once make one account', async () => {
  const link = await club.founder.bench.invite();
  const outcomes = await Promise.allSettled(
    Array.from({ length: 50 }, (_, i) => club.redeem(link, `Guest ${i}`)),
  );
  const refused = outcomes.flatMap((one) => (one.status === 'rejected' ? [one.reason.code] : []));
  expect(outcomes.length - refused.length).toBe(1);
  expect(new Set(refused)).toEqual(new Set(['invite_used']));
  const { invites } = await club.founder.ask('invite.list', {});
  expect(invites.filter(({ state }) => state === 'used').length).toBe(1);
});

test('an expired and a withdrawn one let nobody in', async () => {
  const { device } = club.founder.bench;
  const seed = random(32);
  const { publicKey } = await keyOfSeed(seed.slice());
  const now = Date.now();
  await club.founder.append(
    await device.record({ type: 'invite', inviteKey: publicKey, expires: now + 300 }, now),
  );
  const link = await makeLink('http://localhost', {
    kind: 'invite',
    seed,
    fingerprint: idBytes(device.founder),
  });
  await pause(400);
  expect(await refusal(club.redeem(link, 'Late'))).toBe('invite_expired');

  const { record, link: other, invite } = await device.invite('http://localhost', Date.now(), 24);
  await club.founder.append(record);
  await club.founder.append(await device.revokeInvite(invite, Date.now()));
  expect(await refusal(club.redeem(other, 'Later'))).toBe('invite_revoked');
});
