// The book of proofs: which devices belong to whom, and that each of them came in by a chain of invitations
// that starts at our founder and was in good standing at every step. A path counts only against our own copy
// of the member log. docs/protocol.md, "A client accepts a path if".

import type { Bytes64, ChainEntry, ClubRole, Id, LogHead } from '../api/messages.ts';
import { type Bytes, b64 } from '../base/bytes.ts';
import { hashFor } from '../base/sign.ts';
import {
  BadLog,
  ForkError,
  type ForkProof,
  type FullRecord,
  type LogReply,
  type LogStore,
  MemberLog,
} from './log.ts';
import { allSigned, Pool, parseEntry, type Step, takeSteps } from './path.ts';
import { Standing, type TraceKey } from './standing.ts';

export interface Chain {
  account: Id;
  device: Id;
  deviceKey: Bytes;
  role: ClubRole; // now
  inviters: Id[]; // nearest first, the founder last; empty for the founder
  hash: Bytes; // of this device's path
}

export interface BookStore extends LogStore {
  steps(): Promise<Step[]>;
  saveSteps(steps: Step[]): Promise<void>;
}

export interface BookPorts {
  store: BookStore;
  readLog(from: number): Promise<LogReply>;
  readChains(accounts: Id[]): Promise<{ account: Id; entries: ChainEntry[] }[]>;
  grew(head: LogHead): void; // our copy is verified up to here
  forked(proof: ForkProof): void; // to be kept and shown
}

const AT_ONCE = 64; // LIMIT_CHAIN_ACCOUNTS
const MAX_DEPTH = 64;

export class ChainBook {
  readonly founder: Id;
  readonly #log: MemberLog;
  readonly #ports: BookPorts;
  readonly #steps = new Map<Id, Step>(); // by device; signatures checked
  readonly #known = new Set<number>(); // positions of the records that the steps were made of
  readonly #devices = new Map<Id, Id[]>(); // of an account
  readonly #valid = new Map<Id, boolean>(); // by device: a verdict at fixed positions, so it stays
  readonly #hashes = new Map<Id, Bytes>(); // of paths, by device
  readonly #answered = new Set<string>(); // account and device: the server showed the account's paths
  #standing: Standing;
  #settled = 0; // records whose effect is known
  #next = 0; // of the log's full records
  #stuck = false; // at a record whose author's path was not shown: it may be a ban, so nobody counts as proven
  readonly #bodies = new Set<string>(); // applied: no body counts twice
  #catching: Promise<void> | null = null;

  private constructor(founder: Id, log: MemberLog, ports: BookPorts) {
    this.founder = founder;
    this.#log = log;
    this.#ports = ports;
    this.#standing = new Standing(founder, (account) => this.#line(account));
  }

  static async open(founder: Id, seen: LogHead, ports: BookPorts): Promise<ChainBook> {
    const log = await MemberLog.open(ports.store, seen);
    const book = new ChainBook(founder, log, ports);
    for (const step of await ports.store.steps()) book.#add(step);
    await book.#settle();
    return book;
  }

  // The newest head that nobody may contradict.
  get head(): LogHead {
    return this.#log.head;
  }

  // Whether a head that somebody signed or said belongs to our log. A fork is reported once and for all.
  check(log: LogHead, carrier: Bytes64 | null = null): 'same' | 'behind' | 'fork' {
    const verdict = this.#log.compare(log);
    if (verdict === 'fork') this.#ports.forked(this.#log.proof(log, carrier));
    return verdict;
  }

  // Brings our copy up to the server's. Calls that overlap share the work. False: it could not be done now.
  async catchUp(): Promise<boolean> {
    this.#catching ??= this.#catchUp().finally(() => {
      this.#catching = null;
    });
    try {
      await this.#catching;
    } catch (error) {
      if (error instanceof ForkError) this.#ports.forked(error.proof);
      else if (error instanceof BadLog || !(error instanceof Error && 'code' in error)) console.error(error);
      return false;
    }
    return this.#settled === this.#log.size;
  }

  // Null: not proven. What is proven counts for now; `banned` may say otherwise a moment later.
  get(account: Id, device: Id): Chain | null {
    const step = this.#proven(account, device);
    const hash = this.#hashes.get(device);
    if (!step || !hash || this.#stuck || !this.#stands(account, device, this.#settled)) return null;
    const { deviceKey } = step;
    return { account, device, deviceKey, role: this.role(account), inviters: this.#inviters(account), hash };
  }

  // The key of a device that came in by a path that counts, whatever happened to it since.
  provenKey(account: Id, device: Id): Bytes | null {
    return this.#stuck ? null : (this.#proven(account, device)?.deviceKey ?? null);
  }

  // The server has shown the account's paths, and this device is not proven by them: a ghost, or a forgery.
  // Or it was, and account or device have been thrown out since.
  refused(account: Id, device: Id): boolean {
    if (this.#stuck) return false;
    if (this.#proven(account, device)) return !this.#stands(account, device, this.#settled);
    return this.#answered.has(`${account} ${device}`);
  }

  // Not in good standing after the first `size` records.
  banned(account: Id, size = this.#settled): boolean {
    return !this.#standing.good(account, size);
  }

  role(account: Id): ClubRole {
    return this.#standing.role(account, this.#settled);
  }

  // Nearest first; null while the account is not proven.
  inviters(account: Id): Id[] | null {
    const proven = (this.#devices.get(account) ?? []).some((device) => this.#proven(account, device));
    return proven ? this.#inviters(account) : null;
  }

  // Founder and admins in good standing.
  officers(): Id[] {
    return this.#standing.officers(this.#settled);
  }

  // Devices that take part in traces; none while our copy of the log is not settled.
  traceKeys(): TraceKey[] {
    return this.#stuck ? [] : this.#standing.traceKeys(this.#settled);
  }

  // Proven devices of an account that were not revoked.
  devices(account: Id): Id[] {
    return (this.#devices.get(account) ?? []).filter((device) => this.get(account, device));
  }

  // A record that every member may read in full.
  record(n: number): FullRecord | null {
    return this.#log.records.find((one) => one.n === n) ?? null;
  }

  // Who is said to be the successor of an account, if it did not object.
  claimed(target: Id): Id | null {
    return this.#standing.claimed(target);
  }

  // Reads the paths of these accounts, whatever devices they have.
  async read(accounts: Id[]): Promise<void> {
    for (let i = 0; i < accounts.length; i += AT_ONCE)
      await this.#learn(await this.#ports.readChains(accounts.slice(i, i + AT_ONCE)));
    const devices = accounts.flatMap((account) => this.#devices.get(account) ?? []);
    await Promise.all(devices.map((device) => this.#hash(device)));
  }

  // Reads and checks what is missing, the first ones first. Afterwards get() or refused() has an answer;
  // neither: the server did not tell, perhaps because the person has just left. Rejects with what
  // `readChains` rejects with.
  async prove(people: Iterable<{ account: Id; device: Id }>): Promise<void> {
    const all = [...people];
    const open = all.filter(({ account, device }) => !this.#proven(account, device));
    const batches = Array.from({ length: Math.ceil(open.length / AT_ONCE) }, (_, i) =>
      open.slice(i * AT_ONCE, (i + 1) * AT_ONCE),
    );
    const read = (batch: typeof open | undefined): ReturnType<BookPorts['readChains']> =>
      this.#ports.readChains([...new Set((batch ?? []).map(({ account }) => account))]);
    let next = batches.length > 0 ? read(batches[0]) : null;
    for (const [i, batch] of batches.entries()) {
      const chains = (await next) ?? [];
      next = i + 1 < batches.length ? read(batches[i + 1]) : null; // on its way while we work
      next?.catch(() => undefined); // awaited in its turn
      if (!(await this.#learn(chains))) continue;
      const told = new Set(chains.map(({ account }) => account));
      for (const { account, device } of batch)
        if (told.has(account)) this.#answered.add(`${account} ${device}`);
    }
    await Promise.all(all.map(({ device }) => this.#hash(device)));
  }

  // False: they name records of our log that cannot be had now.
  async #learn(chains: { entries: ChainEntry[] }[]): Promise<boolean> {
    const entries = chains.flatMap((one) => one.entries);
    const newer = entries.some(({ n }) => n >= this.#settled);
    if (newer && !(await this.catchUp())) return false;
    await this.#take(entries);
    return true;
  }

  // What is not of our log is left out, and proves nothing.
  async #take(entries: ChainEntry[]): Promise<void> {
    // By record too: one that is not of our log must not hide another that is.
    const open = entries.filter(({ n }) => !this.#known.has(n));
    const fresh = new Map(open.map((entry) => [`${entry.n} ${entry.record}`, entry]));
    const pool = new Pool();
    for (const record of await Promise.all(Array.from(fresh.values(), parseEntry)))
      if (record && this.#log.holds(record.n, record.type, record.hash)) pool.put(record);
    const steps = await takeSteps(pool, this.#steps);
    for (const step of steps) this.#add(step);
    // What gets lost on the way to the disk is verified again.
    if (steps.length > 0) void this.#ports.store.saveSteps(steps).catch(console.error);
  }

  #add(step: Step): void {
    if (this.#steps.has(step.device)) return;
    this.#steps.set(step.device, step);
    this.#known.add(step.n).add(step.by?.n ?? step.n);
    this.#devices.set(step.account, [...(this.#devices.get(step.account) ?? []), step.device]);
  }

  async #catchUp(): Promise<void> {
    const before = this.#log.size;
    await this.#log.catchUp((from) => this.#ports.readLog(from));
    await this.#readAuthors(this.#log.records.slice(this.#next));
    await this.#settle();
    if (this.#log.size > before) this.#ports.grew(this.#log.head);
  }

  // Applies the records that say who is in good standing, in order. Each needs the path of its author, which
  // needs the records before it: so one that cannot be judged stops everything behind it.
  async #settle(): Promise<void> {
    for (const record of this.#log.records.slice(this.#next)) {
      this.#settled = record.n;
      const counts = await this.#counts(record);
      this.#stuck = counts === null;
      if (this.#stuck) return;
      const body = b64(record.body);
      if (counts && !this.#bodies.has(body)) this.#standing.apply(record);
      this.#bodies.add(body);
      this.#next++;
    }
    this.#settled = this.#log.size;
  }

  async #readAuthors(records: FullRecord[]): Promise<void> {
    const missing = new Set<Id>();
    for (const { account, device } of records.flatMap(signersOf))
      if (!this.#steps.has(device)) missing.add(account);
    const accounts = [...missing];
    for (let i = 0; i < accounts.length; i += AT_ONCE) {
      const chains = await this.#ports.readChains(accounts.slice(i, i + AT_ONCE));
      await this.#take(chains.flatMap(({ entries }) => entries));
    }
  }

  // Null: the path of its author is out of reach.
  async #counts(record: FullRecord): Promise<boolean | null> {
    const signers = signersOf(record).map(({ account, device }) => {
      const step = this.#steps.get(device);
      return { account, device, step };
    });
    if (signers.some(({ step }) => !step)) return null;
    const good = signers.every(
      ({ account, device, step }) =>
        step?.account === account && this.#holds(step) && this.#stands(account, device, record.n),
    );
    return (
      good &&
      (await allSigned(
        record,
        signers.map(({ step }) => step?.deviceKey),
      ))
    );
  }

  #stands(account: Id, device: Id, n: number): boolean {
    return this.#standing.good(account, n) && !this.#standing.revoked(account, device, n);
  }

  // Came in by a path that counts, whatever happened since.
  #proven(account: Id, device: Id): Step | null {
    const step = this.#steps.get(device);
    return step?.account === account && this.#holds(step) ? step : null;
  }

  // Whether a step and all above it counted when they were made. The verdict rests on positions before its own,
  // so it is final once the log is settled that far.
  #holds(step: Step): boolean {
    const verdict = this.#valid.get(step.device);
    if (verdict !== undefined) return verdict;
    const line = step.n < this.#settled ? this.#path(step) : null;
    if (!line) return false;
    const redeemed = line.filter(({ kind }) => kind === 'redeem').length;
    const good = redeemed <= MAX_DEPTH && line.every((one) => this.#countsAt(one));
    this.#valid.set(step.device, good);
    return good;
  }

  #countsAt(step: Step): boolean {
    const { n, by, kind, account } = step;
    const type = kind === 'recovered' ? 'device-add' : kind;
    if (!this.#log.holds(n, type, step.hash)) return false;
    if (kind === 'founder') return account === this.founder;
    const parent = this.#steps.get(step.parent ?? '');
    const at = by?.n ?? n;
    if (!parent || parent.n >= at || at > n || !this.#stands(parent.account, parent.device, at)) return false;
    if (by && !this.#log.holds(by.n, kind === 'redeem' ? 'invite' : 'recovery', by.hash)) return false;
    if (kind !== 'redeem') return parent.account === account && this.#standing.good(account, n);
    const inviter = parent.account;
    const open = this.#standing.good(inviter, n) && !this.#standing.voided(inviter, at, n);
    return open && !this.#standing.held(inviter, n);
  }

  // From the founder's step to this one; null if it does not reach that far.
  #path(step: Step): Step[] | null {
    const line = [step];
    for (let one = step; one.parent !== null; ) {
      const parent = this.#steps.get(one.parent);
      if (!parent || parent.n >= one.n) return null;
      line.unshift(parent);
      one = parent;
    }
    return line;
  }

  // The account and those above it in the tree of invitations, each with the position it came in at.
  #line(account: Id): { account: Id; since: number }[] {
    const line: { account: Id; since: number }[] = [];
    for (let id: Id | null = account; id !== null && line.length <= MAX_DEPTH; ) {
      const now: Id = id;
      const first = (this.#devices.get(now) ?? [])
        .map((device) => this.#steps.get(device))
        .find((step) => step?.kind === 'founder' || step?.kind === 'redeem');
      line.push({ account: now, since: first?.n ?? 0 });
      id = first?.parent ? (this.#steps.get(first.parent)?.account ?? null) : null;
    }
    return line;
  }

  #inviters(account: Id): Id[] {
    return this.#line(account)
      .map((one) => one.account)
      .slice(1);
  }

  async #hash(device: Id): Promise<void> {
    const step = this.#hashes.has(device) ? undefined : this.#steps.get(device);
    const places = step && this.#path(step)?.flatMap(({ by, hash }) => (by ? [by.hash, hash] : [hash]));
    if (places) this.#hashes.set(device, await hashFor('chain', ...places));
  }
}

// Whose signatures a record bears: account and device.
function signersOf(record: FullRecord): { account: Id; device: Id }[] {
  if (!('author' in record)) return [];
  const author = { account: b64(record.author), device: b64(record.authorDevice) };
  if (record.type !== 'supersede') return [author];
  return [author, { account: b64(record.second), device: b64(record.secondDevice) }];
}
