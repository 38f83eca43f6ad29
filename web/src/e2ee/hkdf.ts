// HKDF-SHA256 (RFC 5869), also in its two steps, which WebCrypto offers only as one, and the protocol's labelled
// derivations (docs/protocol.md, "Room keys").

import { type Bytes, concat } from '../base/bytes.ts';
import { prefixed } from '../base/sign.ts';

const HASH_BYTES = 32;

export async function hmac(key: Bytes, data: Bytes): Promise<Bytes> {
  // WebCrypto refuses an empty key; HMAC pads keys with zeros, so one zero byte is the same key.
  const raw = key.length === 0 ? new Uint8Array(1) : key;
  const imported = await crypto.subtle.importKey('raw', raw, { name: 'HMAC', hash: 'SHA-256' }, false, [
    'sign',
  ]);
  return new Uint8Array(await crypto.subtle.sign('HMAC', imported, data));
}

// Both steps at once, by the browser. `ikm` may be a key that hkdfKey() gave, for use with many salts.
export async function hkdf(salt: Bytes, ikm: Bytes | CryptoKey, info: Bytes, length: number): Promise<Bytes> {
  const key = ikm instanceof Uint8Array ? await hkdfKey(ikm) : ikm;
  const params = { name: 'HKDF', hash: 'SHA-256', salt, info };
  return new Uint8Array(await crypto.subtle.deriveBits(params, key, 8 * length));
}

export function hkdfKey(ikm: Bytes): Promise<CryptoKey> {
  return crypto.subtle.importKey('raw', ikm, 'HKDF', false, ['deriveBits']);
}

// RFC 5869 section 2.2.
export function extract(salt: Bytes, ikm: Bytes): Promise<Bytes> {
  return hmac(salt, ikm);
}

// RFC 5869 section 2.3.
export async function expand(prk: Bytes, info: Bytes, length: number): Promise<Bytes> {
  if (length > 255 * HASH_BYTES) throw new RangeError('too much to expand');
  const out = new Uint8Array(length);
  let block: Bytes = new Uint8Array(0);
  for (let i = 1, at = 0; at < length; i++, at += HASH_BYTES) {
    block = await hmac(prk, concat(block, info, Uint8Array.of(i)));
    out.set(block.subarray(0, length - at), at);
  }
  return out;
}

// Expand(k, label, context, n) of docs/protocol.md.
export function derive(key: Bytes, label: string, context: Bytes, length: number): Promise<Bytes> {
  return expand(key, prefixed(label, context), length);
}
