// What every client checks before it uses a header: docs/protocol.md, "What every client checks". Pure: the
// table it was given stays as it is, and the caller adopts the result or not.

import type { Bytes64, Events, Id, Requests, RosterChange } from '../api/messages.ts';
import { type Bytes, b64, equal, unb64 } from '../base/bytes.ts';
import { verify } from '../base/sign.ts';
import { type KeyHeader, parseHeader } from '../identity/keymsg.ts';
import type { Signed } from '../identity/records.ts';
import type { Fault, People, Present } from './people.ts';
import { type Entry, MAX_SLOTS, Roster, type SlotChange } from './roster.ts';
import { headerHash } from './secrets.ts';
import { parseStage, type StageEntry, stageHash } from './stage.ts';
import type { Weakness } from './weakness.ts';

// The header in force, with its table.
export interface Current {
  header: KeyHeader;
  hash: Bytes; // H
  roster: Roster;
  stage: StageEntry[];
  steward: Id;
  complete: boolean; // the table gives the header's root; false for some who come in between two headers
  signed: boolean; // the signature was checked; false while the signer's chain is out of reach
  text: Bytes64;
}

export interface Checked extends Current {
  rekey: boolean;
  removed: string[]; // leaves that lost their slot
}

const fault = (trouble: Fault['trouble'], who: Id | null = null): Fault => ({ trouble, who });
export const isFault = (one: object): one is Fault => 'trouble' in one;

export async function checkHeader(
  room: Bytes,
  people: People,
  current: Current | null,
  event: Pick<Events['room.keys'], 'header' | 'stage' | 'changes'>,
  weak: Weakness | null,
): Promise<Checked | Fault> {
  const header = headerOf(room, event.header);
  if (!header) return fault('signature');
  const steward = b64(header.steward);
  const signed = await checkSigner(people, header, steward);
  if (typeof signed !== 'boolean') return signed;
  if (!equal(header.trace, people.trace)) return fault('roster', steward);
  if (!follows(header, current)) return fault('order', steward);
  if (signed && (await people.log(header, event.header)) === 'fork') return fault('fork', steward);
  const down = header.suite < (current?.header.suite ?? 1);
  if (down && weak !== 'downgrade accepted') return fault('suite', steward);
  const rekey = header.generation === 0;
  const before = current?.roster ?? (await Roster.empty());
  const changes = slotChanges(people, before, event.changes, rekey, current?.complete ?? true);
  if (isFault(changes)) return changes;
  const roster = await before.with(changes);
  const same = equal(roster.root, header.rosterRoot) && roster.count === header.count;
  if (!same && weak !== 'roster unchecked') return fault('roster', steward);
  if (!suiteFits(header, roster) && weak !== 'downgrade accepted') return fault('suite', steward);
  const stage = await checkStage(event.stage, header, roster);
  if (!stage) return fault('roster', steward);
  for (const { entry } of changes) {
    const bad = entry && people.fault(entry.key, entry.account); // the others are proven afterwards
    if (bad) return bad;
  }
  const removed = changes.flatMap(({ slot }) => before.at(slot) ?? []).map(({ key }) => key);
  const hash = await headerHash(header.body);
  return { header, hash, roster, stage, steward, complete: true, signed, text: event.header, rekey, removed };
}

// The header that a newcomer finds. Its table may lack people who have left meanwhile; then only the next
// header, whose root covers everybody, is checked in full.
export async function checkJoin(
  room: Bytes,
  people: People,
  reply: Pick<Requests['room.join'][1], 'people' | 'header' | 'stage' | 'gone'>,
): Promise<Current | Fault | null> {
  if (reply.header === undefined) return null;
  const header = headerOf(room, reply.header);
  if (!header) return fault('signature');
  const steward = b64(header.steward);
  const signed = people.get(steward) ? await checkSigner(people, header, steward, false) : false;
  if (typeof signed !== 'boolean') return signed;
  if (signed && (await people.log(header, reply.header)) === 'fork') return fault('fork', steward);
  if (!equal(header.trace, people.trace)) return fault('roster', steward);
  const filled = joinTable(people, reply);
  if (!filled) return fault('roster');
  const roster = await (await Roster.empty()).with(filled);
  const complete = roster.count === header.count && equal(roster.root, header.rosterRoot);
  // A table as large as the header's, or larger, has no room for people who have left.
  if (!complete && (reply.gone !== undefined || roster.count >= header.count))
    return fault('roster', steward);
  const stage = await checkStage(reply.stage ?? '', header, complete ? roster : null);
  if (!stage) return fault('roster', steward);
  const hash = await headerHash(header.body);
  return { header, hash, roster, stage, steward, complete, signed, text: reply.header };
}

function joinTable(
  people: People,
  reply: Pick<Requests['room.join'][1], 'people' | 'gone'>,
): SlotChange[] | null {
  const filled: SlotChange[] = [];
  for (const { account, slot } of reply.people) {
    const one = people.get(account);
    if (slot !== undefined && one) filled.push({ slot, entry: entryOf(one) });
  }
  for (const { slot, leaf } of reply.gone ?? []) {
    const hash = unb64(leaf ?? '', 32);
    if (!hash) return null;
    filled.push({ slot, entry: { account: null, leaf: hash, key: b64(hash), suite: null } });
  }
  const slots = new Set(filled.map(({ slot }) => slot));
  return slots.size === filled.length && filled.every(({ slot }) => slot < MAX_SLOTS) ? filled : null;
}

function headerOf(room: Bytes, text: Bytes64): (KeyHeader & Signed) | null {
  const bytes = unb64(text);
  const header = bytes && parseHeader(bytes);
  return header && equal(header.room, room) ? header : null;
}

// True: signed by an eligible person's device. False: that person's chain is out of reach for now.
async function checkSigner(
  people: People,
  header: KeyHeader & Signed,
  steward: Id,
  mustBeEligible = true,
): Promise<boolean | Fault> {
  const one = people.get(steward);
  const eligible = people.stewards(null).some(({ account }) => account === steward);
  if (!one || (mustBeEligible && !eligible) || one.person.device !== b64(header.stewardDevice)) {
    return fault('signature', steward);
  }
  await people.prove([one]);
  const proof = people.proof(one.key, steward);
  if (!proof) return people.fault(one.key, steward) ?? false;
  const good = await verify(proof.deviceKey, 'header', header.body, header.sigs[0] as Bytes);
  return good || fault('signature', steward);
}

// Suite 2 if every leaf has it, and only then. Of some who have left before we came we do not know.
function suiteFits({ suite }: KeyHeader, roster: Roster): boolean {
  if (suite === 1) return roster.count === 0 || roster.classic > 0;
  if (roster.classic === 0) return true;
  for (const [, entry] of roster.filled()) if (entry.suite === 1) return false;
  return true;
}

function follows(header: KeyHeader, current: Current | null): boolean {
  if (!current) {
    const first = header.prev.every((byte) => byte === 0);
    return first && header.counter === 1 && header.epoch === 1 && header.generation === 0;
  }
  const last = current.header;
  if (header.counter !== last.counter + 1 || !equal(header.prev, current.hash)) return false;
  const rekey = header.epoch === last.epoch + 1 && header.generation === 0;
  const ratchet = header.epoch === last.epoch && header.generation === last.generation + 1;
  if (!rekey && !ratchet) return false;
  if (header.logSize === last.logSize) return equal(header.logHead, last.logHead);
  return header.logSize > last.logSize;
}

// A slot takes only the leaf of somebody present, and loses only a leaf that is nobody's any more.
function slotChanges(
  people: People,
  before: Roster,
  changes: RosterChange[],
  rekey: boolean,
  complete: boolean,
): SlotChange[] | Fault {
  const named = new Set(changes.map(({ slot }) => slot));
  if (named.size !== changes.length) return fault('roster');
  const out: SlotChange[] = [];
  for (const { slot, leaf } of changes) {
    const old = before.at(slot);
    if (slot >= MAX_SLOTS) return fault('roster');
    if (old && (!rekey || people.holder(old))) return fault('roster', old.account);
    if (leaf === null) {
      if (!rekey || (!old && complete)) return fault('roster');
      out.push({ slot, entry: null });
      continue;
    }
    const one = people.ofLeaf(leaf);
    const seat = before.slotOf(leaf);
    if (!one || (seat !== null && !named.has(seat))) return fault('roster', one?.person.account ?? null);
    out.push({ slot, entry: entryOf(one) });
  }
  const keys = out.flatMap(({ entry }) => (entry ? [entry.account] : []));
  return new Set(keys).size === keys.length ? out : fault('roster');
}

export function entryOf({ person, leaf, key, suite }: Present): Entry {
  return { account: person.account, leaf, key, suite };
}

async function checkStage(
  text: Bytes64,
  header: KeyHeader,
  roster: Roster | null,
): Promise<StageEntry[] | null> {
  const bytes = unb64(text);
  const stage = bytes && parseStage(bytes);
  if (!stage || !equal(await stageHash(bytes), header.stageHash)) return null;
  return stage.every(({ slot }) => !roster || roster.at(slot)) ? stage : null;
}

// Once more for a signer whose chain was out of reach. They may have lost their role meanwhile.
export async function recheckSigner(people: People, { text, steward }: Current): Promise<boolean | Fault> {
  const bytes = unb64(text);
  const header = bytes && parseHeader(bytes);
  return header && people.get(steward) ? checkSigner(people, header, steward, false) : false;
}
