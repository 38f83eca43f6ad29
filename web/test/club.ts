// A club in memory: real keys and real records in a real log, as a server would hold them, and what it answers.
// It appends whatever it is given: that a record does not count is for the client to find out.

import type { ChainEntry, Id, LogHead } from '../src/api/messages.ts';
import { type Bytes, b64, concat, unb64 } from '../src/base/bytes.ts';
import { hashFor, type SeedKey, sha256 } from '../src/base/sign.ts';
import { type BookPorts, type BookStore, ChainBook } from '../src/identity/chain.ts';
import { Device, Invitation, makeKeys, Newcomer } from '../src/identity/device.ts';
import { parseLink } from '../src/identity/links.ts';
import type { LogReply } from '../src/identity/log.ts';
import type { Step } from '../src/identity/path.ts';
import { parseRecord, recordCode } from '../src/identity/records.ts';
import { type AccountKeys, type MemberKeys, NO_LOG } from '../src/identity/vault.ts';

export interface Member {
  account: Id;
  device: Id;
  keys: MemberKeys;
  device_: Device;
}

// Positions of the records that brought a device, and of the one above it.
interface Came {
  account: Id;
  by: number[];
  parent: Id | null;
}

export function memberOf(keys: MemberKeys): Member {
  return { account: keys.account, device: keys.device, keys, device_: new Device(keys) };
}

export async function openLink(link: string): Promise<Invitation> {
  const parsed = await parseLink(link);
  if (!parsed || parsed === 'mistyped' || parsed.kind === 'device') throw new Error('bad link');
  return Invitation.open(parsed);
}

export function memoryStore(): BookStore {
  const rows = new Map<number, Bytes>();
  const records = new Map<number, string>();
  const steps = new Map<Id, Step>();
  return {
    logRows: async () => Array.from(rows, ([at, entries]) => ({ at, entries })),
    logRecords: async () => Array.from(records, ([n, record]) => ({ n, record })),
    saveLog: async (newRows, newRecords) => {
      for (const { at, entries } of newRows) rows.set(at, entries);
      for (const { n, record } of newRecords) records.set(n, record);
    },
    steps: async () => [...steps.values()],
    saveSteps: async (some) => {
      for (const step of some) steps.set(step.device, step);
    },
  };
}

// The types that every member may read in full.
export const FULL = new Set([5, 6, 7, 8, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20]);

export class Club {
  readonly founder: Member;
  readonly log_: { record: string; entry: Bytes; head: Bytes }[] = [];
  readonly #came = new Map<Id, Came>(); // by device
  #appending: Promise<number> = Promise.resolve(0);
  time = 1_000;

  private constructor(founder: Member) {
    this.founder = founder;
  }

  static async found(): Promise<Club> {
    const seed = crypto.getRandomValues(new Uint8Array(32));
    const setup = await Invitation.open({ kind: 'founder', seed, fingerprint: new Uint8Array(16) });
    const keys = await makeKeys(null);
    const club = new Club(memberOf(keys));
    const n = await club.append(await setup.redeem(keys, 0));
    club.#came.set(keys.device, { account: keys.account, by: [n], parent: null });
    return club;
  }

  async invite(by: Member): Promise<Member> {
    const { record, link } = await by.device_.invite('https://club', ++this.time, 72);
    return this.redeem(by, await this.append(record), link);
  }

  async redeem(by: Member, invite: number, link: string, keys?: AccountKeys): Promise<Member> {
    const own = keys ?? (await makeKeys(this.founder.account));
    const n = await this.append(await (await openLink(link)).redeem(own, ++this.time));
    this.#came.set(own.device, { account: own.account, by: [invite, n], parent: by.device });
    return memberOf(own);
  }

  async addDevice(by: Member): Promise<Member> {
    const newcomer = await Newcomer.make();
    const body = by.device_.place(newcomer.key, ++this.time);
    const sig = await by.device_.signPlace(body);
    const n = await this.append(await newcomer.accept({ body, sig }));
    this.#came.set(newcomer.id, { account: by.account, by: [n], parent: by.device });
    return memberOf(newcomer.keys(by.account, this.founder.account));
  }

  // The position of the record.
  async setRecovery(by: Member, key: SeedKey): Promise<number> {
    return this.append(await by.device_.recovery(key, ++this.time));
  }

  async recover(by: Member, recovery: number, key: SeedKey): Promise<Member> {
    const newcomer = await Newcomer.make();
    const n = await this.append(await newcomer.recover(by.account, key, ++this.time));
    this.#came.set(newcomer.id, { account: by.account, by: [recovery, n], parent: by.device });
    return memberOf(newcomer.keys(by.account, this.founder.account));
  }

  // One after another, for each hangs from the one before.
  append(record: string): Promise<number> {
    const done = this.#appending.then(() => this.#append(record));
    this.#appending = done.catch(() => 0);
    return done;
  }

  async #append(record: string): Promise<number> {
    const bytes = unb64(record) ?? new Uint8Array(0);
    const parsed = parseRecord(bytes);
    if (!parsed) throw new Error('bad record');
    const entry = concat(Uint8Array.of(recordCode(parsed.type)), await sha256(bytes));
    const head = await hashFor('log', this.#head, entry);
    return this.log_.push({ record, entry, head }) - 1;
  }

  get #head(): Bytes {
    return this.log_.at(-1)?.head ?? new Uint8Array(32);
  }

  get log(): LogHead {
    return this.headAt(this.log_.length);
  }

  headAt(size: number): LogHead {
    return { size, head: b64(this.log_[size - 1]?.head ?? new Uint8Array(32)) };
  }

  // The paths of all devices of an account.
  chain(account: Id): ChainEntry[] {
    const positions = new Set<number>();
    for (const [device, came] of this.#came) {
      if (came.account !== account) continue;
      for (let id: Id | null = device; id !== null; ) {
        const step = this.#came.get(id);
        for (const n of step?.by ?? []) positions.add(n);
        id = step?.parent ?? null;
      }
    }
    return [...positions].sort((a, b) => a - b).map((n) => ({ n, record: this.log_[n]?.record ?? '' }));
  }

  readLog(from: number, most = 8192): LogReply {
    const some = this.log_.slice(from, from + most);
    const records = some
      .map(({ record, entry }, i) => ({ n: from + i, record, type: entry[0] ?? 0 }))
      .filter(({ type }) => FULL.has(type))
      .map(({ n, record }) => ({ n, record }));
    return { from, entries: b64(concat(...some.map(({ entry }) => entry))), records, log: this.log };
  }

  // The whole log, with the head after each record.
  get records(): readonly { record: string; head: string }[] {
    return this.log_.map(({ record, head }) => ({ record, head: b64(head) }));
  }

  // What a client holds that asks this club; `lies` replaces some of its answers.
  book(lies: Partial<BookPorts> = {}, seen = NO_LOG): Promise<ChainBook> {
    return ChainBook.open(this.founder.account, seen, {
      store: memoryStore(),
      readLog: async (from) => this.readLog(from),
      readChains: async (accounts) => {
        const chains = accounts.map((account) => ({ account, entries: this.chain(account) }));
        return chains.filter(({ entries }) => entries.length > 0);
      },
      grew: () => undefined,
      forked: () => undefined,
      ...lies,
    });
  }
}
