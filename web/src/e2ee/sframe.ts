// SFrame (RFC 9605) with cipher suite AES_128_GCM_SHA256_128.

import { type Bytes, concat, utf8, Writer, wipe } from '../base/bytes.ts';
import { expand, extract } from './hkdf.ts';

export interface SframeKey {
  key: CryptoKey;
  salt: Bytes;
}

export interface SframeHeader {
  kid: bigint;
  ctr: bigint;
  size: number; // bytes of the header
}

const SUITE = 4; // RFC 9605 section 4.5, table 1
export const TAG_BYTES = 16;

// RFC 9605 section 4.4.2.
export async function sframeKey(baseKey: Bytes, kid: bigint, use: 'encrypt' | 'decrypt'): Promise<SframeKey> {
  const tail = concat(
    new Writer()
      .u32(Number(kid >> 32n))
      .u32(Number(kid & 0xffffffffn))
      .done(),
    Uint8Array.of(0, SUITE),
  );
  const secret = await extract(new Uint8Array(0), baseKey);
  const raw = await expand(secret, concat(utf8('SFrame 1.0 Secret key '), tail), 16);
  const salt = await expand(secret, concat(utf8('SFrame 1.0 Secret salt '), tail), 12);
  const key = await crypto.subtle.importKey('raw', raw, 'AES-GCM', false, [use]);
  wipe(secret, raw);
  return { key, salt };
}

// RFC 9605 section 4.3: a config byte X KKK Y CCC, then KID and CTR where they do not fit into three bits.
export function encodeHeader(kid: bigint, ctr: bigint): Bytes {
  const k = minimal(kid);
  const c = minimal(ctr);
  const config =
    (kid < 8n ? Number(kid) << 4 : 0x80 | ((k.length - 1) << 4)) |
    (ctr < 8n ? Number(ctr) : 8 | (c.length - 1));
  return concat(Uint8Array.of(config), kid < 8n ? new Uint8Array(0) : k, ctr < 8n ? new Uint8Array(0) : c);
}

// Null if it ends too early or is not the shortest form: one header has one encoding.
export function parseHeader(frame: Bytes): SframeHeader | null {
  const config = frame[0];
  if (config === undefined) return null;
  let size = 1;
  const field = (bits: number): bigint | null => {
    if ((bits & 8) === 0) return BigInt(bits);
    const bytes = frame.subarray(size, size + (bits & 7) + 1);
    size += (bits & 7) + 1;
    if (size > frame.length || (bytes.length > 1 && bytes[0] === 0)) return null;
    const value = bytes.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
    return value < 8n ? null : value;
  };
  const kid = field(config >> 4);
  const ctr = kid === null ? null : field(config & 15);
  return kid === null || ctr === null ? null : { kid, ctr, size };
}

// RFC 9605 section 4.4.3. `metadata` is authenticated with the header; we send none.
export async function sealFrame(
  k: SframeKey,
  kid: bigint,
  ctr: bigint,
  frame: Bytes,
  metadata?: Bytes,
): Promise<Bytes> {
  const header = encodeHeader(kid, ctr);
  return concat(
    header,
    new Uint8Array(await crypto.subtle.encrypt(params(k, ctr, header, metadata), k.key, frame)),
  );
}

// RFC 9605 section 4.4.4. Null if the tag does not match.
export async function openFrame(
  k: SframeKey,
  header: SframeHeader,
  frame: Bytes,
  metadata?: Bytes,
): Promise<Bytes | null> {
  if (frame.length < header.size + TAG_BYTES) return null;
  const aad = frame.slice(0, header.size);
  try {
    const sealed = frame.subarray(header.size);
    return new Uint8Array(await crypto.subtle.decrypt(params(k, header.ctr, aad, metadata), k.key, sealed));
  } catch {
    return null;
  }
}

function params(k: SframeKey, ctr: bigint, header: Bytes, metadata: Bytes = new Uint8Array(0)): AesGcmParams {
  const nonce = k.salt.slice();
  const low = minimal(ctr);
  for (let i = 0; i < low.length; i++) {
    const at = nonce.length - low.length + i;
    nonce[at] = (nonce[at] as number) ^ (low[i] as number);
  }
  return { name: 'AES-GCM', iv: nonce, additionalData: concat(header, metadata) };
}

function minimal(value: bigint): Bytes {
  const bytes: number[] = [];
  for (let rest = value; rest > 0n; rest >>= 8n) bytes.unshift(Number(rest & 255n));
  return Uint8Array.from(bytes.length === 0 ? [0] : bytes);
}
