// One size for every packet, so that sizes say nothing about speech: docs/protocol.md, "Frames". The sizes are
// of the whole SFrame frame, so the bytes that the header takes are taken from the padding.

import type { Bytes } from '../base/bytes.ts';
import type { Weakness } from './weakness.ts';

export const SIZES: readonly number[] = [148, 276, 532, 1172];
const LENGTH_BYTES = 2;

// `overhead`: bytes of SFrame's header and tag. Null: none of the sizes is large enough.
export function pad(frame: Bytes, overhead: number, sizes = SIZES): Bytes | null {
  const size = sizes.find((one) => frame.length + LENGTH_BYTES + overhead <= one);
  if (size === undefined) return null;
  const padded = new Uint8Array(size - overhead);
  new DataView(padded.buffer).setUint16(0, frame.length);
  padded.set(frame, LENGTH_BYTES);
  return padded;
}

// Null if that is not what pad() gives: another size, a length beyond the end, or anything hidden behind it. No bytes:
// a frame that was sent for its rhythm alone.
export function unpad(padded: Bytes, overhead: number, weak: Weakness | null): Bytes | null {
  if (!SIZES.includes(padded.length + overhead)) return null;
  const length = new DataView(padded.buffer, padded.byteOffset).getUint16(0);
  const end = LENGTH_BYTES + length;
  if (end > padded.length) return null;
  const clean = weak === 'padding unchecked' || padded.subarray(end).every((byte) => byte === 0);
  return clean ? padded.slice(LENGTH_BYTES, end) : null;
}
