// What the parts of the client share: the session, the vault, who we are, and how records get into the log.

import type { Signal } from '@preact/signals';
import type { Bytes64, RequestName, Requests } from '../api/messages.ts';
import type { Session } from '../api/session.ts';
import type { WordsLang } from '../base/words.ts';
import type { ChainBook } from '../identity/chain.ts';
import type { Device } from '../identity/device.ts';
import type { Vault } from '../identity/vault.ts';
import { RequestError } from '../socket/failure.ts';
import type { Me, Outcome } from './model.ts';
import { attempt } from './outcome.ts';

export type AppVault = Pick<Vault, keyof Vault>;

export interface Page {
  host: string;
  origin: string;
  fragment(): string;
  path(): string;
  show(path: string): void; // in the address bar, without a fragment
  lang(): WordsLang; // of the screens
  onHide(f: () => void): void;
  onNetwork(f: () => void): void; // the device is in another network, or in one again
  onFragment(f: () => void): void; // a link was put into the address bar of a page that is already here
  reload(): void;
}

export interface Membership {
  device: Device;
  book: ChainBook;
}

export class Core {
  readonly session: Session;
  readonly page: Page;
  readonly me: Signal<Me | null>;
  member: Membership | null = null;
  vault: AppVault | null = null;

  constructor(session: Session, page: Page, me: Signal<Me | null>) {
    this.session = session;
    this.page = page;
    this.me = me;
  }

  get device(): Device {
    return this.#member.device;
  }

  get book(): ChainBook {
    return this.#member.book;
  }

  get #member(): Membership {
    if (!this.member) throw RequestError.local('offline', 'no member on this browser');
    return this.member;
  }

  request<K extends RequestName>(name: K, members: Requests[K][0]): Promise<Requests[K][1]> {
    return this.session.request(name, members);
  }

  // Signs a record and puts it into the member log.
  append(sign: (device: Device, now: number) => Promise<Bytes64>): Promise<Outcome> {
    return attempt(async () => {
      await this.request('log.append', { record: await sign(this.device, Date.now()) });
    });
  }

  change(news: Partial<Me>): void {
    if (this.me.value) this.me.value = { ...this.me.value, ...news };
  }
}
