import { describe, expect, it } from 'vitest';
import type { ChainEntry, Id } from '../src/api/messages.ts';
import { type Bytes, b64, unb64 } from '../src/base/bytes.ts';
import { verify } from '../src/base/sign.ts';
import { ChainBook, verifyChain } from '../src/identity/chain.ts';
import { Device, Invitation, makeKeys } from '../src/identity/device.ts';
import { parseLink } from '../src/identity/links.ts';
import { parseRecord, writeHelloBody, writeLookBody } from '../src/identity/records.ts';
import type { MemberKeys } from '../src/identity/vault.ts';
import { Club } from './club.ts';

const bytes = (text: string): Bytes => unb64(text) as Bytes;

async function chainOfThree() {
  const club = await Club.found();
  const b = await club.invite(club.founder);
  const c = await club.invite(b);
  return { club, a: club.founder, b, c, chain: club.chain(c.account) };
}

// The chain with the record at `i` made anew.
const replaced = (chain: ChainEntry[], i: number, record: string): ChainEntry[] =>
  chain.map((entry, at) => (at === i ? { ...entry, record } : entry));

describe('a chain', () => {
  it('leads from the founder to the account', async () => {
    const { a, b, c, chain } = await chainOfThree();
    const verified = await verifyChain(a.account, c.account, chain);
    expect(verified).toMatchObject({ account: c.account, device: c.device, role: 'member' });
    expect(verified?.inviters).toEqual([b.account, a.account]);
    expect(await verifyChain(a.account, a.account, chain.slice(0, 1))).toMatchObject({
      role: 'founder',
      inviters: [],
    });
    expect(await verifyChain(a.account, b.account, chain.slice(0, 3))).not.toBeNull();
  });

  it('of another club is refused', async () => {
    const { c, chain } = await chainOfThree();
    const other = await Club.found();
    expect(await verifyChain(other.founder.account, c.account, chain)).toBeNull();
  });

  it('of another account is refused', async () => {
    const { a, b, chain } = await chainOfThree();
    expect(await verifyChain(a.account, b.account, chain)).toBeNull();
  });

  it('with any forged byte is refused', async () => {
    const { a, c, chain } = await chainOfThree();
    for (let i = 0; i < chain.length; i++) {
      const record = bytes((chain[i] as ChainEntry).record);
      for (let at = 0; at < record.length; at += 7) {
        const forged = record.slice();
        forged[at] = (forged[at] as number) ^ 1;
        expect(await verifyChain(a.account, c.account, replaced(chain, i, b64(forged)))).toBeNull();
      }
    }
  });

  it('with a swapped invite is refused', async () => {
    const { club, a, c, chain } = await chainOfThree();
    const invite = await a.device_.invite('https://x', 1);
    expect(await verifyChain(a.account, c.account, replaced(chain, 1, invite.record))).toBeNull();
    const d = await club.invite(a);
    const other = club.chain(d.account);
    const swapped = replaced(chain, 1, (other[1] as ChainEntry).record);
    expect(await verifyChain(a.account, c.account, swapped)).toBeNull();
  });

  it('in a wrong order or shape is refused', async () => {
    const { a, c, chain } = await chainOfThree();
    const [r0, r1, r2, r3, r4] = chain as [ChainEntry, ChainEntry, ChainEntry, ChainEntry, ChainEntry];
    const shapes: ChainEntry[][] = [
      [],
      [r1, r2, r3, r4],
      [r0, r1, r2, r3],
      [r0, r2, r1, r3, r4],
      [r0, r3, r4, r1, r2],
      [r0, r1, r2, r1, r2, r3, r4],
      [r0, r1, { ...r2, n: r1.n }, r3, r4],
      [r0, r1, { ...r2, n: r1.n - 1 }, r3, r4],
      [r0, r1, { ...r2, n: 1.5 }, r3, r4],
      [r0, r1, { ...r2, record: '%' }, r3, r4],
    ];
    for (const shape of shapes) expect(await verifyChain(a.account, c.account, shape)).toBeNull();
  });

  it("with an invite by a device that is not the author's is refused", async () => {
    const { a, b, chain } = await chainOfThree();
    // B signs an invite in A's name: first with B's device id, then claiming A's.
    // A's own device names another one.
    const liars = [
      { ...b.keys, account: a.account },
      { ...b.keys, account: a.account, device: a.device },
      { ...a.keys, device: b.device },
    ];
    for (const keys of liars) {
      const liar = new Device(keys);
      const { record, link } = await liar.invite('https://x', 1);
      const d = await makeKeys(a.account);
      const redeem = await redeemed(link, d);
      const forged = [chain[0] as ChainEntry, { n: 7, record }, { n: 8, record: redeem }];
      expect(await verifyChain(a.account, d.account, forged)).toBeNull();
    }
  });

  it('deeper than 64 invitations is refused', async () => {
    const club = await Club.found();
    let last = club.founder;
    for (let depth = 1; depth <= 65; depth++) {
      last = await club.invite(last);
      if (depth < 64) continue;
      const verified = await verifyChain(club.founder.account, last.account, club.chain(last.account));
      expect(verified === null, `depth ${depth}`).toBe(depth > 64);
    }
  });
});

async function redeemed(link: string, keys: MemberKeys): Promise<string> {
  const parsed = await parseLink(link);
  if (!parsed || parsed === 'mistyped') throw new Error('bad link');
  return (await Invitation.open(parsed)).redeem(keys, 2);
}

describe('the chain book', () => {
  it('knows an account by one chain only', async () => {
    const { club, a, c, chain } = await chainOfThree();
    const book = new ChainBook(a.account);
    expect(book.get(c.account)).toBeNull();
    const first = await book.check(c.account, chain);
    expect(first).not.toBeNull();
    expect(await book.check(c.account, chain)).toBe(first);
    const again = await a.device_.invite('https://x', 1);
    const fork = [
      chain[0] as ChainEntry,
      { n: 1, record: again.record },
      { n: 2, record: await redeemed(again.link, c.keys) },
    ];
    expect(await verifyChain(a.account, c.account, fork)).not.toBeNull();
    expect(await book.check(c.account, fork)).toBeNull();
    expect(book.get(c.account)).toBe(first);
    expect(club.chain('nobody' as Id)).toEqual([]);
  });
});

describe('a device', () => {
  it('signs hello, look and records that hold', async () => {
    const { a, b } = await chainOfThree();
    const nonce = b64(new Uint8Array(32).fill(9));
    const hello = bytes(await a.device_.hello('h:1', nonce));
    const body = writeHelloBody('h:1', bytes(nonce), bytes(a.account), bytes(a.device));
    expect(await verify(a.keys.devicePublic, 'hello', body, hello)).toBe(true);
    expect(await verify(a.keys.devicePublic, 'look', body, hello)).toBe(false);
    const { link, invite } = await a.device_.invite('https://h', 5);
    const parsed = await parseLink(link);
    if (!parsed || parsed === 'mistyped') throw new Error('bad link');
    const opened = await Invitation.open(parsed);
    expect(parsed.seed).toEqual(new Uint8Array(32));
    expect(opened.invite).toBe(invite);
    const look = writeLookBody('h:1', bytes(nonce), bytes(invite));
    expect(await verify(bytes(invite), 'look', look, bytes(await opened.look('h:1', nonce)))).toBe(true);
    const made = [
      ['ban', await a.device_.ban(b.account, 6)],
      ['unban', await a.device_.unban(b.account, 6)],
      ['invite-revoke', await a.device_.revokeInvite(invite, 6)],
    ] as const;
    for (const [type, record] of made) {
      const one = parseRecord(bytes(record));
      expect(one?.type).toBe(type);
      expect(await verify(a.keys.devicePublic, type, one?.body as Bytes, one?.sigs[0] as Bytes)).toBe(true);
    }
    await expect(a.device_.hello('h', 'short')).rejects.toThrow(RangeError);
  });

  it('remembers only newer log heads', () => {
    const seen: number[] = [];
    const keys = { account: 'a', device: 'd', founder: 'f' } as MemberKeys;
    const device = new Device(keys, { size: 3, head: 'x' }, (log) => seen.push(log.size));
    device.saw({ size: 2, head: 'y' });
    device.saw({ size: 4, head: 'z' });
    expect(device.log).toEqual({ size: 4, head: 'z' });
    expect(seen).toEqual([4]);
  });
});
