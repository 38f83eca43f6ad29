import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type Bytes, b64, concat, equal, hex, random, unb64, unhex, wipe } from '../src/base/bytes.ts';
import { hashFor, verify } from '../src/base/sign.ts';
import { type KemPair, makeKemPair } from '../src/e2ee/hpke.ts';
import { holdersOf, makeRelease, makeRun, type TraceSigner } from '../src/e2ee/pattern.ts';
import { idBytes } from '../src/identity/device.ts';
import { combine, split } from '../src/identity/shamir.ts';
import type { TraceKey } from '../src/identity/standing.ts';
import { parsePattern, parseRelease } from '../src/identity/tracemsg.ts';
import { Club, type Member } from './club.ts';
import type { GoldenTrace } from './golden-trace.ts';
import { goldenUrl } from './make-golden.ts';

const golden = JSON.parse(readFileSync(goldenUrl('trace.json'), 'utf8')) as GoldenTrace;

describe('shares', () => {
  it('are those of the vectors, and any two of them give the secret back', () => {
    const shares = split(unhex(golden.key), 3, unhex(golden.slope));
    expect(shares.map(({ x, bytes }) => ({ x, bytes: hex(bytes) }))).toEqual(golden.shares);
    for (const a of shares)
      for (const b of shares) expect(hex(combine(a, b) ?? new Uint8Array(0))).toBe(a === b ? '' : golden.key);
  });

  it('of one byte: every secret, slope and pair of holders', () => {
    for (let secret = 0; secret < 256; secret += 85)
      for (let slope = 0; slope < 256; slope += 5) {
        const shares = split(Uint8Array.of(secret), 32, Uint8Array.of(slope));
        const seen = new Set(shares.map(({ bytes }) => bytes[0]));
        expect(seen.size).toBe(slope === 0 ? 1 : 32);
        for (const [i, j] of [
          [0, 1],
          [3, 30],
          [31, 7],
        ] as const) {
          const [a, b] = [shares[i], shares[j]];
          if (slope !== 0 && a && b) expect(combine(a, b)).toEqual(Uint8Array.of(secret));
        }
      }
  });

  // For a fixed secret, a share takes every value once as the slope does: it says nothing about the secret.
  it('alone tells nothing', () => {
    for (const x of [1, 2, 17, 32]) {
      const values = Array.from({ length: 256 }, (_, slope) => {
        return split(Uint8Array.of(99), 32, Uint8Array.of(slope))[x - 1]?.bytes[0];
      });
      expect(new Set(values).size).toBe(256);
    }
  });

  it('that do not go together give nothing, and so many or so few are not made', () => {
    const [a, b] = split(random(32), 2) as [{ x: number; bytes: Bytes }, { x: number; bytes: Bytes }];
    expect(combine(a, a)).toBeNull();
    expect(combine(a, { ...b, x: a.x })).toBeNull();
    expect(combine(a, { ...b, bytes: b.bytes.slice(1) })).toBeNull();
    for (const n of [0, 1, 33]) expect(() => split(random(32), n)).toThrow(RangeError);
  });
});

const parsers = [
  ['pattern', golden.pattern, parsePattern],
  ['trace-share', golden.releases[0], parseRelease],
] as const;

describe.each(parsers)('the bytes of a %s', (purpose, vector, parse) => {
  const bytes = unhex(vector?.bytes ?? '');
  it('are signed, and of one length', async () => {
    const parsed = parse(bytes);
    if (!parsed?.sigs[0]) throw new Error('not parsed');
    expect(await verify(unhex(vector?.public_key ?? ''), purpose, parsed.body, parsed.sigs[0])).toBe(true);
    for (let n = 0; n < bytes.length; n++) expect(parse(bytes.slice(0, n)), `${n} bytes`).toBeNull();
    expect(parse(concat(bytes, Uint8Array.of(0)))).toBeNull();
    expect(parse(concat(Uint8Array.of(2), bytes.slice(1)))).toBeNull();
  });
});

async function club() {
  const club = await Club.found();
  const [admin, second, speaker, member] = await Promise.all(
    Array.from({ length: 4 }, () => club.invite(club.founder)),
  );
  if (!admin || !second || !speaker || !member) throw new Error('unreachable');
  const room = random(16);
  const pairs = new Map<string, KemPair>();
  const keys: TraceKey[] = [];
  const hold = async (who: Member): Promise<void> => {
    const pair = await makeKemPair();
    pairs.set(who.device, pair);
    keys.push({ account: who.account, device: who.device, key: pair.publicKey });
  };
  const signer = (who: Member): TraceSigner => ({
    room,
    account: idBytes(who.account),
    device: idBytes(who.device),
    sign: (purpose, body) => who.device_.sign(purpose, body),
  });
  const book = await club.book();
  const deviceKey = async (account: string, device: string): Promise<Bytes | null> => {
    await book.prove([{ account, device }]);
    return book.get(account, device)?.deviceKey ?? null;
  };
  const release = (who: Member, patterns: string[]) =>
    makeRelease(signer(who), pairs.get(who.device) as KemPair, patterns, deviceKey);
  return { club, admin, second, speaker, member, room, keys, pairs, hold, signer, release };
}

const parsed = (text: string) => {
  const one = parseRelease(unb64(text) ?? new Uint8Array(0));
  if (!one) throw new Error('no release');
  return one;
};

describe('a pattern key', () => {
  it('comes back from any two holders, and not from two devices of one', async () => {
    const { club: c, admin, second, speaker, hold, keys, signer, release } = await club();
    const other = await c.addDevice(admin);
    for (const who of [admin, other]) await hold(who);
    expect(await makeRun(signer(speaker), keys)).toBeNull(); // one holder, on two devices
    for (const who of [second, c.founder]) await hold(who);
    const run = await makeRun(signer(speaker), keys);
    if (!run) throw new Error('no run');
    const check = parsePattern(unb64(run.pattern) ?? new Uint8Array(0))?.check;
    expect(equal(check ?? new Uint8Array(0), await hashFor('pattern-check', run.key))).toBe(true);
    const shareOf = async (who: Member) => {
      const opened = await release(who, [run.pattern]);
      expect(opened).toMatchObject({ speakers: [speaker.account], refused: 0 });
      const [one] = parsed(opened.release).shares;
      if (!one) throw new Error('no share');
      return { x: one.x, bytes: one.share };
    };
    const [a, a2, b, f] = await Promise.all([admin, other, second, c.founder].map(shareOf));
    if (!a || !a2 || !b || !f) throw new Error('unreachable');
    for (const [one, two] of [
      [a, b],
      [f, a],
      [b, f],
      [a2, f],
    ] as const)
      expect(combine(one, two)).toEqual(run.key);
    expect(combine(a, a2)).toBeNull();
    wipe(run.key);
  });

  it('is opened by its holders alone, in its room, as its speaker signed it', async () => {
    const { club: c, admin, second, speaker, member, hold, keys, pairs, signer, release } = await club();
    for (const who of [admin, second]) await hold(who);
    const run = await makeRun(signer(speaker), keys);
    if (!run) throw new Error('no run');
    pairs.set(member.device, await makeKemPair());
    expect(await release(member, [run.pattern])).toMatchObject({ speakers: [], refused: 1 });
    pairs.set(admin.device, await makeKemPair());
    expect(await release(admin, [run.pattern])).toMatchObject({ speakers: [], refused: 1 });
    const elsewhere = await makeRun({ ...signer(speaker), room: random(16) }, keys);
    const forged = await makeRun({ ...signer(speaker), sign: signer(member).sign }, keys);
    const bytes = unb64(run.pattern) ?? new Uint8Array(0);
    bytes[200] = (bytes[200] ?? 0) ^ 1;
    const bad = [elsewhere?.pattern ?? '', forged?.pattern ?? '', b64(bytes), '', '%'];
    const opened = await release(second, [...bad, run.pattern]);
    expect(opened).toMatchObject({ speakers: [speaker.account], refused: bad.length });
    const { account, body, sigs } = parsed(opened.release);
    expect(b64(account)).toBe(second.account);
    const book = await c.book();
    await book.prove([second]);
    const key = book.get(second.account, second.device)?.deviceKey ?? new Uint8Array(0);
    expect(await verify(key, 'trace-share', body, sigs[0] ?? new Uint8Array(0))).toBe(true);
  });

  it('has at most 32 holders with 64 devices, in the order of their accounts', () => {
    const keys = Array.from({ length: 100 }, (_, i) => ({
      account: b64(Uint8Array.from({ length: 16 }, () => 200 - (i % 50))),
      device: b64(random(16)),
      key: random(32),
    }));
    const holders = holdersOf(keys);
    expect(holders.length).toBe(32);
    expect(holders.flat().length).toBe(64);
    const accounts = holders.map(([first]) => unb64(first?.account ?? '')?.[0]);
    expect(accounts).toEqual(Array.from({ length: 32 }, (_, i) => 169 + i));
  });
});
