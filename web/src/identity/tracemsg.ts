// The signed bytes of tracing: a speaker's pattern key, split among the holders, and what one holder releases for a
// trace. Layouts: docs/protocol.md, "Tracing". A pure codec like records.ts.

import { type Bytes, Reader, Writer } from '../base/bytes.ts';
import { ID_BYTES, KEY_BYTES, SIG_BYTES } from '../base/sign.ts';
import type { Signed } from './records.ts';
import { MOST_SHARES } from './shamir.ts';

export interface SealedShare {
  x: number; // the holder's number
  device: Bytes;
  sealed: Bytes;
}

export interface Pattern {
  room: Bytes;
  account: Bytes; // the speaker
  device: Bytes;
  run: Bytes;
  check: Bytes; // of the key
  shares: SealedShare[];
}

export interface Released {
  account: Bytes; // the speaker
  run: Bytes;
  x: number;
  share: Bytes;
}

export interface Release {
  room: Bytes;
  account: Bytes; // the holder
  device: Bytes;
  shares: Released[];
}

export const MOST_SEALED = 64;
const SEALED_BYTES = 80;
const MOST_RELEASED = 65_535;
const VERSION = 1;
const isHolder = (x: number): boolean => x >= 1 && x <= MOST_SHARES;

export function writePatternBody(pattern: Pattern): Bytes {
  const { room, account, device, run, check, shares } = pattern;
  if (shares.length < 2 || shares.length > MOST_SEALED)
    throw new RangeError(`${shares.length} sealed shares`);
  const w = new Writer().u8(VERSION);
  for (const id of [room, account, device, run]) w.bytes(id, ID_BYTES);
  w.bytes(check, KEY_BYTES).u8(shares.length);
  for (const one of shares) w.u8(one.x).bytes(one.device, ID_BYTES).bytes(one.sealed, SEALED_BYTES);
  return w.done();
}

export function parsePattern(bytes: Bytes): (Pattern & Signed) | null {
  const r = new Reader(bytes);
  if (r.u8() !== VERSION) return null;
  const id = (): Bytes => r.bytes(ID_BYTES);
  const head = { room: id(), account: id(), device: id(), run: id(), check: r.bytes(KEY_BYTES) };
  const n = r.u8();
  if (n < 2 || n > MOST_SEALED) return null;
  const shares = Array.from({ length: n }, () => ({
    x: r.u8(),
    device: id(),
    sealed: r.bytes(SEALED_BYTES),
  }));
  const signed = end(r, bytes);
  return signed && shares.every(({ x }) => isHolder(x)) ? { ...head, shares, ...signed } : null;
}

export function writeReleaseBody({ room, account, device, shares }: Release): Bytes {
  if (shares.length > MOST_RELEASED) throw new RangeError(`${shares.length} shares`);
  const w = new Writer().u8(VERSION);
  for (const id of [room, account, device]) w.bytes(id, ID_BYTES);
  w.u16(shares.length);
  for (const one of shares)
    w.bytes(one.account, ID_BYTES).bytes(one.run, ID_BYTES).u8(one.x).bytes(one.share, KEY_BYTES);
  return w.done();
}

export function parseRelease(bytes: Bytes): (Release & Signed) | null {
  const r = new Reader(bytes);
  if (r.u8() !== VERSION) return null;
  const id = (): Bytes => r.bytes(ID_BYTES);
  const head = { room: id(), account: id(), device: id() };
  const n = r.u16();
  if (n * (2 * ID_BYTES + 1 + KEY_BYTES) > bytes.length) return null;
  const shares = Array.from({ length: n }, () => ({
    account: id(),
    run: id(),
    x: r.u8(),
    share: r.bytes(KEY_BYTES),
  }));
  const signed = end(r, bytes);
  return signed && shares.every(({ x }) => isHolder(x)) ? { ...head, shares, ...signed } : null;
}

function end(r: Reader, bytes: Bytes): Signed | null {
  const sigs = [r.bytes(SIG_BYTES)];
  return r.end() ? { body: bytes.slice(0, bytes.length - SIG_BYTES), sigs } : null;
}
