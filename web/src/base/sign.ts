// Hashes and Ed25519 signatures with the protocol's purpose prefix, on WebCrypto. RFC 8032, FIPS 180-4.
// No signature or hash made for one purpose can serve another: see docs/protocol.md, "Signed bytes".

import { type Bytes, concat, unb64, utf8 } from './bytes.ts';

export const SIG_BYTES = 64;
export const KEY_BYTES = 32;
export const ID_BYTES = 16;

// PrivateKeyInfo of RFC 8410 section 7 up to the seed.
const PKCS8_ED25519 = Uint8Array.of(0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20);

export type Purpose =
  | 'founder'
  | 'invite'
  | 'redeem'
  | 'device-add'
  | 'device-revoke'
  | 'role'
  | 'ban'
  | 'unban'
  | 'invite-revoke'
  | 'recovery'
  | 'deletion'
  | 'supersede'
  | 'veto'
  | 'succession'
  | 'room-ban'
  | 'room-unban'
  | 'hold'
  | 'release'
  | 'trace-key'
  | 'trace-release'
  | 'report'
  | 'hello'
  | 'look'
  | 'leaf'
  | 'header'
  | 'heartbeat'
  | 'tags'
  | 'talk'
  | 'pattern'
  | 'trace-share';

const prefixes = new Map<string, Bytes>(); // of the few purposes there are

export function prefixed(purpose: string, ...parts: Bytes[]): Bytes {
  const known = prefixes.get(purpose) ?? utf8(`aparte/v1/${purpose}\0`);
  prefixes.set(purpose, known);
  return concat(known, ...parts);
}

export async function sha256(bytes: Bytes): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
}

export function hashFor(purpose: string, ...parts: Bytes[]): Promise<Bytes> {
  return sha256(prefixed(purpose, ...parts));
}

export async function idOf(kind: 'account' | 'device', key: Bytes): Promise<Bytes> {
  return (await hashFor(kind, key)).slice(0, ID_BYTES);
}

export async function sign(key: CryptoKey, purpose: Purpose, body: Bytes): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.sign('Ed25519', key, prefixed(purpose, body)));
}

// False for a wrong signature and for bytes that are no key at all.
export async function verify(key: Bytes, purpose: Purpose, body: Bytes, sig: Bytes): Promise<boolean> {
  if (key.length !== KEY_BYTES || sig.length !== SIG_BYTES) return false;
  try {
    return await crypto.subtle.verify('Ed25519', await verifier(key), sig, prefixed(purpose, body));
  } catch {
    return false;
  }
}

// A device that invited many has its key imported once. By the array, which nobody changes afterwards.
const verifiers = new WeakMap<Bytes, Promise<CryptoKey>>();

function verifier(key: Bytes): Promise<CryptoKey> {
  const known = verifiers.get(key);
  if (known) return known;
  const imported = crypto.subtle.importKey('raw', key, 'Ed25519', false, ['verify']);
  verifiers.set(key, imported);
  return imported;
}

export interface SeedKey {
  key: CryptoKey; // signs; cannot be exported again
  publicKey: Bytes;
}

// A link's seed as a key. WebCrypto tells the public half of a private key only through JWK.
export async function keyOfSeed(seed: Bytes): Promise<SeedKey> {
  if (seed.length !== KEY_BYTES) throw new RangeError('a seed has 32 bytes');
  const pkcs8 = concat(PKCS8_ED25519, seed);
  try {
    const open = await crypto.subtle.importKey('pkcs8', pkcs8, 'Ed25519', true, ['sign']);
    const jwk = await crypto.subtle.exportKey('jwk', open);
    const publicKey = unb64(jwk.x ?? '', KEY_BYTES);
    if (!publicKey) throw new Error('this browser does not tell the public key');
    const key = await crypto.subtle.importKey('pkcs8', pkcs8, 'Ed25519', false, ['sign']);
    return { key, publicKey };
  } finally {
    pkcs8.fill(0);
  }
}
