// A secret in shares of which any two give it back and one alone tells nothing: Shamir's scheme with a line, byte by
// byte in GF(2^8) modulo x^8 + x^4 + x^3 + x + 1. docs/protocol.md, "Tracing". Products are made bit by bit, without
// tables and branches, so that neither the cache nor the time tells the bytes.

import { type Bytes, equal, random, wipe } from '../base/bytes.ts';

export const MOST_SHARES = 32;

export interface Share {
  x: number; // 1, 2, ...
  bytes: Bytes;
}

export function split(secret: Bytes, n: number, slope: Bytes = random(secret.length)): Share[] {
  if (n < 2 || n > MOST_SHARES) throw new RangeError(`${n} shares`);
  const shares = Array.from({ length: n }, (_, i) => ({
    x: i + 1,
    bytes: secret.map((byte, at) => byte ^ times(slope[at] ?? 0, i + 1)),
  }));
  wipe(slope);
  return shares;
}

// Null: not two different shares of one size.
export function combine(a: Share, b: Share): Bytes | null {
  if (a.x === b.x || a.bytes.length !== b.bytes.length || equal(a.bytes, b.bytes)) return null;
  const factor = times(a.x, inverse(a.x ^ b.x));
  return a.bytes.map((byte, at) => byte ^ times(factor, byte ^ (b.bytes[at] ?? 0)));
}

function times(a: number, b: number): number {
  let product = 0;
  let power = a;
  for (let bit = 0; bit < 8; bit++) {
    product ^= power & -((b >> bit) & 1);
    power = (power << 1) ^ (0x11b & -(power >> 7));
  }
  return product;
}

// a^254: the multiplicative group has 255 elements.
function inverse(a: number): number {
  let out = 1;
  for (let i = 0; i < 254; i++) out = times(out, a);
  return out;
}
