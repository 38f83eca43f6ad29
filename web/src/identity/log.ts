// Our own copy of the member log: type and hash of every record, and in full those that say who is in good
// standing. The server may only ever append to it: what it shows must continue this copy, head by head.
// docs/protocol.md, "Member-log records".

import type { Bytes64, ChainEntry, LogHead } from '../api/messages.ts';
import { type Bytes, b64, concat, equal, unb64 } from '../base/bytes.ts';
import { hashFor, sha256 } from '../base/sign.ts';
import { type LogRecord, parseRecord, type RecordType, recordType, type Signed } from './records.ts';

export type FullRecord = LogRecord & Signed & { n: number };

// Two heads at one size, and what carried the other one: a signed header, or nothing but the server's word.
export interface ForkProof {
  size: number;
  ours: string;
  theirs: string;
  carrier: Bytes64 | null;
}

export interface LogRow {
  at: number; // position of its first entry
  entries: Bytes;
}

export interface LogStore {
  logRows(): Promise<LogRow[]>;
  logRecords(): Promise<ChainEntry[]>;
  saveLog(rows: LogRow[], records: ChainEntry[]): Promise<void>; // in one transaction
}

export interface LogReply {
  from: number;
  entries: Bytes64;
  records: ChainEntry[];
  log: LogHead;
}

const ENTRY = 33; // type and hash
const ROW = 1024; // entries
const MOST = 1 << 20; // LIMIT_LOG_RECORDS of the server
// Records of these types come in full to every member.
const IN_FULL: ReadonlySet<RecordType> = new Set<RecordType>([
  'device-revoke',
  'role',
  'ban',
  'unban',
  'deletion',
  'supersede',
  'veto',
  'succession',
  'room-ban',
  'room-unban',
  'hold',
  'release',
  'trace-key',
  'trace-release',
]);
const EMPTY = new Uint8Array(32);

// The server's log does not continue ours.
export class ForkError extends Error {
  readonly proof: ForkProof;

  constructor(proof: ForkProof) {
    super(`two member logs at size ${proof.size}`);
    this.name = 'ForkError';
    this.proof = proof;
  }
}

// An answer that is none: what it should hold is missing or does not fit its own hashes.
export class BadLog extends Error {}

interface Part {
  entries: Bytes[];
  heads: Bytes[];
  records: FullRecord[];
  texts: ChainEntry[];
}

export class MemberLog {
  #entries: Bytes[] = [];
  #heads: Bytes[] = [EMPTY]; // head(n) at [n]
  #records: FullRecord[] = [];
  readonly #store: LogStore;
  readonly #seen: LogHead; // shown to us before there was this copy

  private constructor(store: LogStore, seen: LogHead) {
    this.#store = store;
    this.#seen = seen;
  }

  // A stored copy that does not hold together is dropped, and read again against the head that was seen.
  static async open(store: LogStore, seen: LogHead): Promise<MemberLog> {
    const log = new MemberLog(store, seen);
    const [rows, records] = await Promise.all([store.logRows(), store.logRecords()]);
    const entries = concat(...rows.sort((a, b) => a.at - b.at).map((row) => row.entries));
    try {
      log.#adopt(await log.#part(entries, records));
    } catch (error) {
      if (!(error instanceof BadLog) && !(error instanceof ForkError)) throw error;
    }
    return log;
  }

  get size(): number {
    return this.#entries.length;
  }

  // The newest head that must never be contradicted.
  get head(): LogHead {
    const own = { size: this.size, head: b64(this.#heads[this.size] ?? EMPTY) };
    return this.#seen.size > own.size ? this.#seen : own;
  }

  get records(): readonly FullRecord[] {
    return this.#records;
  }

  // Whether this very record stands at this position.
  holds(n: number, type: RecordType, hash: Bytes): boolean {
    const entry = this.#entries[n];
    return entry !== undefined && recordType(entry[0] ?? 0) === type && equal(entry.slice(1), hash);
  }

  compare({ size, head }: LogHead): 'same' | 'behind' | 'fork' {
    const own = this.#heads[size];
    if (size === this.#seen.size && size > 0 && head !== this.#seen.head) return 'fork';
    if (own) return b64(own) === head ? 'same' : 'fork';
    return 'behind';
  }

  proof({ size, head }: LogHead, carrier: Bytes64 | null): ForkProof {
    const own = this.#heads[size];
    return { size, ours: own ? b64(own) : this.#seen.head, theirs: head, carrier };
  }

  // Reads on until the server's head is ours too. Throws ForkError or BadLog, or what `read` rejects with.
  async catchUp(read: (from: number) => Promise<LogReply>): Promise<void> {
    let entries: Bytes = new Uint8Array(0);
    const records: ChainEntry[] = [];
    for (;;) {
      const from = this.size + entries.length / ENTRY;
      const reply = await read(from);
      const more = unb64(reply.entries);
      if (reply.from !== from || !more || more.length % ENTRY !== 0)
        throw new BadLog('not what was asked for');
      entries = concat(entries, more);
      records.push(...reply.records);
      const size = this.size + entries.length / ENTRY;
      if (reply.log.size < this.size || size > reply.log.size || size > MOST)
        throw new BadLog('longer than its own head');
      if (size < reply.log.size && more.length > 0) continue;
      if (size < reply.log.size) throw new BadLog('shorter than its own head');
      const part = await this.#part(entries, records);
      const head = b64(part.heads[part.heads.length - 1] ?? this.#heads[this.size] ?? EMPTY);
      if (head !== reply.log.head)
        throw new ForkError({ size, ours: head, theirs: reply.log.head, carrier: null });
      const before = this.size;
      this.#adopt(part);
      if (part.entries.length > 0) await this.#store.saveLog(this.#rowsFrom(before), part.texts);
      return;
    }
  }

  // What `entries` add to the log, hashed and complete.
  async #part(entries: Bytes, texts: ChainEntry[]): Promise<Part> {
    const part: Part = { entries: [], heads: [], records: [], texts };
    const full = new Map(texts.map((one) => [one.n, one.record]));
    let head = this.#heads[this.size] ?? EMPTY;
    for (let at = 0; at < entries.length; at += ENTRY) {
      const entry = entries.slice(at, at + ENTRY);
      const n = this.size + part.entries.length;
      const type = recordType(entry[0] ?? 0);
      if (!type) throw new BadLog(`record ${n} is of no known type`);
      head = await hashFor('log', head, entry);
      part.entries.push(entry);
      part.heads.push(head);
      if (n + 1 === this.#seen.size && b64(head) !== this.#seen.head)
        throw new ForkError({ size: n + 1, ours: this.#seen.head, theirs: b64(head), carrier: null });
      if (IN_FULL.has(type)) part.records.push(await fullRecord(n, type, entry.slice(1), full.get(n)));
    }
    return part;
  }

  #adopt(part: Part): void {
    for (const entry of part.entries) this.#entries.push(entry);
    for (const head of part.heads) this.#heads.push(head);
    for (const record of part.records) this.#records.push(record);
  }

  #rowsFrom(n: number): LogRow[] {
    const rows: LogRow[] = [];
    for (let at = n - (n % ROW); at < this.size; at += ROW)
      rows.push({ at, entries: concat(...this.#entries.slice(at, at + ROW)) });
    return rows;
  }
}

async function fullRecord(
  n: number,
  type: RecordType,
  hash: Bytes,
  text: Bytes64 | undefined,
): Promise<FullRecord> {
  const bytes = text === undefined ? null : unb64(text);
  const record = bytes && parseRecord(bytes);
  if (!record || record.type !== type || !equal(await sha256(bytes), hash))
    throw new BadLog(`record ${n} (${type}) is missing or another one`);
  return { ...record, n };
}
