// What this browser remembers, in IndexedDB: the keys of its member, the newest log head it saw and the
// people it met. Private keys are non-extractable CryptoKeys: they can be used here and copied nowhere.
// Every change is one transaction, so a second tab is fine.

import type { Face, Id, LogHead } from '../api/messages.ts';
import type { Bytes } from '../base/bytes.ts';

export interface MemberKeys {
  account: Id;
  device: Id;
  founder: Id; // the club's fingerprint, from the link that brought us here
  accountKey: CryptoKey;
  deviceKey: CryptoKey;
  accountPublic: Bytes;
  devicePublic: Bytes;
}

// `pending` are keys whose redemption was sent but not yet answered: if the answer got lost, a hello with
// them tells whether it counted.
type Row = 'member' | 'pending' | 'log';

export const NO_LOG: LogHead = { size: 0, head: 'A'.repeat(43) };

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

export class Vault {
  readonly #db: IDBDatabase;

  private constructor(db: IDBDatabase) {
    this.#db = db;
    db.onversionchange = () => db.close(); // a newer page wants to upgrade
  }

  static async open(name = 'aparte'): Promise<Vault> {
    const request = indexedDB.open(name, 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore('rows');
      request.result.createObjectStore('met', { keyPath: 'account' });
    };
    return new Vault(await settled(request));
  }

  member(): Promise<MemberKeys | null> {
    return this.#get('member');
  }

  pending(): Promise<MemberKeys | null> {
    return this.#get('pending');
  }

  async log(): Promise<LogHead> {
    return (await this.#get<LogHead>('log')) ?? NO_LOG;
  }

  savePending(keys: MemberKeys): Promise<void> {
    return this.#write('rows', (store) => store.put(keys, 'pending' satisfies Row));
  }

  // The redemption counted: the pending keys, if any, are the member's from now on.
  saveMember(keys: MemberKeys): Promise<void> {
    return this.#write('rows', (store) => {
      store.put(keys, 'member' satisfies Row);
      store.delete('pending' satisfies Row);
    });
  }

  dropPending(): Promise<void> {
    return this.#write('rows', (store) => store.delete('pending' satisfies Row));
  }

  // Only ever forward: another tab may have seen a newer head.
  sawLog(log: LogHead): Promise<void> {
    return this.#write('rows', (store) => {
      const before: IDBRequest<LogHead | undefined> = store.get('log' satisfies Row);
      before.onsuccess = () => {
        if (log.size > (before.result?.size ?? 0)) store.put(log, 'log' satisfies Row);
      };
    });
  }

  met(): Promise<Face[]> {
    return settled(this.#db.transaction('met').objectStore('met').getAll());
  }

  saveMet(people: Face[]): Promise<void> {
    return this.#write('met', (store) => {
      for (const { account, name } of people) store.put({ account, name });
    });
  }

  async #get<T>(row: Row): Promise<T | null> {
    return (await settled<T | undefined>(this.#db.transaction('rows').objectStore('rows').get(row))) ?? null;
  }

  #write(name: 'rows' | 'met', change: (store: IDBObjectStore) => unknown): Promise<void> {
    const transaction = this.#db.transaction(name, 'readwrite');
    change(transaction.objectStore(name));
    return finished(transaction);
  }
}
