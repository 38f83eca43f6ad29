// The slot table of a room and its Merkle root (RFC 6962 section 2.1), see docs/protocol.md, "Room keys".
// A table is a value: with() returns the changed one and leaves this one alone, so that a header which fails
// its checks changes nothing. Only the paths above changed slots are hashed again.

import type { Id } from '../api/messages.ts';
import { type Bytes, concat, Writer } from '../base/bytes.ts';
import { sha256 } from '../base/sign.ts';
import type { Suite } from '../identity/keymsg.ts';

export const BUCKET = 32;
export const MAX_SLOTS = 65536;

export interface Entry {
  account: Id | null; // null: a leaf that nobody present has
  leaf: Bytes; // its hash
  key: string; // the hash as text: tables are searched often
  suite: Suite | null; // null: not known
  proven?: true; // leaf and chain were: see watch.ts
}

export interface SlotChange {
  slot: number;
  entry: Entry | null;
}

export const bucketOf = (slot: number): number => Math.floor(slot / BUCKET);

export class Roster {
  readonly count: number;
  readonly classic: number; // leaves that are not known to be of suite 2
  readonly root: Bytes;
  readonly #slots: readonly (Entry | null)[];
  readonly #levels: readonly (readonly Bytes[])[];
  #byLeaf: Map<string, number> | null = null; // made when somebody asks

  private constructor(
    slots: (Entry | null)[],
    levels: Bytes[][],
    root: Bytes,
    counts: { count: number; classic: number },
  ) {
    this.#slots = slots;
    this.#levels = levels;
    this.root = root;
    this.count = counts.count;
    this.classic = counts.classic;
  }

  static async empty(): Promise<Roster> {
    return new Roster([], [], await sha256(new Uint8Array(0)), { count: 0, classic: 0 });
  }

  get size(): number {
    return this.#slots.length; // highest filled slot + 1
  }

  get buckets(): number {
    return Math.ceil(this.#slots.length / BUCKET);
  }

  at(slot: number): Entry | null {
    return this.#slots[slot] ?? null;
  }

  slotOf(leaf: string): number | null {
    this.#byLeaf ??= new Map(Array.from(this.filled(), ([slot, { key }]) => [key, slot]));
    return this.#byLeaf.get(leaf) ?? null;
  }

  *filled(): Generator<[number, Entry]> {
    for (const [slot, entry] of this.#slots.entries()) if (entry) yield [slot, entry];
  }

  *bucket(bucket: number): Generator<[number, Entry]> {
    for (let slot = bucket * BUCKET; slot < (bucket + 1) * BUCKET; slot++) {
      const entry = this.at(slot);
      if (entry) yield [slot, entry];
    }
  }

  async with(changes: readonly SlotChange[]): Promise<Roster> {
    const slots = this.#slots.slice();
    const dirty = new Set<number>();
    let { count, classic } = this;
    for (const { slot, entry } of changes) {
      const old = slots[slot] ?? null;
      count += (entry ? 1 : 0) - (old ? 1 : 0);
      classic += (entry && entry.suite !== 2 ? 1 : 0) - (old && old.suite !== 2 ? 1 : 0);
      for (let i = slots.length; i < slot; i++) dirty.add(i);
      while (slots.length < slot) slots.push(null);
      slots[slot] = entry;
      dirty.add(slot);
    }
    while (slots.length > 0 && !slots[slots.length - 1]) slots.pop();
    const levels = await hashLevels(slots, this.#levels, dirty);
    const root = levels[levels.length - 1]?.[0] ?? (await sha256(new Uint8Array(0)));
    return new Roster(slots, levels, root, { count, classic });
  }
}

// Level 0 holds the entries' hashes, each level above the hash of two below; an odd last one moves up as it
// is, which gives the tree of RFC 6962.
async function hashLevels(
  slots: readonly (Entry | null)[],
  before: readonly (readonly Bytes[])[],
  dirty: Set<number>,
): Promise<Bytes[][]> {
  if (slots.length === 0) return [];
  const levels: Bytes[][] = [];
  let width = slots.length;
  let changed = new Set(dirty);
  let make = (i: number): Bytes | Promise<Bytes> => leafHash(i, slots[i] ?? null);
  for (let depth = 0; ; depth++) {
    const level = (before[depth] ?? []).slice(0, width);
    // Where the width changed, the last node may have gained or lost its right half.
    if (before[depth]?.length !== width)
      changed.add(width - 1).add(Math.max(0, (before[depth]?.length ?? 0) - 1));
    for (let i = level.length; i < width; i++) changed.add(i);
    const redo = [...changed].filter((i) => i < width);
    const hashes = await Promise.all(redo.map((i) => make(i)));
    for (const [n, i] of redo.entries()) level[i] = hashes[n] as Bytes;
    levels.push(level);
    if (width === 1) return levels;
    changed = new Set(redo.map((i) => i >> 1));
    width = Math.ceil(width / 2);
    make = (i) => {
      const [left, right] = [level[2 * i] as Bytes, level[2 * i + 1]];
      return right ? sha256(concat(Uint8Array.of(1), left, right)) : left;
    };
  }
}

function leafHash(slot: number, entry: Entry | null): Promise<Bytes> {
  const w = new Writer().u8(0).u16(slot);
  return sha256((entry ? w.bytes(entry.leaf, 32) : w).done());
}
