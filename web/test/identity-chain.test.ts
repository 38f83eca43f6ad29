// Chains and the log they hang from, against a server that lies in every way it can.

import { readFileSync } from 'node:fs';
import { describe, expect, it, vi } from 'vitest';
import type { ChainEntry, LogHead } from '../src/api/messages.ts';
import { type Bytes, b64, concat, hex, random, unb64, unhex } from '../src/base/bytes.ts';
import { hashFor, idOf, keyOfSeed, sha256, verify } from '../src/base/sign.ts';
import { type BookPorts, ChainBook } from '../src/identity/chain.ts';
import { Device, Invitation, idBytes, makeKeys, Newcomer } from '../src/identity/device.ts';
import { parseLink } from '../src/identity/links.ts';
import type { ForkProof, LogReply } from '../src/identity/log.ts';
import { parseRecord, writeHelloBody, writeLookBody } from '../src/identity/records.ts';
import { NO_LOG } from '../src/identity/vault.ts';
import { Club, FULL, type Member, memoryStore, openLink } from './club.ts';
import type { GoldenLog, GoldenPath } from './golden-log.ts';
import { goldenUrl } from './make-golden.ts';

const bytes = (text: string): Bytes => unb64(text) as Bytes;

async function three() {
  const club = await Club.found();
  const b = await club.invite(club.founder);
  const c = await club.invite(b);
  return { club, a: club.founder, b, c };
}

type Verdict = 'proven' | 'refused' | 'unknown';

async function verdict(book: ChainBook, one: Member): Promise<Verdict> {
  await book.prove([one]);
  if (book.get(one.account, one.device)) return 'proven';
  return book.refused(one.account, one.device) ? 'refused' : 'unknown';
}

// What a server shows that changes some of the entries on their way.
const showing = (club: Club, change: (entries: ChainEntry[]) => ChainEntry[]): Partial<BookPorts> => ({
  readChains: async (accounts) =>
    accounts.map((account) => ({ account, entries: change(club.chain(account)) })),
});

const about = (by: Member, type: 'ban' | 'unban' | 'deletion' | 'hold' | 'veto', target: Member) =>
  by.device_.about(type, target.account, 50);
const role = (by: Member, target: Member, is: 2 | 3) =>
  by.device_.record({ type: 'role', target: idBytes(target.account), role: is }, 50);

describe('a chain', () => {
  it('leads from the founder to the account', async () => {
    const { club, a, b, c } = await three();
    const book = await club.book();
    expect(book.get(c.account, c.device)).toBeNull();
    expect(book.refused(c.account, c.device)).toBe(false);
    expect(await verdict(book, c)).toBe('proven');
    const chain = book.get(c.account, c.device);
    expect(chain).toMatchObject({ account: c.account, device: c.device, role: 'member' });
    expect(chain?.inviters).toEqual([b.account, a.account]);
    expect(chain?.deviceKey).toEqual(c.keys.devicePublic);
    expect(await verdict(book, a)).toBe('proven');
    expect(book.get(a.account, a.device)).toMatchObject({ role: 'founder', inviters: [] });
  });

  it('of another club is refused', async () => {
    const { club, c } = await three();
    const other = await Club.found();
    const book = await ChainBook.open(other.founder.account, NO_LOG, {
      store: memoryStore(),
      readLog: async (from) => club.readLog(from),
      readChains: async (accounts) => accounts.map((account) => ({ account, entries: club.chain(account) })),
      grew: () => undefined,
      forked: () => undefined,
    });
    expect(await verdict(book, c)).toBe('refused');
  });

  it('of another account is refused', async () => {
    const { club, b, c } = await three();
    const book = await club.book({
      readChains: async (accounts) =>
        accounts.map((account) => ({ account, entries: club.chain(b.account) })),
    });
    expect(await verdict(book, c)).toBe('refused');
    expect(await verdict(book, b)).toBe('proven');
  });

  it('with any forged byte is refused', async () => {
    const { club, c } = await three();
    const chain = club.chain(c.account);
    for (let i = 0; i < chain.length; i++) {
      const record = bytes((chain[i] as ChainEntry).record);
      for (let at = 0; at < record.length; at += 41) {
        const forged = record.slice();
        forged[at] = (forged[at] as number) ^ 1;
        const lie = (entries: ChainEntry[]) =>
          entries.map((entry, n) => (n === i ? { ...entry, record: b64(forged) } : entry));
        expect(await verdict(await club.book(showing(club, lie)), c), `byte ${at} of ${i}`).toBe('refused');
      }
    }
  });

  it.each<[string, (entries: ChainEntry[]) => ChainEntry[]]>([
    ['is empty', () => []],
    ['lacks the founder', (entries) => entries.slice(1)],
    ['lacks its end', (entries) => entries.slice(0, -1)],
    ['lacks an invite', (entries) => entries.filter((_, i) => i !== 3)],
    ['has records at other places', (entries) => entries.map((entry) => ({ ...entry, n: entry.n + 1 }))],
    ['has two at one place', (entries) => entries.map((entry, i) => (i === 2 ? { ...entry, n: 1 } : entry))],
    ['has a broken record', (entries) => entries.map((entry) => ({ ...entry, record: '%' }))],
    ['has a trailing byte', (entries) => entries.map((entry) => ({ ...entry, record: `${entry.record}AA` }))],
  ])('that %s proves nothing', async (_, change) => {
    const { club, c } = await three();
    expect(await verdict(await club.book(showing(club, change)), c)).toBe('refused');
  });

  // The log itself may hold it: a server appends what it likes.
  it('with an invite by a device that is not the author’s is refused', async () => {
    const { club, a, b } = await three();
    const liars = [
      { ...b.keys, account: a.account },
      { ...b.keys, account: a.account, device: a.device },
      { ...a.keys, device: b.device },
    ];
    for (const keys of liars) {
      const { record, link } = await new Device(keys).invite('https://x', 1, 72);
      const d = await club.redeem(a, await club.append(record), link);
      expect(await verdict(await club.book(), d)).toBe('refused');
    }
  });

  it('with a redemption that somebody else signed is refused', async () => {
    const { club, a } = await three();
    const { record, link } = await a.device_.invite('https://x', 1, 72);
    const [own, other] = [await makeKeys(a.account), await makeKeys(a.account)];
    const n = await club.append(record);
    const d = await club.redeem(a, n, link, { ...own, accountKey: other.accountKey });
    expect(await verdict(await club.book(), d)).toBe('refused');
  });

  it('deeper than 64 invitations is refused', async () => {
    const club = await Club.found();
    let last = club.founder;
    for (let depth = 1; depth <= 65; depth++) {
      last = await club.invite(last);
      if (depth >= 64) expect(await verdict(await club.book(), last)).toBe(depth > 64 ? 'refused' : 'proven');
    }
  });

  it('that the server does not show is neither proven nor refused', async () => {
    const { club, c } = await three();
    const book = await club.book({ readChains: async () => [] });
    expect(await verdict(book, c)).toBe('unknown');
    const deaf = await club.book({ readChains: () => Promise.reject(new Error('offline')) });
    await expect(deaf.prove([c])).rejects.toThrow('offline');
    expect(deaf.refused(c.account, c.device)).toBe(false);
  });

  it('may leave out what an earlier one of the same answer holds', async () => {
    const { club, b, c } = await three();
    const d = await club.invite(b);
    const book = await club.book({
      readChains: async (accounts) => {
        const told = new Set<number>();
        return accounts.map((account) => {
          const entries = club.chain(account).filter(({ n }) => !told.has(n));
          for (const { n } of entries) told.add(n);
          return { account, entries };
        });
      },
    });
    await book.prove([c, d]);
    expect(book.get(c.account, c.device)).not.toBeNull();
    expect(book.get(d.account, d.device)).not.toBeNull();
  });
});

describe('devices', () => {
  it('added by another one belong to the account, and each has its own path', async () => {
    const { club, c } = await three();
    const second = await club.addDevice(c);
    const book = await club.book();
    await book.prove([c, second]);
    const [first, other] = [book.get(c.account, c.device), book.get(c.account, second.device)];
    expect(other?.deviceKey).toEqual(second.keys.devicePublic);
    expect(other?.inviters).toEqual(first?.inviters);
    expect(other?.hash).not.toEqual(first?.hash);
    const d = await club.invite(second);
    expect(await verdict(book, d)).toBe('proven');
    expect(book.inviters(d.account)?.[0]).toBe(c.account);
  });

  it('that nobody added are ghosts', async () => {
    const { club, b, c } = await three();
    const ghost = await Newcomer.make();
    const one = { ...c, device: ghost.id };
    expect(await verdict(await club.book(), one)).toBe('refused');
    // Somebody else's device signs for it, in a record that the server takes.
    const by = new Device({ ...b.keys, account: c.account });
    const body = by.place(ghost.key, 9);
    const record = await ghost.accept({ body, sig: await by.signPlace(body) });
    const n = await club.append(record);
    const lie = (entries: ChainEntry[]) => [...entries, { n, record }];
    expect(await verdict(await club.book(showing(club, lie)), one)).toBe('refused');
  });

  it('that were revoked are out, and what they sign later counts for nothing', async () => {
    const { club, c } = await three();
    const second = await club.addDevice(c);
    const book = await club.book();
    expect(await verdict(book, second)).toBe('proven');
    expect(await verdict(book, c)).toBe('proven');
    await club.append(
      await c.device_.record({ type: 'device-revoke', targetDevice: idBytes(second.device) }, 9),
    );
    await book.catchUp();
    expect(book.refused(c.account, second.device)).toBe(true);
    expect(book.get(c.account, c.device)).not.toBeNull();
    expect(await verdict(book, await club.invite(second))).toBe('refused');
    expect(await verdict(book, await club.addDevice(second))).toBe('refused');
  });

  it('are not revoked by those of others, nor by themselves', async () => {
    const { club, b, c } = await three();
    for (const by of [b, c])
      await club.append(
        await by.device_.record({ type: 'device-revoke', targetDevice: idBytes(c.device) }, 9),
      );
    expect(await verdict(await club.book(), c)).toBe('proven');
  });

  it('come back by the recovery key, and only by that', async () => {
    const { club, c } = await three();
    const key = await keyOfSeed(random(32));
    const n = await club.setRecovery(c, key);
    const back = await club.recover(c, n, key);
    const book = await club.book();
    expect(await verdict(book, back)).toBe('proven');
    const stolen = await club.recover(c, n, await keyOfSeed(random(32)));
    expect(await verdict(book, stolen)).toBe('refused');
  });
});

describe('a ban', () => {
  it('throws out at its position, and not before', async () => {
    const { club, a, b, c } = await three();
    const before = await club.invite(b);
    const book = await club.book();
    await book.prove([b, before]);
    const size = club.log.size;
    await club.append(await about(a, 'ban', b));
    await book.catchUp();
    expect(book.banned(b.account)).toBe(true);
    expect(book.banned(b.account, size)).toBe(false);
    expect(book.banned(b.account, size + 1)).toBe(true);
    // A server that lets them in all the same is found out.
    expect(await verdict(book, b)).toBe('refused');
    // Whom they brought in before stays.
    expect(await verdict(book, before)).toBe('proven');
    expect(await verdict(book, c)).toBe('proven');
    // What they sign afterwards does not count.
    expect(await verdict(book, await club.invite(b))).toBe('refused');
    expect(await verdict(book, await club.addDevice(b))).toBe('refused');
  });

  it('voids the open invites, also for those who come after it was lifted', async () => {
    const { club, a, b } = await three();
    const { record, link } = await b.device_.invite('https://x', 1, 72);
    const invite = await club.append(record);
    await club.append(await about(a, 'ban', b));
    await club.append(await about(a, 'unban', b));
    const late = await club.redeem(b, invite, link);
    const book = await club.book();
    expect(await verdict(book, late)).toBe('refused');
    expect(await verdict(book, b)).toBe('proven');
    expect(await verdict(book, await club.invite(b))).toBe('proven');
  });

  it('by a member, by a peer or against a superior counts for nothing', async () => {
    const { club, a, b, c } = await three();
    const d = await club.invite(a);
    await club.append(await role(a, b, 2));
    await club.append(await role(a, d, 2));
    await club.append(await about(c, 'ban', d)); // a member
    await club.append(await about(b, 'ban', d)); // a peer
    await club.append(await about(b, 'ban', a)); // a superior
    const book = await club.book();
    for (const one of [a, b, c, d]) expect(await verdict(book, one)).toBe('proven');
    await club.append(await about(b, 'ban', c));
    await book.catchUp();
    expect(book.banned(c.account)).toBe(true);
    expect(new Set(book.officers())).toEqual(new Set([a.account, b.account, d.account]));
  });

  it('is not lifted by a record that the server made up', async () => {
    const { club, a, b, c } = await three();
    await club.append(await about(a, 'ban', b));
    await club.append(
      await new Device({ ...c.keys, account: a.account, device: a.device }).about('unban', b.account, 60),
    );
    await club.append(await about(b, 'unban', b));
    const book = await club.book();
    await book.catchUp();
    expect(book.banned(b.account)).toBe(true);
    expect(await verdict(book, b)).toBe('refused');
  });

  it('cannot be hidden by withholding who signed it', async () => {
    const { club, a, b, c } = await three();
    await club.append(await role(a, c, 2));
    await club.append(await about(c, 'ban', b));
    const honest = await club.book();
    await honest.catchUp();
    expect(honest.banned(b.account)).toBe(true);
    const book = await club.book({
      readChains: async (accounts) =>
        accounts
          .filter((account) => account !== c.account)
          .map((account) => ({ account, entries: club.chain(account) })),
    });
    expect(await book.catchUp()).toBe(false);
    for (const one of [a, b, await club.invite(a)]) expect(await verdict(book, one)).toBe('unknown');
  });
});

describe('ranks, reviews and successions', () => {
  it('ranks are the founder’s to give', async () => {
    const { club, a, b, c } = await three();
    await club.append(await role(b, c, 2));
    const book = await club.book();
    await book.prove([b, c]);
    expect(book.role(c.account)).toBe('member');
    await club.append(await role(a, c, 2));
    await book.catchUp();
    expect(book.get(c.account, c.device)?.role).toBe('admin');
    await club.append(await role(a, c, 3));
    await book.catchUp();
    expect(book.role(c.account)).toBe('member');
  });

  it('those below a held account bring in nobody until they are released', async () => {
    const { club, a, b, c } = await three();
    const book = await club.book();
    await club.append(await about(a, 'hold', b));
    expect(await verdict(book, await club.invite(c))).toBe('refused');
    expect(await verdict(book, await club.invite(b))).toBe('proven'); // those below, not the account itself
    const subtree = (n: number) =>
      a.device_.record({ type: 'release', target: idBytes(b.account), subtree: n }, 60);
    await club.append(await subtree(0));
    expect(await verdict(book, await club.invite(c))).toBe('refused');
    await club.append(await subtree(1));
    expect(await verdict(book, await club.invite(c))).toBe('proven');
  });

  it('trace keys count of founder and admins alone, the newest of a device', async () => {
    const { club, a, b, c } = await three();
    const key = (by: Member, fill: number) =>
      by.device_.record({ type: 'trace-key', traceKey: new Uint8Array(32).fill(fill) }, 50);
    const book = await club.book();
    const keys = async () => {
      await book.catchUp();
      return book.traceKeys().map(({ account, device, key: [first] }) => ({ account, device, first }));
    };
    await club.append(await key(b, 1)); // no admin yet
    await club.append(await role(a, b, 2));
    expect(await keys()).toEqual([]);
    await club.append(await key(b, 2));
    await club.append(await key(a, 3));
    await club.append(await key(b, 4));
    const ofA = { account: a.account, device: a.device, first: 3 };
    expect(await keys()).toEqual([{ account: b.account, device: b.device, first: 4 }, ofA]);
    const second = await club.addDevice(b);
    await club.append(await key(second, 5));
    const revoke = { type: 'device-revoke', targetDevice: idBytes(b.device) } as const;
    await club.append(await second.device_.record(revoke, 51));
    expect(await keys()).toEqual([ofA, { account: b.account, device: second.device, first: 5 }]);
    await club.append(await about(a, 'ban', b));
    expect(await keys()).toEqual([ofA]);
    await club.append(await key(c, 6));
    expect(await keys()).toEqual([ofA]);
  });

  const HOURS = 3_600_000;
  async function claimed() {
    const { club, a, b, c } = await three();
    const back = await club.invite(b);
    const draft = await b.device_.claim(c.account, back.account, a, 1_000);
    const supersede = (await a.device_.cosign(draft, b.keys.devicePublic)) as string;
    const succeed = (by: Member, time: number) =>
      by.device_.record(
        { type: 'succession', target: idBytes(c.account), successor: idBytes(back.account) },
        time,
      );
    return { club, a, b, c, back, supersede, succeed };
  }

  it('a lost account is taken over after 72 h', async () => {
    const { club, c, back, supersede, succeed } = await claimed();
    const book = await club.book();
    await club.append(supersede);
    await club.append(await succeed(back, 1_000 + 72 * HOURS - 1));
    await book.prove([c, back]);
    expect(book.claimed(c.account)).toBe(back.account);
    expect(book.get(c.account, c.device)).not.toBeNull();
    await club.append(await succeed(back, 1_000 + 72 * HOURS));
    await book.catchUp();
    expect(book.refused(c.account, c.device)).toBe(true);
    expect(book.get(back.account, back.device)).not.toBeNull();
  });

  it('unless it objects', async () => {
    const { club, c, back, supersede, succeed } = await claimed();
    await club.append(supersede);
    await club.append(await about(c, 'veto', c));
    await club.append(await succeed(back, 1_000 + 80 * HOURS));
    const book = await club.book();
    expect(await verdict(book, c)).toBe('proven');
    expect(book.claimed(c.account)).toBeNull();
  });

  it('or the second is no admin, or it was somebody else who signs', async () => {
    const { club, a, b, c, back, succeed } = await claimed();
    const d = await club.invite(a);
    const draft = await b.device_.claim(c.account, back.account, d, 1_000);
    await club.append((await d.device_.cosign(draft, b.keys.devicePublic)) as string);
    await club.append(await succeed(back, 1_000 + 80 * HOURS));
    expect(await verdict(await club.book(), c)).toBe('proven');
    expect(await a.device_.cosign(draft, b.keys.devicePublic)).toBeNull(); // made for d's device
    const mine = await b.device_.claim(c.account, back.account, a, 1_000);
    expect(await a.device_.cosign(mine, c.keys.devicePublic)).toBeNull(); // b's signature, not c's
  });
});

describe('the member log', () => {
  const heads = (club: Club): LogHead[] => club.log_.map((_, i) => club.headAt(i + 1));

  it('is read in parts, and only as far as it is new', async () => {
    const { club, c } = await three();
    const asked: number[] = [];
    const book = await club.book({
      readLog: async (from) => {
        asked.push(from);
        return club.readLog(from, 2);
      },
    });
    expect(await book.catchUp()).toBe(true);
    expect(book.head).toEqual(club.log);
    expect(asked).toEqual([0, 2, 4]);
    await club.invite(c);
    await book.catchUp();
    expect(asked.slice(3)).toEqual([5]);
    for (const head of heads(club)) expect(book.check(head)).toBe('same');
  });

  it('is kept, and a book opened again needs no server for what it knew', async () => {
    const { club, a, b, c } = await three();
    await club.append(await about(a, 'ban', b));
    const store = memoryStore();
    const first = await club.book({ store });
    await first.prove([c]);
    const again = await club.book({
      store,
      readLog: () => Promise.reject(new Error('offline')),
      readChains: () => Promise.reject(new Error('offline')),
    });
    expect(again.head).toEqual(club.log);
    await again.prove([c]);
    expect(again.get(c.account, c.device)?.hash).toEqual(first.get(c.account, c.device)?.hash);
    expect(again.banned(b.account)).toBe(true);
  });

  it('that was cut is no continuation', async () => {
    const { club, c } = await three();
    const book = await club.book();
    await book.catchUp();
    const short = club.headAt(3);
    expect(book.check(short)).toBe('same');
    club.log_.length = 3;
    const quiet = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    expect(await book.catchUp()).toBe(false);
    expect(quiet).toHaveBeenCalled();
    quiet.mockRestore();
    expect(book.head.size).toBe(5);
    expect(book.get(c.account, c.device)).toBeNull();
  });

  it('that was rewritten is a fork, with the proof', async () => {
    const { club, a } = await three();
    const proofs: ForkProof[] = [];
    const book = await club.book({ forked: (proof) => proofs.push(proof) });
    await book.catchUp();
    const ours = club.log;
    club.log_.length = 3;
    await club.invite(a);
    await club.invite(a);
    expect(await book.catchUp()).toBe(false);
    expect(proofs[0]?.theirs).toBe(club.log.head);
    expect(book.check(club.headAt(5), 'header')).toBe('fork');
    expect(proofs[1]).toEqual({ size: 5, ours: ours.head, theirs: club.headAt(5).head, carrier: 'header' });
    expect(book.check(ours)).toBe('same');
  });

  it('must contain the head that was seen before there was a copy', async () => {
    const { club } = await three();
    const proofs: ForkProof[] = [];
    const forked = (proof: ForkProof) => proofs.push(proof);
    const good = await club.book({ forked }, club.headAt(4));
    expect(good.head).toEqual(club.headAt(4));
    expect(await good.catchUp()).toBe(true);
    const bad = await club.book({ forked }, { size: 4, head: 'X'.repeat(43) });
    expect(await bad.catchUp()).toBe(false);
    expect(proofs).toEqual([{ size: 4, ours: 'X'.repeat(43), theirs: club.headAt(4).head, carrier: null }]);
  });

  it.each<[string, (reply: LogReply) => LogReply]>([
    ['lacks a ban', (reply) => ({ ...reply, records: [] })],
    [
      'calls a ban an invite',
      (reply) => {
        const entries = bytes(reply.entries);
        entries[5 * 33] = 2;
        return { ...reply, entries: b64(entries), records: [] };
      },
    ],
    [
      'holds another ban',
      (reply) => ({
        ...reply,
        records: reply.records.map((one) => ({ ...one, record: `${one.record.slice(0, -4)}AAAA` })),
      }),
    ],
    ['starts elsewhere', (reply) => ({ ...reply, from: 1 })],
    ['ends within an entry', (reply) => ({ ...reply, entries: reply.entries.slice(0, -4) })],
    ['is shorter than it says', (reply) => ({ ...reply, entries: '' })],
    ['is longer than it says', (reply) => ({ ...reply, log: { ...reply.log, size: 2 } })],
    [
      'has a record of no type',
      (reply) => ({
        ...reply,
        entries: b64(concat(Uint8Array.of(99), bytes(reply.entries).slice(1))),
      }),
    ],
  ])('an answer that %s is refused whole', async (_, change) => {
    const { club, a, b, c } = await three();
    await club.append(await about(a, 'ban', b));
    const quiet = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const book = await club.book({ readLog: async (from) => change(club.readLog(from)) });
    expect(await book.catchUp()).toBe(false);
    expect(book.head.size).toBe(0);
    expect(await verdict(book, c)).toBe('unknown');
    quiet.mockRestore();
  });

  it('takes a replayed record for nothing new', async () => {
    const { club, a, b } = await three();
    const ban = await about(a, 'ban', b);
    await club.append(ban);
    await club.append(await about(a, 'unban', b));
    const book = await club.book();
    await book.catchUp();
    expect(book.banned(b.account)).toBe(false);
    await club.append(ban);
    await book.catchUp();
    expect(book.banned(b.account)).toBe(false);
  });
});

describe('a device', () => {
  it('signs hello, look and records that hold', async () => {
    const { a, b } = await three();
    const nonce = b64(new Uint8Array(32).fill(9));
    const hello = bytes(await a.device_.hello('h:1', nonce));
    const body = writeHelloBody('h:1', bytes(nonce), bytes(a.account), bytes(a.device));
    expect(await verify(a.keys.devicePublic, 'hello', body, hello)).toBe(true);
    expect(await verify(a.keys.devicePublic, 'look', body, hello)).toBe(false);
    const { link, invite } = await a.device_.invite('https://h', 5, 72);
    const parsed = await parseLink(link);
    if (!parsed || parsed === 'mistyped' || parsed.kind === 'device') throw new Error('bad link');
    const opened = await Invitation.open(parsed);
    expect(parsed.seed).toEqual(new Uint8Array(32));
    expect(opened.invite).toBe(invite);
    const look = writeLookBody('h:1', bytes(nonce), bytes(invite));
    expect(await verify(bytes(invite), 'look', look, bytes(await opened.look('h:1', nonce)))).toBe(true);
    const made = [
      ['ban', await about(a, 'ban', b)],
      ['role', await role(a, b, 2)],
      ['invite-revoke', await a.device_.revokeInvite(invite, 6)],
    ] as const;
    for (const [type, record] of made) {
      const one = parseRecord(bytes(record));
      expect(one?.type).toBe(type);
      expect(await verify(a.keys.devicePublic, type, one?.body as Bytes, one?.sigs[0] as Bytes)).toBe(true);
    }
    await expect(a.device_.hello('h', 'short')).rejects.toThrow(RangeError);
    await expect(openLink('https://h/#AAAA')).rejects.toThrow('bad link');
  });

  it('that is new takes a place made for it and no other', async () => {
    const { a, b } = await three();
    const [one, other] = [await Newcomer.make(), await Newcomer.make()];
    const place = a.device_.place(one.key, 1);
    expect(one.takes(place, a.account)).toBe(true);
    expect(one.takes(place, b.account)).toBe(false);
    expect(other.takes(place, a.account)).toBe(false);
    expect(one.takes('AAAA', a.account)).toBe(false);
  });
});

describe('the golden log', () => {
  const load = <T>(name: string): T => JSON.parse(readFileSync(goldenUrl(name), 'utf8')) as T;
  const { founder, records, refused } = load<GoldenLog>('logs.json');
  const paths = load<GoldenPath[]>('paths.json');
  const account = (text: string): string => b64(unhex(text));

  // A server that shows these records, and everything it has as the path of whoever is asked for.
  async function bookOf(shown: string[]): Promise<ChainBook> {
    const entries: Bytes[] = [];
    let head = new Uint8Array(32);
    for (const record of shown) {
      const entry = concat(unhex(record).slice(0, 1), await sha256(unhex(record)));
      head = await hashFor('log', head, entry);
      entries.push(entry);
    }
    const all = shown.map((record, n) => ({ n, record: b64(unhex(record)) }));
    const full = all.filter((_, n) => FULL.has(entries[n]?.[0] ?? 0));
    return ChainBook.open(account(founder), NO_LOG, {
      store: memoryStore(),
      readLog: async (from) => ({
        from,
        entries: b64(concat(...entries.slice(from))),
        records: full.filter(({ n }) => n >= from),
        log: { size: shown.length, head: b64(head) },
      }),
      readChains: async (accounts) => accounts.map((id) => ({ account: id, entries: all })),
      grew: () => undefined,
      forked: () => undefined,
    });
  }

  const ofRecord = (record: string) => parseRecord(unhex(record));

  it('adds up to its head, and every path to its chain', async () => {
    const book = await bookOf(records.map(({ record }) => record));
    expect(await book.catchUp()).toBe(true);
    expect(book.head).toEqual({ size: records.length, head: account(records.at(-1)?.head ?? '') });
    const people = paths.map((path) => ({ account: account(path.account), device: account(path.device) }));
    await book.prove(people);
    const out = people.filter((one) => !book.get(one.account, one.device)).map(({ device }) => device);
    const gone = ['b', 'lost', 'c second'].length; // deleted, superseded, revoked
    expect(out.length).toBe(gone);
    for (const [i, one] of people.entries()) {
      const chain = book.get(one.account, one.device);
      if (chain) expect(hex(chain.hash)).toBe(paths[i]?.chain);
    }
  });

  // What a server must not append does nothing in a client either, if it does all the same. What only quotas,
  // withdrawn invitations and whoever stores the log can know is left to the server.
  const onlyServers = [
    'a redemption of what was withdrawn',
    "a peer withdraws somebody's invitation",
    'a second founder',
    'an evening in the log',
    'a record for the second time',
  ];

  it.each(refused.filter(({ name }) => !onlyServers.includes(name)))(
    '$name counts for nothing',
    async (bad) => {
      const before = records.slice(0, bad.size).map(({ record }) => record);
      const [good, lied] = await Promise.all([bookOf(before), bookOf([...before, bad.record])]);
      await Promise.all([good.catchUp(), lied.catchUp()]);
      const known = paths
        .filter((path) => path.records.every((n) => n < bad.size))
        .map((path) => ({ account: account(path.account), device: account(path.device) }));
      const record = ofRecord(bad.record);
      for (const book of [good, lied]) await book.prove(known);
      for (const { account: id, device } of known) {
        expect(lied.get(id, device)).toEqual(good.get(id, device));
        expect(lied.claimed(id)).toBe(good.claimed(id));
      }
      if (record && 'deviceKey' in record) {
        const device = b64(await idOf('device', record.deviceKey));
        const owner =
          'accountKey' in record ? b64(await idOf('account', record.accountKey)) : b64(record.author);
        await lied.prove([{ account: owner, device }]);
        expect(lied.get(owner, device)).toBeNull();
      }
    },
  );
});
