// The ways into an account that exists already: a device of the account adds this one, or its person comes back
// by the printed code or a passkey. Until the session that follows has opened, the keys are kept as pending.

import { signal } from '@preact/signals';
import type { Events, Id } from '../api/messages.ts';
import type { Session } from '../api/session.ts';
import { type Bytes, b64, wipe } from '../base/bytes.ts';
import type { SeedKey } from '../base/sign.ts';
import { wordsOf } from '../base/words.ts';
import { Newcomer, pairHash, signLook } from '../identity/device.ts';
import { makeLink } from '../identity/links.ts';
import type { Passkeys } from '../identity/passkey.ts';
import { readCode, recoveryKey } from '../identity/recovery.ts';
import type { MemberKeys } from '../identity/vault.ts';
import { RequestError } from '../socket/failure.ts';
import type { AppVault, Page } from './core.ts';
import type { NewDevice, Outcome, RecoveryView } from './model.ts';
import { attempt, failed } from './outcome.ts';
import { asked } from './recovery.ts';

const WORDS = 6;
const CODE_GROUP = /(.{4})(?=.)/g;

// Makes keys a member's: a hello on the same socket follows.
type Become = (keys: MemberKeys) => Promise<Outcome>;

export class Pairing {
  readonly view = signal<NewDevice>({
    state: 'opening',
    code: '',
    link: '',
    words: null,
    account: null,
  });
  readonly #session: Session;
  readonly #page: Page;
  readonly #vault: AppVault;
  readonly #become: Become;
  #newcomer: Newcomer | null = null;
  #offer: Events['pair.offer'] | null = null;
  #agreed = false; // our person has compared the words
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(session: Session, page: Page, vault: AppVault, become: Become) {
    this.#session = session;
    this.#page = page;
    this.#vault = vault;
    this.#become = become;
  }

  // Again whenever the connection comes back: the code may be another one then, the key is the same.
  async open(): Promise<Outcome> {
    const outcome = await attempt(async () => {
      this.#newcomer ??= await Newcomer.make();
      const { key } = this.#newcomer;
      const link = await makeLink(this.#page.origin, { kind: 'device', key });
      const { code, until } = await this.#session.visit('pair.open', { key: b64(key) });
      this.#show({
        state: 'waiting',
        code: code.replace(CODE_GROUP, '$1-'),
        link,
        words: null,
        account: null,
      });
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#expire(), Math.max(0, until - Date.now()));
    });
    if (!outcome.ok) this.#show({ state: 'offline' });
    return outcome;
  }

  // First unsigned, so that both can compare the words; then with the other device's signature.
  async onOffer(offer: Events['pair.offer']): Promise<void> {
    const newcomer = this.#newcomer;
    if (!newcomer || this.view.value.state === 'expired') return;
    if (!newcomer.takes(offer.body, offer.account)) return;
    const other =
      this.#offer && (this.#offer.account !== offer.account || this.#offer.founder !== offer.founder);
    if (other) this.#agreed = false;
    this.#offer = offer;
    const hash = await pairHash(newcomer.key, offer.account, offer.founder);
    const words = await wordsOf(hash, WORDS, this.#page.lang());
    if (this.#offer !== offer) return;
    this.#show({ state: this.#agreed ? 'adding' : 'offered', words, account: offer.account });
    if (this.#agreed && offer.sig !== '') await this.#accept(newcomer, offer);
  }

  // Our person says that the words are the same; the other device's signature may still be on its way.
  async accept(): Promise<Outcome> {
    const newcomer = this.#newcomer;
    const offer = this.#offer;
    if (!newcomer || !offer) return failed('not_found');
    this.#agreed = true;
    this.#show({ state: 'adding' });
    return offer.sig === '' ? { ok: true, value: undefined } : this.#accept(newcomer, offer);
  }

  // Whoever sits between the two devices gets nothing, and the next attempt starts with another key.
  refuse(): void {
    this.#newcomer = null;
    this.#offer = null;
    this.#agreed = false;
    void this.open();
  }

  offline(): void {
    if (this.view.value.state === 'waiting') this.#show({ state: 'offline' });
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  async #accept(newcomer: Newcomer, offer: Events['pair.offer']): Promise<Outcome> {
    const keys = newcomer.keys(offer.account, offer.founder);
    const outcome = await settle(this.#vault, keys, this.#become, async () => {
      await this.#session.visit('pair.accept', { record: await newcomer.accept(offer) });
    });
    if (!outcome.ok) this.#show({ state: this.#session.state === 'visitor' ? 'offered' : 'offline' });
    return outcome;
  }

  #expire(): void {
    const { state } = this.view.value;
    if (state === 'waiting' || state === 'offline') this.#show({ state: 'expired' });
  }

  #show(news: Partial<NewDevice>): void {
    this.view.value = { ...this.view.value, ...news };
  }
}

export class WayBack {
  readonly view;
  readonly #session: Session;
  readonly #vault: AppVault;
  readonly #passkeys: Passkeys | null;
  readonly #founder: () => Id | null; // as the server says; a wrong one makes keys that nobody has
  readonly #become: Become;
  #found: { account: Id; key: SeedKey; founder: Id } | null = null;

  constructor(
    session: Session,
    vault: AppVault,
    passkeys: Passkeys | null,
    founder: () => Id | null,
    become: Become,
  ) {
    this.#session = session;
    this.#vault = vault;
    this.#passkeys = passkeys;
    this.#founder = founder;
    this.#become = become;
    this.view = signal<RecoveryView>({ state: 'asking', name: '', passkeys: passkeys !== null });
  }

  async byCode(printed: string): Promise<Outcome> {
    const code = await readCode(printed);
    if (!code) {
      this.#show({ state: 'mistyped' });
      return { ok: true, value: undefined };
    }
    return this.#look(async () => code);
  }

  async byPasskey(): Promise<Outcome> {
    const passkeys = this.#passkeys;
    if (!passkeys) return failed('no_passkey');
    return this.#look(async (founder) => {
      const find = async (credential: string): Promise<string> =>
        (await this.#session.visit('passkey.look', { credential })).data;
      const code = await asked(() => passkeys.open(founder, find));
      if (!code)
        throw new RequestError({ code: 'not_found', message: 'this passkey opens no code of this club' });
      return code;
    });
  }

  async recover(): Promise<Outcome> {
    const found = this.#found;
    if (!found) return failed('not_found');
    this.#show({ state: 'working' });
    const newcomer = await Newcomer.make();
    const keys = newcomer.keys(found.account, found.founder);
    const outcome = await settle(this.#vault, keys, this.#become, async () => {
      const record = await newcomer.recover(found.account, found.key, Date.now());
      await this.#session.visit('recovery.use', { record });
    });
    if (!outcome.ok) this.#show({ state: 'found' });
    return outcome;
  }

  async #look(read: (founder: Id) => Promise<Bytes>): Promise<Outcome> {
    this.#show({ state: 'looking' });
    const outcome = await attempt(async () => {
      const founder = this.#founder();
      if (!founder) throw RequestError.local('offline', 'no connection');
      const code = await read(founder);
      try {
        const key = await recoveryKey(code, founder);
        const members = (sig: string): { key: string; sig: string } => ({ key: b64(key.publicKey), sig });
        const { account, name } = await this.#session.look('recovery.look', members, (host, nonce) =>
          signLook(key, host, nonce),
        );
        this.#found = { account, key, founder };
        this.#show({ state: 'found', name });
      } finally {
        wipe(code);
      }
    });
    if (outcome.ok) return outcome;
    if (outcome.code === 'not_found') this.#show({ state: 'unknown' });
    else
      this.#show({ state: outcome.code === 'offline' || outcome.code === 'timeout' ? 'offline' : 'asking' });
    return outcome;
  }

  #show(news: Partial<RecoveryView>): void {
    this.view.value = { ...this.view.value, ...news };
  }
}

// The keys are kept before the record goes out: should the answer get lost, the device does not.
async function settle(
  vault: AppVault,
  keys: MemberKeys,
  become: Become,
  send: () => Promise<void>,
): Promise<Outcome> {
  const sent = await attempt(async () => {
    await vault.savePending(keys);
    await send();
  });
  if (sent.ok) return become(keys);
  // Lost answers are looked into by the next hello; a refusal is final.
  if (!['offline', 'timeout', 'bad_reply'].includes(sent.code))
    await vault.dropPending().catch(console.error);
  return sent;
}
