// What founder and admins see of the club and its server. Which alerts were read stays in this browser.

import { computed, type Signal, signal } from '@preact/signals';
import type { Account, Alert, Health, OpenInvite } from '../api/admin.ts';
import type { Key, Requests } from '../api/messages.ts';
import { b64 } from '../base/bytes.ts';
import { keep, kept } from '../base/kept.ts';
import { keyOfSeed } from '../base/sign.ts';
import { parseLink } from '../identity/links.ts';
import { RequestError } from '../socket/failure.ts';
import type { Incoming } from '../socket/socket.ts';
import type { AdminControls } from './admin-model.ts';
import type { Core } from './core.ts';
import type { Outcome } from './model.ts';
import { attempt } from './outcome.ts';

export class Admin implements AdminControls {
  readonly health: Signal<Health | null> = signal(null);
  readonly invites: Signal<{ open: number; list: OpenInvite[]; next: number | null } | null> = signal(null);
  readonly alerts: Signal<Alert[] | null> = signal(null);
  readonly #newest = signal(0);
  readonly #read = signal(Number(kept('alerts')) || 0);
  readonly unread = computed(() => this.#newest.value > this.#read.value);
  readonly #core: Core;

  constructor(core: Core) {
    this.#core = core;
  }

  loadHealth(): Promise<Outcome> {
    return attempt(async () => {
      this.health.value = await this.#core.request('admin.health', {});
    });
  }

  loadInvites(more = false): Promise<Outcome> {
    return attempt(async () => {
      const before = more ? this.invites.value : null;
      const after = before?.next ?? 0;
      const { open, invites, next } = await this.#core.request('admin.invites', { after });
      this.invites.value = { open, list: [...(before?.list ?? []), ...invites], next: next ?? null };
    });
  }

  async withdraw(invite: Key): Promise<Outcome> {
    const outcome = await this.#core.append((device, now) => device.revokeInvite(invite, now));
    const is = this.invites.value;
    if (outcome.ok && is)
      this.invites.value = { ...is, open: is.open - 1, list: is.list.filter((one) => one.invite !== invite) };
    return outcome;
  }

  find(text: string): Promise<Outcome<Account>> {
    return attempt(async () => (await this.#core.request('admin.find', await wanted(text.trim()))).member);
  }

  loadAlerts(): Promise<Outcome> {
    return attempt(async () => {
      const { alerts, newest } = await this.#core.request('admin.alerts', {});
      this.alerts.value = alerts;
      this.#read.value = Math.max(newest, this.#read.value);
      keep('alerts', String(this.#read.value));
    });
  }

  onEvent(event: Incoming): void {
    if (event.ev === 'alerts') this.onNewest(event.newest);
  }

  onNewest(newest: number): void {
    this.#newest.value = newest;
    if (this.alerts.value) void this.loadAlerts(); // somebody looks at them
  }

  /** The sheet is closed: what comes from now on is news again. */
  close(): void {
    this.alerts.value = null;
  }

  forget(): void {
    this.close();
    this.#newest.value = 0;
    this.health.value = null;
    this.invites.value = null;
  }
}

const ACCOUNT = /^[A-Za-z0-9_-]{22}$/;

// A handle, an account id, or the invitation that somebody came by: its secret stays here, the key goes.
async function wanted(text: string): Promise<Requests['admin.find'][0]> {
  if (ACCOUNT.test(text)) return { account: text };
  if (!text.includes('#')) return { handle: text.replace(/^@/, '').toLowerCase() };
  const link = await parseLink(text);
  if (link === null || link === 'mistyped' || link.kind !== 'invite')
    throw new RequestError({ code: 'not_found', message: 'no link of an invitation' });
  const { publicKey } = await keyOfSeed(link.seed);
  link.seed.fill(0);
  return { invite: b64(publicKey) };
}
