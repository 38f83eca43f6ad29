// The stage list of a key header: which sender index belongs to which slot. docs/protocol.md, "Room keys".

import type { Id } from '../api/messages.ts';
import { type Bytes, Reader, Writer } from '../base/bytes.ts';
import { hashFor } from '../base/sign.ts';
import type { Roster } from './roster.ts';

export interface StageEntry {
  index: number; // 1 to 254
  slot: number;
}

export function writeStage(stage: readonly StageEntry[]): Bytes {
  const w = new Writer().u8(stage.length);
  for (const { index, slot } of stage) w.u8(index).u16(slot);
  return w.done();
}

// Null unless indices rise and every slot occurs once.
export function parseStage(bytes: Bytes): StageEntry[] | null {
  const r = new Reader(bytes);
  const stage = Array.from({ length: r.u8() }, () => ({ index: r.u8(), slot: r.u16() }));
  if (!r.end() || new Set(stage.map(({ slot }) => slot)).size !== stage.length) return null;
  const rising = stage.every(({ index }, i) => index > (stage[i - 1]?.index ?? 0) && index < 255);
  return rising ? stage : null;
}

export function stageHash(list: Bytes): Promise<Bytes> {
  return hashFor('stage', list);
}

// Keeps everybody's index, and gives newcomers the lowest free one.
export function nextStage(
  before: { stage: readonly StageEntry[]; roster: Roster } | null,
  roster: Roster,
  onStage: ReadonlySet<Id>,
): StageEntry[] {
  const old = new Map<Id, number>();
  for (const { index, slot } of before?.stage ?? []) {
    const account = before?.roster.at(slot)?.account;
    if (account && onStage.has(account)) old.set(account, index);
  }
  const taken = new Set(old.values());
  const stage: StageEntry[] = [];
  let lowest = 1;
  for (const [slot, { account }] of roster.filled()) {
    if (!account || !onStage.has(account)) continue;
    let index = old.get(account);
    if (index === undefined) {
      while (taken.has(lowest)) lowest++;
      index = lowest;
      taken.add(index);
    }
    if (index < 255) stage.push({ index, slot });
  }
  return stage.sort((a, b) => a.index - b.index);
}
