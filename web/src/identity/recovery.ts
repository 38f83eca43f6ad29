// The printed way back: a code of 128 bits from which the recovery key is made. docs/protocol.md, "Links".
// Whoever types it may take O for 0, I or L for 1, small letters for capitals, and leave out or add spaces.

import type { Id } from '../api/messages.ts';
import { type Bytes, random, unb64, wipe } from '../base/bytes.ts';
import { hashFor, ID_BYTES, KEY_BYTES, keyOfSeed, prefixed, type SeedKey } from '../base/sign.ts';

export const CODE_BYTES = 16;
// Crockford's base32.
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const LOOKALIKES: Record<string, string> = { O: '0', I: '1', L: '1' };
const LETTERS = 26; // 130 bits: the code and two zeros
const CHECK_LETTERS = 2;

export function makeCode(): Bytes {
  return random(CODE_BYTES);
}

export async function printCode(code: Bytes): Promise<string> {
  const letters = spell(code, LETTERS) + (await checkOf(code));
  return (letters.match(/.{1,4}/g) ?? []).join('-');
}

// Null: mistyped.
export async function readCode(text: string): Promise<Bytes | null> {
  const letters = Array.from(text.toUpperCase().replace(/[\s-]/g, ''), (one) => LOOKALIKES[one] ?? one).join(
    '',
  );
  if (letters.length !== LETTERS + CHECK_LETTERS) return null;
  const code = new Uint8Array(CODE_BYTES + 1);
  for (let i = 0; i < LETTERS; i++) {
    const value = ALPHABET.indexOf(letters[i] ?? '');
    if (value < 0) return null;
    for (let bit = 0; bit < 5; bit++) {
      const at = i * 5 + bit;
      const byte = code[at >> 3] ?? 0;
      if (value & (16 >> bit)) code[at >> 3] = byte | (128 >> (at & 7));
    }
  }
  const good =
    code[CODE_BYTES] === 0 && letters.slice(LETTERS) === (await checkOf(code.slice(0, CODE_BYTES)));
  const bytes = good ? code.slice(0, CODE_BYTES) : null;
  wipe(code);
  return bytes;
}

async function checkOf(code: Bytes): Promise<string> {
  return spell(await hashFor('code', code), CHECK_LETTERS);
}

// The first 5 x n bits, zeros where the bytes end.
function spell(bytes: Bytes, n: number): string {
  let text = '';
  for (let i = 0; i < n; i++) {
    let value = 0;
    for (let at = i * 5; at < i * 5 + 5; at++)
      value = value * 2 + (((bytes[at >> 3] ?? 0) >> (7 - (at & 7))) & 1);
    text += ALPHABET[value];
  }
  return text;
}

// The fingerprint is in the seed, so a server that names another club gets a key that nobody has.
export async function recoveryKey(code: Bytes, founder: Id): Promise<SeedKey> {
  const seed = await deriveFrom(code, 'recovery', founder);
  try {
    return await keyOfSeed(seed);
  } finally {
    wipe(seed);
  }
}

// HKDF-SHA256 (RFC 5869) without salt; info is the purpose and the club.
export async function deriveFrom(
  secret: Bytes,
  purpose: 'recovery' | 'passkey',
  founder: Id,
): Promise<Bytes> {
  const fingerprint = unb64(founder, ID_BYTES);
  if (!fingerprint) throw new RangeError('a fingerprint has 16 bytes');
  const key = await crypto.subtle.importKey('raw', secret, 'HKDF', false, ['deriveBits']);
  const params = {
    name: 'HKDF',
    hash: 'SHA-256',
    salt: new Uint8Array(0),
    info: prefixed(purpose, fingerprint),
  };
  return new Uint8Array(await crypto.subtle.deriveBits(params, key, KEY_BYTES * 8));
}
