// A listener's side of a key message: from its own part to the room secret. docs/protocol.md, "Room keys".

import { type Bytes, equal, unb64, wipe } from '../base/bytes.ts';
import type { Checked } from './check.ts';
import { type KemPair, open } from './hpke.ts';
import { bucketOf } from './roster.ts';
import {
  commitmentOf,
  nextBucketKey,
  partInfo,
  ratchetSecret,
  SECRET_BYTES,
  sharedBucketKey,
  unwrapSecret,
} from './secrets.ts';
import { covers, type Known } from './shares.ts';
import type { Weakness } from './weakness.ts';

// What a listener holds: the room secret and the key of its own bucket, as they stand after a header.
export interface Held {
  secret: Bytes;
  bucketKey: Bytes;
}

export interface OwnParts {
  welcome?: string;
  seal?: string;
  wrap?: string;
}

// Null: the part does not open, or what it holds is not what the header commits to.
export async function openParts(
  own: KemPair,
  slot: number,
  checked: Checked,
  before: Held | null,
  parts: OwnParts,
  share: Known | null, // of ours
  weak: Weakness | null,
): Promise<Held | null> {
  const { header, hash } = checked;
  const { room } = header;
  const pair = header.suite === 2 ? own : { ...own, kem: null };
  const opened = async (kind: 'seal' | 'welcome', text: string, size: number): Promise<Bytes | null> => {
    const info = partInfo(kind, { room, epoch: header.epoch, generation: header.generation, slot });
    const plain = await open(pair, info, hash, unb64(text) ?? new Uint8Array(0));
    return plain?.length === size ? plain : null;
  };
  const held = checked.rekey ? await rekeyed() : await ratcheted();
  if (held && equal(await commitmentOf(held.secret), header.commitment)) return held;
  wipe(held?.secret, held?.bucketKey);
  return null;

  async function rekeyed(): Promise<Held | null> {
    const sealed = parts.seal === undefined ? undefined : await opened('seal', parts.seal, SECRET_BYTES);
    const bucketKey = sealed === undefined ? await unsealed() : sealed;
    const secret =
      bucketKey && (await unwrapSecret(bucketKey, hash, unb64(parts.wrap ?? '') ?? new Uint8Array(0)));
    if (!secret) return null;
    if (weak === 'no wrap ratchet') return { secret, bucketKey };
    const next = await nextBucketKey(bucketKey);
    wipe(bucketKey);
    return { secret, bucketKey: next };
  }

  async function unsealed(): Promise<Bytes | undefined> {
    const bucket = bucketOf(slot);
    return share && covers(share, bucket) ? sharedBucketKey(share.secret, bucket) : before?.bucketKey.slice();
  }

  async function ratcheted(): Promise<Held | null> {
    if (parts.welcome !== undefined) {
      const plain = await opened('welcome', parts.welcome, 2 * SECRET_BYTES);
      return plain && { bucketKey: plain.slice(0, SECRET_BYTES), secret: plain.slice(SECRET_BYTES) };
    }
    if (!before) return null;
    const secret =
      weak === 'no generation ratchet'
        ? before.secret.slice()
        : await ratchetSecret(before.secret, header.rosterRoot);
    return { secret, bucketKey: before.bucketKey.slice() };
  }
}
