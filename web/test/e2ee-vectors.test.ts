import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type Bytes, b64, concat, hex, random, unhex, Writer } from '../src/base/bytes.ts';
import { sha256 } from '../src/base/sign.ts';
import { derive, expand, extract } from '../src/e2ee/hkdf.ts';
import { type KemPair, makeKemPair, open, seal } from '../src/e2ee/hpke.ts';
import { type Entry, Roster, type SlotChange } from '../src/e2ee/roster.ts';
import { encodeHeader, openFrame, parseHeader, sealFrame, sframeKey } from '../src/e2ee/sframe.ts';
import { goldenUrl } from './make-golden.ts';

const load = (name: string) => JSON.parse(readFileSync(goldenUrl(name), 'utf8'));
const flipped = (bytes: Bytes, at: number): Bytes => bytes.map((byte, i) => (i === at ? byte ^ 1 : byte));

describe('HKDF, RFC 5869', () => {
  it.each(load('hkdf.json').vectors as Record<string, string>[])('$name', async (v) => {
    const prk = await extract(unhex(v.salt as string), unhex(v.ikm as string));
    expect(hex(prk)).toBe(v.prk);
    expect(hex(await expand(prk, unhex(v.info as string), Number(v.length)))).toBe(v.okm);
  });

  it('separates labels and contexts', async () => {
    const key = new Uint8Array(32).fill(7);
    const all = [
      derive(key, 'a', Uint8Array.of(), 16),
      derive(key, 'b', Uint8Array.of(), 16),
      derive(key, 'a', Uint8Array.of(0), 16),
    ];
    expect(new Set((await Promise.all(all)).map(hex)).size).toBe(3);
    await expect(expand(key, key, 255 * 32 + 1)).rejects.toThrow(RangeError);
  });
});

async function pairOf(privateHex: string, publicHex: string): Promise<KemPair> {
  const prefix = unhex('302e020100300506032b656e04220420');
  const privateKey = await crypto.subtle.importKey(
    'pkcs8',
    concat(prefix, unhex(privateHex)),
    'X25519',
    false,
    ['deriveBits'],
  );
  return { privateKey, publicKey: unhex(publicHex), kem: null };
}

describe('HPKE, RFC 9180', () => {
  for (const v of load('hpke.json').vectors) {
    it('seals and opens its vector', async () => {
      const [to, ephemeral] = [await pairOf(v.skRm, v.pkRm), await pairOf(v.skEm, v.pkEm)];
      const first = v.encryptions[0];
      const sealed = await seal(
        { publicKey: to.publicKey, kem: null },
        unhex(v.info),
        unhex(first.aad),
        unhex(first.pt),
        ephemeral,
      );
      expect(hex(sealed)).toBe(v.enc + first.ct);
      expect(hex((await open(to, unhex(v.info), unhex(first.aad), sealed)) as Bytes)).toBe(first.pt);
    });
  }

  it('opens for its recipient, info and aad only, and refuses every flipped byte and truncation', async () => {
    const [one, two] = [await makeKemPair(), await makeKemPair()];
    const [info, aad, text] = [random(8), random(8), random(32)];
    const sealed = await seal({ publicKey: one.publicKey, kem: null }, info, aad, text);
    expect(await open(one, info, aad, sealed)).toEqual(text);
    expect(await open(two, info, aad, sealed)).toBeNull();
    expect(await open(one, flipped(info, 0), aad, sealed)).toBeNull();
    expect(await open(one, info, flipped(aad, 0), sealed)).toBeNull();
    for (let i = 0; i < sealed.length; i++) {
      // The highest bit of an X25519 key is ignored (RFC 7748 5), but not by the key schedule.
      expect(await open(one, info, aad, flipped(sealed, i))).toBeNull();
      expect(await open(one, info, aad, sealed.slice(0, i))).toBeNull();
    }
  });

  it('refuses low-order keys', async () => {
    const one = await makeKemPair();
    await expect(
      seal({ publicKey: new Uint8Array(32), kem: null }, random(1), random(1), random(1)),
    ).rejects.toThrow();
    expect(await open(one, random(1), random(1), new Uint8Array(64))).toBeNull();
  });
});

describe('SFrame, RFC 9605', () => {
  const vectors = load('sframe.json');

  it('encodes and parses every header', () => {
    for (const { kid, ctr, encoded } of vectors.header) {
      expect(hex(encodeHeader(BigInt(kid), BigInt(ctr)))).toBe(encoded);
      const bytes = unhex(encoded);
      expect(parseHeader(bytes)).toEqual({ kid: BigInt(kid), ctr: BigInt(ctr), size: bytes.length });
      for (let n = 0; n < bytes.length; n++) expect(parseHeader(bytes.slice(0, n))).toBeNull();
    }
  });

  it('refuses headers that are not in the shortest form', () => {
    for (const text of ['8007', '0807', '900001', '090001', '9007', '0900ff'])
      expect(parseHeader(unhex(text))).toBeNull();
  });

  for (const v of vectors.sframe.filter((one: { cipher_suite: number }) => one.cipher_suite === 4)) {
    it(`suite 4, kid ${v.kid}`, async () => {
      const [kid, ctr] = [BigInt(v.kid), BigInt(v.ctr)];
      const key = await sframeKey(unhex(v.base_key), kid, 'encrypt');
      expect(hex(key.salt)).toBe(v.sframe_salt);
      const sealed = await sealFrame(key, kid, ctr, unhex(v.pt), unhex(v.metadata));
      expect(hex(sealed)).toBe(v.ct);
      const header = parseHeader(sealed);
      if (!header) throw new Error('no header');
      const back = await sframeKey(unhex(v.base_key), kid, 'decrypt');
      expect(hex((await openFrame(back, header, sealed, unhex(v.metadata))) as Bytes)).toBe(v.pt);
      for (let i = header.size; i < sealed.length; i++) {
        expect(await openFrame(back, header, flipped(sealed, i), unhex(v.metadata))).toBeNull();
      }
      expect(await openFrame(back, header, sealed)).toBeNull();
      expect(await openFrame(back, header, sealed.slice(0, header.size + 15), unhex(v.metadata))).toBeNull();
    });
  }
});

// RFC 6962 2.1, word by word.
async function treeHash(entries: Bytes[]): Promise<Bytes> {
  if (entries.length === 0) return sha256(new Uint8Array(0));
  if (entries.length === 1) return sha256(concat(Uint8Array.of(0), entries[0] as Bytes));
  let k = 1;
  while (k * 2 < entries.length) k *= 2;
  return sha256(
    concat(Uint8Array.of(1), await treeHash(entries.slice(0, k)), await treeHash(entries.slice(k))),
  );
}

describe('roster', () => {
  const entry = (): Entry => {
    const leaf = random(32);
    return { account: b64(random(16)), leaf, key: b64(leaf), suite: null };
  };

  it('has the root of RFC 6962 after any sequence of changes', async () => {
    let seed = 12345;
    const next = (n: number): number => {
      seed = (seed * 1103515245 + 12345) % 2147483648;
      return Math.floor((seed / 2147483648) * n);
    };
    let roster = await Roster.empty();
    const model = new Map<number, Entry>();
    for (let round = 0; round < 150; round++) {
      const changes: SlotChange[] = [];
      for (let i = next(4); i >= 0; i--) {
        const slot = next(round < 100 ? 70 : 20);
        if (changes.some((change) => change.slot === slot)) continue;
        const one = next(3) > 0 && round < 140 ? entry() : null;
        changes.push({ slot, entry: one });
        if (one) model.set(slot, one);
        else model.delete(slot);
      }
      const before = roster.root;
      const after = await roster.with(changes);
      expect(roster.root).toBe(before);
      roster = after;
      const size = Math.max(-1, ...model.keys()) + 1;
      const entries = Array.from({ length: size }, (_, slot) => {
        const w = new Writer().u16(slot);
        const one = model.get(slot);
        return one ? w.bytes(one.leaf).done() : w.done();
      });
      expect(hex(roster.root)).toBe(hex(await treeHash(entries)));
      expect([roster.count, roster.size]).toEqual([model.size, size]);
      expect([...roster.filled()].map(([slot]) => slot)).toEqual([...model.keys()].sort((a, b) => a - b));
    }
  });
});
