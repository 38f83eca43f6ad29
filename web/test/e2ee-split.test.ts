// Rekeys that several stewards share, in a room of more than a thousand; most have a leaf and no client here.

import { beforeAll, describe, expect, it, vi } from 'vitest';
import { b64, random } from '../src/base/bytes.ts';
import { type Entry, Roster } from '../src/e2ee/roster.ts';
import { share } from '../src/e2ee/shares.ts';
import { Club, type Member } from './club.ts';
import { type Client, type Made, Relay } from './relay.ts';

vi.setConfig({ testTimeout: 300_000 });

const entry = (): Entry => {
  const leaf = random(32);
  return { account: b64(leaf.slice(0, 16)), leaf, key: b64(leaf), suite: null };
};

async function table(size: number): Promise<Roster> {
  return (await Roster.empty()).with(Array.from({ length: size }, (_, slot) => ({ slot, entry: entry() })));
}

const buckets = (n: number): Set<number> => new Set(Array.from({ length: n }, (_, b) => b));

describe('shares', () => {
  const [own, one, two] = [entry(), entry(), entry()];

  it('are made of more than 1,000 seals only, and where somebody helps', async () => {
    const roster = await table(1_100);
    expect(share(roster, buckets(31), 1, own, [one])).toEqual([]);
    expect(share(roster, buckets(35), 1, own, [])).toEqual([]);
    expect(share(roster, buckets(35), 1, own, [one])).toEqual([{ to: one, first: 17, last: 34 }]);
    expect(share(roster, buckets(35), 1, own, [one, two])).toEqual([
      { to: one, first: 11, last: 21 },
      { to: two, first: 22, last: 34 },
    ]);
  });

  it('leave no more than fits into one message of suite 2, the signer alone too', async () => {
    const roster = await table(5_000);
    expect(share(roster, buckets(157), 2, own, [])).toEqual([{ to: own, first: 31, last: 156 }]);
    const shared = share(roster, buckets(157), 2, own, [one, two, entry(), entry(), entry()]);
    expect(shared.length).toBe(4);
    expect(shared[0]?.first).toBeLessThanOrEqual(31);
    for (const [i, { first }] of shared.entries())
      if (i > 0) expect(first).toBe((shared[i - 1]?.last ?? 0) + 1);
    expect(shared[3]?.last).toBe(156);
  });

  it('are at most four, in ranges that do not overlap, whatever is dirty', async () => {
    const roster = await table(10_000);
    for (const suite of [1, 2] as const) {
      const dirty = new Set(Array.from(buckets(313)).filter((b) => b % 3 === 0));
      const shared = share(roster, dirty, suite, own, Array.from({ length: 9 }, entry));
      expect(shared.length).toBe(suite === 1 ? 4 : 3); // one is kept for what the signer itself cannot send at once
      expect(new Set(shared.map(({ to }) => to.key)).size).toBe(shared.length);
      for (const [i, { first, last }] of shared.entries()) {
        expect(first <= last && first > (shared[i - 1]?.last ?? -1)).toBe(true);
        expect(dirty.has(first) && dirty.has(last)).toBe(true);
      }
    }
  });
});

let club: Club;
let members: Member[];
const CROWD = 1_020;
const ROOM = b64(random(16));
const leaves: Record<1 | 2, Made[]> = { 1: [], 2: [] };

beforeAll(async () => {
  club = await Club.found();
  members = [];
  for (let i = 0; i < CROWD + 4; i++) members.push(await club.invite(club.founder));
}, 300_000);

const member = (i: number): Member => members[i] as Member;

interface Large {
  relay: Relay;
  helper: Client;
  signer: Client;
  listener: Client; // in the last bucket
}

// Everybody comes before there is a key, so the first header is flat.
async function large(suite: 1 | 2, helped: boolean, before?: (relay: Relay) => void): Promise<Large> {
  const relay = new Relay(club, null, ROOM);
  relay.suite = suite;
  const made = leaves[suite];
  for (let i = 0; i < CROWD; i++) made[i] = await relay.mute(member(i), made[i]);
  const listener = await relay.join(member(CROWD));
  const helper = await relay.join(member(CROWD + 1));
  await relay.idle();
  before?.(relay);
  const signer = await relay.join(club.founder, { role: 'moderator' });
  if (helped) relay.change(helper.member.account, { role: 'moderator', stage: true });
  await relay.idle();
  return { relay, helper, signer, listener };
}

const slotOf = (relay: Relay, { member }: Client): number =>
  [...relay.slots].find(([, { account }]) => account === member.account)?.[0] ?? -1;

describe('a large room', () => {
  it('gets its first key from two stewards, and each is ready', async () => {
    const { relay, helper, signer, listener } = await large(1, true);
    await relay.settle(2_000);
    const { message } = relay.archive[0] ?? {};
    expect(message?.split?.length).toBe(1);
    expect(message?.seals.length).toBeLessThan(600);
    expect(relay.sealsSent.flatMap(({ slots }) => slots).length).toBeGreaterThan(400);
    const by = relay.archive[0]?.header.steward;
    expect(new Set(relay.sealsSent.map((one) => one.by))).toEqual(
      new Set([helper, signer].map(({ member }) => member.account).filter((id) => by && id !== b64(by))),
    );
    for (const client of [helper, signer, listener])
      expect(client.state).toMatchObject({ ready: true, trouble: null, hearers: CROWD + 3 });
    expect(b64(listener.epoch?.base as Uint8Array<ArrayBuffer>)).toBe(
      b64(signer.epoch?.base as Uint8Array<ArrayBuffer>),
    );
  });

  it('is served by the signer where the other steward does nothing, headers meanwhile kept', async () => {
    const { relay, listener } = await large(1, true, (relay) => {
      const send = relay.seals.bind(relay);
      relay.seals = (by, counter, seals) => {
        const signer = relay.archive.find(({ header }) => header.counter === counter)?.header.steward;
        return signer && b64(signer) === by ? send(by, counter, seals) : Promise.resolve();
      };
    });
    await relay.settle(1_000);
    expect(relay.archive[0]?.message.split?.length).toBe(1);
    expect(listener.state).toMatchObject({ ready: false, trouble: null });
    expect(listener.silent).toBe(true);
    await relay.settle(3_000);
    expect(listener.state).toMatchObject({ ready: true, trouble: null });
  });

  it('a seal that never comes is trouble in the end', async () => {
    const { relay, listener } = await large(1, true, (relay) => {
      relay.tamper = (_, d) => ('seal' in d ? null : d);
    });
    await relay.settle(9_000);
    expect(listener.state).toMatchObject({ ready: false, trouble: null });
    await relay.settle(3_000);
    expect(listener.state).toMatchObject({ ready: false, trouble: 'secret' });
  });

  it('a seal that comes after the next header opens both', async () => {
    let held: (() => void)[] = [];
    const { relay, listener, signer } = await large(1, true, (relay) => {
      relay.tamper = (to, d) => {
        if (!('seal' in d)) return d;
        held.push(() => relay.deliver(to, d));
        return null;
      };
    });
    await relay.settle(500);
    expect(relay.archive.length).toBeGreaterThan(0);
    relay.leave(member(3).account, 'banned'); // another bucket: the listener needs the seal of the first header
    await relay.settle(1_000);
    relay.change(listener.member.account, { stage: true, role: 'speaker' });
    await relay.settle(1_000);
    expect(listener.state?.ready).toBe(false);
    relay.tamper = (_, d) => d;
    for (const deliver of held) deliver();
    held = [];
    await relay.settle(100);
    expect(listener.state).toMatchObject({ ready: true, trouble: null });
    expect(listener.state?.epoch).toEqual(signer.state?.epoch);
    expect(listener.epoch?.mine).toBeGreaterThan(0);
  });

  it('of suite 2 gets the seals that do not fit into one message from the signer alone', async () => {
    const { relay, listener, signer } = await large(2, false);
    await relay.settle(1_000);
    expect(signer.state).toMatchObject({ ready: true, hybrid: true });
    expect(relay.archive[0]?.message.seals.length).toBeLessThanOrEqual(1_000);
    expect(relay.sealsSent.every(({ by }) => by === club.founder.account)).toBe(true);
    expect(slotOf(relay, listener)).toBeGreaterThan(1_000);
    expect(listener.state).toMatchObject({ ready: true, trouble: null, hybrid: true });
    relay.leave(member(5).account, 'banned');
    await relay.settle(1_000);
    expect(relay.archive.at(-1)?.message.seals.length).toBe(31);
    expect(listener.state).toMatchObject({ ready: true, trouble: null });
  });

  it('whose steward had help makes all buckets fresh when the helper leaves', async () => {
    const { relay, helper, signer, listener } = await large(1, true);
    await relay.settle(2_000);
    const first = relay.archive[0]?.header.steward;
    const gone = first && b64(first) === signer.member.account ? helper : signer;
    relay.leave(gone.member.account, 'banned');
    await relay.settle(5_000);
    const { message } = relay.archive.at(-1) ?? {};
    expect(message?.seals.length).toBe(relay.slots.size);
    expect(listener.state).toMatchObject({ ready: true, trouble: null });
  });
});
