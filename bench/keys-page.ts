// Runs in Chromium: the real key machine as steward, as second steward and as listener, in a room of n people who
// are there by their leaves alone. The clock is virtual, so that only work is measured, not waiting.

import type { Events, Id, KeyMessage, KeyPart, Person } from '../web/src/api/messages.ts';
import { type Bytes, b64, unb64 } from '../web/src/base/bytes.ts';
import { sha256 } from '../web/src/base/sign.ts';
import { type KemPair, makeKemPair } from '../web/src/e2ee/hpke.ts';
import { Keys } from '../web/src/e2ee/keys.ts';
import { type KeysOptions, makeLeaf } from '../web/src/e2ee/leaf.ts';
import type { KeysState } from '../web/src/e2ee/types.ts';
import type { ChainBook } from '../web/src/identity/chain.ts';
import type { Suite } from '../web/src/identity/keymsg.ts';
import { Club, type Member } from '../web/test/club.ts';

const ROOM = b64(new Uint8Array(16).fill(7));
const HOST = 0; // index of the first steward, the room's opener
const SECOND = 1; // of the club's founder, who moderates everywhere
const EAR = 5; // of the listener that is measured

export interface Cost {
  op: string;
  stewardMs: number; // until the header is on its way
  allMs: number; // until the last seal is
  stewardBytes: number;
  listenerMs: number;
  listenerBytes: number;
  serverBytes: number; // to everybody
  seals: number;
}

interface Guest {
  member: Member;
  person: Person;
  leaf: string; // hash
  pair: KemPair;
  kem: string | undefined;
}

const REST_MS = 5000;
const media = { ufrag: '', pwd: '', fingerprint: '', candidates: [], slots: [], setup: 'passive' as const };
const card = {
  id: ROOM,
  host: ROOM,
  title: '',
  who: 'everyone' as const,
  sound: 'voice' as const,
  opened: 0,
  people: 0,
  speakers: 0,
  faces: [],
};

class Bench {
  readonly #suite: Suite;
  readonly #club: Club;
  readonly #book: ChainBook;
  readonly #guests: Guest[] = []; // all who ever came, in order
  readonly #here = new Map<Id, Guest>();
  readonly #slots = new Map<string, number>(); // leaf hash -> slot
  readonly #machines = new Map<Id, Keys>();
  #timers = new Set<{ at: number; run: () => void }>();
  readonly #said = new Map<Id, KeysState>();
  #now = 1_000_000;
  #sent: { message: KeyMessage; at: number } | null = null;
  #sealed: { bytes: number; count: number; at: number } = { bytes: 0, count: 0, at: 0 };
  #last: KeyMessage | null = null;

  constructor(club: Club, book: ChainBook, suite: Suite) {
    this.#club = club;
    this.#suite = suite;
    this.#book = book;
  }

  #options(member: Member): KeysOptions {
    return {
      room: ROOM,
      device: member.device_,
      role: member === this.#club.founder ? 'founder' : 'member',
      book: this.#book,
      log: () => this.#club.log,
      ports: {
        nowMs: () => this.#now,
        after: (ms, run) => {
          const timer = { at: this.#now + ms, run };
          this.#timers.add(timer);
          return () => this.#timers.delete(timer);
        },
        send: async (message) => {
          this.#sent = { message, at: performance.now() };
        },
        seals: async (_, seals) => this.#noteSeals(seals),
        beat: async () => {},
        tags: async () => {},
        kems: async (accounts) => new Map(accounts.map((id) => [id, this.#here.get(id)?.kem ?? ''])),
        install: () => {},
        stop: () => {},
        pause: () => {},
        listed: () => {},
        changed: (state) => this.#said.set(member.account, state),
      },
    };
  }

  #noteSeals(seals: KeyPart[]): void {
    this.#sealed.bytes += JSON.stringify(seals).length;
    this.#sealed.count += seals.length;
    this.#sealed.at = performance.now();
  }

  async arrive(count: number): Promise<Guest[]> {
    const guests = [];
    for (let i = 0; i < count; i++) {
      const order = this.#guests.length + 1;
      const member = order === SECOND + 1 ? this.#club.founder : await this.#club.invite(this.#club.founder);
      const pair = await makeKemPair(this.#suite);
      const text = await makeLeaf(this.#options(member), pair);
      const person: Person = {
        account: member.account,
        device: member.device,
        name: `Listener ${order}`,
        club: member === this.#club.founder ? 'founder' : 'member',
        role: order === HOST + 1 ? 'moderator' : 'listener',
        stage: order === HOST + 1,
        muted: true,
        away: false,
        called: false,
        hand: 0,
        order,
        leaf: text,
      };
      const leaf = b64(await sha256(unb64(text) as Bytes));
      const guest = { member, person, leaf, pair, kem: pair.kem ? b64(pair.kem.publicKey) : undefined };
      this.#guests.push(guest);
      this.#here.set(member.account, guest);
      guests.push(guest);
    }
    return guests;
  }

  async start(index: number): Promise<Keys> {
    const { member, pair, person } = this.#guests[index] as Guest;
    const machine = new Keys(this.#options(member), pair, person.leaf);
    this.#machines.set(member.account, machine);
    const people = Array.from(this.#here.values(), (guest) => {
      const slot = this.#slots.get(guest.leaf);
      return slot === undefined ? guest.person : { ...guest.person, slot };
    });
    const keys = this.#last && { header: this.#last.header, stage: this.#last.stage };
    await machine.joined({ room: card, people, ...keys, media });
    return machine;
  }

  // Fires timers until somebody has sent a header and all of its seals.
  async #untilSent(count: number): Promise<number> {
    this.#sent = null;
    this.#sealed = { bytes: 0, count: 0, at: 0 };
    let began = performance.now();
    while (!this.#sent || this.#parts() < count) {
      if (!this.#sent) began = performance.now();
      await this.#step();
    }
    return began;
  }

  // Fires the next timer, and waits for what follows from it.
  async #step(): Promise<void> {
    const next = [...this.#timers].sort((a, b) => a.at - b.at)[0];
    if (!next) throw new Error(`nobody acts: ${this.#states()}`);
    this.#now = Math.max(this.#now, next.at);
    this.#timers.delete(next);
    next.run();
    for (const machine of this.#machines.values()) await machine.left('nobody');
  }

  #states(): string {
    const words = Array.from(this.#said.values(), ({ trouble, epoch, ready }) => ({ trouble, epoch, ready }));
    return JSON.stringify(words);
  }

  #parts(): number {
    const { seals = [], welcomes = [] } = this.#sent?.message ?? {};
    return seals.length + welcomes.length + this.#sealed.count;
  }

  // What a change costs. `seals`: as many parts must be sent before it is over.
  async measure(op: string, change: (machine: Keys) => Promise<void>, parts: number): Promise<Cost> {
    for (const machine of this.#machines.values()) await change(machine);
    const began = await this.#untilSent(parts);
    const { message, at } = this.#sent as unknown as { message: KeyMessage; at: number };
    const cost = await this.#deliver(message);
    return {
      op: `${op}${message.wraps.length > 0 ? '' : ' (ratchet)'}`,
      stewardMs: at - began,
      allMs: Math.max(at, this.#sealed.at) - began,
      stewardBytes: JSON.stringify(message).length + this.#sealed.bytes,
      seals: this.#parts(),
      ...cost,
    };
  }

  // Lets time pass until every chain is checked, in the background of every machine.
  async settle(): Promise<void> {
    while (Array.from(this.#said.values()).some((state) => state.checking > 0)) await this.#live();
  }

  // Lets time pass until the seals of a split are all sent, so that the next row does not pay for them.
  async rest(): Promise<void> {
    const until = this.#now + REST_MS;
    while (this.#now < until) await this.#live();
  }

  async #live(): Promise<void> {
    this.#sent = null;
    await this.#step();
    const sent = this.#sent as { message: KeyMessage } | null;
    if (sent) await this.#deliver(sent.message);
  }

  // To everybody, as the relay would; what that costs the listener and the server.
  async #deliver(message: KeyMessage) {
    this.#last = message;
    for (const { slot, leaf } of message.changes) {
      for (const [key, old] of this.#slots) if (old === slot) this.#slots.delete(key);
      if (leaf !== null) this.#slots.set(leaf, slot);
    }
    const seals = new Map(message.seals.map((one) => [one.slot, one.data]));
    const welcomes = new Map(message.welcomes.map((one) => [one.slot, one.data]));
    const event = (slot: number): Events['room.keys'] => {
      const [seal, welcome, wrap] = [
        seals.get(slot),
        welcomes.get(slot),
        message.wraps[Math.floor(slot / 32)],
      ];
      const own = { ...(welcome ? { welcome } : {}), ...(seal ? { seal } : {}), ...(wrap ? { wrap } : {}) };
      return { room: ROOM, header: message.header, stage: message.stage, changes: message.changes, ...own };
    };
    let serverBytes = this.#sealed.bytes;
    for (const slot of this.#slots.values()) serverBytes += JSON.stringify(event(slot)).length;
    let [listenerMs, listenerBytes] = [0, 0];
    for (const [account, machine] of this.#machines) {
      const own = event(this.#slots.get(this.#here.get(account)?.leaf ?? '') ?? -1);
      const from = performance.now();
      await machine.keys(own);
      if (account !== this.#guests[EAR]?.person.account) continue;
      listenerMs = performance.now() - from;
      listenerBytes = JSON.stringify(own).length;
    }
    return { listenerMs, listenerBytes, serverBytes };
  }

  leave(guest: Guest, why: 'self' | 'banned'): (machine: Keys) => Promise<void> {
    this.#here.delete(guest.person.account);
    this.#machines.get(guest.person.account)?.close();
    this.#machines.delete(guest.person.account);
    return (machine) => machine.left(guest.person.account, why);
  }

  guest(index: number): Guest {
    return this.#guests[index] as Guest;
  }

  get size(): number {
    return this.#here.size;
  }
}

async function run(n: number, suite: Suite, say: (what: string) => void): Promise<Cost[]> {
  const club = await Club.found();
  const bench = new Bench(club, await club.book(), suite);
  await bench.arrive(n);
  say('all are there');
  for (const index of [HOST, SECOND, EAR]) await bench.start(index);
  const costs = [await bench.measure('first header', async () => {}, n)];
  say('first header');
  await bench.settle();
  say('all chains are checked');
  const ban = bench.leave(bench.guest(n - 3), 'banned');
  costs.push(await bench.measure('1 ban', ban, 1));
  const gone = Array.from({ length: 50 }, (_, i) =>
    bench.leave(bench.guest(64 + Math.floor((i * (n - 100)) / 50)), 'self'),
  );
  const all = async (machine: Keys) => {
    for (const one of gone) await one(machine);
  };
  costs.push(await bench.measure('50 leaves', all, 1));
  await bench.rest();
  const guests = await bench.arrive(100);
  const come = async (machine: Keys) => {
    for (const { person } of guests) await machine.person(person);
  };
  costs.push(await bench.measure('100 joins', come, 100));
  costs.push(await bench.measure('flat rekey', bench.leave(bench.guest(HOST), 'self'), bench.size - 2));
  return costs;
}

Object.assign(globalThis, { run });
