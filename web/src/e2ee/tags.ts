// Frame tags: what keeps one key holder from speaking under the name of another. A sender says, signed, which
// frames it sent; a receiver holds what it heard against that. docs/protocol.md, "Frame tags".

import { type Bytes, concat } from '../base/bytes.ts';
import { MAX_TAGS, TAG_BYTES } from '../identity/keymsg.ts';
import { TAG_BYTES as FULL_TAG_BYTES } from './sframe.ts';
import type { TagList } from './types.ts';

const MOST = 1024; // frames of one sender: ten seconds of two tracks
const UNVERIFIED_MS = 5_000;
const FORGET_MS = 10_000;

export function tagOf(frame: Bytes): Bytes {
  const at = frame.length - FULL_TAG_BYTES;
  return frame.slice(at, at + TAG_BYTES);
}

const asNumber = (tag: Bytes, at = 0): bigint => new DataView(tag.buffer, tag.byteOffset).getBigUint64(at);

// The frames that we sent ourselves since the last time, under whatever header.
export class SentTags {
  #sent: { counter: number; index: number; ctr: bigint; tag: Bytes }[] = [];

  add(counter: number, index: number, ctr: bigint, tag: Bytes): void {
    if (this.#sent.length < MOST) this.#sent.push({ counter, index, ctr, tag });
  }

  // Lists of consecutive frames; encryption may have finished in another order.
  take(): TagList[] {
    const sent = this.#sent.sort((a, b) => a.counter - b.counter || Number(a.ctr - b.ctr));
    const [before, newest] = sent.slice(-2);
    const hole = before && newest && before.counter === newest.counter && newest.ctr - before.ctr === 2n;
    this.#sent = hole ? sent.splice(-1) : []; // the frame's other variant is on its way: it goes with that
    const lists: TagList[] = [];
    let last: (typeof sent)[number] | null = null;
    for (const one of sent) {
      const list = lists[lists.length - 1];
      const next = last?.counter === one.counter && last.ctr + 1n === one.ctr;
      if (list && next && list.tags.length < MAX_TAGS * TAG_BYTES) list.tags = concat(list.tags, one.tag);
      else lists.push({ counter: one.counter, index: one.index, first: Number(one.ctr), tags: one.tag });
      last = one;
    }
    return lists;
  }
}

// The frames of one sender under one header, heard and listed.
export class HeardTags {
  readonly #heard = new Map<bigint, { tag: bigint; at: number }>(); // not yet on a list, oldest first
  readonly #listed = new Map<bigint, bigint>();
  #overdueAt = Number.NEGATIVE_INFINITY;

  // False: the sender has signed another frame with this counter.
  frame(ctr: bigint, tag: Bytes, now: number): boolean {
    const listed = this.#listed.get(ctr);
    if (listed !== undefined) return listed === asNumber(tag);
    this.#heard.set(ctr, { tag: asNumber(tag), at: now });
    if (this.#heard.size > MOST) {
      dropFirst(this.#heard);
      this.#overdueAt = now;
    }
    return true;
  }

  // The list's signature was checked. False: something that we heard is not what was sent.
  list(first: number, tags: Bytes): boolean {
    let good = true;
    for (let at = 0, ctr = BigInt(first); at < tags.length; at += TAG_BYTES, ctr++) {
      const tag = asNumber(tags, at);
      const heard = this.#heard.get(ctr);
      if (heard && heard.tag !== tag) good = false;
      this.#heard.delete(ctr);
      this.#listed.set(ctr, tag);
      if (this.#listed.size > MOST) dropFirst(this.#listed);
    }
    return good;
  }

  // Frames that no list has covered for so long.
  unverified(now: number): boolean {
    for (const [ctr, { at }] of this.#heard) {
      if (now - at <= UNVERIFIED_MS) break;
      this.#overdueAt = now;
      if (now - at > FORGET_MS) this.#heard.delete(ctr);
    }
    return now - this.#overdueAt < UNVERIFIED_MS;
  }
}

function dropFirst<K>(map: Map<K, unknown>): void {
  for (const key of map.keys()) {
    map.delete(key);
    return;
  }
}
