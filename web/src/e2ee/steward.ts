// The steward's side of docs/protocol.md, "Room keys": from the table, the people and the secrets at hand to
// a key message and the state that follows if the server takes it. Nothing is changed here.

import type { KeyMessage, KeyPart, KeySplit, LogHead, RosterChange } from '../api/messages.ts';
import { type Bytes, b64, concat, equal, random, unb64, wipe } from '../base/bytes.ts';
import type { Purpose } from '../base/sign.ts';
import { type KeyHeader, type Suite, writeHeaderBody } from '../identity/keymsg.ts';
import { joinSigned } from '../identity/records.ts';
import { type Current, entryOf } from './check.ts';
import { seal } from './hpke.ts';
import type { People, Present } from './people.ts';
import { bucketOf, type Entry, Roster, type SlotChange } from './roster.ts';
import {
  commitmentOf,
  headerHash,
  nextBucketKey,
  partInfo,
  ratchetSecret,
  sharedBucketKey,
  wrapSecret,
} from './secrets.ts';
import { covers, type Known, type Share, share } from './shares.ts';
import { nextStage, type StageEntry, stageHash, writeStage } from './stage.ts';
import type { Weakness } from './weakness.ts';

export interface Steward {
  room: Bytes;
  account: Bytes;
  device: Bytes;
  sign(purpose: Purpose, body: Bytes): Promise<Bytes>;
}

// What only a steward holds, beside the room secret.
export interface Secrets {
  secret: Bytes; // R
  buckets: Map<number, Bytes>; // bk of every bucket, as it stands after the current header
}

export interface Plan {
  rekey: boolean;
  suite: Suite;
  changes: SlotChange[];
  roster: Roster;
  stage: StageEntry[];
  removed: string[]; // leaves that lose their slot
  dirty: Set<number>;
  shares: Share[]; // dirty buckets whose seals are not in the message
}

export interface Outcome {
  message: KeyMessage;
  current: Current;
  secrets: Secrets;
  shares: (Known & { to: Entry })[];
}

// Null: nothing to do. `secrets` null: this steward takes over, so everything is made anew.
export async function plan(
  people: People,
  current: Current | null,
  secrets: Secrets | null,
  former: ReadonlySet<string>,
  own: string, // our leaf
  force: boolean,
): Promise<Plan | null> {
  const before = current?.roster ?? (await Roster.empty());
  const { changes, removed, lostSteward } = moves(people, before, former, current?.header.suite ?? 1);
  const roster = await before.with(changes);
  const onStage = new Set(
    Array.from(people.all()).flatMap(({ person }) => (person.stage ? [person.account] : [])),
  );
  const stage = nextStage(current, roster, onStage);
  const sameStage = current !== null && equal(writeStage(stage), writeStage(current.stage));
  if (!force && changes.length === 0 && sameStage) return null;
  const suite = suiteOf(roster);
  const up = current !== null && suite !== current.header.suite;
  const rekey = !secrets || !current || removed.length > 0 || force || up;
  const flat = !secrets || lostSteward || up;
  const dirty = new Set<number>();
  for (let b = 0; b < roster.buckets; b++) if (flat) dirty.add(b);
  for (const { slot } of changes) if (rekey && bucketOf(slot) < roster.buckets) dirty.add(bucketOf(slot));
  const shares = rekey ? sharesOf(people, roster, dirty, suite, own) : [];
  for (const { first, last } of shares) for (let b = first; b <= last; b++) dirty.add(b);
  return { rekey, suite, changes, roster, stage, removed, dirty, shares };
}

function suiteOf(roster: Roster): Suite {
  return roster.classic > 0 ? 1 : 2;
}

// Stewards who are there and hold a key themselves help.
function sharesOf(
  people: People,
  roster: Roster,
  dirty: ReadonlySet<number>,
  suite: Suite,
  own: string,
): Share[] {
  const seated = new Map(Array.from(roster.filled(), ([, entry]) => [entry.key, entry]));
  const me = seated.get(own);
  const helpers = people.stewards(null).flatMap(({ account, away }) => {
    const entry = seated.get(people.get(account)?.key ?? '');
    return entry && !away && entry !== me ? [entry] : [];
  });
  return me ? share(roster, dirty, suite, me, helpers) : [];
}

function moves(people: People, before: Roster, former: ReadonlySet<string>, suite: Suite) {
  const changes = new Map<number, SlotChange>();
  const seated = new Set<string>();
  const removed: string[] = [];
  let lostSteward = false;
  for (const [slot, entry] of before.filled()) {
    const { key } = entry;
    if (people.holder(entry)) {
      seated.add(key);
      continue;
    }
    changes.set(slot, { slot, entry: null });
    removed.push(key);
    if (former.has(key)) lostSteward = true;
  }
  let lowest = 0;
  for (const one of arrivals(people, seated, suite)) {
    while (changes.has(lowest) ? changes.get(lowest)?.entry : before.at(lowest)) lowest++;
    changes.set(lowest, { slot: lowest, entry: entryOf(one) });
  }
  return { changes: [...changes.values()].sort((a, b) => a.slot - b.slot), removed, lostSteward };
}

// Nobody gets a key whose leaf and chain are not proven, and in a hybrid room nobody whose leaf is not hybrid.
function arrivals(people: People, seated: ReadonlySet<string>, suite: Suite): Present[] {
  const waiting = Array.from(people.all()).filter(({ key, person, suite: own }) => {
    return !seated.has(key) && own >= suite && people.proof(key, person.account);
  });
  return waiting.sort((a, b) => a.person.order - b.person.order);
}

// Whose proof, and in suite 2 whose encapsulation key, is needed before the plan can be executed.
export function* sealedBy(plan: Plan): Generator<Entry> {
  const fresh = new Set(plan.changes.map(({ slot }) => slot));
  for (const [slot, entry] of plan.roster.filled()) {
    const sealed = plan.rekey ? plan.dirty.has(bucketOf(slot)) && !sharedOut(plan, slot) : fresh.has(slot);
    if (sealed) yield entry;
  }
  for (const { to } of plan.shares) yield to;
}

const sharedOut = ({ shares }: Plan, slot: number): boolean =>
  shares.some((one) => covers(one, bucketOf(slot)));

export async function execute(
  steward: Steward,
  people: People,
  current: Current | null,
  old: Secrets | null,
  todo: Plan,
  { log, now }: { log: LogHead; now: number },
  weak: Weakness | null,
): Promise<Outcome> {
  const { roster, stage, rekey } = todo;
  const list = writeStage(stage);
  const secret =
    rekey || !old
      ? random(32)
      : weak === 'no generation ratchet'
        ? old.secret.slice()
        : await ratchetSecret(old.secret, roster.root);
  const last = current?.header;
  const header: KeyHeader = {
    suite: todo.suite,
    room: steward.room,
    counter: (last?.counter ?? 0) + 1,
    epoch: (last?.epoch ?? 0) + (rekey ? 1 : 0),
    generation: rekey ? 0 : (last?.generation ?? 0) + 1,
    prev: current?.hash ?? new Uint8Array(32),
    rosterRoot: roster.root,
    count: roster.count,
    stageHash: await stageHash(list),
    trace: people.trace,
    ...newestLog(log, last),
    commitment: await commitmentOf(secret),
    time: now,
    steward: steward.account,
    stewardDevice: steward.device,
  };
  const body = writeHeaderBody(header);
  const hash = await headerHash(body);
  const shares = todo.shares.map((one) => ({ ...one, secret: random(32) }));
  const keys = await bucketKeys(todo, shares, old, weak);
  const parts = await sealParts(people, header, hash, todo, keys, secret, weak);
  const split = await Promise.all(shares.map((one) => sealShare(people, header, hash, one)));
  const text = b64(joinSigned(body, await steward.sign('header', body)));
  const changes: RosterChange[] = todo.changes.map(({ slot, entry }) => ({
    slot,
    leaf: entry?.key ?? null,
  }));
  const account = b64(steward.account);
  return {
    message: { header: text, stage: b64(list), changes, ...parts, ...(split.length > 0 ? { split } : {}) },
    shares,
    current: { header, hash, roster, stage, steward: account, complete: true, signed: true, text },
    secrets: { secret, buckets: rekey && weak !== 'no wrap ratchet' ? await movedOn(keys) : keys },
  };
}

function newestLog(log: LogHead, last: KeyHeader | undefined): { logSize: number; logHead: Bytes } {
  const head = unb64(log.head, 32) ?? new Uint8Array(32);
  return last && last.logSize >= log.size
    ? { logSize: last.logSize, logHead: last.logHead }
    : { logSize: log.size, logHead: head };
}

// Fresh keys for the dirty buckets and for new ones.
async function bucketKeys(
  todo: Plan,
  shares: readonly Known[],
  old: Secrets | null,
  weak: Weakness | null,
): Promise<Map<number, Bytes>> {
  const keys = new Map<number, Bytes>();
  for (let b = 0; b < todo.roster.buckets; b++) {
    const kept = old?.buckets.get(b);
    const fresh = !kept || (todo.dirty.has(b) && weak !== 'dirty bucket kept');
    const shared = shares.find((one) => covers(one, b));
    if (shared) keys.set(b, await sharedBucketKey(shared.secret, b));
    else keys.set(b, fresh ? random(32) : kept.slice());
  }
  return keys;
}

async function sealShare(
  people: People,
  header: KeyHeader,
  hash: Bytes,
  { to, first, last, secret }: Known & { to: Entry },
): Promise<KeySplit> {
  const { room, epoch, generation, suite } = header;
  const recipient = people.recipient(to.key, to.account, suite);
  if (!recipient || !to.account) throw new Error('a share for somebody without proof');
  const info = partInfo('split', { room, epoch, generation, slot: first });
  return { account: to.account, first, last, seal: b64(await seal(recipient, info, hash, secret)) };
}

async function movedOn(keys: Map<number, Bytes>): Promise<Map<number, Bytes>> {
  const next = await Promise.all(
    Array.from(keys, async ([b, key]) => [b, await nextBucketKey(key)] as const),
  );
  wipe(...keys.values());
  return new Map(next);
}

async function sealParts(
  people: People,
  header: KeyHeader,
  hash: Bytes,
  todo: Plan,
  keys: Map<number, Bytes>,
  secret: Bytes,
  weak: Weakness | null,
): Promise<Pick<KeyMessage, 'welcomes' | 'seals' | 'wraps'>> {
  const part = async (
    kind: 'seal' | 'welcome',
    slot: number,
    { key: leaf, account }: Entry,
  ): Promise<KeyPart> => {
    const to = people.recipient(leaf, account, header.suite);
    const key = keys.get(bucketOf(slot));
    if (!to || !key) throw new Error('a leaf without proof in the table');
    const text = kind === 'seal' ? key : new Uint8Array([...key, ...secret]);
    const { room, epoch, generation } = header;
    const info = partInfo(kind, { room, epoch, generation, slot });
    return { slot, data: b64(await seal(to, info, hash, text)) };
  };
  if (!todo.rekey) {
    const filled = todo.changes.flatMap(({ slot, entry }) => (entry ? [{ slot, entry }] : []));
    return {
      welcomes: await Promise.all(filled.map((one) => part('welcome', one.slot, one.entry))),
      seals: [],
      wraps: [],
    };
  }
  const fresh = new Set(todo.changes.map(({ slot }) => slot));
  const sealed = [...todo.roster.filled()].filter(([slot]) => {
    if (sharedOut(todo, slot)) return false;
    return todo.dirty.has(bucketOf(slot)) && (weak !== 'dirty bucket kept' || fresh.has(slot));
  });
  const seals = await Promise.all(sealed.map(([slot, entry]) => part('seal', slot, entry)));
  const wraps = await Promise.all(
    Array.from(keys.values(), async (key) =>
      b64(
        weak === 'wraps in the clear'
          ? concat(secret, new Uint8Array(16))
          : await wrapSecret(key, hash, secret),
      ),
    ),
  );
  return { welcomes: [], seals, wraps };
}
