// What founder and admins do, and moderators in their rooms: removals, bans, ranks, reviews, and claims that
// somebody lost their devices. Everything is a signed record; the log of it can be looked at and taken back.

import { type Signal, signal } from '@preact/signals';
import type { Events, Face, Id, ModEntry } from '../api/messages.ts';
import { b64 } from '../base/bytes.ts';
import { idBytes, parseSupersede } from '../identity/device.ts';
import { RequestError } from '../socket/failure.ts';
import type { Core } from './core.ts';
import type { ClaimView, Outcome } from './model.ts';
import { attempt, failed } from './outcome.ts';

const SCOPES = { evening: 1, good: 2 } as const;
const ROLES = { admin: 2, member: 3 } as const;

type Claim = ClaimView & { body: string; sig: string };

export class Moderation {
  readonly log = signal<ModEntry[] | null>(null);
  readonly asks = signal<{ by: Face; target: Face; kind: string }[]>([]);
  readonly claims: Signal<ClaimView[] | null> = signal(null);
  readonly #core: Core;
  #open: Claim[] = [];

  constructor(core: Core) {
    this.#core = core;
  }

  remove(account: Id, host: Id, room: Id, forGood: boolean): Promise<Outcome> {
    return attempt(async () => {
      const scope = forGood ? SCOPES.good : SCOPES.evening;
      const ids = { target: idBytes(account), host: idBytes(host), room: idBytes(room) };
      const record = await this.#core.device.record({ type: 'room-ban', ...ids, scope }, Date.now());
      await this.#core.request('room.remove', { record });
      this.#done(account);
    });
  }

  readmit(account: Id): Promise<Outcome> {
    return attempt(async () => {
      await this.#core.request('room.readmit', { account });
    });
  }

  // First the hold: whoever is about to be banned cannot bring more people in meanwhile.
  async ban(account: Id, hold: boolean): Promise<Outcome> {
    if (hold) {
      const held = await this.hold(account);
      if (!held.ok) return held;
    }
    const outcome = await this.#core.append((device, now) => device.about('ban', account, now));
    if (outcome.ok) this.#done(account);
    return outcome;
  }

  unban(account: Id): Promise<Outcome> {
    return this.#core.append((device, now) => device.about('unban', account, now));
  }

  hold(account: Id): Promise<Outcome> {
    return this.#core.append((device, now) => device.about('hold', account, now));
  }

  release(account: Id, subtree: boolean): Promise<Outcome> {
    const fields = { type: 'release', target: idBytes(account), subtree: subtree ? 1 : 0 } as const;
    return this.#core.append((device, now) => device.record(fields, now));
  }

  setRole(account: Id, role: 'admin' | 'member'): Promise<Outcome> {
    const fields = { type: 'role', target: idBytes(account), role: ROLES[role] } as const;
    return this.#core.append((device, now) => device.record(fields, now));
  }

  load(): Promise<Outcome> {
    return attempt(async () => {
      this.log.value = (await this.#core.request('mod.list', {})).entries;
    });
  }

  async undo(entry: ModEntry): Promise<Outcome> {
    const outcome = await this.#undo(entry);
    if (outcome.ok) void this.load();
    return outcome;
  }

  async #undo({ kind, evening, n, target: { account } }: ModEntry): Promise<Outcome> {
    if (kind === 'room-ban') return evening ? this.readmit(account) : this.#unbanFromRooms(account, n);
    if (kind === 'ban') return this.unban(account);
    if (kind === 'hold') return this.release(account, true);
    return failed('forbidden'); // of everything else the entry itself is the way back, or there is none
  }

  // Whose rooms they were stands in the record, in our own copy of the log.
  #unbanFromRooms(account: Id, n: number | undefined): Promise<Outcome> {
    return this.#core.append(async (device, now) => {
      const record = n === undefined ? null : this.#core.book.record(n);
      if (record?.type !== 'room-ban')
        throw new RequestError({ code: 'not_found', message: 'no such removal in our copy of the log' });
      return device.record({ type: 'room-unban', target: idBytes(account), host: record.host }, now);
    });
  }

  onAsk(ask: Events['mod.ask']): void {
    const others = this.asks.value.filter(({ target }) => target.account !== ask.target.account);
    this.asks.value = [...others, ask];
  }

  #done(account: Id): void {
    this.asks.value = this.asks.value.filter(({ target }) => target.account !== account);
  }

  // One person's claim may wait for several devices: those that are for another are not shown.
  loadClaims(): Promise<Outcome> {
    return attempt(async () => {
      const { claims } = await this.#core.request('claim.list', {});
      this.#open = claims
        .filter(({ body }) => this.#core.device.seconds(body))
        .map((claim) => ({ ...claim, id: claim.body }));
      this.claims.value = this.#open.map(({ id, by, target, successor }) => ({ id, by, target, successor }));
    });
  }

  // Whoever of founder and admins sees it first may be the second: it is made for each of their devices.
  claim(target: Id, successor: Id): Promise<Outcome> {
    return attempt(async () => {
      const { book, device } = this.#core;
      const seconds = book.officers().filter((id) => ![device.account, target, successor].includes(id));
      await book.read(seconds);
      const devices = seconds.flatMap((account) =>
        book.devices(account).map((one) => ({ account, device: one })),
      );
      if (devices.length === 0)
        throw new RequestError({ code: 'second_needed', message: 'there is no other admin' });
      for (const second of devices)
        await this.#core.request('claim.open', await device.claim(target, successor, second, Date.now()));
    });
  }

  async cosign(id: string): Promise<Outcome> {
    const outcome = await attempt(async () => {
      const claim = this.#open.find((one) => one.id === id);
      const record = claim && (await this.#cosigned(claim));
      if (!record) throw new RequestError({ code: 'not_found', message: 'no such claim for this device' });
      await this.#core.request('log.append', { record });
    });
    if (outcome.ok) void this.loadClaims();
    return outcome;
  }

  // What is signed is what was shown: the accounts in the bytes are those beside the names.
  async #cosigned(claim: Claim): Promise<string | null> {
    const parsed = parseSupersede(claim.body);
    if (!parsed) return null;
    const shown = [claim.by, claim.target, claim.successor].map(({ account }) => account);
    const signed = [parsed.author, parsed.target, parsed.successor].map(b64);
    if (shown.some((account, i) => account !== signed[i])) return null;
    const author = { account: b64(parsed.author), device: b64(parsed.authorDevice) };
    await this.#core.book.prove([author]);
    const chain = this.#core.book.get(author.account, author.device);
    return chain && this.#core.device.cosign(claim, chain.deviceKey);
  }

  veto(): Promise<Outcome> {
    return this.#core.append((device, now) => device.about('veto', device.account, now));
  }

  succeed(target: Id): Promise<Outcome> {
    return this.#core.append(async (device, now) => {
      const successor = this.#core.book.claimed(target);
      if (!successor) throw new RequestError({ code: 'not_found', message: 'nobody claims this account' });
      const fields = { type: 'succession', target: idBytes(target), successor: idBytes(successor) } as const;
      return device.record(fields, now);
    });
  }
}
