// bundle.txt and who signed it: what is taken, and all that is not.

import { describe, expect, test } from 'vitest';
import {
  hashOf,
  MOST_BYTES,
  MOST_FILES,
  manifestOf,
  readKey,
  readManifest,
  refusalOf,
  signedBy,
} from '../src/base/bundle.ts';
import { type Bytes, hex, utf8 } from '../src/base/bytes.ts';

const HASH = 'ab'.repeat(32);
const lines = (...paths: string[]): string => paths.map((path) => `${HASH}  ${path}\n`).join('');
const read = (text: string): string[] | null => {
  const files = readManifest(utf8(text));
  return files && [...files.keys()];
};
const many = (count: number): string[] =>
  Array.from({ length: count - 1 }, (_, i) => `a/${String(i).padStart(4, '0')}.js`);

describe('bundle.txt', () => {
  test('is read as it was written, whatever the order of the files', async () => {
    const files = new Map([
      ['index.html', HASH],
      ['assets/b-1_2.js', HASH],
      ['Z.txt', HASH],
    ]);
    const text = manifestOf(files);
    expect(new TextDecoder().decode(text)).toBe(lines('Z.txt', 'assets/b-1_2.js', 'index.html'));
    expect(readManifest(text)).toEqual(files);
    expect(await hashOf(utf8('abc'))).toBe(
      'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad', // FIPS 180-4
    );
  });

  test.each([
    ['nothing', ''],
    ['no page', lines('a.js')],
    ['no line feed at the end', lines('a.js', 'index.html').trimEnd()],
    ['an empty line', `${lines('index.html')}\n`],
    ['another order', lines('index.html', 'a.js')],
    ['a file twice', lines('index.html', 'index.html')],
    ['a hash in capitals', lines('index.html').toUpperCase().replace('INDEX.HTML', 'index.html')],
    ['a short hash', lines('index.html').slice(1)],
    ['one space', lines('index.html').replace('  ', ' ')],
    ['a carriage return', lines('index.html').replace('\n', '\r\n')],
    ['itself', lines('bundle.txt', 'index.html')],
    ['its signature', lines('bundle.sig', 'index.html')],
    ['a path from the root', lines('/a.js', 'index.html')],
    ['a path upward', lines('../a.js', 'index.html')],
    ['a hidden folder', lines('a/.b/c.js', 'index.html')],
    ['an address', lines('a//example.org', 'index.html')],
    ['a query', lines('a.js?b', 'index.html')],
  ])('is refused with %s', (_, text) => {
    expect(read(text)).toBeNull();
  });

  test('has at most as many files as a server holds, and 64 KiB', () => {
    expect(read(lines(...many(MOST_FILES), 'index.html'))).toHaveLength(MOST_FILES);
    expect(read(lines(...many(MOST_FILES + 1), 'index.html'))).toBeNull();
    const rest = MOST_BYTES - lines('index.html').length - lines('').length;
    expect(read(lines('a'.repeat(rest), 'index.html'))).toHaveLength(2);
    expect(read(lines('a'.repeat(rest + 1), 'index.html'))).toBeNull();
  });
});

describe('a signed bundle', () => {
  test('is its key’s alone', async () => {
    const pair = (await crypto.subtle.generateKey('Ed25519', true, ['sign', 'verify'])) as CryptoKeyPair;
    const key = new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey));
    const text = utf8(lines('index.html'));
    const signature: Bytes = new Uint8Array(await crypto.subtle.sign('Ed25519', pair.privateKey, text));
    expect(await signedBy(key, text, signature)).toBe(true);
    expect(await signedBy(key, utf8(`${lines('index.html')} `), signature)).toBe(false);
    expect(
      await signedBy(
        key.map((byte) => byte ^ 1),
        text,
        signature,
      ),
    ).toBe(false);
    expect(await signedBy(key, text, signature.slice(1))).toBe(false);
    expect(await signedBy(key, text, new Uint8Array())).toBe(false);
    expect(readKey(utf8(`${hex(key)}\n`))).toEqual(key);
    for (const bad of [
      hex(key),
      `${hex(key)}\n\n`,
      `${hex(key).slice(2)}\n`,
      '\n',
      `${hex(key).slice(2)}zz\n`,
    ])
      expect(readKey(utf8(bad)), bad).toBeNull();
  });

  test('is replaced by one of the same key only; an unsigned one by any', () => {
    expect(refusalOf(null, null)).toBeNull();
    expect(refusalOf(null, 'a')).toBeNull();
    expect(refusalOf('a', 'a')).toBeNull();
    expect(refusalOf('a', null)).toBe('unsigned');
    expect(refusalOf('a', 'b')).toBe('other_key');
  });
});
