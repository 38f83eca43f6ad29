// A server in memory for tests of the room keys: orders and relays as docs/protocol.md says, keeps every
// ciphertext, and can be told to lie. Also the adversary who has that archive.

import type {
  ChainEntry,
  Events,
  Id,
  KeyMessage,
  KeyPart,
  LeftWhy,
  LogHead,
  Person,
  RoomRole,
} from '../src/api/messages.ts';
import { type Bytes, b64, equal, random, unb64 } from '../src/base/bytes.ts';
import { sha256 } from '../src/base/sign.ts';
import { type KemPair, makeKemPair, open, type Recipient } from '../src/e2ee/hpke.ts';
import { Keys } from '../src/e2ee/keys.ts';
import { type KeysOptions, makeLeaf } from '../src/e2ee/leaf.ts';
import {
  commitmentOf,
  frameBase,
  nextBucketKey,
  partInfo,
  ratchetSecret,
  unwrapSecret,
} from '../src/e2ee/secrets.ts';
import type { FrameEpoch, KeysState, TagList } from '../src/e2ee/types.ts';
import type { Weakness } from '../src/e2ee/weakness.ts';
import type { ChainBook } from '../src/identity/chain.ts';
import type { KeyHeader, Suite } from '../src/identity/keymsg.ts';
import type { LogReply } from '../src/identity/log.ts';
import type { Signed } from '../src/identity/records.ts';
import type { Club, Member } from './club.ts';
import { type Here, Rules } from './relay-rules.ts';

export function recipientOf({ publicKey, kem }: KemPair): Recipient {
  return { publicKey, kem: kem?.publicKey ?? null };
}

export class Client {
  readonly member: Member;
  readonly keys: Keys;
  readonly pair: KemPair;
  state: KeysState | null = null;
  installed: FrameEpoch[] = [];
  silent = true; // stop() was the last word
  paused = false;
  listed: TagList[] = [];
  stage = false; // when it joined
  deaf = false; // a socket that nothing arrives on any more
  readonly seen: Events['room.keys'][] = [];

  constructor(
    member: Member,
    pair: KemPair,
    options: Omit<KeysOptions, 'ports'>,
    leaf: string,
    relay: Relay,
  ) {
    this.member = member;
    this.pair = pair;
    // Who is an adversary later keeps what an honest client forgets.
    const kem = pair.kem && { ...pair.kem, forget: () => undefined };
    this.keys = new Keys({ ...options, ports: relay.ports(this, member) }, { ...pair, kem }, leaf);
  }

  get epoch(): FrameEpoch | null {
    return this.installed[this.installed.length - 1] ?? null;
  }

  get ready(): boolean {
    return this.state?.ready === true && !this.silent;
  }
}

export interface Made {
  leaf: string;
  kem: string | undefined;
}

export interface Archived {
  message: KeyMessage;
  header: KeyHeader & Signed;
  hash: Bytes;
}

export type Delivery =
  | { person: Person }
  | { left: Id; why: LeftWhy }
  | { keys: Events['room.keys'] }
  | { seal: Events['room.seal'] }
  | { beat: Events['room.beat'] }
  | { tags: Events['room.tags'] };

export class Relay {
  room: Id = b64(random(16));
  readonly club: Club;
  readonly weakness: Weakness | null;
  readonly clients = new Map<Id, Client>();
  readonly people = new Map<Id, Person>();
  readonly archive: Archived[] = [];
  readonly rules: Rules;
  now = 1_000_000;
  suite: Suite = 2;
  // Null: the delivery is withheld.
  readonly ownBooks: boolean = false; // else all clients share what was proven
  tamper: (to: Id, delivery: Delivery) => Delivery | null = (_, delivery) => delivery;
  chains: (account: Id) => ChainEntry[] = (account) => this.club.chain(account);
  kem: (account: Id, kem: string) => string = (_, kem) => kem;
  lag: (to: Id) => number = () => 0; // milliseconds
  refuse: ((by: Id) => string | null) | null = null;
  readonly sealsSent: { by: Id; slots: number[] }[] = [];
  readonly #kems = new Map<Id, string>();
  readonly #devices = new Map<Id, Bytes>();
  #turn: Promise<unknown> = Promise.resolve(); // one message at a time, as the server judges them
  #book: Promise<ChainBook>;
  #order = 0;
  #activity = 0;
  readonly #held = new Map<Id, number>(); // answers on their way
  readonly #onHeld = new Map<Id, () => void>();
  readonly #lines = new Map<Id, { last: number; length: number }>();
  #timers = new Set<{ at: number; run: () => void }>();

  constructor(club: Club, weakness: Weakness | null = null, room: Id = b64(random(16))) {
    this.room = room;
    this.club = club;
    this.weakness = weakness;
    this.rules = new Rules(this.room, weakness !== null);
    this.#book = this.#openBook('');
  }

  #openBook(by: Id): Promise<ChainBook> {
    return this.club.book({
      readLog: (from) => this.logFor(by, from),
      readChains: (accounts) => this.chainsFor(by, accounts),
    });
  }

  get slots(): Rules['slots'] {
    return this.rules.slots;
  }

  // Who is here, as the rules want it.
  #here = (): Map<Id, Here> => {
    const here = new Map<Id, Here>();
    for (const [account, person] of this.people) {
      const deviceKey = this.#devices.get(account) ?? new Uint8Array(32);
      here.set(account, { person, leaf: hashes.get(person.leaf) ?? '', deviceKey });
    }
    return here;
  };

  ports(client: Client | null, member: Member): KeysOptions['ports'] {
    return {
      nowMs: () => this.now,
      after: (ms, run) => this.after(ms, run),
      send: (message) => this.answer(member.account, this.take(member.account, message)),
      seals: (counter, seals) => this.answer(member.account, this.seals(member.account, counter, seals)),
      beat: (data) => this.answer(member.account, this.beat(member.account, data)),
      tags: (data) => this.answer(member.account, this.tags(member.account, data)),
      kems: (accounts) => this.answer(member.account, this.kems(member.account, accounts)),
      install: (epoch) => {
        client?.installed.push({ ...epoch, base: epoch.base.slice() });
        if (client) client.silent = false;
      },
      stop: () => {
        if (client) client.silent = true;
      },
      pause: (paused) => {
        if (client) client.paused = paused;
      },
      listed: (list) => client?.listed.push(list),
      changed: (state) => {
        if (client) client.state = state;
      },
    };
  }

  // A client with a fresh leaf, not in the room yet.
  protected async make(member: Member, how: { ownBook?: boolean; suite?: Suite } = {}): Promise<Client> {
    const options = {
      room: this.room,
      device: member.device_,
      role: member === this.club.founder ? ('founder' as const) : ('member' as const),
      book: await (how.ownBook || this.ownBooks ? this.#openBook(member.account) : this.#book),
      log: () => this.log,
      ...(this.weakness ? { weakness: this.weakness } : {}),
    };
    const pair = await makeKemPair(how.suite ?? this.suite);
    const leaf = await makeLeaf({ ...options, ports: this.ports(null, member) }, pair);
    return new Client(member, pair, options, leaf, this);
  }

  get log(): LogHead {
    return this.club.log;
  }

  async join(
    member: Member,
    how: { role?: RoomRole; stage?: boolean; ownBook?: boolean; suite?: Suite } = {},
  ): Promise<Client> {
    const { role = 'listener', stage = role !== 'listener' } = how;
    const client = await this.make(member, how);
    this.forget(member.account);
    const person = await this.#enter(member, client.keys, role, stage);
    this.clients.set(member.account, client);
    client.stage = person.stage;
    void client.keys.joined(await this.#reply());
    this.broadcast({ person }, member.account);
    return client;
  }

  // In the list, and no client behind it. What was made once serves again in a room of the same id.
  async mute(member: Member, made?: Made): Promise<Made> {
    const { leaf, kem } = made ?? (await this.make(member)).keys;
    const person = await this.#enter(member, { leaf, kem }, 'listener', false);
    this.broadcast({ person }, member.account);
    return { leaf, kem };
  }

  async #enter(member: Member, { leaf, kem }: Made, role: RoomRole, stage: boolean): Promise<Person> {
    const order = this.people.get(member.account)?.order ?? ++this.#order;
    const flags = { muted: true, away: false, called: false, hand: 0, order };
    const person: Person = {
      account: member.account,
      device: member.device,
      name: 'n',
      club: member === this.club.founder ? 'founder' : 'member',
      role,
      stage,
      ...flags,
      leaf,
    };
    this.people.set(member.account, person);
    this.#devices.set(member.account, member.keys.devicePublic);
    if (kem) this.#kems.set(member.account, kem);
    await leafHash(person);
    return person;
  }

  async #reply() {
    const people: Person[] = [];
    const held = new Map(Array.from(this.slots, ([slot, { leaf }]) => [leaf, slot]));
    for (const person of this.people.values()) {
      const leaf = await leafHash(person);
      const slot = held.get(leaf);
      held.delete(leaf);
      people.push(slot === undefined ? { ...person } : { ...person, slot });
    }
    const last = this.archive[this.archive.length - 1]?.message;
    const media = {
      ufrag: '',
      pwd: '',
      fingerprint: '',
      candidates: [],
      slots: [],
      setup: 'passive' as const,
    };
    const card = {
      id: this.room,
      host: this.room,
      title: '',
      who: 'everyone' as const,
      sound: 'voice' as const,
      opened: 0,
      people: 0,
      speakers: 0,
      faces: [],
    };
    const gone = Array.from(held, ([leaf, slot]) => ({ slot, leaf }));
    return { room: card, people, ...(last ? { header: last.header, stage: last.stage, gone } : {}), media };
  }

  leave(account: Id, why: LeftWhy = 'self'): void {
    this.people.delete(account);
    this.forget(account);
    this.broadcast({ left: account, why });
  }

  protected forget(account: Id): void {
    this.clients.get(account)?.keys.close();
    this.clients.delete(account);
    this.#lines.delete(account);
    this.#held.delete(account);
  }

  // The connection is lost: away, and out of the room unless back within 10 s.
  cut(account: Id): void {
    const lost = this.people.get(account)?.leaf;
    this.forget(account);
    this.change(account, { away: true });
    this.after(10_000, () => {
      if (this.people.get(account)?.leaf === lost) this.leave(account, 'lost');
    });
  }

  async raise(account: Id, _by: Id): Promise<void> {
    this.change(account, { stage: true, role: 'speaker' });
  }

  async lower(account: Id): Promise<void> {
    this.change(account, { stage: false, role: 'listener' });
  }

  async ban(account: Id): Promise<void> {
    this.leave(account, 'banned');
  }

  async logFor(_by: Id, from: number): Promise<LogReply> {
    return this.club.readLog(from);
  }

  async chainsFor(_by: Id, accounts: Id[]): Promise<{ account: Id; entries: ChainEntry[] }[]> {
    return accounts.flatMap((account) => {
      try {
        return [{ account, entries: this.chains(account) }];
      } catch {
        return []; // as of somebody who has just left
      }
    });
  }

  // Who may hear by the server's own list.
  get forwarding(): ReadonlySet<Id> {
    return new Set(this.people.keys());
  }

  change(account: Id, change: Partial<Person>): void {
    const person = { ...(this.people.get(account) as Person), ...change };
    this.people.set(account, person);
    this.broadcast({ person });
  }

  take(by: Id, message: KeyMessage): Promise<void> {
    return this.#inTurn(by, async () => {
      for (const person of this.people.values()) await leafHash(person);
      const header = await this.rules.take(this.#here, by, message);
      this.archive.push({ message, header, hash: this.rules.hash });
      for (const account of this.clients.keys())
        this.deliver(account, { keys: this.partFor(account, message) });
    });
  }

  seals(by: Id, counter: number, seals: KeyPart[]): Promise<void> {
    return this.#inTurn(by, async () => {
      this.sealsSent.push({ by, slots: seals.map(({ slot }) => slot) });
      for (const { to, seal } of this.rules.seals(this.#here(), by, counter, seals))
        this.deliver(to, { seal: { room: this.room, counter, seal } });
    });
  }

  beat(by: Id, data: string): Promise<void> {
    return this.#inTurn(by, async () => {
      await this.rules.beat(this.#here(), by, data);
      this.broadcast({ beat: { room: this.room, data } }, by);
    });
  }

  tags(by: Id, data: string): Promise<void> {
    return this.#inTurn(by, async () => {
      await this.rules.tags(this.#here(), by, data);
      this.broadcast({ tags: { room: this.room, account: by, data } }, by);
    });
  }

  async kems(by: Id, accounts: Id[]): Promise<Map<Id, string>> {
    if (!this.rules.eligible(this.#here(), by)) throw { code: 'forbidden' };
    if (accounts.length > 64) throw { code: 'too_large' };
    const known = accounts.filter((account) => this.people.has(account) && this.#kems.has(account));
    return new Map(known.map((account) => [account, this.kem(account, this.#kems.get(account) as string)]));
  }

  #inTurn(by: Id, job: () => Promise<void>): Promise<void> {
    this.#activity++;
    const code = this.refuse?.(by);
    const turn = this.#turn.then(code ? () => Promise.reject({ code }) : job);
    this.#turn = turn.catch(() => {});
    return turn;
  }

  partFor(account: Id, message: KeyMessage): Events['room.keys'] {
    const { header, stage, changes } = message;
    const slot = [...this.slots].find(([, one]) => one.account === account)?.[0] ?? -1;
    const welcome = message.welcomes.find((part) => part.slot === slot)?.data;
    const seal = message.seals.find((part) => part.slot === slot)?.data;
    const wrap = slot < 0 ? undefined : message.wraps[Math.floor(slot / 32)];
    const share = message.split?.find((one) => one.account === account);
    const split = share && { first: share.first, last: share.last, seal: share.seal };
    const own = { ...(welcome ? { welcome } : {}), ...(seal ? { seal } : {}), ...(wrap ? { wrap } : {}) };
    return { room: this.room, header, stage, changes, ...own, ...(split ? { split } : {}) };
  }

  after(ms: number, run: () => void): () => void {
    const timer = { at: this.now + ms, run };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  // Everything for one client arrives in order, each time as late as `lag` says.
  #line(account: Id, arrive: () => void): void {
    const ms = this.lag(account);
    const line = this.#lines.get(account) ?? { last: 0, length: 0 };
    if (ms === 0 && line.length === 0) {
      arrive();
      return;
    }
    this.#lines.set(account, line);
    line.length++;
    line.last = Math.max(line.last, this.now + ms);
    this.after(line.last - this.now, () => {
      line.length--;
      this.#activity++;
      if (this.#lines.get(account) === line) arrive();
    });
  }

  // A reply that comes back through the same line as the events.
  answer<T>(account: Id, reply: Promise<T>): Promise<T> {
    const back = (arrive: () => void): void => {
      let late = true;
      this.#line(account, () => {
        late = false;
        this.#held.set(account, Math.max(0, (this.#held.get(account) ?? 0) - 1));
        arrive();
      });
      if (!late) return;
      this.#held.set(account, (this.#held.get(account) ?? 0) + 1);
      this.#onHeld.get(account)?.();
    };
    return new Promise((resolve, reject) => {
      reply.then(
        (value) => back(() => resolve(value)),
        (error) => back(() => reject(error)),
      );
    });
  }

  broadcast(delivery: Delivery, except?: Id): void {
    for (const account of this.clients.keys()) if (account !== except) this.deliver(account, delivery);
  }

  deliver(account: Id, honest: Delivery): void {
    const delivery = this.tamper(account, honest);
    if (delivery) this.#line(account, () => this.#arrive(account, delivery));
  }

  #arrive(account: Id, delivery: Delivery): void {
    const client = this.clients.get(account);
    if (!client || client.deaf) return;
    this.#activity++;
    if ('person' in delivery) void client.keys.person(delivery.person);
    else if ('left' in delivery) void client.keys.left(delivery.left, delivery.why);
    else if ('seal' in delivery) void client.keys.seal(delivery.seal);
    else if ('beat' in delivery) void client.keys.beat(delivery.beat);
    else if ('tags' in delivery) void client.keys.tags(delivery.tags);
    else {
      client.seen.push(delivery.keys);
      void client.keys.keys(delivery.keys);
    }
  }

  // Lets time pass until nothing has happened for a while.
  async settle(ms = 15_000): Promise<void> {
    const end = this.now + ms;
    for (;;) {
      await this.idle();
      const next = [...this.#timers].sort((a, b) => a.at - b.at)[0];
      if (!next || next.at > end) break;
      this.now = Math.max(this.now, next.at);
      for (const timer of [...this.#timers]) {
        if (timer.at > this.now || !this.#timers.delete(timer)) continue;
        timer.run();
      }
      await this.moved();
    }
    this.now = end;
    await this.moved();
  }

  // The clock has moved.
  protected async moved(): Promise<void> {}

  protected touch(): void {
    this.#activity++;
  }

  // All that came for this client is dealt with, or it waits for an answer that the clock will bring.
  #drained({ member, keys }: Client): Promise<void> {
    if (this.#held.get(member.account)) return Promise.resolve();
    return new Promise((resolve) => {
      this.#onHeld.set(member.account, resolve);
      void keys.left('nobody').then(resolve);
    });
  }

  async idle(): Promise<void> {
    for (let before = -1; before !== this.#activity; ) {
      before = this.#activity;
      await this.#turn;
      await Promise.all(Array.from(this.clients.values(), (client) => this.#drained(client)));
    }
  }
}

const hashes = new Map<string, string>();
async function leafHash({ leaf }: Person): Promise<string> {
  const known = hashes.get(leaf) ?? b64(await sha256(unb64(leaf) as Bytes));
  hashes.set(leaf, known);
  return known;
}

// Everything that can be computed from some members' private keys and the whole archive: seals and welcomes
// for any slot, every bucket key moved on, every secret ratcheted.
export class Adversary {
  readonly #pairs: KemPair[];

  constructor(...clients: Pick<Client, 'pair'>[]) {
    this.#pairs = clients.map(({ pair }) => pair);
  }

  // Counters of the headers whose secret it gets, with the secrets.
  async opens(relay: Pick<Relay, 'room' | 'archive'>): Promise<Map<number, Bytes>> {
    const bucketKeys = new Map<string, Bytes>();
    const secrets = new Map<string, Bytes>();
    const room = unb64(relay.room) as Bytes;
    const learnBucket = async (key: Bytes): Promise<void> => {
      for (let i = 0, one = key; i < 12; i++, one = await nextBucketKey(one)) bucketKeys.set(b64(one), one);
    };
    for (const { message, header, hash } of relay.archive) {
      for (const [kind, parts] of [
        ['seal', message.seals],
        ['welcome', message.welcomes],
      ] as const) {
        for (const { slot, data } of parts) {
          for (const pair of this.#pairs) {
            const info = partInfo(kind, { room, epoch: header.epoch, generation: header.generation, slot });
            const own = header.suite === 2 ? pair : { ...pair, kem: null };
            const plain = await open(own, info, hash, unb64(data) as Bytes);
            if (plain) await learnBucket(plain.slice(0, 32));
            if (plain?.length === 64) secrets.set(b64(plain.slice(32)), plain.slice(32));
          }
        }
      }
    }
    for (const { message, hash } of relay.archive) {
      for (const wrap of message.wraps) {
        for (const key of bucketKeys.values()) {
          const secret = await unwrapSecret(key, hash, unb64(wrap) as Bytes);
          if (secret) secrets.set(b64(secret), secret);
        }
      }
    }
    const found = new Map<number, Bytes>();
    for (const { header } of relay.archive) {
      for (const secret of [...secrets.values()]) {
        const next = await ratchetSecret(secret, header.rosterRoot);
        for (const one of [secret, next]) {
          if (!equal(await commitmentOf(one), header.commitment)) continue;
          found.set(header.counter, one);
          secrets.set(b64(one), one);
        }
      }
    }
    return found;
  }

  // The frame keys of a header, for whoever has its secret.
  static async epoch(
    relay: Pick<Relay, 'archive'>,
    counter: number,
    secret: Bytes,
  ): Promise<FrameEpoch | null> {
    const one = relay.archive.find(({ header }) => header.counter === counter);
    const senders = Array.from({ length: 254 }, (_, i) => ({ index: i + 1, account: '' }));
    return one
      ? { counter, base: await frameBase(secret, one.hash), senders, mine: 0, sendAfterMs: 0 }
      : null;
  }
}
