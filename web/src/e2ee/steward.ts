// The steward's side of docs/protocol.md, "Room keys": from the table, the people and the secrets at hand to
// a key message and the state that follows if the server takes it. Nothing is changed here.

import type { KeyMessage, KeyPart, LogHead, RosterChange } from '../api/messages.ts';
import { type Bytes, b64, equal, random, unb64, wipe } from '../base/bytes.ts';
import type { Purpose } from '../base/sign.ts';
import { type KeyHeader, writeHeaderBody } from '../identity/keymsg.ts';
import { joinSigned } from '../identity/records.ts';
import { type Current, entryOf } from './check.ts';
import { seal } from './hpke.ts';
import type { People, Present } from './people.ts';
import { bucketOf, type Entry, Roster, type SlotChange } from './roster.ts';
import { commitmentOf, headerHash, nextBucketKey, partInfo, ratchetSecret, wrapSecret } from './secrets.ts';
import { nextStage, type StageEntry, stageHash, writeStage } from './stage.ts';

// Weakenings for tests: each must make a test of the adversary suite fail.
export type Weakness = 'no wrap ratchet' | 'no generation ratchet' | 'dirty bucket kept';

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
  changes: SlotChange[];
  roster: Roster;
  stage: StageEntry[];
  removed: string[]; // leaves that lose their slot
  dirty: Set<number>;
}

export interface Outcome {
  message: KeyMessage;
  current: Current;
  secrets: Secrets;
}

// Null: nothing to do. `secrets` null: this steward takes over, so everything is made anew.
export async function plan(
  people: People,
  current: Current | null,
  secrets: Secrets | null,
  former: ReadonlySet<string>,
  force: boolean,
): Promise<Plan | null> {
  const before = current?.roster ?? (await Roster.empty());
  const { changes, removed, lostSteward } = moves(people, before, former);
  const roster = await before.with(changes);
  const onStage = new Set(
    Array.from(people.all()).flatMap(({ person }) => (person.stage ? [person.account] : [])),
  );
  const stage = nextStage(current, roster, onStage);
  const sameStage = current !== null && equal(writeStage(stage), writeStage(current.stage));
  if (!force && changes.length === 0 && sameStage) return null;
  const rekey = !secrets || !current || removed.length > 0 || force;
  const flat = !secrets || lostSteward;
  const dirty = new Set<number>();
  for (let b = 0; b < roster.buckets; b++) if (flat) dirty.add(b);
  for (const { slot } of changes) if (rekey && bucketOf(slot) < roster.buckets) dirty.add(bucketOf(slot));
  return { rekey, changes, roster, stage, removed, dirty };
}

function moves(people: People, before: Roster, former: ReadonlySet<string>) {
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
  for (const one of arrivals(people, seated)) {
    while (changes.has(lowest) ? changes.get(lowest)?.entry : before.at(lowest)) lowest++;
    changes.set(lowest, { slot: lowest, entry: entryOf(one) });
  }
  return { changes: [...changes.values()].sort((a, b) => a.slot - b.slot), removed, lostSteward };
}

// Nobody gets a key whose leaf and chain are not proven.
function arrivals(people: People, seated: ReadonlySet<string>): Present[] {
  const waiting = Array.from(people.all()).filter(({ key, person }) => {
    return !seated.has(key) && people.proof(key, person.account);
  });
  return waiting.sort((a, b) => a.person.order - b.person.order);
}

export async function execute(
  steward: Steward,
  people: People,
  current: Current | null,
  old: Secrets | null,
  todo: Plan,
  log: LogHead,
  now: number,
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
    suite: 1,
    room: steward.room,
    counter: (last?.counter ?? 0) + 1,
    epoch: (last?.epoch ?? 0) + (rekey ? 1 : 0),
    generation: rekey ? 0 : (last?.generation ?? 0) + 1,
    prev: current?.hash ?? new Uint8Array(32),
    rosterRoot: roster.root,
    count: roster.count,
    stageHash: await stageHash(list),
    trace: new Uint8Array(32),
    ...newestLog(log, last),
    commitment: await commitmentOf(secret),
    time: now,
    steward: steward.account,
    stewardDevice: steward.device,
  };
  const body = writeHeaderBody(header);
  const hash = await headerHash(body);
  const keys = bucketKeys(todo, old, weak);
  const parts = await sealParts(steward.room, people, header, hash, todo, keys, secret, weak);
  const text = b64(joinSigned(body, await steward.sign('header', body)));
  const changes: RosterChange[] = todo.changes.map(({ slot, entry }) => ({
    slot,
    leaf: entry?.key ?? null,
  }));
  const account = b64(steward.account);
  return {
    message: { header: text, stage: b64(list), changes, ...parts },
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
function bucketKeys(todo: Plan, old: Secrets | null, weak: Weakness | null): Map<number, Bytes> {
  const keys = new Map<number, Bytes>();
  for (let b = 0; b < todo.roster.buckets; b++) {
    const kept = old?.buckets.get(b);
    const fresh = !kept || (todo.dirty.has(b) && weak !== 'dirty bucket kept');
    keys.set(b, fresh ? random(32) : kept.slice());
  }
  return keys;
}

async function movedOn(keys: Map<number, Bytes>): Promise<Map<number, Bytes>> {
  const next = await Promise.all(
    Array.from(keys, async ([b, key]) => [b, await nextBucketKey(key)] as const),
  );
  wipe(...keys.values());
  return new Map(next);
}

async function sealParts(
  room: Bytes,
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
    const proof = people.proof(leaf, account);
    const key = keys.get(bucketOf(slot));
    if (!proof || !key) throw new Error('a leaf without proof in the table');
    const text = kind === 'seal' ? key : new Uint8Array([...key, ...secret]);
    const info = partInfo(kind, { room, epoch: header.epoch, generation: header.generation, slot });
    return { slot, data: b64(await seal(proof.hpkeKey, info, hash, text)) };
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
    return todo.dirty.has(bucketOf(slot)) && (weak !== 'dirty bucket kept' || fresh.has(slot));
  });
  const seals = await Promise.all(sealed.map(([slot, entry]) => part('seal', slot, entry)));
  const wraps = await Promise.all(
    Array.from(keys.values(), async (key) => b64(await wrapSecret(key, hash, secret))),
  );
  return { welcomes: [], seals, wraps };
}
