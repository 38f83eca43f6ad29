// What this browser remembers, in IndexedDB: the keys of its member, our copy of the member log, the steps
// whose signatures were checked and the people it met. Private keys are non-extractable CryptoKeys: they can
// be used here and copied nowhere. Every change is one transaction, so a second tab is fine.

import type { ChainEntry, Face, Id, LogHead } from '../api/messages.ts';
import type { Bytes } from '../base/bytes.ts';
import type { ForkProof, LogRow } from './log.ts';
import type { Step } from './path.ts';

export interface MemberKeys {
  account: Id;
  device: Id;
  founder: Id; // the club's fingerprint, from the link that brought us here
  deviceKey: CryptoKey;
  devicePublic: Bytes;
}

// X25519, for shares of speakers' patterns.
export interface TraceKeys {
  privateKey: CryptoKey;
  publicKey: Bytes;
}

// An account's own key signs its founding or redemption, and nothing after that.
export interface AccountKeys extends MemberKeys {
  accountKey: CryptoKey;
  accountPublic: Bytes;
}

// `pending` are keys whose redemption was sent but not yet answered: if the answer got lost, a hello with
// them tells whether it counted. `log` is the newest head seen before there was a copy of the log (version 1).
type Row = 'member' | 'pending' | 'log' | 'fork' | 'club' | 'trace';
type Store = 'rows' | 'met' | 'log' | 'records' | 'steps';

export const NO_LOG: LogHead = { size: 0, head: 'A'.repeat(43) };
const VERSION = 2;

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

function finished(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error);
    transaction.onerror = () => reject(transaction.error);
  });
}

function upgrade(db: IDBDatabase, from: number): void {
  if (from < 1) {
    db.createObjectStore('rows');
    db.createObjectStore('met', { keyPath: 'account' });
  }
  if (from < 2) {
    db.createObjectStore('log', { keyPath: 'at' });
    db.createObjectStore('records', { keyPath: 'n' });
    db.createObjectStore('steps', { keyPath: 'device' });
  }
}

export class Vault {
  readonly #db: IDBDatabase;

  private constructor(db: IDBDatabase) {
    this.#db = db;
    db.onversionchange = () => db.close(); // a newer page wants to upgrade
  }

  static async open(name = 'aparte'): Promise<Vault> {
    const request = indexedDB.open(name, VERSION);
    request.onupgradeneeded = (event) => upgrade(request.result, event.oldVersion);
    return new Vault(await settled(request));
  }

  member(): Promise<MemberKeys | null> {
    return this.#get('member');
  }

  pending(): Promise<MemberKeys | null> {
    return this.#get('pending');
  }

  async seen(): Promise<LogHead> {
    return (await this.#get<LogHead>('log')) ?? NO_LOG;
  }

  fork(): Promise<ForkProof | null> {
    return this.#get('fork');
  }

  // The first proof is kept: what comes later may be made to hide it.
  async saveFork(proof: ForkProof): Promise<void> {
    if (!(await this.fork()))
      await this.#write(['rows'], (rows) => rows('rows').put(proof, 'fork' satisfies Row));
  }

  // What shares of patterns are sealed to, where this device takes part in traces.
  traceKey(): Promise<TraceKeys | null> {
    return this.#get('trace');
  }

  saveTraceKey(pair: TraceKeys): Promise<void> {
    return this.#write(['rows'], (store) => store('rows').put(pair, 'trace' satisfies Row));
  }

  savePending(keys: MemberKeys | AccountKeys): Promise<void> {
    return this.#write(['rows'], (store) => store('rows').put(keys, 'pending' satisfies Row));
  }

  // The redemption counted: the pending keys, if any, are the member's from now on.
  saveMember(keys: MemberKeys): Promise<void> {
    return this.#write(['rows'], (store) => {
      const { account, device, founder, deviceKey, devicePublic } = keys;
      store('rows').put({ account, device, founder, deviceKey, devicePublic }, 'member' satisfies Row);
      store('rows').delete('pending' satisfies Row);
    });
  }

  dropPending(): Promise<void> {
    return this.#write(['rows'], (store) => store('rows').delete('pending' satisfies Row));
  }

  // Nothing stays: the account was deleted.
  forget(): Promise<void> {
    const all: Store[] = ['rows', 'met', 'log', 'records', 'steps'];
    return this.#write(all, (store) => {
      for (const name of all) store(name).clear();
    });
  }

  // The copy of the log belongs to one club. Another one at the same address starts anew.
  async belongTo(founder: Id): Promise<void> {
    const before = await this.#get<Id>('club');
    if (before === founder) return;
    await this.#write(['rows', 'log', 'records', 'steps'], (store) => {
      store('rows').put(founder, 'club' satisfies Row);
      if (before === null) return;
      for (const name of ['log', 'records', 'steps'] as const) store(name).clear();
      for (const row of ['log', 'trace'] satisfies Row[]) store('rows').delete(row);
    });
  }

  logRows(): Promise<LogRow[]> {
    return this.#all('log');
  }

  logRecords(): Promise<ChainEntry[]> {
    return this.#all('records');
  }

  saveLog(rows: LogRow[], records: ChainEntry[]): Promise<void> {
    return this.#write(['log', 'records'], (store) => {
      for (const row of rows) store('log').put(row);
      for (const record of records) store('records').put(record);
    });
  }

  steps(): Promise<Step[]> {
    return this.#all('steps');
  }

  saveSteps(steps: Step[]): Promise<void> {
    return this.#write(['steps'], (store) => {
      for (const step of steps) store('steps').put(step);
    });
  }

  met(): Promise<Face[]> {
    return this.#all('met');
  }

  saveMet(people: Face[]): Promise<void> {
    return this.#write(['met'], (store) => {
      for (const { account, name } of people) store('met').put({ account, name });
    });
  }

  async #get<T>(row: Row): Promise<T | null> {
    return (await settled<T | undefined>(this.#db.transaction('rows').objectStore('rows').get(row))) ?? null;
  }

  #all<T>(name: Store): Promise<T[]> {
    return settled<T[]>(this.#db.transaction(name).objectStore(name).getAll());
  }

  #write(names: Store[], change: (store: (name: Store) => IDBObjectStore) => unknown): Promise<void> {
    const transaction = this.#db.transaction(names, 'readwrite');
    change((name) => transaction.objectStore(name));
    return finished(transaction);
  }
}
