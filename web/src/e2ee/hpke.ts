// HPKE (RFC 9180) in base mode, single shot: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-128-GCM.
// Nothing else of the RFC is here. A sealed message is enc[32] || ciphertext.

import { type Bytes, concat, utf8, Writer, wipe } from '../base/bytes.ts';
import { expand, extract } from './hkdf.ts';

export interface KemPair {
  privateKey: CryptoKey;
  publicKey: Bytes;
}

const NOTHING: Bytes = new Uint8Array(0);
const KEM_SUITE = concat(utf8('KEM'), Uint8Array.of(0, 0x20));
const SUITE = concat(utf8('HPKE'), Uint8Array.of(0, 0x20, 0, 1, 0, 1));
const ENC_BYTES = 32;
const TAG_BYTES = 16;

export async function makeKemPair(): Promise<KemPair> {
  const pair = (await crypto.subtle.generateKey('X25519', false, ['deriveBits'])) as CryptoKeyPair;
  return {
    privateKey: pair.privateKey,
    publicKey: new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey)),
  };
}

// `ephemeral` is given by the RFC's vectors only; two seals with one would share a nonce.
export async function seal(
  to: Bytes,
  info: Bytes,
  aad: Bytes,
  plaintext: Bytes,
  ephemeral?: KemPair,
): Promise<Bytes> {
  const { privateKey, publicKey: enc } = ephemeral ?? (await makeKemPair());
  const { key, nonce } = await keySchedule(await sharedSecret(privateKey, to, enc, to), info);
  const sealed = await crypto.subtle.encrypt(
    { name: 'AES-GCM', iv: nonce, additionalData: aad },
    key,
    plaintext,
  );
  return concat(enc, new Uint8Array(sealed));
}

// Null if it was not sealed for us, for this purpose and with this aad.
export async function open(own: KemPair, info: Bytes, aad: Bytes, sealed: Bytes): Promise<Bytes | null> {
  if (sealed.length < ENC_BYTES + TAG_BYTES) return null;
  const enc = sealed.slice(0, ENC_BYTES);
  try {
    const { key, nonce } = await keySchedule(
      await sharedSecret(own.privateKey, enc, enc, own.publicKey),
      info,
    );
    const params = { name: 'AES-GCM', iv: nonce, additionalData: aad };
    return new Uint8Array(await crypto.subtle.decrypt(params, key, sealed.slice(ENC_BYTES)));
  } catch {
    return null;
  }
}

// RFC 9180 4.1, Encap and Decap: both ends compute the same from opposite halves.
async function sharedSecret(own: CryptoKey, other: Bytes, enc: Bytes, recipient: Bytes): Promise<Bytes> {
  const publicKey = await crypto.subtle.importKey('raw', other, 'X25519', false, []);
  const dh = new Uint8Array(await crypto.subtle.deriveBits({ name: 'X25519', public: publicKey }, own, 256));
  // RFC 9180 7.1.4: an all-zero result comes from a low-order point. Not every engine refuses it.
  if (dh.every((byte) => byte === 0)) throw new Error('low-order public key');
  const prk = await labeledExtract(KEM_SUITE, NOTHING, 'eae_prk', dh);
  const secret = await labeledExpand(KEM_SUITE, prk, 'shared_secret', concat(enc, recipient), 32);
  wipe(dh, prk);
  return secret;
}

// RFC 9180 5.1, KeySchedule with mode_base and an empty PSK. A single shot uses sequence number 0, so the
// nonce is the base nonce.
async function keySchedule(shared: Bytes, info: Bytes): Promise<{ key: CryptoKey; nonce: Bytes }> {
  const pskIdHash = await labeledExtract(SUITE, NOTHING, 'psk_id_hash', NOTHING);
  const infoHash = await labeledExtract(SUITE, NOTHING, 'info_hash', info);
  const context = concat(Uint8Array.of(0), pskIdHash, infoHash);
  const secret = await labeledExtract(SUITE, shared, 'secret', NOTHING);
  const raw = await labeledExpand(SUITE, secret, 'key', context, 16);
  const nonce = await labeledExpand(SUITE, secret, 'base_nonce', context, 12);
  const key = await crypto.subtle.importKey('raw', raw, 'AES-GCM', false, ['encrypt', 'decrypt']);
  wipe(shared, secret, raw);
  return { key, nonce };
}

// RFC 9180 section 4.
function labeledExtract(suite: Bytes, salt: Bytes, label: string, ikm: Bytes): Promise<Bytes> {
  return extract(salt, concat(utf8('HPKE-v1'), suite, utf8(label), ikm));
}

function labeledExpand(suite: Bytes, prk: Bytes, label: string, info: Bytes, length: number): Promise<Bytes> {
  const prefix = new Writer().u16(length).done();
  return expand(prk, concat(prefix, utf8('HPKE-v1'), suite, utf8(label), info), length);
}
