import { describe, expect, it } from 'vitest';
import {
  type Bytes,
  b64,
  concat,
  equal,
  hex,
  Reader,
  unb64,
  unhex,
  utf8,
  Writer,
  wipe,
} from '../src/base/bytes.ts';
import { idOf, keyOfSeed, prefixed, sign, verify } from '../src/base/sign.ts';

describe('cursor', () => {
  it('writes and reads big-endian integers', () => {
    const bytes = new Writer()
      .u8(1)
      .u16(0x0203)
      .u32(0x04050607)
      .u64(0x08090a0b0c0d0e)
      .bytes(utf8('x'))
      .done();
    expect(hex(bytes)).toBe('010203040506070008090a0b0c0d0e78');
    const r = new Reader(bytes);
    expect([r.u8(), r.u16(), r.u32(), r.u64()]).toEqual([1, 0x0203, 0x04050607, 0x08090a0b0c0d0e]);
    expect(r.end()).toBe(false);
    expect(r.bytes(1)).toEqual(utf8('x'));
    expect(r.end()).toBe(true);
  });

  it('keeps its first error and yields zeros from then on', () => {
    const r = new Reader(Uint8Array.of(1, 2, 3));
    expect(r.u32()).toBe(0);
    expect(r.u8()).toBe(0);
    expect(r.bytes(2)).toEqual(new Uint8Array(2));
    expect(r.end()).toBe(false);
  });

  it('refuses 64-bit values that a number cannot hold', () => {
    const r = new Reader(unhex('0020000000000000'));
    expect(r.u64()).toBe(0);
    expect(r.end()).toBe(false);
    const largest = new Reader(unhex('001fffffffffffff'));
    expect(largest.u64()).toBe(Number.MAX_SAFE_INTEGER);
    expect(largest.end()).toBe(true);
  });

  it('refuses to write what does not fit', () => {
    expect(() => new Writer().u8(256)).toThrow(RangeError);
    expect(() => new Writer().u16(-1)).toThrow(RangeError);
    expect(() => new Writer().u64(1.5)).toThrow(RangeError);
    expect(() => new Writer().bytes(new Uint8Array(3), 4)).toThrow(RangeError);
  });
});

describe('text forms', () => {
  it('round-trips base64url of every length', () => {
    for (let n = 0; n < 70; n++) {
      const bytes = Uint8Array.from({ length: n }, (_, i) => (i * 37 + n) & 255);
      expect(b64(bytes)).toBe(Buffer.from(bytes).toString('base64url'));
      expect(unb64(b64(bytes), n)).toEqual(bytes);
    }
  });

  it.each(['A', 'AA=', 'AA==', 'A A', 'AA\n', '+A', '/A', 'AB', 'AAB', 'AAAAA', 'é'])(
    'refuses %j',
    (text) => {
      expect(unb64(text)).toBeNull();
    },
  );

  it('refuses another length than asked for', () => {
    expect(unb64('AAAA', 3)).toEqual(new Uint8Array(3));
    expect(unb64('AAAA', 4)).toBeNull();
  });

  it('refuses what is not hex', () => {
    expect(() => unhex('0')).toThrow(RangeError);
    expect(() => unhex('zz')).toThrow(RangeError);
  });
});

describe('bytes', () => {
  it('compares, joins and wipes', () => {
    const a = concat(utf8('ab'), utf8('c'));
    expect(equal(a, utf8('abc'))).toBe(true);
    expect(equal(a, utf8('abd'))).toBe(false);
    expect(equal(a, utf8('ab'))).toBe(false);
    wipe(a, null, undefined);
    expect(a).toEqual(new Uint8Array(3));
  });
});

describe('signatures', () => {
  const body = utf8('body');
  it('hold for their key, purpose and body only', async () => {
    const one = await keyOfSeed(new Uint8Array(32).fill(1));
    const two = await keyOfSeed(new Uint8Array(32).fill(2));
    const sig = await sign(one.key, 'invite', body);
    expect(await verify(one.publicKey, 'invite', body, sig)).toBe(true);
    expect(await verify(one.publicKey, 'ban', body, sig)).toBe(false);
    expect(await verify(one.publicKey, 'invite', utf8('bodz'), sig)).toBe(false);
    expect(await verify(two.publicKey, 'invite', body, sig)).toBe(false);
    expect(await verify(one.publicKey, 'invite', body, sig.slice(1))).toBe(false);
    expect(await verify(new Uint8Array(31), 'invite', body, sig)).toBe(false);
  });

  it('follow RFC 8032 7.1, test 1', async () => {
    const seed = unhex('9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60');
    const { key, publicKey } = await keyOfSeed(seed);
    expect(hex(publicKey)).toBe('d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a');
    expect(key.extractable).toBe(false);
  });

  it('cover the prefix with its zero byte', async () => {
    expect(hex(prefixed('x', utf8('y')))).toBe(
      hex(concat(utf8('aparte/v1/x'), Uint8Array.of(0), utf8('y')) as Bytes),
    );
    expect((await idOf('account', new Uint8Array(32))).length).toBe(16);
    expect(await idOf('account', new Uint8Array(32))).not.toEqual(await idOf('device', new Uint8Array(32)));
  });
});
