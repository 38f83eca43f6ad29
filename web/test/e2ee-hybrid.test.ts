// Suite 2: X25519 with ML-KEM-768, and the way of a room into it, from which there is none back.

import { beforeAll, describe, expect, it, vi } from 'vitest';
import { type Bytes, b64, random, unb64 } from '../src/base/bytes.ts';
import { makeKemPair, open, seal } from '../src/e2ee/hpke.ts';
import { KEM_CIPHERTEXT_BYTES, KEM_KEY_BYTES, nobleKem } from '../src/e2ee/kem.ts';
import { commitmentOf, headerHash, partInfo, wrapSecret } from '../src/e2ee/secrets.ts';
import type { Weakness } from '../src/e2ee/weakness.ts';
import { parseLeaf, writeHeaderBody } from '../src/identity/keymsg.ts';
import { Club, type Member } from './club.ts';
import { type Client, Relay, recipientOf } from './relay.ts';

vi.setConfig({ testTimeout: 60_000 });

let club: Club;
let members: Member[];

beforeAll(async () => {
  club = await Club.found();
  members = [];
  for (let i = 0; i < 5; i++) members.push(await club.invite(club.founder));
}, 60_000);

const member = (i: number): Member => members[i] as Member;
const flipped = (bytes: Bytes, at: number): Bytes => bytes.map((byte, i) => (i === at ? byte ^ 1 : byte));

describe('a hybrid seal', () => {
  it('opens for its recipient, info and aad only, and refuses flipped bytes and truncation', async () => {
    const [one, two] = [await makeKemPair(2), await makeKemPair(2)];
    const [info, aad, text] = [random(8), random(8), random(32)];
    const sealed = await seal(recipientOf(one), info, aad, text);
    expect(sealed.length).toBe(32 + KEM_CIPHERTEXT_BYTES + 32 + 16);
    expect(await open(one, info, aad, sealed)).toEqual(text);
    expect(await open(two, info, aad, sealed)).toBeNull();
    expect(await open(one, flipped(info, 0), aad, sealed)).toBeNull();
    expect(await open(one, info, flipped(aad, 0), sealed)).toBeNull();
    for (let i = 0; i < sealed.length; i += i < 40 || i > 1110 ? 1 : 97) {
      expect(await open(one, info, aad, flipped(sealed, i)), `byte ${i}`).toBeNull();
      expect(await open(one, info, aad, sealed.slice(0, i))).toBeNull();
    }
  });

  it('needs both secrets: one half alone, of either kind, opens nothing', async () => {
    const [one, two] = [await makeKemPair(2), await makeKemPair(2)];
    const [info, aad] = [random(8), random(8)];
    const sealed = await seal(recipientOf(one), info, aad, random(32));
    expect(await open({ ...one, kem: two.kem }, info, aad, sealed)).toBeNull();
    expect(await open({ ...two, kem: one.kem }, info, aad, sealed)).toBeNull();
    expect(await open({ ...one, kem: null }, info, aad, sealed)).toBeNull();
    const classic = await seal({ publicKey: one.publicKey, kem: null }, info, aad, random(32));
    expect(await open(one, info, aad, classic)).toBeNull();
  });

  it('refuses keys that are none', async () => {
    const { publicKey } = await makeKemPair();
    for (const kem of [new Uint8Array(KEM_KEY_BYTES).fill(255), random(KEM_KEY_BYTES - 1)])
      await expect(seal({ publicKey, kem }, random(1), random(1), random(1))).rejects.toThrow();
  });

  it('has a secret that its keys forget', async () => {
    const kem = await nobleKem();
    const keys = await kem.generate();
    const { ciphertext, secret } = await kem.encapsulate(keys.publicKey);
    expect(await keys.decapsulate(ciphertext)).toEqual(secret);
    keys.forget();
    const after = await keys.decapsulate(ciphertext).catch(() => null);
    expect(after).not.toEqual(secret);
  });
});

async function room(...suites: (1 | 2)[]): Promise<{ relay: Relay; host: Client; others: Client[] }> {
  const relay = new Relay(club);
  const host = await relay.join(club.founder, { role: 'moderator', suite: suites[0] ?? 2 });
  await relay.settle(0);
  const others: Client[] = [];
  for (const [i, suite] of suites.slice(1).entries()) others.push(await relay.join(member(i), { suite }));
  await relay.settle(1_000);
  return { relay, host, others };
}

const suites = (relay: Relay): number[] => relay.archive.map(({ header }) => header.suite);
const allReady = (relay: Relay): boolean => [...relay.clients.values()].every(({ ready }) => ready);

describe('a room', () => {
  it('is hybrid from the first header where every leaf is, with seals of that suite', async () => {
    const { relay, host } = await room(2, 2, 2);
    expect(new Set(suites(relay))).toEqual(new Set([2]));
    expect(host.state?.hybrid).toBe(true);
    relay.leave(member(0).account);
    await relay.settle(1_000);
    expect(allReady(relay)).toBe(true);
    expect(relay.archive.at(-1)?.message.seals.map(({ data }) => unb64(data)?.length)).toEqual([1168, 1168]);
    const leaf = parseLeaf(unb64(host.keys.leaf) as Bytes);
    expect([leaf?.suite, unb64(host.keys.kem ?? '')?.length]).toEqual([2, KEM_KEY_BYTES]);
  });

  it('that is not hybrid yet goes over when the last of suite 1 has left, all buckets fresh', async () => {
    const { relay, host } = await room(1, 2, 2);
    expect(new Set(suites(relay))).toEqual(new Set([1]));
    relay.change(member(0).account, { role: 'moderator', stage: true });
    await relay.settle(1_000);
    relay.leave(host.member.account);
    await relay.settle(4_000);
    expect(suites(relay).at(-1)).toBe(2);
    expect(relay.archive.at(-1)?.message.seals.length).toBe(2);
    expect(allReady(relay)).toBe(true);
    expect(relay.clients.get(member(1).account)?.state).toMatchObject({ hybrid: true, trouble: null });
  });

  it('that is hybrid gives no key to a leaf of suite 1', async () => {
    const { relay, host } = await room(2, 2);
    const late = await relay.join(member(3), { suite: 1 });
    await relay.settle(5_000);
    expect(late.ready).toBe(false);
    expect(host.state).toMatchObject({ ready: true, hybrid: true, hearers: 2, trouble: null });
    expect(new Set(suites(relay))).toEqual(new Set([2]));
  });

  it('gives no key to somebody whose encapsulation key was swapped, names them, and is silent', async () => {
    const { relay, host } = await room(2, 2);
    const other = await makeKemPair(2);
    relay.kem = (account, kem) => (account === member(3).account ? b64(other.kem?.publicKey as Bytes) : kem);
    await relay.join(member(3));
    await relay.settle(3_000);
    expect(host.state).toMatchObject({ ready: false, trouble: 'signature', troubleWith: member(3).account });
    expect([...relay.slots.values()].some(({ account }) => account === member(3).account)).toBe(false);
    relay.kem = (_, kem) => kem;
    relay.leave(member(3).account);
    await relay.settle(2_000);
    expect(host.state).toMatchObject({ ready: true, trouble: null });
  });

  it('waits for an encapsulation key that the server does not give', async () => {
    const { relay, host } = await room(2, 2);
    relay.kem = (account, kem) => (account === member(3).account ? '' : kem);
    const late = await relay.join(member(3));
    await relay.settle(3_000);
    expect([host.state?.trouble, host.ready, late.ready]).toEqual([null, true, false]);
    relay.kem = (_, kem) => kem;
    await relay.settle(2_000);
    expect(allReady(relay)).toBe(true);
  });
});

// A header of suite 1 in a hybrid room, all else as it should be: signed by the steward, sealed, committed to.
async function downgraded(weakness: Weakness | null): Promise<void> {
  const relay = new Relay(club, weakness);
  const host = await relay.join(club.founder, { role: 'moderator' });
  await relay.settle(0);
  const victim = await relay.join(member(0));
  await relay.settle(1_000);
  const last = relay.archive.at(-1);
  if (!last) throw new Error('no header');
  expect(last.header.suite).toBe(2);
  const [bucketKey, secret] = [random(32), random(32)];
  const { counter, epoch, room } = last.header;
  const next = { suite: 1 as const, counter: counter + 1, epoch: epoch + 1, generation: 0, prev: last.hash };
  const body = writeHeaderBody({ ...last.header, ...next, commitment: await commitmentOf(secret) });
  const hash = await headerHash(body);
  const slot = [...relay.slots].find(([, { account }]) => account === victim.member.account)?.[0] ?? -1;
  const info = partInfo('seal', { room, epoch: epoch + 1, generation: 0, slot });
  const to = { publicKey: victim.pair.publicKey, kem: null };
  const header = b64(new Uint8Array([...body, ...(await host.member.device_.sign('header', body))]));
  const parts = {
    seal: b64(await seal(to, info, hash, bucketKey)),
    wrap: b64(await wrapSecret(bucketKey, hash, secret)),
  };
  const keys = { room: relay.room, header, stage: last.message.stage, changes: [], ...parts };
  relay.deliver(victim.member.account, { keys });
  await relay.idle();
  expect(victim.state).toMatchObject({ ready: false, trouble: 'suite' });
  expect(victim.silent).toBe(true);
}

describe('a downgrade', () => {
  it('is trouble and silence', () => downgraded(null));
  it('accepted: the test fails', async () => {
    await expect(downgraded('downgrade accepted')).rejects.toThrow(/expected/);
  });
});
