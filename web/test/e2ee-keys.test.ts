import { beforeAll, describe, expect, it, vi } from 'vitest';
import type { Events } from '../src/api/messages.ts';
import { b64 } from '../src/base/bytes.ts';
import { Club, type Member } from './club.ts';
import { type Client, Relay } from './relay.ts';

vi.setConfig({ testTimeout: 60_000 });

let club: Club;
let members: Member[];

beforeAll(async () => {
  club = await Club.found();
  members = await Promise.all(Array.from({ length: 12 }, () => club.invite(club.founder)));
}, 60_000);

const member = (i: number): Member => members[i] as Member;

// Everybody in the room holds the same key of the same header, and the roster counts exactly them.
function expectAgreement(relay: Relay): void {
  const bases = new Set<string>();
  for (const client of relay.clients.values()) {
    expect(client.state?.trouble ?? null).toBeNull();
    expect(client.ready, 'ready').toBe(true);
    expect(client.state?.hearers).toBe(relay.clients.size);
    expect(client.state?.leaving).toEqual([]);
    bases.add(b64(client.epoch?.base as Uint8Array<ArrayBuffer>));
  }
  expect(bases.size).toBe(1);
}

async function smallRoom(listeners = 2): Promise<{ relay: Relay; host: Client; others: Client[] }> {
  const relay = new Relay(club);
  const host = await relay.join(club.founder, { role: 'moderator' });
  await relay.settle(0);
  const others: Client[] = [];
  for (let i = 0; i < listeners; i++) others.push(await relay.join(member(i), { ownBook: true }));
  await relay.settle(1000);
  return { relay, host, others };
}

describe('room keys', () => {
  it('give the opener a key at once, alone', async () => {
    const relay = new Relay(club);
    const host = await relay.join(club.founder, { role: 'moderator' });
    await relay.settle(0);
    expect(host.state).toMatchObject({ ready: true, hearers: 1, steward: club.founder.account });
    expect(host.state?.epoch).toEqual({ counter: 1, epoch: 1, generation: 0 });
    expect(host.epoch).toMatchObject({ counter: 1, mine: 1, sendAfterMs: 0 });
  });

  it('reach all who join, by a ratchet', async () => {
    const { relay, host } = await smallRoom();
    expectAgreement(relay);
    expect(host.state?.epoch.epoch).toBe(1);
    expect(host.state?.epoch.generation).toBeGreaterThan(0);
  });

  it('change epoch when somebody leaves, and say who is leaving meanwhile', async () => {
    const { relay, host } = await smallRoom();
    relay.leave(member(0).account);
    await relay.idle();
    expect(host.state).toMatchObject({ leaving: [member(0).account], hearers: 3 });
    await relay.settle(1000);
    expectAgreement(relay);
    expect(host.state?.epoch).toMatchObject({ epoch: 2, generation: 0 });
  });

  it('follow the stage, with stable sender indices', async () => {
    const { relay, host, others } = await smallRoom();
    relay.change(member(0).account, { role: 'speaker', stage: true });
    await relay.settle(1000);
    relay.change(member(1).account, { role: 'speaker', stage: true });
    await relay.settle(1000);
    expect(others.map(({ epoch }) => epoch?.mine)).toEqual([2, 3]);
    relay.change(member(0).account, { role: 'listener', stage: false });
    await relay.settle(1000);
    expect([host, ...others].map(({ epoch }) => epoch?.mine)).toEqual([1, 0, 3]);
    expect(host.epoch?.senders.map(({ account }) => account)).toEqual([
      club.founder.account,
      member(1).account,
    ]);
    expectAgreement(relay);
  });

  it('survive people who come back with another leaf, a sole host among them', async () => {
    const { relay } = await smallRoom();
    await relay.join(member(0));
    await relay.settle(1000);
    expectAgreement(relay);
    relay.leave(member(1).account, 'lost');
    const again = await relay.join(club.founder, { role: 'moderator' });
    await relay.settle(2000);
    expectAgreement(relay);
    expect(again.state?.steward).toBe(club.founder.account);
  });

  it('pass to the next steward when the first vanishes, by a flat rekey', async () => {
    const { relay, host } = await smallRoom();
    relay.change(member(0).account, { role: 'moderator', stage: true });
    await relay.settle(1000);
    host.deaf = true;
    relay.change(club.founder.account, { away: true });
    await relay.join(member(2));
    await relay.settle(1000);
    expect(relay.clients.get(member(1).account)?.state?.steward).toBe(member(0).account);
    expect(relay.archive.at(-1)?.message.seals.length).toBe(4);
    relay.leave(club.founder.account, 'lost');
    await relay.settle(1000);
    expectAgreement(relay);
    expect(relay.slots.size).toBe(3);
  });

  it('pass to the next steward when the first sleeps', async () => {
    const { relay, host } = await smallRoom();
    relay.change(member(0).account, { role: 'moderator', stage: true });
    await relay.settle(1000);
    relay.refuse = (by) => (by === club.founder.account ? 'busy' : null);
    await relay.join(member(3));
    await relay.settle(5000);
    expect(host.state?.steward).toBe(member(0).account);
    expectAgreement(relay);
  });

  it('pass to the speaker who came first when no moderator is left', async () => {
    const { relay } = await smallRoom();
    relay.change(member(1).account, { role: 'speaker', stage: true });
    await relay.settle(1000);
    relay.leave(club.founder.account);
    await relay.settle(1000);
    expectAgreement(relay);
    expect(relay.clients.get(member(0).account)?.state?.steward).toBe(member(1).account);
  });

  it('rebase after a stale header, and never use a wrap key twice', async () => {
    const { relay, host } = await smallRoom(3);
    let refusals = 2;
    relay.refuse = () => (refusals-- > 0 ? 'stale_header' : null);
    relay.leave(member(0).account);
    await relay.settle(10_000);
    expectAgreement(relay);
    const last = relay.archive.at(-1);
    expect(last?.message.seals.length).toBe(3);
    expect(host.state?.epoch.epoch).toBe(2);
  });

  it('go out within 100 ms of a removal, and senders switch 300 ms later', async () => {
    const { relay, host } = await smallRoom();
    relay.leave(member(0).account, 'banned');
    await relay.settle(100);
    expectAgreement(relay);
    expect(host.epoch?.sendAfterMs).toBe(300);
  });

  it('come back to their steward after it has made the next ones, each once', async () => {
    const { relay, host } = await smallRoom();
    const late: Events['room.keys'][] = [];
    relay.tamper = (to, d) => {
      if (to !== club.founder.account || !('keys' in d)) return d;
      late.push(d.keys);
      return null;
    };
    for (const i of [4, 5]) {
      await relay.join(member(i));
      await relay.settle(1000);
    }
    expect(late.length).toBe(2);
    for (const event of late) await host.keys.keys(event);
    expectAgreement(relay);
    await host.keys.keys(late[1] as Events['room.keys']);
    expect(host.state?.trouble, 'a replay').toBe('order');
  });

  it('are wiped and silent after close', async () => {
    const { relay, host } = await smallRoom();
    host.keys.close();
    expect(host.silent).toBe(true);
    const count = host.installed.length;
    await relay.join(member(4));
    await relay.settle(2000);
    expect(host.installed.length).toBe(count);
  });
});

describe('model', () => {
  it.each([1, 2, 3, 4, 5, 6])(
    'random evening %i: who is in the room holds the key, nobody else',
    async (seed) => {
      let state = seed * 7919;
      const dice = (n: number): number => {
        state = (state * 1103515245 + 12345) % 2147483648;
        return Math.floor((state / 2147483648) * n);
      };
      const relay = new Relay(club);
      await relay.join(club.founder, { role: 'moderator' });
      await relay.settle(500);
      for (let round = 0; round < 12; round++) {
        for (let i = dice(4); i >= 0; i--) {
          const who = member(dice(members.length));
          const inside = relay.people.get(who.account);
          const what = dice(5);
          if (!inside || what === 0) await relay.join(who, inside?.stage ? { role: inside.role } : {});
          else if (what === 1) relay.leave(who.account, dice(2) ? 'self' : 'removed');
          else if (what === 2)
            relay.change(who.account, { stage: !inside.stage, role: inside.stage ? 'listener' : 'speaker' });
          else if (what === 3) relay.change(who.account, { stage: true, role: 'moderator' });
          else relay.change(who.account, { hand: round });
          if (dice(2)) await relay.settle(dice(150));
        }
        await relay.settle(20_000);
        expectAgreement(relay);
        expect(new Set(Array.from(relay.slots.values(), ({ account }) => account))).toEqual(
          new Set(relay.people.keys()),
        );
      }
    },
  );
});
