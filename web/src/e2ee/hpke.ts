// HPKE (RFC 9180) in base mode, single shot: HKDF-SHA256, AES-128-GCM, and one of two KEMs. Nothing else of
// the RFC is here. A sealed message is enc || ciphertext. Suite 1 is DHKEM(X25519, HKDF-SHA256), suite 2 a
// hybrid of X25519 and ML-KEM-768: docs/protocol.md, "The hybrid".

import { type Bytes, concat, utf8, Writer, wipe } from '../base/bytes.ts';
import { prefixed } from '../base/sign.ts';
import type { Suite } from '../identity/keymsg.ts';
import { extract, hkdf, hkdfKey } from './hkdf.ts';
import { KEM_CIPHERTEXT_BYTES, type KemKeys, mlKem } from './kem.ts';

export interface KemPair {
  privateKey: CryptoKey;
  publicKey: Bytes;
  kem: KemKeys | null; // suite 2
}

export interface Recipient {
  publicKey: Bytes;
  kem: Bytes | null; // encapsulation key, suite 2
}

const NOTHING: Bytes = new Uint8Array(0);
const KEM_SUITE = concat(utf8('KEM'), Uint8Array.of(0, 0x20));
// The hybrid's KEM identifier stands in no registry.
const SUITES = {
  1: concat(utf8('HPKE'), Uint8Array.of(0, 0x20, 0, 1, 0, 1)),
  2: concat(utf8('HPKE'), Uint8Array.of(0xff, 2, 0, 1, 0, 1)),
} as const;
const DH_BYTES = 32;
const TAG_BYTES = 16;

export async function makeKemPair(suite: Suite = 1): Promise<KemPair> {
  const pair = (await crypto.subtle.generateKey('X25519', false, ['deriveBits'])) as CryptoKeyPair;
  return {
    privateKey: pair.privateKey,
    publicKey: new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey)),
    kem: suite === 2 ? await (await mlKem()).generate() : null,
  };
}

// `ephemeral` is given by the RFC's vectors only; two seals with one would share a nonce.
export async function seal(
  to: Recipient,
  info: Bytes,
  aad: Bytes,
  plaintext: Bytes,
  ephemeral?: KemPair,
): Promise<Bytes> {
  const { privateKey, publicKey: enc } = ephemeral ?? (await makeKemPair());
  const dh = await exchange(privateKey, to.publicKey);
  const lattice = to.kem && (await (await mlKem()).encapsulate(to.kem));
  const shared = lattice
    ? await combined(lattice.secret, dh, enc, to.publicKey)
    : await classic(dh, enc, to.publicKey);
  const { key, nonce } = await keySchedule(lattice ? 2 : 1, shared, info);
  const params = { name: 'AES-GCM', iv: nonce, additionalData: aad };
  const sealed = new Uint8Array(await crypto.subtle.encrypt(params, key, plaintext));
  return concat(enc, lattice?.ciphertext ?? NOTHING, sealed);
}

// Null if it was not sealed for us, in this suite, for this purpose and with this aad.
export async function open(own: KemPair, info: Bytes, aad: Bytes, sealed: Bytes): Promise<Bytes | null> {
  const { kem, publicKey } = own;
  const start = DH_BYTES + (kem ? KEM_CIPHERTEXT_BYTES : 0);
  if (sealed.length < start + TAG_BYTES) return null;
  const enc = sealed.slice(0, DH_BYTES);
  try {
    const dh = await exchange(own.privateKey, enc);
    const shared = kem
      ? await combined(await kem.decapsulate(sealed.slice(DH_BYTES, start)), dh, enc, publicKey)
      : await classic(dh, enc, publicKey);
    const { key, nonce } = await keySchedule(kem ? 2 : 1, shared, info);
    const params = { name: 'AES-GCM', iv: nonce, additionalData: aad };
    return new Uint8Array(await crypto.subtle.decrypt(params, key, sealed.slice(start)));
  } catch {
    return null;
  }
}

async function exchange(own: CryptoKey, other: Bytes): Promise<Bytes> {
  const publicKey = await crypto.subtle.importKey('raw', other, 'X25519', false, []);
  const dh = new Uint8Array(await crypto.subtle.deriveBits({ name: 'X25519', public: publicKey }, own, 256));
  // RFC 9180 7.1.4: an all-zero result comes from a low-order point. Not every engine refuses it.
  if (dh.every((byte) => byte === 0)) throw new Error('low-order public key');
  return dh;
}

// RFC 9180 4.1, ExtractAndExpand: both ends compute the same from opposite halves.
async function classic(dh: Bytes, enc: Bytes, recipient: Bytes): Promise<Bytes> {
  const ikm = labeled(KEM_SUITE, 'eae_prk', dh);
  const info = labeledInfo(KEM_SUITE, 'shared_secret', concat(enc, recipient), 32);
  const secret = await hkdf(NOTHING, ikm, info, 32);
  wipe(dh, ikm);
  return secret;
}

// NIST SP 800-56C rev. 2, two-step key derivation with HKDF-SHA256, over what X-Wing hashes and in its order
// (draft-connolly-cfrg-xwing-kem, Combiner): secure while one of the two problems is hard. ML-KEM binds its
// own ciphertext and key, X25519 does not: so these of X25519 are hashed too.
async function combined(lattice: Bytes, dh: Bytes, enc: Bytes, recipient: Bytes): Promise<Bytes> {
  const both = concat(lattice, dh);
  const secret = await hkdf(NOTHING, both, prefixed('hybrid', enc, recipient), 32);
  wipe(lattice, dh, both);
  return secret;
}

// RFC 9180 5.1, KeySchedule with mode_base and an empty PSK. A single shot uses sequence number 0, so the
// nonce is the base nonce. A steward does this thousands of times: what is the same each time is kept.
async function keySchedule(
  suite: Suite,
  shared: Bytes,
  info: Bytes,
): Promise<{ key: CryptoKey; nonce: Bytes }> {
  const id = SUITES[suite];
  constants[suite] ??= Promise.all([
    extract(NOTHING, labeled(id, 'psk_id_hash', NOTHING)),
    hkdfKey(labeled(id, 'secret', NOTHING)),
  ]);
  const [pskIdHash, secret] = await constants[suite];
  const context = concat(Uint8Array.of(0), pskIdHash, await extract(NOTHING, labeled(id, 'info_hash', info)));
  const [raw, nonce] = await Promise.all([
    hkdf(shared, secret, labeledInfo(id, 'key', context, 16), 16),
    hkdf(shared, secret, labeledInfo(id, 'base_nonce', context, 12), 12),
  ]);
  const key = await crypto.subtle.importKey('raw', raw, 'AES-GCM', false, ['encrypt', 'decrypt']);
  wipe(shared, raw);
  return { key, nonce };
}

const constants: Partial<Record<Suite, Promise<[pskIdHash: Bytes, secret: CryptoKey]>>> = {};

// RFC 9180 section 4: what LabeledExtract extracts from, and LabeledExpand expands to.
function labeled(suite: Bytes, label: string, ikm: Bytes): Bytes {
  return concat(utf8('HPKE-v1'), suite, utf8(label), ikm);
}

function labeledInfo(suite: Bytes, label: string, info: Bytes, length: number): Bytes {
  return concat(new Writer().u16(length).done(), labeled(suite, label, info));
}
