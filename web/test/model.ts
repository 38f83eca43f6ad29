// A random evening over a relay: people come, go, lose their connection, come back, are brought on stage, are
// banned; messages arrive late, each client's at its own pace, and some not at all. After every step, when all
// has settled: who can decrypt = who is on the roster = whom the server forwards to. Whoever left can decrypt
// nothing that was sent later, with everything the server ever relayed at hand. The seed decides all.

import type { Id } from '../src/api/messages.ts';
import { type Bytes, b64, unb64 } from '../src/base/bytes.ts';
import { sha256 } from '../src/base/sign.ts';
import type { Club, Member } from './club.ts';
import { Adversary, type Client, type Relay } from './relay.ts';

const STEPS = 8;
const SETTLE_MS = 60_000; // longer than any batch, turn or retry of the protocol

// mulberry32
export function dice(seed: number): (n: number) => number {
  let state = seed >>> 0;
  return (n) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let z = Math.imul(state ^ (state >>> 15), 1 | state);
    z = (z + Math.imul(z ^ (z >>> 7), 61 | z)) ^ z;
    return ((z ^ (z >>> 14)) >>> 0) % n;
  };
}

export class Model {
  readonly trace: string[] = [];
  readonly #relay: Relay;
  readonly #club: Club;
  readonly #members: Member[];
  readonly #dice: (n: number) => number;
  readonly #gone: Client[] = [];
  readonly #banned = new Set<Id>();
  readonly #stage = new Set<Id>();
  #hurt: Id | null = null; // something was withheld from it

  constructor(seed: number, relay: Relay, club: Club, members: Member[]) {
    this.#dice = dice(seed);
    this.#relay = relay;
    this.#club = club;
    this.#members = members;
  }

  async play(): Promise<void> {
    const host = this.#club.founder;
    await this.#join(host);
    await this.#relay.settle(1000);
    for (let step = 0; step < STEPS; step++) {
      this.#relay.lag = this.#dice(2) ? () => this.#dice(400) : () => 0;
      for (let n = 1 + this.#dice(4); n > 0; n--) {
        await this.#act();
        if (this.#dice(2)) await this.#relay.settle(this.#dice(300));
      }
      await this.#relay.settle(SETTLE_MS);
      // The rekey of every five minutes may be on its way just now.
      for (let before = -1; before !== this.#counter; await this.#relay.settle(1000)) before = this.#counter;
      this.#check();
      await this.#heal();
    }
    await this.#checkGone();
  }

  get #counter(): number {
    return this.#relay.archive.at(-1)?.header.counter ?? 0;
  }

  #say(what: string, member: Member): void {
    this.trace.push(`${what} ${this.#members.indexOf(member)}`);
  }

  async #join(member: Member): Promise<void> {
    this.#say('join', member);
    this.#leaves(member.account);
    const stage = this.#stage.has(member.account);
    const host = member === this.#club.founder && (stage || this.#relay.archive.length === 0);
    if (host) this.#stage.add(member.account);
    const role = host ? 'moderator' : stage ? 'speaker' : 'listener';
    // Who opened the room comes back on stage, and who was cut for a moment as what it was: the relay knows.
    const { stage: is } = await this.#relay.join(member, { role, ownBook: true });
    if (is) this.#stage.add(member.account);
    else this.#stage.delete(member.account);
  }

  // The present client of an account ends here.
  #leaves(account: Id): void {
    const client = this.#relay.clients.get(account);
    if (!client) return;
    this.#gone.push(client);
    if (this.#hurt !== account) return;
    this.#hurt = null;
    this.#relay.tamper = (_, delivery) => delivery; // nothing is kept from who comes after it
  }

  async #act(): Promise<void> {
    const member = this.#members[this.#dice(this.#members.length)] as Member;
    const { account } = member;
    const inside = this.#relay.clients.has(account);
    const alone = this.#stage.size === 1 && this.#stage.has(account); // the room would end
    const host = this.#relay.clients.has(this.#club.founder.account);
    const what = this.#dice(12);
    if (this.#banned.has(account)) return;
    if (!inside || what < 2) return this.#join(member);
    if (what < 5) {
      if (alone) return;
      this.#say('leave', member);
      this.#leaves(account);
      this.#stage.delete(account);
      await this.#relay.leave(account);
    } else if (what < 7) {
      if (alone) return;
      this.#say('cut', member);
      this.#leaves(account);
      this.#stage.delete(account); // it may come back as what it was; the relay knows
      await this.#relay.cut(account);
    } else if (what < 10) {
      // Were who is behind the only one to act next, the server would have silenced the room: see docs/protocol.md.
      if (!this.#stage.has(account) && host && account !== this.#hurt) {
        this.#say('raise', member);
        await this.#relay.raise(account, this.#club.founder.account);
        this.#stage.add(account);
      } else if (this.#stage.has(account) && !alone) {
        this.#say('lower', member);
        await this.#relay.lower(account);
        this.#stage.delete(account);
      }
    } else if (what === 10) {
      if (alone || !host || member === this.#club.founder) return;
      this.#say('ban', member);
      this.#leaves(account);
      this.#banned.add(account);
      this.#stage.delete(account);
      await this.#relay.ban(account);
    } else this.#withhold(member);
  }

  // The server keeps one key message from one listener, who stays behind and gets no other key instead.
  #withhold(member: Member): void {
    const { account } = member;
    if (this.#hurt || this.#stage.has(account) || member === this.#club.founder) return;
    this.#say('withhold', member);
    this.#hurt = account;
    let left = 1;
    this.#relay.tamper = (to, delivery) => {
      if (to !== account || !('keys' in delivery) || left === 0) return delivery;
      left--;
      return null;
    };
  }

  async #heal(): Promise<void> {
    this.#relay.tamper = (_, delivery) => delivery;
    const member = this.#members.find(({ account }) => account === this.#hurt);
    this.#hurt = null;
    if (member && this.#relay.clients.has(member.account)) await this.#join(member);
  }

  #check(): void {
    const present = [...this.#relay.clients.values()];
    const newest = this.#counter;
    const names = (ids: Iterable<Id>): string =>
      [...ids]
        .map((id) => this.#index(id))
        .sort()
        .join(' ');
    const roster = names(present.map(({ member }) => member.account));
    if (names(this.#relay.forwarding) !== roster)
      this.#fail(`forwarding ${names(this.#relay.forwarding)}, roster ${roster}`);
    const sound = present.filter(({ member }) => member.account !== this.#hurt);
    const keys = new Set<string>();
    for (const client of sound) {
      const who = this.#index(client.member.account);
      const state = client.state;
      if (state?.trouble)
        this.#fail(`${who}: trouble ${state.trouble} with ${this.#index(state.troubleWith ?? '')}`);
      if (!client.ready) this.#fail(`${who} is not ready`);
      if (client.epoch?.counter !== newest)
        this.#fail(`${who} has ${client.epoch?.counter}, newest ${newest}`);
      if (state?.hearers !== present.length)
        this.#fail(`${who} counts ${state?.hearers}, not ${present.length}`);
      keys.add(b64(client.epoch?.base ?? new Uint8Array(0)));
    }
    if (keys.size > 1) this.#fail('two keys for one header');
    const hurt = this.#hurt === null ? undefined : this.#relay.clients.get(this.#hurt);
    const split = hurt?.epoch?.counter === newest && !keys.has(b64(hurt.epoch.base));
    if (split) this.#fail('who missed a message has another key for the same header');
  }

  // With all that was relayed, and its private keys, nobody opens a header whose key list has not their leaf.
  async #checkGone(): Promise<void> {
    const table = new Map<number, string>();
    const lists = new Map<number, Set<string>>();
    for (const { message, header } of this.#relay.archive) {
      for (const { slot, leaf } of message.changes)
        if (leaf === null) table.delete(slot);
        else table.set(slot, leaf);
      lists.set(header.counter, new Set(table.values()));
    }
    for (const client of this.#gone) {
      const leaf = b64(await sha256(unb64(client.keys.leaf) as Bytes));
      for (const counter of (await new Adversary(client).opens(this.#relay)).keys())
        if (!lists.get(counter)?.has(leaf))
          this.#fail(`${this.#index(client.member.account)} is not listed, but opens ${counter}`);
    }
  }

  #index(account: Id): string {
    const i = this.#members.findIndex((member) => member.account === account);
    return i < 0 ? '?' : String(i);
  }

  #fail(what: string): never {
    throw new Error(`${what}; after ${this.trace.join(', ')}`);
  }
}
