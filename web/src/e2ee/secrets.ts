// The key schedule of docs/protocol.md, "Room keys": what is derived from a bucket key and a room secret.

import { type Bytes, Writer } from '../base/bytes.ts';
import { hashFor, prefixed } from '../base/sign.ts';
import { derive, hmac } from './hkdf.ts';

export const SECRET_BYTES = 32;
const NOTHING: Bytes = new Uint8Array(0);

export function headerHash(body: Bytes): Promise<Bytes> {
  return hashFor('header-hash', body);
}

export function nextBucketKey(bucketKey: Bytes): Promise<Bytes> {
  return derive(bucketKey, 'next', NOTHING, SECRET_BYTES);
}

// The fresh key of a bucket whose seals another steward sends, from the secret of its share.
export function sharedBucketKey(share: Bytes, bucket: number): Promise<Bytes> {
  return derive(share, 'bucket', new Writer().u16(bucket).done(), SECRET_BYTES);
}

export function ratchetSecret(secret: Bytes, rosterRoot: Bytes): Promise<Bytes> {
  return derive(secret, 'ratchet', rosterRoot, SECRET_BYTES);
}

// Binds the secret: AES-GCM alone would let one wrap open under two keys.
export function commitmentOf(secret: Bytes): Promise<Bytes> {
  return hmac(secret, prefixed('commit'));
}

export function frameBase(secret: Bytes, header: Bytes): Promise<Bytes> {
  return derive(secret, 'sframe', header, SECRET_BYTES);
}

// Of chat, reactions and notes: docs/protocol.md, "Talk".
export function talkKey(secret: Bytes, header: Bytes): Promise<Bytes> {
  return derive(secret, 'talk', header, 16);
}

export function senderKey(base: Bytes, index: number): Promise<Bytes> {
  return derive(base, 'sender', Uint8Array.of(index), 16);
}

export interface PartPlace {
  room: Bytes;
  epoch: number;
  generation: number;
  slot: number; // of a split: its first bucket
}

export function partInfo(kind: 'seal' | 'welcome' | 'split', place: PartPlace): Bytes {
  const where = new Writer().bytes(place.room, 16).u32(place.epoch).u32(place.generation).u16(place.slot);
  return prefixed(kind, where.done());
}

// A wrap key encrypts once, so a fixed nonce is safe: every bucket key moves on right after its use.
async function wrapParams(bucketKey: Bytes, header: Bytes): Promise<[AesGcmParams, CryptoKey]> {
  const raw = await derive(bucketKey, 'wrap', NOTHING, 16);
  const key = await crypto.subtle.importKey('raw', raw, 'AES-GCM', false, ['encrypt', 'decrypt']);
  raw.fill(0);
  return [{ name: 'AES-GCM', iv: new Uint8Array(12), additionalData: header }, key];
}

export async function wrapSecret(bucketKey: Bytes, header: Bytes, secret: Bytes): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.encrypt(...(await wrapParams(bucketKey, header)), secret));
}

export async function unwrapSecret(bucketKey: Bytes, header: Bytes, wrap: Bytes): Promise<Bytes | null> {
  try {
    const secret = await crypto.subtle.decrypt(...(await wrapParams(bucketKey, header)), wrap);
    return secret.byteLength === SECRET_BYTES ? new Uint8Array(secret) : null;
  } catch {
    return null;
  }
}
