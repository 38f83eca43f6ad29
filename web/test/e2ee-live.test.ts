// Signs of life, signed frames and the age of a key, over the real RoomKeys classes.

import { beforeAll, describe, expect, it, vi } from 'vitest';
import { type Bytes, b64, random, unb64 } from '../src/base/bytes.ts';
import type { Weakness } from '../src/e2ee/weakness.ts';
import { parseHeartbeat, parseTags, writeHeartbeatBody, writeTagsBody } from '../src/identity/keymsg.ts';
import { joinSigned } from '../src/identity/records.ts';
import { Club, type Member } from './club.ts';
import { type Client, Relay } from './relay.ts';

vi.setConfig({ testTimeout: 60_000 });

let club: Club;
let members: Member[];

beforeAll(async () => {
  club = await Club.found();
  members = [];
  for (let i = 0; i < 5; i++) members.push(await club.invite(club.founder));
}, 60_000);

const member = (i: number): Member => members[i] as Member;

// The host, a speaker and a listener, all with a key.
async function stage(
  weakness: Weakness | null = null,
): Promise<{ relay: Relay; host: Client; speaker: Client; listener: Client }> {
  const relay = new Relay(club, weakness);
  const host = await relay.join(club.founder, { role: 'moderator' });
  await relay.settle(0);
  const speaker = await relay.join(member(0), { role: 'speaker' });
  const listener = await relay.join(member(1));
  await relay.settle(1_000);
  expect([host, speaker, listener].every(({ ready }) => ready)).toBe(true);
  return { relay, host, speaker, listener };
}

async function stopsWithoutLife(weakness: Weakness | null): Promise<void> {
  const { relay, speaker, listener } = await stage(weakness);
  await relay.settle(60_000);
  expect(speaker.paused, 'the steward lives').toBe(false);
  relay.tamper = (_, d) => ('beat' in d ? null : d);
  await relay.settle(9_000);
  expect(speaker.paused).toBe(false);
  await relay.settle(7_000);
  expect(speaker.paused, 'expected silence after 15 s').toBe(true);
  expect(speaker.state).toMatchObject({ ready: true, trouble: null, quiet: true });
  expect(listener.state?.quiet).toBe(false);
  relay.tamper = (_, d) => d;
  await relay.settle(6_000);
  expect(speaker.paused).toBe(false);
  expect(speaker.state?.quiet).toBe(false);
}

describe('heartbeats', () => {
  it('keep senders sending; without them there is silence after 15 s, until the next one', () =>
    stopsWithoutLife(null));

  it('ignored: the test fails', async () => {
    await expect(stopsWithoutLife('heartbeat ignored')).rejects.toThrow(/expected/);
  });

  it('come every 5 s, from the steward alone, and need no key', async () => {
    const { relay } = await stage();
    const beats: { to: string; data: string }[] = [];
    relay.tamper = (to, d) => {
      if ('beat' in d) beats.push({ to, data: d.beat.data });
      return d;
    };
    await relay.settle(20_500);
    expect(beats.length).toBe(2 * 4);
    for (const { data } of beats) {
      const beat = parseHeartbeat(unb64(data) as Bytes);
      expect(b64(beat?.steward as Bytes)).toBe(club.founder.account);
      expect(beat?.header).toEqual(relay.archive.at(-1)?.hash);
    }
  });

  it('of a steward that the server does not answer stop that steward too', async () => {
    const { relay, host } = await stage();
    relay.refuse = () => 'busy';
    await relay.settle(21_000);
    expect(host.paused).toBe(true);
    relay.refuse = null;
    await relay.settle(5_500);
    expect(host.paused).toBe(false);
  });

  it('that are old, early, of another header, room or person, or wrongly signed do not count', async () => {
    const { relay, host, speaker } = await stage();
    const seen: string[] = [];
    relay.tamper = (to, d) => {
      if (!('beat' in d)) return d;
      if (to === speaker.member.account) seen.push(d.beat.data);
      return null;
    };
    await relay.settle(6_000);
    const good = parseHeartbeat(unb64(seen[0] as string) as Bytes);
    if (!good) throw new Error('no heartbeat');
    relay.deliver(speaker.member.account, { beat: { room: relay.room, data: seen[0] as string } });
    relay.tamper = () => null;
    const ours = { deliver: (data: string) => void speaker.keys.beat({ room: relay.room, data }) };
    ours.deliver(seen[0] as string);
    await relay.settle(9_000);
    expect(speaker.paused, 'the first one counted').toBe(false);
    const sign = async (change: object, by = host.member): Promise<string> => {
      const body = writeHeartbeatBody({ ...good, time: relay.now, ...change });
      return b64(joinSigned(body, await by.device_.sign('heartbeat', body)));
    };
    const bad = [
      seen[0] as string,
      await sign({ time: good.time }),
      await sign({ time: relay.now - 31_000 }),
      await sign({ time: relay.now + 45_000 }),
      await sign({ header: random(32) }),
      await sign({ room: random(16) }),
      await sign({}, speaker.member),
      await sign(
        { steward: unb64(speaker.member.account), stewardDevice: unb64(speaker.member.device) },
        speaker.member,
      ),
      'AAAA',
      '!',
    ];
    for (const data of bad) ours.deliver(data);
    await relay.settle(7_000);
    expect(speaker.paused).toBe(true);
    ours.deliver(await sign({}));
    await relay.settle(100);
    expect(speaker.paused).toBe(false);
    expect(speaker.state?.trouble).toBeNull();
  });

  it('are taken over by the next steward when the first sleeps', async () => {
    const { relay, host, speaker } = await stage();
    relay.change(speaker.member.account, { role: 'moderator' });
    await relay.settle(1_000);
    relay.refuse = (by) => (by === host.member.account ? 'busy' : null);
    await relay.settle(40_000);
    expect(speaker.paused).toBe(false);
    expect(host.paused, 'it hears the other one').toBe(false);
  });
});

describe('a key', () => {
  it('is replaced every 5 minutes, without a seal', async () => {
    const { relay, host } = await stage();
    const before = host.state?.epoch;
    await relay.settle(290_000);
    expect(host.state?.epoch).toEqual(before);
    await relay.settle(15_000);
    expect(host.state?.epoch).toMatchObject({ epoch: (before?.epoch ?? 0) + 1, generation: 0 });
    expect(relay.archive.at(-1)?.message).toMatchObject({ seals: [], changes: [], welcomes: [] });
    expect([...relay.clients.values()].every(({ ready }) => ready)).toBe(true);
    await relay.settle(300_000);
    expect(host.state?.epoch.epoch).toBe((before?.epoch ?? 0) + 2);
  });

  it('of a room whose steward sleeps is replaced by the next one', async () => {
    const { relay, host, speaker } = await stage();
    relay.change(speaker.member.account, { role: 'moderator' });
    await relay.settle(1_000);
    relay.refuse = (by) => (by === host.member.account ? 'busy' : null);
    await relay.settle(310_000);
    expect(host.state).toMatchObject({ steward: speaker.member.account, ready: true });
  });
});

describe('frame tags', () => {
  it('are signed by the sender, and given to the workers of the others', async () => {
    const { relay, speaker, listener, host } = await stage();
    const counter = speaker.state?.epoch.counter ?? 0;
    const index = speaker.epoch?.mine ?? 0;
    const list = { counter, index, first: 7, tags: random(16) };
    await speaker.keys.frames({ ev: 'sent', lists: [list] });
    await relay.settle(10);
    expect(listener.listed).toEqual([list]);
    expect(host.listed).toEqual([list]);
    expect(speaker.listed).toEqual([]);
  });

  it('are sent again when the server was busy', async () => {
    const { relay, speaker, listener } = await stage();
    const [counter, index] = [speaker.state?.epoch.counter ?? 0, speaker.epoch?.mine ?? 0];
    const lists = [0, 1].map((first) => ({ counter, index, first, tags: random(8) }));
    relay.refuse = () => 'rate_limited';
    await speaker.keys.frames({ ev: 'sent', lists: [lists[0] as (typeof lists)[0]] });
    await relay.idle();
    relay.refuse = null;
    await speaker.keys.frames({ ev: 'sent', lists: [lists[1] as (typeof lists)[0]] });
    await relay.settle(10);
    expect(listener.listed).toEqual(lists);
  });

  it('of somebody else, another room or with a wrong signature reach no worker', async () => {
    const { relay, speaker, listener } = await stage();
    const [counter, index] = [speaker.state?.epoch.counter ?? 0, speaker.epoch?.mine ?? 0];
    const room = unb64(relay.room) as Bytes;
    const sign = async (change: object, by = speaker.member): Promise<string> => {
      const body = writeTagsBody({ room, counter, index, first: 0, tags: random(8), ...change });
      return b64(joinSigned(body, await by.device_.sign('tags', body)));
    };
    const tell = (data: string, account = speaker.member.account) =>
      listener.keys.tags({ room: relay.room, account, data });
    const good = await sign({});
    await tell(good, member(2).account);
    await tell(good, club.founder.account);
    await tell(await sign({}, member(2)));
    await tell(await sign({ index: 1 }));
    await tell(await sign({ room: random(16) }));
    await tell(await sign({ counter: counter + 1 }));
    await tell('AAAA');
    expect(listener.listed).toEqual([]);
    await tell(good);
    expect(listener.listed.length).toBe(1);
    expect(parseTags(unb64(good) as Bytes)?.tags).toEqual(listener.listed[0]?.tags);
  });

  it('name whom somebody imitated, and who does not sign, while they are on stage', async () => {
    const { relay, speaker, listener } = await stage();
    const { account } = speaker.member;
    const [counter, index] = [speaker.state?.epoch.counter ?? 0, speaker.epoch?.mine ?? 0];
    await listener.keys.frames({ ev: 'forged', counter, index });
    await listener.keys.frames({ ev: 'unverified', counter, index, is: true });
    await listener.keys.frames({ ev: 'forged', counter, index: 77 });
    await listener.keys.frames({ ev: 'unmarked', counter, index, is: true });
    const found = { forged: [account], unverified: [account], unmarked: [account], ready: true };
    expect(listener.state).toMatchObject(found);
    relay.change(account, { stage: false, role: 'listener' });
    await relay.idle();
    expect(listener.state?.unverified).toEqual([]);
    relay.change(account, { stage: true, role: 'speaker' });
    await relay.idle();
    await listener.keys.frames({ ev: 'unverified', counter, index, is: false });
    expect(listener.state).toMatchObject({ unverified: [], unmarked: [account] });
    await listener.keys.frames({ ev: 'unmarked', counter, index, is: false });
    expect(listener.state?.unmarked).toEqual([]);
    for (let i = 0; i < 3; i++) {
      relay.change(member(1).account, { stage: i % 2 === 0, role: i % 2 === 0 ? 'speaker' : 'listener' });
      await relay.settle(500);
    }
    expect(listener.state?.forged, 'the key is gone, and the mark with it').toEqual([]);
  });
});

describe('a frame counter', () => {
  it('starts again under another key only, whatever is reloaded', async () => {
    const { relay, host } = await stage();
    const nonces = new Set<string>();
    const note = (client: Client): void => {
      for (const { base, mine } of client.installed) {
        if (mine === 0) continue;
        const key = `${b64(base)} ${mine}`;
        expect(nonces.has(key), 'a base key of this sender came before').toBe(false);
        nonces.add(key);
      }
    };
    note(host);
    for (let i = 0; i < 3; i++) {
      const again = await relay.join(member(0), { role: 'speaker' });
      await relay.settle(2_000);
      expect(again.ready).toBe(true);
      note(again);
    }
    const back = await relay.join(club.founder, { role: 'moderator' });
    await relay.settle(5_000);
    note(back);
    expect(nonces.size).toBeGreaterThan(5);
  });
});
