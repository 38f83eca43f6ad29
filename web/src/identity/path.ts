// The steps that bring a device into the club, each with its signatures checked: a founder, a redeemed
// invitation, a device added by another one or by the recovery key. Every step hangs from the device that
// signed it, so an account's path is a walk upwards. Whether a path counts is judged by chain.ts, which knows
// the log. docs/protocol.md, "An account's path".

import type { ChainEntry, Id } from '../api/messages.ts';
import { type Bytes, b64, equal, unb64 } from '../base/bytes.ts';
import { idOf, type Purpose, sha256, verify } from '../base/sign.ts';
import {
  type DeviceAddRecord,
  type FounderRecord,
  type InviteRecord,
  type LogRecord,
  parseRecord,
  type RecoveryRecord,
  type RedeemRecord,
  type Signed,
} from './records.ts';

// A record at its place in the log.
export interface Place {
  n: number;
  hash: Bytes;
}

export interface Step extends Place {
  kind: 'founder' | 'redeem' | 'device-add' | 'recovered';
  device: Id;
  account: Id;
  deviceKey: Bytes;
  parent: Id | null; // the device it hangs from
  by: Place | null; // the invite, or the recovery record, between the two
}

type Parsed = LogRecord & Signed & Place;
type At<T> = T & Signed & Place;

const ZEROS = new Uint8Array(16);

// A record that could be read, or null: short, unknown, not where it claims to be.
export async function parseEntry({ n, record }: ChainEntry): Promise<Parsed | null> {
  const bytes = unb64(record);
  const parsed = bytes && parseRecord(bytes);
  return parsed ? { ...parsed, n, hash: await sha256(bytes) } : null;
}

// What a server handed out, by what it is looked up by.
export class Pool {
  readonly founders: At<FounderRecord>[] = [];
  readonly redeems: At<RedeemRecord>[] = [];
  readonly adds: At<DeviceAddRecord>[] = [];
  readonly #invites = new Map<string, At<InviteRecord>>();
  readonly #recoveries = new Map<Id, At<RecoveryRecord>[]>();

  // Of types that belong to no path, nothing is kept.
  put(record: Parsed): void {
    if (record.type === 'founder') this.founders.push(record);
    else if (record.type === 'redeem') this.redeems.push(record);
    else if (record.type === 'device-add') this.adds.push(record);
    else if (record.type === 'invite') this.#invites.set(b64(record.inviteKey), record);
    else if (record.type === 'recovery') {
      const account = b64(record.author);
      this.#recoveries.set(account, [...(this.#recoveries.get(account) ?? []), record]);
    }
  }

  invite(key: Bytes): At<InviteRecord> | null {
    return this.#invites.get(b64(key)) ?? null;
  }

  // Newest first.
  recoveries(account: Id, before: number): At<RecoveryRecord>[] {
    const all = this.#recoveries.get(account) ?? [];
    return all.filter(({ n }) => n < before).sort((a, b) => b.n - a.n);
  }
}

// Turns what is in the pool into steps. `known` are those whose signatures were checked before, `keys` the
// device keys that a record in the pool claims for a device: a step may be checked before the one above it,
// for it counts only together with that one.
export async function takeSteps(pool: Pool, known: ReadonlyMap<Id, Step>): Promise<Step[]> {
  const keys = new Map<Id, Bytes>();
  for (const [id, step] of known) keys.set(id, step.deviceKey);
  const newcomers = [...pool.founders, ...pool.redeems, ...pool.adds];
  const ids = await Promise.all(newcomers.map(({ deviceKey }) => idOf('device', deviceKey)));
  newcomers.forEach((record, i) => {
    keys.set(b64(ids[i] as Bytes), record.deviceKey);
  });
  const fresh = newcomers
    .map((record, i) => ({ record, device: b64(ids[i] as Bytes) }))
    .filter(({ device }) => !known.has(device));
  const steps = await Promise.all(
    fresh.map(({ record, device }) =>
      record.type === 'device-add' ? added(record, device, pool, keys) : arrived(record, device, pool, keys),
    ),
  );
  return steps.filter((step) => step !== null);
}

async function arrived(
  record: At<FounderRecord> | At<RedeemRecord>,
  device: Id,
  pool: Pool,
  keys: ReadonlyMap<Id, Bytes>,
): Promise<Step | null> {
  const { n, hash, deviceKey } = record;
  const oneTime = record.type === 'founder' ? record.setupKey : record.inviteKey;
  const good = allSigned(record, [oneTime, record.accountKey, deviceKey]);
  const account = b64(await idOf('account', record.accountKey));
  const step = { device, account, deviceKey, n, hash };
  if (record.type === 'founder')
    return (await good) ? { ...step, kind: 'founder', parent: null, by: null } : null;
  const invite = pool.invite(record.inviteKey);
  if (!invite || invite.n >= n) return refuse(good);
  const parent = b64(invite.authorDevice);
  const invited = allSigned(invite, [keys.get(parent)]);
  if (!(await good) || !(await invited)) return null;
  return { ...step, kind: 'redeem', parent, by: { n: invite.n, hash: invite.hash } };
}

async function added(
  record: At<DeviceAddRecord>,
  device: Id,
  pool: Pool,
  keys: ReadonlyMap<Id, Bytes>,
): Promise<Step | null> {
  const { n, hash, deviceKey } = record;
  const step = { device, account: b64(record.author), deviceKey, n, hash };
  if (!equal(record.authorDevice, ZEROS)) {
    const parent = b64(record.authorDevice);
    const good = await allSigned(record, [keys.get(parent), deviceKey]);
    return good ? { ...step, kind: 'device-add', parent, by: null } : null;
  }
  for (const recovery of pool.recoveries(step.account, n)) {
    const parent = b64(recovery.authorDevice);
    const good =
      (await allSigned(record, [recovery.recoveryKey, deviceKey])) &&
      (await allSigned(recovery, [keys.get(parent), recovery.recoveryKey]));
    if (good) return { ...step, kind: 'recovered', parent, by: { n: recovery.n, hash: recovery.hash } };
  }
  return null;
}

async function refuse(pending: Promise<boolean>): Promise<null> {
  await pending;
  return null;
}

// All signatures of a record, in the order of its layout.
export async function allSigned(
  record: LogRecord & Signed,
  keys: (Bytes | null | undefined)[],
): Promise<boolean> {
  const checks = keys.map((key, i) => {
    const sig = record.sigs[i];
    return key && sig ? verify(key, record.type satisfies Purpose, record.body, sig) : false;
  });
  return record.sigs.length === keys.length && (await Promise.all(checks)).every(Boolean);
}
