// Everything before one is a member on this browser: a link at hand, a device that is being added, the way back
// by a code or a passkey. Each ends with keys that the server has taken into the log, or may have: a hello tells.

import type { Signal } from '@preact/signals';
import type { Events, Id } from '../api/messages.ts';
import type { Credential, SessionState } from '../api/session.ts';
import { Invitation } from '../identity/device.ts';
import { type InviteLink, parseLink } from '../identity/links.ts';
import type { Passkeys } from '../identity/passkey.ts';
import type { MemberKeys } from '../identity/vault.ts';
import type { Core } from './core.ts';
import { doorway, Entry } from './entry.ts';
import type { Outcome, Screen } from './model.ts';
import type { Pairing, WayBack } from './newcomer.ts';
import { attempt, failed } from './outcome.ts';

// A chunk of its own: few come this way, and not often.
const newcomer = () => import('./newcomer.ts').catch(() => null);

const nothing = (): Promise<Outcome> => Promise.resolve(failed('not_found'));

export class Door {
  clubFounder: Id | null = null; // as the server says
  readonly #core: Core;
  readonly #screen: Signal<Screen>;
  readonly #passkeys: Passkeys | null;
  readonly #use: (keys: MemberKeys) => Promise<Credential>;
  #unsaved: MemberKeys | null = null; // a member's if the next hello succeeds
  #entry: Entry | null = null;
  #pairing: Pairing | null = null;
  #wayBack: WayBack | null = null;

  constructor(
    core: Core,
    screen: Signal<Screen>,
    passkeys: Passkeys | null,
    use: (keys: MemberKeys) => Promise<Credential>,
  ) {
    this.#core = core;
    this.#screen = screen;
    this.#passkeys = passkeys;
    this.#use = use;
  }

  // What came in by the address bar, and what this browser remembers.
  async open(fragment: string): Promise<void> {
    const { vault, session } = this.#core;
    if (!vault) return;
    const member = await vault.member();
    const keys = member ?? (await vault.pending());
    const link = await parseLink(fragment);
    const invited = link !== null && link !== 'mistyped' && link.kind !== 'device' ? link : null;
    if (link === 'mistyped') this.#screen.value = { at: 'invite', invite: doorway('invite', 'mistyped') };
    else if (invited && member)
      this.#screen.value = { at: 'invite', invite: doorway(invited.kind, 'member_already') };
    else if (invited) await this.#enterBy(invited);
    else this.#screen.value = keys ? { at: 'hall' } : { at: 'stranger' };
    if (keys) {
      if (!member) this.#unsaved = keys;
      session.open(await this.#use(keys));
    } else if (this.#entry) session.open(null);
  }

  async join(name: string): Promise<Outcome> {
    if (!this.#entry) return nothing();
    const redeemed = await this.#entry.redeem(name);
    return redeemed.ok ? this.#become(redeemed.value) : redeemed;
  }

  lookAgain(): void {
    void this.#entry?.look();
  }

  async startPairing(): Promise<Outcome> {
    const ways = await newcomer();
    const { vault, session, page, member } = this.#core;
    if (!ways) return failed('part_missing');
    if (!vault || member) return nothing();
    this.#closeWays();
    const pairing = new ways.Pairing(session, page, vault, (keys) => this.#become(keys));
    this.#pairing = pairing;
    pairing.view.subscribe((view) => {
      if (this.#pairing === pairing) this.#screen.value = { at: 'pairing', pairing: view };
    });
    if (session.state === 'visitor') void pairing.open();
    else session.open(null);
    return { ok: true, value: undefined };
  }

  acceptPairing(): Promise<Outcome> {
    return this.#pairing?.accept() ?? nothing();
  }

  refusePairing(): void {
    this.#pairing?.refuse();
  }

  onOffer(offer: Events['pair.offer']): void {
    void this.#pairing?.onOffer(offer);
  }

  async startRecovery(): Promise<Outcome> {
    const ways = await newcomer();
    const { vault, session, member } = this.#core;
    if (!ways) return failed('part_missing');
    if (!vault || member) return nothing();
    this.#closeWays();
    const wayBack = new ways.WayBack(
      session,
      vault,
      this.#passkeys,
      () => this.clubFounder,
      (keys) => this.#become(keys),
    );
    this.#wayBack = wayBack;
    wayBack.view.subscribe((recovery) => {
      if (this.#wayBack === wayBack) this.#screen.value = { at: 'recover', recovery };
    });
    if (session.state !== 'visitor') session.open(null);
    return { ok: true, value: undefined };
  }

  recoverByCode(code: string): Promise<Outcome> {
    return this.#wayBack?.byCode(code) ?? nothing();
  }

  recoverByPasskey(): Promise<Outcome> {
    return this.#wayBack?.byPasskey() ?? nothing();
  }

  recover(): Promise<Outcome> {
    return this.#wayBack?.recover() ?? nothing();
  }

  back(): void {
    this.#closeWays();
    if (this.#core.member) return;
    const invite = this.#entry?.view.value;
    this.#screen.value = invite ? { at: 'invite', invite } : { at: 'stranger' };
  }

  onState(state: SessionState): void {
    if (state === 'visitor') {
      void this.#entry?.look();
      void this.#pairing?.open();
    } else if (state === 'offline') {
      this.#entry?.offline();
      this.#pairing?.offline();
    }
  }

  // A hello succeeded.
  onMember(): void {
    if (this.#entry) this.#screen.value = { at: 'hall' };
    this.#entry = null;
    const keys = this.#unsaved;
    this.#unsaved = null;
    if (keys) void this.#core.vault?.saveMember(keys).catch(console.error);
  }

  // False: it is not about keys that had yet to prove themselves.
  async onRefused(code: string): Promise<boolean> {
    const unsaved = this.#unsaved;
    this.#unsaved = null;
    if (!unsaved || code !== 'unknown_account') return false;
    // The record whose answer we missed had not counted.
    await this.#core.vault?.dropPending().catch(console.error);
    this.#core.member = null;
    if (!this.#entry) this.#screen.value = { at: 'stranger' };
    else if (this.#entry.sent) this.#entry.fail('invite_used');
    else this.#core.session.open(null);
    return true;
  }

  async #enterBy(link: InviteLink): Promise<void> {
    const { vault, session } = this.#core;
    if (!vault) return;
    const entry = new Entry(session, vault, await Invitation.open(link));
    this.#entry = entry;
    entry.view.subscribe((invite) => {
      if (this.#entry === entry) this.#screen.value = { at: 'invite', invite };
    });
  }

  #closeWays(): void {
    this.#pairing?.close();
    this.#pairing = null;
    this.#wayBack = null;
  }

  async #become(keys: MemberKeys): Promise<Outcome> {
    const { session } = this.#core;
    this.#unsaved = keys;
    const opened = await attempt(async () => session.become(await this.#use(keys)));
    // Offline: the record counts, and the session opens with the connection that comes back.
    if (!opened.ok && session.state === 'refused') return opened;
    this.#entry = null;
    this.#closeWays();
    this.#screen.value = { at: 'hall' };
    return { ok: true, value: undefined };
  }
}
