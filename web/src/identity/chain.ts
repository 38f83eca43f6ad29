// Invitation chains: the proof, in records that the server cannot make up, that an account was invited by
// somebody who was invited ... by the founder whose fingerprint came with our own link. Rules:
// docs/protocol.md, "Member-log records".

import type { ChainEntry, Id } from '../api/messages.ts';
import { type Bytes, b64, equal, unb64 } from '../base/bytes.ts';
import { hashFor, idOf, sha256, verify } from '../base/sign.ts';
import {
  type FounderRecord,
  type LogRecord,
  parseRecord,
  type RedeemRecord,
  type Signed,
} from './records.ts';

export interface Chain {
  account: Id;
  device: Id;
  deviceKey: Bytes;
  role: 'founder' | 'member';
  inviters: Id[]; // nearest first, the founder last; empty for the founder
  hash: Bytes;
}

const MAX_DEPTH = 64;

type Parsed = LogRecord & Signed;

interface Step {
  account: Bytes;
  device: Bytes;
  deviceKey: Bytes;
}

// Null if anything at all is wrong: there is no chain that is good enough.
export async function verifyChain(founder: Id, account: Id, entries: ChainEntry[]): Promise<Chain | null> {
  const records = parseEntries(entries);
  const [first, ...rest] = records ?? [];
  if (first?.type !== 'founder' || !(await newcomerSigned(first.setupKey, first))) return null;
  let step = await stepOf(first);
  if (b64(step.account) !== founder) return null;
  const inviters: Id[] = [];
  for (let i = 0; i < rest.length; i += 2) {
    const next = await follow(step, rest[i], rest[i + 1]);
    if (!next) return null;
    inviters.unshift(b64(step.account));
    step = next;
  }
  if (b64(step.account) !== account) return null;
  return {
    account,
    device: b64(step.device),
    deviceKey: step.deviceKey,
    role: inviters.length === 0 ? 'founder' : 'member',
    inviters,
    hash: await chainHash(entries),
  };
}

export async function chainHash(entries: ChainEntry[]): Promise<Bytes> {
  const records = entries.map(({ record }) => unb64(record) ?? new Uint8Array(0));
  return hashFor('chain', ...(await Promise.all(records.map(sha256))));
}

function parseEntries(entries: ChainEntry[]): Parsed[] | null {
  if (entries.length % 2 === 0 || entries.length > 1 + 2 * MAX_DEPTH) return null;
  const records: Parsed[] = [];
  let before = -1;
  for (const { n, record } of entries) {
    const bytes = unb64(record);
    const parsed = bytes && parseRecord(bytes);
    if (!parsed || !Number.isSafeInteger(n) || n <= before) return null;
    before = n;
    records.push(parsed);
  }
  return records;
}

// One step down the tree: the invite by the member before, and its redemption.
async function follow(
  by: Step,
  invite: Parsed | undefined,
  redeem: Parsed | undefined,
): Promise<Step | null> {
  if (invite?.type !== 'invite' || redeem?.type !== 'redeem') return null;
  if (!equal(invite.author, by.account) || !equal(invite.authorDevice, by.device)) return null;
  if (!equal(redeem.inviteKey, invite.inviteKey)) return null;
  const [sig] = invite.sigs;
  if (!sig || !(await verify(by.deviceKey, 'invite', invite.body, sig))) return null;
  return (await newcomerSigned(redeem.inviteKey, redeem)) ? stepOf(redeem) : null;
}

// A newcomer's record is signed by the one-time key, the new account and the new device.
async function newcomerSigned(
  oneTime: Bytes,
  record: (FounderRecord | RedeemRecord) & Signed,
): Promise<boolean> {
  const keys = [oneTime, record.accountKey, record.deviceKey];
  const good = await Promise.all(
    keys.map((key, i) => verify(key, record.type, record.body, record.sigs[i] ?? new Uint8Array(0))),
  );
  return good.every(Boolean);
}

async function stepOf(record: FounderRecord | RedeemRecord): Promise<Step> {
  return {
    account: await idOf('account', record.accountKey),
    device: await idOf('device', record.deviceKey),
    deviceKey: record.deviceKey,
  };
}

// The chains verified so far. An account has one chain for ever, so a second one is a forked log.
export class ChainBook {
  readonly founder: Id;
  readonly #known = new Map<Id, Chain>();

  constructor(founder: Id) {
    this.founder = founder;
  }

  get(account: Id): Chain | null {
    return this.#known.get(account) ?? null;
  }

  async check(account: Id, entries: ChainEntry[]): Promise<Chain | null> {
    const known = this.#known.get(account);
    if (known) return equal(known.hash, await chainHash(entries)) ? known : null;
    const chain = await verifyChain(this.founder, account, entries);
    if (chain) this.#known.set(account, chain);
    return chain;
  }
}
