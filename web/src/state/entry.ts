// The way in: from a link in the address bar to a member of the club. The screen is S1; what the server
// says of the link is looked up again whenever the connection comes back, for as long as it is open.

import { type Signal, signal } from '@preact/signals';
import type { Session } from '../api/session.ts';
import { type Invitation, makeKeys } from '../identity/device.ts';
import type { InviteLink } from '../identity/links.ts';
import type { AccountKeys, MemberKeys, Vault } from '../identity/vault.ts';
import { RequestError } from '../socket/failure.ts';
import type { InviteView, Outcome } from './model.ts';
import { attempt } from './outcome.ts';

export type EntryVault = Pick<Vault, 'savePending' | 'dropPending'>;

const STATES: Record<string, InviteView['state']> = {
  server_full: 'full',
  busy: 'full',
  rate_limited: 'full',
  store_failed: 'full',
  internal: 'full',
  invite_used: 'used',
  invite_expired: 'expired',
  invite_revoked: 'revoked',
  offline: 'offline',
  timeout: 'offline',
};

export function doorway(kind: InviteLink['kind'], state: InviteView['state'], club = ''): InviteView {
  return { state, kind, club, inviter: '' };
}

export class Entry {
  readonly view: Signal<InviteView>;
  #session: Session;
  #vault: EntryVault;
  #invitation: Invitation;
  #keys: AccountKeys | null = null;
  #record = '';
  #sent = false; // a redemption went out whose answer we may have missed

  constructor(session: Session, vault: EntryVault, invitation: Invitation) {
    this.#session = session;
    this.#vault = vault;
    this.#invitation = invitation;
    this.view = signal(doorway(invitation.kind, 'checking'));
  }

  async look(): Promise<void> {
    const { state } = this.view.value;
    if (this.#sent || !['checking', 'offline', 'full'].includes(state)) return;
    if (state === 'full') this.view.value = { ...this.view.value, state: 'checking' };
    const outcome = await attempt(() =>
      this.#session.look(
        'invite.look',
        (sig) => ({ invite: this.#invitation.invite, sig }),
        (host, nonce) => this.#invitation.look(host, nonce),
      ),
    );
    if (!outcome.ok) this.fail(outcome.code);
    else {
      const { kind, club, inviter = '', founder } = outcome.value;
      const ours =
        kind === this.#invitation.kind && (kind === 'founder' || founder === this.#invitation.founder);
      this.view.value = { state: ours ? 'valid' : 'unknown', kind: this.#invitation.kind, club, inviter };
    }
  }

  get sent(): boolean {
    return this.#sent;
  }

  offline(): void {
    if (this.view.value.state === 'checking') this.fail('offline');
  }

  fail(code: string): void {
    this.view.value = { ...this.view.value, state: STATES[code] ?? 'unknown' };
  }

  // The keys are kept before the record goes out: should the answer get lost, the account does not. They
  // are a member's once a hello with them has succeeded.
  async redeem(name: string): Promise<Outcome<MemberKeys>> {
    const outcome = await attempt(async () => {
      this.#keys ??= await made(() => makeKeys(this.#invitation.founder));
      const keys = this.#keys;
      this.#record ||= await this.#invitation.redeem(keys, Date.now());
      await made(() => this.#vault.savePending(keys));
      await this.#send(name);
      return keys;
    });
    if (!outcome.ok && outcome.code.startsWith('invite_')) this.fail(outcome.code);
    return outcome;
  }

  async #send(name: string): Promise<void> {
    const again = this.#sent;
    this.#sent = true;
    try {
      await this.#session.visit('invite.redeem', { record: this.#record, name });
    } catch (error) {
      const code = error instanceof RequestError ? error.code : 'internal';
      // Used by ourselves, when the first answer got lost: the hello that follows tells.
      if (again && code === 'invite_used') return;
      if (code !== 'offline' && code !== 'timeout' && code !== 'bad_reply') {
        this.#sent = again;
        if (!again) await this.#vault.dropPending().catch(console.error);
      }
      throw error;
    }
  }
}

async function made<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    throw new RequestError({ code: 'no_keys', message: String(error) });
  }
}
