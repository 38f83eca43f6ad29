// A rekey of many seals, shared among stewards: who seals which buckets, and the seals of one share. The
// signer's own part that does not fit into one message is a share too. docs/protocol.md, "Split".

import type { KeyPart, KeySplit } from '../api/messages.ts';
import { type Bytes, b64, unb64 } from '../base/bytes.ts';
import type { Suite } from '../identity/keymsg.ts';
import type { Current } from './check.ts';
import { type KemPair, open, seal } from './hpke.ts';
import type { People } from './people.ts';
import { bucketOf, type Entry, type Roster } from './roster.ts';
import { partInfo, SECRET_BYTES, sharedBucketKey } from './secrets.ts';

export interface Share {
  to: Entry;
  first: number; // bucket
  last: number;
}

// A share whose secret we know.
export interface Known {
  first: number;
  last: number;
  secret: Bytes;
}

export const ALONE = 1_000; // seals, and fewer are never shared
const MOST_SHARES = 4; // LIMIT_SPLIT of the server
const IN_MESSAGE: Record<Suite, number> = { 1: Number.POSITIVE_INFINITY, 2: 1_000 }; // of 2 MB
const AT_ONCE = 500; // seals of one room.seals

// Whole buckets in rising order, first the signer's own. A share is a range, so clean buckets in between
// become dirty.
export function share(
  roster: Roster,
  dirty: ReadonlySet<number>,
  suite: Suite,
  own: Entry,
  helpers: Entry[],
): Share[] {
  const sizes = [...dirty].sort((a, b) => a - b).map((b) => ({ b, seals: [...roster.bucket(b)].length }));
  const total = sizes.reduce((sum, { seals }) => sum + seals, 0);
  const inMessage = IN_MESSAGE[suite];
  if (total <= ALONE || (helpers.length === 0 && total <= inMessage)) return [];
  const others = helpers.slice(0, suite === 2 ? MOST_SHARES - 1 : MOST_SHARES);
  const each = Math.ceil(total / (1 + others.length));
  const rest = Math.max(0, each - inMessage);
  const runs = [
    { to: null, room: Math.min(each, inMessage) },
    ...(rest > 0 ? [{ to: own, room: rest }] : []),
    ...others.map((to) => ({ to, room: each })),
  ];
  const shares: Share[] = [];
  let at = 0;
  let seals = 0;
  for (const { b, seals: more } of sizes) {
    if (seals > 0 && seals + more > (runs[at]?.room ?? 0) && at + 1 < runs.length) {
      at++;
      seals = 0;
    }
    seals += more;
    const to = runs[at]?.to;
    const last = shares[shares.length - 1];
    if (to && last?.to === to) last.last = b;
    else if (to) shares.push({ to, first: b, last: b });
  }
  return shares;
}

export const covers = ({ first, last }: { first: number; last: number }, bucket: number): boolean =>
  bucket >= first && bucket <= last;

const placeOf = ({ header }: Pick<Current, 'header'>, slot: number) => {
  const { room, epoch, generation } = header;
  return { room, epoch, generation, slot };
};

// Null: it was not sealed for us.
export async function openShare(
  own: KemPair,
  current: Pick<Current, 'header' | 'hash'>,
  { first, last, seal }: Omit<KeySplit, 'account'>,
): Promise<Known | null> {
  if (last < first || first < 0 || last >= 2048) return null;
  const info = partInfo('split', placeOf(current, first));
  const secret = await open(own, info, current.hash, unb64(seal) ?? new Uint8Array(0));
  return secret?.length === SECRET_BYTES ? { first, last, secret } : null;
}

// The people whose seal is in a share.
export function* leavesOf(roster: Roster, { first, last }: { first: number; last: number }) {
  for (let bucket = first; bucket <= last; bucket++) yield* roster.bucket(bucket);
}

// Without those who could not be proven meanwhile: they wait for the next header.
export async function sendShare(
  people: People,
  current: Current,
  known: Known,
  send: (seals: KeyPart[]) => Promise<void>,
): Promise<void> {
  const { suite } = current.header;
  const keys = new Map<number, Bytes>();
  for (let b = known.first; b <= known.last; b++) keys.set(b, await sharedBucketKey(known.secret, b));
  const leaves = [...leavesOf(current.roster, known)];
  for (let at = 0; at < leaves.length; at += AT_ONCE) {
    const some = leaves.slice(at, at + AT_ONCE).map(async ([slot, { key, account }]) => {
      const to = people.recipient(key, account, suite);
      const bucketKey = keys.get(bucketOf(slot));
      if (!to || !bucketKey) return [];
      const info = partInfo('seal', placeOf(current, slot));
      return [{ slot, data: b64(await seal(to, info, current.hash, bucketKey)) }];
    });
    const seals = (await Promise.all(some)).flat();
    if (seals.length > 0) await send(seals);
  }
  for (const key of keys.values()) key.fill(0);
}
