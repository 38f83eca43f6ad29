// Who was a member in good standing, of what rank, at which position of the log: docs/protocol.md, "A record
// counts only if". Position is the only time there is. Records are applied in order; one that does not count
// changes nothing. Signatures and the device's path were checked before: see chain.ts.

import type { ClubRole, Id } from '../api/messages.ts';
import { type Bytes, b64 } from '../base/bytes.ts';
import type { FullRecord } from './log.ts';
import type { SuccessionRecord, SupersedeRecord, TargetRecord } from './records.ts';

interface Change<T> {
  n: number;
  is: T;
}

interface Claim {
  n: number;
  time: number;
  signers: Id[]; // of the claim: its author and the second
  vetoed: boolean;
}

// A device of the founder or an admin that takes part in traces.
export interface TraceKey {
  account: Id;
  device: Id;
  key: Bytes;
}

// Where an account stands in the tree of invitations.
export type Ancestors = (account: Id) => { account: Id; since: number }[]; // itself first, the founder last

const RANKS: Record<ClubRole, number> = { founder: 1, admin: 2, member: 3 };
const VETO_MS = 72 * 3_600_000;

function last<T>(changes: Change<T>[] | undefined, n: number, otherwise: T): T {
  let is = otherwise;
  for (const change of changes ?? []) if (change.n < n) is = change.is;
  return is;
}

export class Standing {
  readonly #bans = new Map<Id, Change<boolean>[]>();
  readonly #gone = new Map<Id, number>(); // deleted or superseded
  readonly #voids = new Map<Id, number[]>(); // where an account's open invitations became void
  readonly #roles = new Map<Id, Change<ClubRole>[]>();
  readonly #revoked = new Map<string, number>(); // account and device
  readonly #claims = new Map<string, Claim>(); // target and successor
  readonly #holds: (Change<'hold' | 'alone' | 'subtree'> & { target: Id })[] = [];
  readonly #traceKeys = new Map<Id, TraceKey>(); // by device, in the order of their first
  readonly #ancestors: Ancestors;

  constructor(founder: Id, ancestors: Ancestors) {
    this.#roles.set(founder, [{ n: -1, is: 'founder' }]);
    this.#ancestors = ancestors;
  }

  // `n` is a position: what stands there or later does not count yet.
  good(account: Id, n: number): boolean {
    return !last(this.#bans.get(account), n, false) && !((this.#gone.get(account) ?? n) < n);
  }

  revoked(account: Id, device: Id, n: number): boolean {
    return (this.#revoked.get(`${account} ${device}`) ?? n) < n;
  }

  role(account: Id, n: number): ClubRole {
    return last(this.#roles.get(account), n, 'member');
  }

  officers(n: number): Id[] {
    return [...this.#roles.keys()].filter((id) => this.role(id, n) !== 'member' && this.good(id, n));
  }

  traceKeys(n: number): TraceKey[] {
    const officers = new Set(this.officers(n));
    return [...this.#traceKeys.values()].filter(
      ({ account, device }) => officers.has(account) && !this.revoked(account, device, n),
    );
  }

  claimed(target: Id): Id | null {
    for (const [key, claim] of this.#claims) {
      const [old, successor = ''] = key.split(' ');
      if (old === target && !claim.vetoed) return successor;
    }
    return null;
  }

  // Whether what the account had open at `from` was void before `to`.
  voided(account: Id, from: number, to: number): boolean {
    return (this.#voids.get(account) ?? []).some((at) => at > from && at < to);
  }

  held(account: Id, n: number): boolean {
    if (this.#holds.length === 0) return false;
    const line = this.#ancestors(account);
    const since = line[0]?.since ?? n;
    let held = false;
    for (const { n: at, is, target } of this.#holds) {
      if (at >= n) break;
      const distance = line.findIndex((one) => one.account === target);
      if (distance < 0) continue;
      if (is === 'hold') held = held || (distance > 0 && since < at);
      else if (distance === 0 || is === 'subtree') held = false;
    }
    return held;
  }

  apply(record: FullRecord): void {
    const { n } = record;
    if (!('author' in record)) return;
    const author = b64(record.author);
    switch (record.type) {
      case 'device-revoke': {
        const key = `${author} ${b64(record.targetDevice)}`;
        const itself = b64(record.targetDevice) === b64(record.authorDevice);
        if (!itself && !this.#revoked.has(key)) this.#revoked.set(key, n);
        break;
      }
      case 'role':
        if (this.role(author, n) === 'founder' && this.#above(author, b64(record.target), n))
          push(this.#roles, b64(record.target), { n, is: record.role === 2 ? 'admin' : 'member' });
        break;
      case 'ban':
      case 'unban':
      case 'deletion':
      case 'hold':
      case 'veto':
        this.#target(record, author, n);
        break;
      case 'release':
        if (this.#may(author, b64(record.target), n))
          this.#holds.push({ n, is: record.subtree === 1 ? 'subtree' : 'alone', target: b64(record.target) });
        break;
      case 'supersede':
        this.#claim(record, author, n);
        break;
      case 'succession':
        this.#succeed(record, author, n);
        break;
      case 'trace-key':
        if (this.role(author, n) === 'member') break;
        this.#traceKeys.set(b64(record.authorDevice), {
          account: author,
          device: b64(record.authorDevice),
          key: record.traceKey,
        });
        break;
    }
  }

  #target(record: TargetRecord, author: Id, n: number): void {
    const target = b64(record.target);
    if (record.type === 'veto') {
      if (author !== target) return;
      for (const [key, claim] of this.#claims) if (key.startsWith(`${target} `)) claim.vetoed = true;
      return;
    }
    const itself = record.type === 'deletion' && author === target;
    if (itself ? this.role(author, n) === 'founder' : !this.#may(author, target, n)) return;
    if (record.type === 'hold') this.#holds.push({ n, is: 'hold', target });
    else if (record.type === 'deletion') this.#leave(target, n);
    else push(this.#bans, target, { n, is: record.type === 'ban' });
    if (record.type === 'ban') push(this.#voids, target, n);
  }

  // The inviter's word counts with that of a second who is founder or admin; a client cannot see the tree
  // above somebody whom it never met.
  #claim(record: SupersedeRecord & { time: number }, author: Id, n: number): void {
    const [second, target, successor] = [record.second, record.target, record.successor].map(b64);
    if (!second || !target || !successor || second === author || target === successor) return;
    if ([author, second].some((one) => one === target || one === successor)) return;
    if (this.role(second, n) === 'member' || !this.good(second, n)) return;
    if (!this.good(target, n) || !this.good(successor, n)) return;
    const claim = { n, time: record.time, signers: [author, second], vetoed: false };
    this.#claims.set(`${target} ${successor}`, claim);
  }

  #succeed(record: SuccessionRecord, author: Id, n: number): void {
    const [target, successor] = [b64(record.target), b64(record.successor)];
    const claim = this.#claims.get(`${target} ${successor}`);
    if (!claim || claim.vetoed || record.time < claim.time + VETO_MS) return;
    if (author !== successor && !claim.signers.includes(author)) return;
    if (!this.good(target, n) || !this.good(successor, n)) return;
    push(this.#roles, successor, { n, is: this.role(target, n) });
    this.#leave(target, n);
  }

  #leave(account: Id, n: number): void {
    if (!this.#gone.has(account)) this.#gone.set(account, n);
    push(this.#voids, account, n);
  }

  #may(author: Id, target: Id, n: number): boolean {
    return this.role(author, n) !== 'member' && this.#above(author, target, n);
  }

  #above(author: Id, target: Id, n: number): boolean {
    return RANKS[this.role(author, n)] < RANKS[this.role(target, n)];
  }
}

function push<T>(map: Map<Id, T[]>, account: Id, one: T): void {
  const list = map.get(account);
  if (list) list.push(one);
  else map.set(account, [one]);
}
