// What nobody may be able to do, over the real RoomKeys classes, a hundred listeners and a relay that keeps
// every ciphertext. At the end: weakened key schedules, each of which must break a test above by its name.

import { beforeAll, describe, expect, it, vi } from 'vitest';
import type { Person } from '../src/api/messages.ts';
import { type Bytes, b64, random, unb64, utf8 } from '../src/base/bytes.ts';
import { Frames } from '../src/e2ee/frames.ts';
import { makeKemPair, seal } from '../src/e2ee/hpke.ts';
import { commitmentOf, headerHash, partInfo, wrapSecret } from '../src/e2ee/secrets.ts';
import type { Weakness } from '../src/e2ee/weakness.ts';
import { Device, makeKeys } from '../src/identity/device.ts';
import { type parseHeader, type Suite, writeHeaderBody, writeLeafBody } from '../src/identity/keymsg.ts';
import { joinSigned } from '../src/identity/records.ts';
import { Club, type Member } from './club.ts';
import { Adversary, type Client, Relay, recipientOf } from './relay.ts';

vi.setConfig({ testTimeout: 60_000 });

const CROWD = 100;
let club: Club;
let members: Member[];

beforeAll(async () => {
  club = await Club.found();
  members = [];
  for (let i = 0; i < CROWD + 6; i++) members.push(await club.invite(club.founder));
}, 120_000);

const member = (i: number): Member => members[i] as Member;

async function crowd(
  weakness: Weakness | null = null,
  size = CROWD,
  suite: Suite = 1,
): Promise<{ relay: Relay; host: Client }> {
  const relay = new Relay(club, weakness);
  relay.suite = suite;
  const host = await relay.join(club.founder, { role: 'moderator' });
  await relay.settle(100);
  for (let i = 0; i < size; i++) await relay.join(member(i));
  await relay.settle(6_000);
  expect([...relay.clients.values()].every(({ ready }) => ready)).toBe(true);
  expect(host.state?.hearers).toBe(size + 1);
  return { relay, host };
}

const counterOf = (relay: Relay): number => relay.archive.at(-1)?.header.counter ?? 0;

// A frame that the host sends under the header in force.
async function spoken(host: Client): Promise<Bytes> {
  const frames = new Frames(
    () => 0,
    () => undefined,
  );
  const { epoch } = host;
  if (!epoch) throw new Error('no epoch');
  await frames.install({ ...epoch, base: epoch.base.slice(), sendAfterMs: 0 });
  const frame = await frames.encrypt(utf8('a word in confidence'));
  if (!frame) throw new Error('not on stage');
  return frame;
}

async function hears(relay: Relay, opened: Map<number, Bytes>, frame: Bytes): Promise<boolean> {
  for (const [counter, secret] of opened) {
    const frames = new Frames(
      () => 0,
      () => undefined,
    );
    const epoch = await Adversary.epoch(relay, counter, secret);
    if (epoch) await frames.install({ ...epoch, mine: 255 });
    if (await frames.decrypt(0, frame)) return true;
  }
  return false;
}

// ---- properties; each throws when it does not hold

async function bannedListener(weakness: Weakness | null, suite: Suite = 1): Promise<void> {
  const { relay, host } = await crowd(weakness, CROWD, suite);
  const banned = relay.clients.get(member(40).account) as Client;
  const before = counterOf(relay);
  const heard = await spoken(host);
  relay.leave(banned.member.account, 'banned');
  await relay.settle(100);
  expect(counterOf(relay)).toBe(before + 1);
  const secretWord = await spoken(host);
  await relay.join(member(CROWD));
  await relay.settle(6_000);
  relay.leave(member(3).account, 'removed');
  await relay.settle(1_000);
  const opened = await new Adversary(banned).opens(relay);
  expect(await hears(relay, opened, heard), 'it could hear while it was there').toBe(true);
  expect(Math.max(...opened.keys()), 'headers after the ban').toBe(before);
  expect(await hears(relay, opened, secretWord), 'a frame after the ban').toBe(false);
}

async function twoPool(weakness: Weakness | null): Promise<void> {
  const { relay, host } = await crowd(weakness);
  const [one, two] = [10, 70].map((i) => relay.clients.get(member(i).account) as Client) as [Client, Client];
  relay.leave(one.member.account, 'banned');
  await relay.settle(1_000);
  const between = counterOf(relay);
  relay.leave(two.member.account, 'banned');
  await relay.settle(1_000);
  await relay.join(member(CROWD));
  relay.leave(member(11).account, 'self');
  await relay.settle(12_000);
  const opened = await new Adversary(one, two).opens(relay);
  expect(Math.max(...opened.keys())).toBe(between);
  expect(await hears(relay, opened, await spoken(host))).toBe(false);
}

async function lateJoiner(weakness: Weakness | null): Promise<void> {
  const { relay, host } = await crowd(weakness);
  const early = await spoken(host);
  const slot = [...relay.slots].find(([, { account }]) => account === member(50).account)?.[0];
  relay.leave(member(50).account, 'removed');
  await relay.settle(1_000);
  const before = await spoken(host);
  const counter = counterOf(relay);
  const late = await relay.join(member(CROWD + 1));
  await relay.settle(6_000);
  expect([...relay.slots].find(([, { account }]) => account === late.member.account)?.[0], 'slot').toBe(slot);
  expect(late.ready).toBe(true);
  const opened = await new Adversary(late).opens(relay);
  expect(await hears(relay, opened, await spoken(host)), 'it hears from now on').toBe(true);
  expect(Math.min(...opened.keys()), 'headers before it came').toBe(counter + 1);
  for (const frame of [early, before]) expect(await hears(relay, opened, frame)).toBe(false);
}

describe('an adversary with every ciphertext', () => {
  it('banned listener: opens nothing that comes after', () => bannedListener(null));
  it('banned listener of a hybrid room: opens nothing either', () => bannedListener(null, 2));
  it('two banned from different buckets: pooling does not help', () => twoPool(null));
  it('late joiner in a re-used slot: opens nothing from before', () => lateJoiner(null));
});

describe('weakened on purpose', () => {
  const cases: [Weakness, string, (weakness: Weakness | null) => Promise<void>][] = [
    ['no wrap ratchet', 'late joiner', lateJoiner],
    ['no generation ratchet', 'late joiner', lateJoiner],
    ['dirty bucket kept', 'banned listener', bannedListener],
    ['dirty bucket kept', 'two banned', twoPool],
  ];
  it.each(cases)(
    '%s: the test "%s" fails',
    async (weakness, _, property) => {
      await expect(property(weakness)).rejects.toThrow(/expected/);
    },
    60_000,
  );
});

// ---- a lying server; the room is small, the classes are the same

async function smallRoom(): Promise<{ relay: Relay; host: Client; victim: Client }> {
  const { relay, host } = await crowd(null, 3, 2);
  return { relay, host, victim: relay.clients.get(member(0).account) as Client };
}

function expectSilence(client: Client, trouble: string): void {
  expect(client.state).toMatchObject({ ready: false, trouble });
  expect(client.silent).toBe(true);
}

describe('a lying server', () => {
  it('withholding a join from one client: trouble and silence there', async () => {
    const { relay, victim } = await smallRoom();
    const hidden = member(4).account;
    relay.tamper = (to, d) =>
      to === victim.member.account && 'person' in d && d.person.account === hidden ? null : d;
    await relay.join(member(4));
    await relay.settle(2_000);
    expectSilence(victim, 'roster');
  });

  it('withholding a join and its change: trouble and silence', async () => {
    const { relay, victim } = await smallRoom();
    const hidden = member(4).account;
    relay.tamper = (to, d) => {
      if (to !== victim.member.account) return d;
      if ('person' in d && d.person.account === hidden) return null;
      return 'keys' in d ? { keys: { ...d.keys, changes: [] } } : d;
    };
    await relay.join(member(4));
    await relay.settle(2_000);
    expectSilence(victim, 'roster');
  });

  it('withholding a leave from one client: trouble and silence there', async () => {
    const { relay, victim } = await smallRoom();
    relay.tamper = (to, d) => (to === victim.member.account && 'left' in d ? null : d);
    relay.leave(member(1).account);
    await relay.settle(2_000);
    expectSilence(victim, 'roster');
  });

  it('withholding a leave and its change: trouble and silence', async () => {
    const { relay, victim } = await smallRoom();
    relay.tamper = (to, d) => {
      if (to !== victim.member.account) return d;
      if ('left' in d) return null;
      return 'keys' in d ? { keys: { ...d.keys, changes: [] } } : d;
    };
    relay.leave(member(1).account);
    await relay.settle(2_000);
    expectSilence(victim, 'roster');
  });

  it('withholding a leave from the steward: those who saw it stop speaking in the end', async () => {
    const { relay, host, victim } = await smallRoom();
    relay.tamper = (to, d) => (to === host.member.account && 'left' in d ? null : d);
    relay.leave(member(1).account);
    await relay.settle(29_000);
    expect(victim.state?.leaving).toEqual([member(1).account]);
    expect(victim.state?.trouble).toBeNull();
    await relay.settle(2_000);
    expectSilence(victim, 'roster');
    expect(victim.state?.troubleWith).toBe(member(1).account);
  });

  it('withholding a header: the next one does not follow', async () => {
    const { relay, victim } = await smallRoom();
    let hide = true;
    relay.tamper = (to, d) => (to === victim.member.account && 'keys' in d && hide ? null : d);
    relay.leave(member(1).account);
    await relay.settle(1_000);
    hide = false;
    relay.leave(member(2).account);
    await relay.settle(1_000);
    expectSilence(victim, 'order');
  });

  it('replaying an old header, or the current one: trouble and silence', async () => {
    for (const back of [1, 2]) {
      const { relay, victim } = await smallRoom();
      relay.leave(member(1).account);
      await relay.settle(1_000);
      const old = victim.seen.at(-back);
      if (!old) throw new Error('no header');
      relay.deliver(victim.member.account, { keys: old });
      await relay.idle();
      expectSilence(victim, 'order');
    }
  });

  it('a room that goes on after a forged header becomes sound again', async () => {
    const { relay, victim } = await smallRoom();
    relay.deliver(victim.member.account, { keys: victim.seen[0] as Client['seen'][0] });
    await relay.idle();
    expectSilence(victim, 'order');
    relay.leave(member(1).account);
    await relay.settle(1_000);
    expect(victim.state).toMatchObject({ ready: true, trouble: null });
    const counters = victim.installed.map(({ counter }) => counter);
    expect(new Set(counters).size).toBe(counters.length);
  });

  it('two headers at one counter: who saw the other one goes silent', async () => {
    const { relay, host, victim } = await smallRoom();
    const at = counterOf(relay) + 1;
    // The steward signs twice: the second reaches everybody but the victim.
    relay.tamper = (to, d) => (to === victim.member.account && 'keys' in d ? null : d);
    relay.leave(member(1).account);
    await relay.settle(1_000);
    relay.tamper = (_, d) => d;
    const signed = relay.archive.at(-1);
    if (!signed) throw new Error('no header');
    const body = writeHeaderBody({ ...signed.header, time: signed.header.time + 1 });
    const sig = await host.member.device_.sign('header', body);
    const other = { ...signed.message, header: b64(new Uint8Array([...body, ...sig])) };
    relay.deliver(victim.member.account, { keys: relay.partFor(victim.member.account, other) });
    await relay.idle();
    expect(signed.header.counter).toBe(at);
    expectSilence(victim, 'secret'); // sealed under the other header's hash
    relay.deliver(victim.member.account, { keys: relay.partFor(victim.member.account, signed.message) });
    await relay.idle();
    relay.deliver(victim.member.account, { keys: relay.partFor(victim.member.account, other) });
    await relay.idle();
    expectSilence(victim, 'order');
  });

  it('changed roster root, count, stage or log head, signed by the steward: trouble and silence', async () => {
    const lies: [string, (h: ReturnType<typeof parseHeader> & object) => object][] = [
      ['roster', () => ({ rosterRoot: random(32) })],
      ['roster', (h) => ({ count: h.count + 1 })],
      ['roster', () => ({ stageHash: random(32) })],
      ['order', (h) => ({ logSize: h.logSize - 1 })],
      ['order', () => ({ logHead: random(32) })],
      ['order', (h) => ({ epoch: h.epoch + 1 })],
      ['order', () => ({ prev: random(32) })],
      ['secret', () => ({ commitment: random(32) })],
      ['signature', () => ({ room: random(16) })],
      ['signature', () => ({ stewardDevice: random(16) })],
      ['signature', () => ({ steward: unb64(member(2).account) })],
    ];
    for (const [trouble, lie] of lies) {
      const { relay, host, victim } = await smallRoom();
      relay.tamper = (to, d) => (to === victim.member.account && 'keys' in d ? null : d);
      relay.leave(member(1).account);
      await relay.settle(1_000);
      relay.tamper = (_, d) => d;
      const honest = relay.archive.at(-1);
      if (!honest) throw new Error('no header');
      const body = writeHeaderBody({ ...honest.header, ...lie(honest.header) });
      const header = b64(new Uint8Array([...body, ...(await host.member.device_.sign('header', body))]));
      const lied = { ...honest.message, header };
      relay.deliver(victim.member.account, { keys: relay.partFor(victim.member.account, lied) });
      await relay.idle();
      expectSilence(victim, trouble);
    }
  });

  it.each([
    ['in their own name', false],
    ["in the steward's name", true],
  ])('a header by somebody who is no steward, %s: trouble and silence', async (_, borrowed) => {
    const { relay, victim } = await smallRoom();
    const liar = member(2);
    const last = relay.archive.at(-1);
    if (!last) throw new Error('no header');
    const own = { steward: unb64(liar.account) as Bytes, stewardDevice: unb64(liar.device) as Bytes };
    const next = {
      ...last.header,
      ...(borrowed ? {} : own),
      counter: last.header.counter + 1,
      prev: last.hash,
    };
    const body = writeHeaderBody({ ...next, epoch: next.epoch + 1, generation: 0 });
    const header = b64(new Uint8Array([...body, ...(await liar.device_.sign('header', body))]));
    const message = { ...last.message, header, changes: [] };
    relay.deliver(victim.member.account, { keys: relay.partFor(victim.member.account, message) });
    await relay.idle();
    expectSilence(victim, 'signature');
  });

  it('a secret that is not the one committed to, well sealed: trouble and silence', async () => {
    for (const honest of [true, false]) {
      const { relay, host, victim } = await smallRoom();
      const last = relay.archive.at(-1);
      if (!last) throw new Error('no header');
      const [room, bucketKey, secret] = [unb64(relay.room) as Bytes, random(32), random(32)];
      const commitment = await commitmentOf(honest ? secret : random(32));
      const order = {
        counter: last.header.counter + 1,
        prev: last.hash,
        epoch: last.header.epoch + 1,
        generation: 0,
      };
      const body = writeHeaderBody({ ...last.header, ...order, commitment });
      const header = b64(new Uint8Array([...body, ...(await host.member.device_.sign('header', body))]));
      const hash = await headerHash(body);
      const slot = [...relay.slots].find(([, { account }]) => account === victim.member.account)?.[0] ?? -1;
      const info = partInfo('seal', { room, ...order, slot });
      const parts = {
        seal: b64(await seal(recipientOf(victim.pair), info, hash, bucketKey)),
        wrap: b64(await wrapSecret(bucketKey, hash, secret)),
      };
      const keys = { room: relay.room, header, stage: last.message.stage, changes: [], ...parts };
      relay.deliver(victim.member.account, { keys });
      await relay.idle();
      if (honest) expect(victim.state).toMatchObject({ ready: true, trouble: null });
      else expectSilence(victim, 'secret');
    }
  });

  it('refusing a rekey and taking the next: no wrap key encrypts twice', async () => {
    const { relay, host } = await crowd(null, 40);
    let refusals = 2;
    relay.refuse = () => (refusals-- > 0 ? 'busy' : null);
    relay.leave(member(0).account, 'removed');
    await relay.settle(10_000);
    expect(host.state?.ready).toBe(true);
    const { seals = [], wraps = [] } = relay.archive.at(-1)?.message ?? {};
    expect(wraps.length).toBe(2);
    expect(seals.length, 'both buckets are fresh').toBe(relay.slots.size);
  });

  it("another slot's seal, somebody else's or none: trouble and silence", async () => {
    const { relay, victim } = await smallRoom();
    const slot = [...relay.slots].find(([, { account }]) => account === victim.member.account)?.[0] ?? -1;
    relay.tamper = (to, d) => {
      if (to !== victim.member.account || !('keys' in d)) return d;
      const { seal: _, ...rest } = d.keys;
      return { keys: rest };
    };
    relay.leave(member(1).account);
    await relay.settle(1_000);
    expectSilence(victim, 'secret');
    relay.tamper = (_, d) => d;
    const last = relay.archive.at(-1);
    if (!last) throw new Error('no header');
    const others = last.message.seals.filter((part) => part.slot !== slot).map(({ data }) => data);
    const { epoch, generation } = last.header;
    const room = unb64(relay.room) as Bytes;
    const info = partInfo('seal', { room, epoch, generation, slot: slot + 1 });
    others.push(b64(await seal(recipientOf(victim.pair), info, last.hash, random(32))), 'AAAA');
    for (const data of others) {
      const again = await smallRoom();
      const to = again.victim.member.account;
      again.relay.tamper = (account, d) =>
        account === to && 'keys' in d ? { keys: { ...d.keys, seal: data } } : d;
      again.relay.leave(member(1).account);
      await again.relay.settle(1_000);
      expectSilence(again.victim, 'secret');
    }
  });

  it("a person whose key was swapped gets no key, and the steward's room is silent while they stay", async () => {
    const { relay, host } = await smallRoom();
    relay.tamper = (_, d) => {
      if (!('person' in d) || d.person.account !== member(4).account) return d;
      const leaf = unb64(d.person.leaf) as Bytes;
      leaf[60] = (leaf[60] as number) ^ 1; // in the HPKE key
      return { person: { ...d.person, leaf: b64(leaf) } };
    };
    await relay.join(member(4));
    await relay.settle(2_000);
    expectSilence(host, 'signature');
    expect(host.state?.troubleWith).toBe(member(4).account);
    expect([...relay.slots.values()].some(({ account }) => account === member(4).account)).toBe(false);
    relay.tamper = (_, d) => d;
    relay.leave(member(4).account);
    await relay.settle(2_000);
    expect(host.state).toMatchObject({ ready: true, trouble: null });
    expect(host.silent).toBe(false);
  });

  it('a person whose chain does not reach our founder: trouble and silence', async () => {
    const { relay, host } = await smallRoom();
    const other = await Club.found();
    const stranger = await other.invite(other.founder);
    const honest = relay.chains;
    relay.chains = (account) => (account === stranger.account ? other.chain(account) : honest(account));
    const mine = relay.people.get(member(0).account) as Person;
    relay.broadcast({ person: { ...mine, account: stranger.account, device: stranger.device, order: 99 } });
    await relay.settle(2_000);
    expectSilence(host, 'chain');
    expect(host.state?.troubleWith).toBe(stranger.account);
  });

  it("a banned person's leaf under another member's name: no key, trouble and silence", async () => {
    const { relay, host, victim } = await smallRoom();
    const banned = relay.people.get(member(1).account) as Person;
    const counter = host.state?.epoch.counter ?? 0;
    relay.leave(member(1).account, 'banned');
    const ghost = { ...banned, account: member(4).account, device: member(4).device, order: 99 };
    relay.people.set(ghost.account, ghost);
    relay.broadcast({ person: ghost });
    await relay.settle(2_000);
    expectSilence(host, 'signature');
    expect([...relay.slots.values()].some(({ account }) => account === ghost.account)).toBe(false);
    expect(host.state?.epoch.counter).toBeGreaterThan(counter);
    expect([...relay.slots.values()].some(({ account }) => account === banned.account)).toBe(false);
    expect(victim.state).toMatchObject({ ready: true, hearers: 3 });
  });

  it('chains of those on stage out of reach: silence, and no alarm, until they can be had', async () => {
    const relay = new Relay(club);
    const host = await relay.join(member(2), { role: 'moderator' });
    await relay.join(member(3));
    await relay.settle(2_000);
    const honest = relay.chains;
    const late = await relay.join(member(5), { ownBook: true });
    let asked = 0;
    relay.chains = (account) => {
      asked++;
      if (account === host.member.account) throw new Error('not found');
      return honest(account);
    };
    await relay.settle(4_000);
    expect(late.state).toMatchObject({ ready: false, trouble: null });
    expect(late.silent).toBe(true);
    relay.chains = honest;
    await relay.settle(2_000);
    expect(asked).toBeGreaterThan(1);
    expect(late.state).toMatchObject({ ready: true, trouble: null, checking: 0 });
    expect(late.silent).toBe(false);
  });

  it('chains of the audience out of reach: one hears, and is told how many are not checked', async () => {
    const { relay } = await smallRoom();
    const honest = relay.chains;
    const late = await relay.join(member(5), { ownBook: true });
    relay.chains = (account) => {
      if (account === member(1).account) throw new Error('not found');
      return honest(account);
    };
    await relay.settle(4_000);
    expect(late.state).toMatchObject({ ready: true, trouble: null, checking: 1 });
    relay.chains = honest;
    await relay.settle(2_000);
    expect(late.state).toMatchObject({ ready: true, trouble: null, checking: 0 });
  });

  it('somebody in the audience whose chain does not reach our founder: trouble and silence', async () => {
    const { relay } = await smallRoom();
    const other = await Club.found();
    const stranger = await other.invite(other.founder);
    const honest = relay.chains;
    const late = await relay.join(member(5), { ownBook: true });
    relay.chains = (account) =>
      account === member(1).account ? other.chain(stranger.account) : honest(account);
    await relay.settle(4_000);
    expectSilence(late, 'chain');
    expect(late.state?.troubleWith).toBe(member(1).account);
  });

  it('somebody banned from the club whom the server keeps in the room: trouble and silence', async () => {
    const own = await Club.found();
    const [one, two, three] = [
      await own.invite(own.founder),
      await own.invite(own.founder),
      await own.invite(own.founder),
    ];
    const relay = new Relay(own);
    const host = await relay.join(own.founder, { role: 'moderator' });
    await relay.settle(0);
    const victim = await relay.join(one, { ownBook: true });
    await relay.join(two);
    await relay.settle(1_000);
    expect(victim.state).toMatchObject({ ready: true, hearers: 3 });
    await own.append(await own.founder.device_.about('ban', two.account, ++own.time));
    await relay.join(three); // the next header names the log with the ban
    await relay.settle(2_000);
    expect(victim.state, 'told to leave at any moment').toMatchObject({ ready: true, trouble: null });
    await relay.settle(5_000);
    for (const client of [victim, host]) {
      expectSilence(client, 'chain');
      expect(client.state?.troubleWith).toBe(two.account);
    }
    relay.leave(two.account, 'banned');
    await relay.settle(2_000);
    expect(victim.state).toMatchObject({ ready: true, trouble: null, hearers: 3 });
  });

  it('a device that no log knows, of somebody whom it does know: no key, trouble and silence', async () => {
    const { relay, host } = await smallRoom();
    const { account } = member(4);
    const ghost = new Device(await makeKeys(club.founder.account));
    const id = (text: string): Bytes => unb64(text) as Bytes;
    const body = writeLeafBody({
      suite: 1,
      room: id(relay.room),
      account: id(account),
      device: id(ghost.device),
      hpkeKey: (await makeKemPair()).publicKey,
      kem: new Uint8Array(32),
      join: random(16),
      role: 3,
      chain: random(32),
      time: relay.now,
    });
    const leaf = b64(joinSigned(body, await ghost.sign('leaf', body)));
    const like = relay.people.get(member(1).account) as Person;
    relay.people.set(account, { ...like, account, device: ghost.device, leaf, order: 99 });
    relay.broadcast({ person: relay.people.get(account) as Person });
    await relay.settle(2_000);
    expectSilence(host, 'chain');
    expect(host.state?.troubleWith).toBe(account);
    expect([...relay.slots.values()].some((one) => one.account === account)).toBe(false);
  });

  it('nonsense instead of bytes: trouble and silence, nothing thrown', async () => {
    for (const nonsense of [
      { header: '' },
      { header: '!!!' },
      { stage: '!' },
      { changes: [{ slot: 70000, leaf: 'x' }] },
      { wrap: '%' },
    ]) {
      const { relay, victim } = await smallRoom();
      relay.tamper = (to, d) =>
        to === victim.member.account && 'keys' in d ? { keys: { ...d.keys, ...nonsense } } : d;
      relay.leave(member(1).account);
      await relay.settle(1_000);
      expect(victim.state?.ready).toBe(false);
      expect(victim.state?.trouble).not.toBeNull();
      expect(victim.silent).toBe(true);
    }
  });
});
