// The person's own account: profile, export, deletion. And the profiles and pictures of others, which are read
// one by one when somebody looks: no list of the members is ever asked for.

import { type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type { Events, Id, Profile } from '../api/messages.ts';
import { b64, unb64 } from '../base/bytes.ts';
import { RequestError } from '../socket/failure.ts';
import type { Core } from './core.ts';
import type { App, Outcome } from './model.ts';
import { attempt } from './outcome.ts';

type Shown = Omit<Profile, 'picture'> & { picture: string | null };

const AT_ONCE = 16; // LIMIT_PROFILE_ACCOUNTS
const GATHER_MS = 50;
const MAGIC: [type: string, start: RegExp][] = [
  ['image/png', /^\x89PNG/],
  ['image/jpeg', /^\xff\xd8\xff/],
  ['image/webp', /^RIFF[\s\S]{4}WEBP/],
];

export class Account {
  readonly #core: Core;
  readonly #pictures = new Map<Id, Signal<string | null>>();
  readonly #asked = new Set<Id>();
  #wanted: Id[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(core: Core) {
    this.#core = core;
  }

  // Our own details, beyond what a session says.
  async load(): Promise<void> {
    const me = this.#core.me.value;
    if (!me) return;
    const outcome = await this.read(me.account);
    if (!outcome.ok) return;
    const { handle, pronouns, bio, picture } = outcome.value;
    const { account, name, role, held, claim } = this.#core.me.value ?? me;
    this.#core.me.value = {
      ...{ account, name, role, held, claim },
      ...(pronouns ? { pronouns } : {}),
      ...(handle ? { handle } : {}),
      ...(bio ? { bio } : {}),
      ...(picture ? { picture } : {}),
    };
  }

  async set(change: Parameters<App['setProfile']>[0]): Promise<Outcome> {
    const outcome = await attempt(async () => {
      const { picture, ...text } = change;
      const bytes = picture ? b64(new Uint8Array(await picture.arrayBuffer())) : '';
      await this.#core.request('profile.set', {
        ...text,
        ...(picture === undefined ? {} : { picture: bytes }),
      });
    });
    if (!outcome.ok) return outcome;
    if (change.name !== undefined) this.#core.change({ name: change.name });
    await this.load();
    return outcome;
  }

  read(account: Id): Promise<Outcome<Shown>> {
    return attempt(async () => {
      const { profiles } = await this.#core.request('profile.read', { accounts: [account] });
      const profile = profiles.find((one) => one.account === account);
      if (!profile) throw new RequestError({ code: 'not_found', message: 'no such profile' });
      return { ...profile, picture: this.#show(profile) };
    });
  }

  picture(account: Id): ReadonlySignal<string | null> {
    return this.#pictureOf(account);
  }

  loadPicture(account: Id): void {
    if (this.#asked.has(account)) return;
    this.#asked.add(account);
    this.#wanted.push(account);
    this.#timer ??= setTimeout(() => void this.#loadWanted(), GATHER_MS);
  }

  // Somebody changed: the picture we know may be an old one.
  onProfile({ account, name }: Events['profile']): void {
    if (account === this.#core.me.value?.account) this.#core.change({ name });
    if (this.#asked.delete(account)) this.loadPicture(account);
  }

  export(): Promise<Outcome<string>> {
    return attempt(async () => {
      const reply = await this.#core.request('account.export', {});
      return JSON.stringify(reply.export, null, 2);
    });
  }

  delete(): Promise<Outcome> {
    return this.#core.append((device, now) => device.about('deletion', device.account, now));
  }

  async #loadWanted(): Promise<void> {
    this.#timer = undefined;
    const wanted = this.#wanted;
    this.#wanted = [];
    for (let i = 0; i < wanted.length; i += AT_ONCE) {
      const accounts = wanted.slice(i, i + AT_ONCE);
      const outcome = await attempt(() => this.#core.request('profile.read', { accounts }));
      if (outcome.ok) for (const profile of outcome.value.profiles) this.#show(profile);
      else for (const account of accounts) this.#asked.delete(account); // whoever looks again asks again
    }
  }

  // A picture is whatever its first bytes say: the server's word for a type is not asked.
  #show({ account, picture }: Profile): string | null {
    const bytes = picture ? unb64(picture) : null;
    const start = String.fromCharCode(...(bytes?.slice(0, 12) ?? []));
    const type = MAGIC.find(([, magic]) => magic.test(start))?.[0];
    const shown = this.#pictureOf(account);
    if (shown.value) URL.revokeObjectURL(shown.value);
    shown.value = bytes && type ? URL.createObjectURL(new Blob([bytes], { type })) : null;
    return shown.value;
  }

  #pictureOf(account: Id): Signal<string | null> {
    const known = this.#pictures.get(account) ?? signal<string | null>(null);
    this.#pictures.set(account, known);
    return known;
  }
}
