// The room's key machine, class of the RoomKeys contract in types.ts: follows roster and headers as a
// listener, and makes headers where it is this client's turn as steward. Sans-I/O: socket, clock and worker
// are behind KeysPorts. WebCrypto is asynchronous, so all events go through one queue, strictly in order.

import type { Events, Id, LeftWhy, Person, Requests } from '../api/messages.ts';
import { type Bytes, wipe } from '../base/bytes.ts';
import { type Checked, type Current, checkHeader, checkJoin, isFault, recheckSigner } from './check.ts';
import { type KemPair, makeKemPair } from './hpke.ts';
import { idBytes, type KeysOptions, makeLeaf } from './leaf.ts';
import { type Held, type OwnParts, openParts } from './parts.ts';
import { type Fault, People } from './people.ts';
import { bucketOf } from './roster.ts';
import { frameBase } from './secrets.ts';
import {
  execute,
  type Outcome,
  type Plan,
  plan,
  type Secrets,
  type Steward,
  type Weakness,
} from './steward.ts';
import type { KeysPorts, KeysState, RoomKeys } from './types.ts';

// docs/protocol.md, "Timing".
const SMALL_ROOM = 50;
const SOON_MS = 20; // enough to take together what came together; somebody is waiting to hear
const FORCED_MS = 50;
const ARRIVALS_MS = 5_000;
const LEAVES_MS = 10_000;
const TURN_MS = 3_000; // the n-th steward waits so much longer for those before it
const RETRY_MS = 1_000;
const SWITCH_FORCED_MS = 300;
const SWITCH_MS = 2_000;
const SWITCH_RATCHET_MS = 100;
const LINGER_MS = 30_000; // who left and still stands in the key list after so long was kept there

export async function makeRoomKeys(options: KeysOptions): Promise<Keys> {
  const pair = await makeKemPair();
  return new Keys(options, pair, await makeLeaf(options, pair));
}

export class Keys implements RoomKeys {
  readonly leaf: string;
  readonly #options: KeysOptions;
  readonly #ports: KeysPorts;
  readonly #room: Bytes;
  readonly #pair: KemPair;
  readonly #people: People;
  readonly #steward: Steward;
  #queue: Promise<void> = Promise.resolve();
  #closed = false;

  #current: Current | null = null;
  #held: Held | null = null;
  #secrets: Secrets | null = null; // only while we are the steward of the current header
  #signers = new Set<string>(); // leaves that signed a header of this room
  #installed = 0; // counter whose key the worker has, 0 = none
  #lastInstalled = 0;
  #trouble: Fault | null = null;
  #suspect: Fault | null = null; // present, but not who they claim to be
  #broken = false; // a header did not fit: our view is not the room's, so we make none ourselves
  #stopped = false; // sending was stopped under the current header: only the next one may resume it

  #due: number | null = null;
  #cancelDue: (() => void) | null = null;
  #cancelDoubt: (() => void) | null = null;
  #failures = 0;
  readonly #lingering = new Map<string, () => void>();

  constructor(options: KeysOptions, pair: KemPair, leaf: string) {
    const { device, ports } = options;
    this.leaf = leaf;
    this.#options = options;
    this.#ports = ports;
    this.#room = idBytes(options.room);
    this.#pair = pair;
    this.#people = new People(this.#room, options.book, (accounts) => ports.chains(accounts));
    const [account, own] = [idBytes(device.account), idBytes(device.device)];
    this.#steward = {
      room: this.#room,
      account,
      device: own,
      sign: (purpose, body) => device.sign(purpose, body),
    };
  }

  joined(reply: Requests['room.join'][1]): Promise<void> {
    return this.#run(async () => {
      for (const person of reply.people) await this.#people.put(person);
      await this.#people.prove(this.#people.all());
      const current = await checkJoin(this.#room, this.#people, reply);
      if (current && isFault(current)) this.#refuse(current);
      else this.#current = current;
      if (this.#current) this.#rememberSigner(this.#current);
      this.#plan(this.#current ? this.#arrivalMs() : 0);
    });
  }

  person(person: Person): Promise<void> {
    return this.#run(async () => {
      const before = this.#people.get(person.account);
      const now = await this.#people.put(person);
      if (!before) this.#plan(this.#arrivalMs());
      else if (before.key !== now.key) {
        this.#watchLeft(before.key);
        this.#plan(this.#arrivalMs());
      } else if (before.person.stage !== person.stage) this.#plan(SOON_MS);
    });
  }

  left(account: Id, why?: LeftWhy): Promise<void> {
    return this.#run(async () => {
      const one = this.#people.drop(account, why);
      if (!one) return;
      if (this.#suspect?.who === account) this.#suspect = null;
      this.#watchLeft(one.key);
      this.#plan(this.#leaveMs(one.key));
    });
  }

  keys(event: Events['room.keys']): Promise<void> {
    return this.#run(async () => {
      if (event.room !== this.#options.room) return;
      // A steward's own header comes back to it.
      if (this.#secrets && event.header === this.#current?.text) return;
      const checked = await checkHeader(this.#room, this.#people, this.#current, event);
      if (isFault(checked)) return this.#refuse(checked);
      const slot = this.#ownSlot(checked);
      if (slot === null) return this.#adopt(checked, null, null);
      const own: OwnParts = event;
      const held = await openParts(this.#room, this.#pair, slot, checked, this.#held, own, this.#weakness);
      if (!held) return this.#refuse({ trouble: 'secret', who: checked.steward });
      await this.#adopt(checked, held, null);
    });
  }

  close(): void {
    this.#closed = true;
    this.#cancelDue?.();
    this.#cancelDoubt?.();
    for (const cancel of this.#lingering.values()) cancel();
    this.#ports.stop();
    this.#wipe();
  }

  get #weakness(): Weakness | null {
    return this.#options.weakness ?? null;
  }

  #run(job: () => Promise<void>): Promise<void> {
    this.#queue = this.#queue.then(async () => {
      if (this.#closed) return;
      try {
        await job();
      } catch {
        // Nothing that the server sends may end up here; if it does, silence is the safe side.
        if (!this.#closed) this.#fail({ trouble: 'secret', who: null });
      }
      if (this.#closed) return this.#wipe();
      this.#arm();
      this.#tell();
    });
    return this.#queue;
  }

  // ---- the current header

  async #adopt(checked: Checked, held: Held | null, secrets: Secrets | null): Promise<void> {
    const first = this.#installed === 0;
    wipe(
      this.#held?.secret,
      this.#held?.bucketKey,
      this.#secrets?.secret,
      ...(this.#secrets?.buckets.values() ?? []),
    );
    this.#current = checked;
    this.#held = held;
    this.#secrets = secrets;
    this.#rememberSigner(checked);
    const switchMs = first ? 0 : this.#switchMs(checked);
    this.#installed = 0;
    this.#trouble = null;
    this.#stopped = false;
    this.#broken = false;
    this.#forget();
    this.#cancelDoubt?.();
    await this.#settle(switchMs, this.#ports.nowMs());
    this.#due = null;
    this.#planRest();
  }

  // Hands the key to the worker once everybody in the table is proven. Somebody who has just left may be out
  // of reach; then there is silence until they are proven, or taken out by the next header.
  async #settle(switchMs: number, since: number): Promise<void> {
    const current = this.#current;
    if (!current || !this.#held || this.#trouble || this.#stopped) return;
    const table = Array.from(current.roster.filled(), ([, entry]) => entry);
    await this.#people.prove(table.flatMap((entry) => this.#people.holder(entry) ?? []));
    const bad = table
      .map(({ key, account }) => this.#people.fault(key, account))
      .find((fault) => fault !== null);
    if (bad) return this.#fail(bad);
    const proven = table.every(({ key, account }) => this.#people.proof(key, account));
    if (current.signed && proven) return this.#install(switchMs);
    if (!current.signed) await this.#signLater(current);
    if (this.#trouble) return;
    if (this.#ports.nowMs() - since >= LINGER_MS)
      return this.#fail({ trouble: 'chain', who: current.steward });
    this.#ports.stop();
    this.#cancelDoubt = this.#ports.after(RETRY_MS, () => {
      void this.#run(() => (this.#current === current ? this.#settle(switchMs, since) : Promise.resolve()));
    });
  }

  async #signLater(current: Current): Promise<void> {
    const again = await recheckSigner(this.#people, current);
    if (again === true) current.signed = true;
    else if (again !== false) this.#fail(again);
  }

  async #install(sendAfterMs: number): Promise<void> {
    const { current, held } = { current: this.#current, held: this.#held };
    if (!current || !held || current.header.counter <= this.#lastInstalled) return;
    const mine = this.#ownSlot(current);
    const senders = current.stage.flatMap(({ index, slot }) => {
      const account = current.roster.at(slot)?.account;
      return account ? [{ index, account }] : [];
    });
    const index = current.stage.find(({ slot }) => slot === mine)?.index ?? 0;
    const { counter } = current.header;
    const base = await frameBase(held.secret, current.hash);
    if (this.#closed) return wipe(base);
    this.#installed = this.#lastInstalled = counter;
    this.#ports.install({ counter, base, senders, mine: index, sendAfterMs });
    if (this.#suspect) this.#silence();
  }

  #switchMs({ rekey, removed }: Checked): number {
    if (!rekey) return SWITCH_RATCHET_MS;
    return removed.some((leaf) => this.#forced(leaf)) || this.#small() ? SWITCH_FORCED_MS : SWITCH_MS;
  }

  #ownSlot({ roster }: Pick<Current, 'roster'>): number | null {
    const own = this.#people.get(this.#options.device.account);
    if (own?.person.leaf !== this.leaf) return null;
    for (const [slot, entry] of roster.filled()) if (entry.key === own.key) return slot;
    return null;
  }

  #rememberSigner(current: Current): void {
    const signer = this.#people.get(current.steward);
    if (signer) this.#signers.add(signer.key);
  }

  // Leaves that are neither present nor in the table any more.
  #forget(): void {
    const table = new Set<string>();
    for (const [, { key }] of this.#current?.roster.filled() ?? []) table.add(key);
    this.#people.prune(table);
    for (const [leaf, cancel] of this.#lingering) {
      if (table.has(leaf)) continue;
      cancel();
      this.#lingering.delete(leaf);
    }
  }

  #watchLeft(leaf: string): void {
    const cancel = this.#ports.after(LINGER_MS, () => {
      void this.#run(async () => {
        this.#lingering.delete(leaf);
        const gone = this.#people.gone(leaf);
        const kept = [...(this.#current?.roster.filled() ?? [])].some(([, entry]) => entry.key === leaf);
        if (!gone || !kept) return;
        this.#fail({ trouble: 'roster', who: gone.account });
        this.#plan(0);
      });
    });
    this.#lingering.set(leaf, cancel);
  }

  #refuse(fault: Fault): void {
    this.#broken = true;
    this.#fail(fault);
  }

  #fail(fault: Fault): void {
    this.#trouble ??= fault;
    this.#silence();
  }

  #silence(): void {
    this.#stopped = true;
    this.#installed = 0;
    this.#ports.stop();
  }

  // ---- as a steward

  #plan(delay: number): void {
    const at = this.#ports.nowMs() + delay;
    this.#due = this.#due === null ? at : Math.min(this.#due, at);
  }

  // What a header that was made a moment ago could not know yet.
  #planRest(): void {
    const { roster, stage } = this.#current ?? {};
    const speaking = new Set(stage?.map(({ slot }) => slot));
    let seated = 0;
    for (const [slot, entry] of roster?.filled() ?? []) {
      const one = this.#people.holder(entry);
      if (!one) this.#plan(this.#leaveMs(entry.key));
      else if (one.person.stage !== speaking.has(slot)) this.#plan(SOON_MS);
      if (one) seated++;
    }
    if (seated < this.#people.size) this.#plan(this.#arrivalMs());
  }

  #rank(): number {
    const signer = this.#current?.steward ?? null;
    if (this.#people.get(this.#options.device.account)?.person.leaf !== this.leaf) return -1;
    return this.#people.stewards(signer).findIndex(({ account }) => account === this.#options.device.account);
  }

  #arm(): void {
    this.#cancelDue?.();
    this.#cancelDue = null;
    const rank = this.#rank();
    if (this.#due === null || rank < 0) return;
    const wait = Math.max(0, this.#due + rank * TURN_MS - this.#ports.nowMs());
    this.#cancelDue = this.#ports.after(wait, () => {
      this.#cancelDue = null;
      void this.#run(() => this.#act());
    });
  }

  async #act(): Promise<void> {
    const rank = this.#rank();
    // Meanwhile it may have become somebody else's turn, or later.
    if (this.#due === null || rank < 0 || this.#ports.nowMs() < this.#due + rank * TURN_MS) return;
    this.#due = null;
    await this.#people.prove(this.#people.all());
    this.#inspect();
    const todo = await this.#todo();
    if (!todo) return;
    const { device, log } = { device: this.#steward, log: this.#options.log() };
    const now = this.#ports.nowMs();
    const outcome = await execute(
      device,
      this.#people,
      this.#current,
      this.#secrets,
      todo,
      log,
      now,
      this.#weakness,
    );
    try {
      await this.#ports.send(outcome.message);
    } catch (error) {
      return this.#refused(error, todo, outcome);
    }
    this.#failures = 0;
    if (this.#closed) return wipe(outcome.secrets.secret, ...outcome.secrets.buckets.values());
    const slot = this.#ownSlot(outcome.current);
    const bucketKey = slot === null ? undefined : outcome.secrets.buckets.get(bucketOf(slot));
    const held = bucketKey ? { secret: outcome.secrets.secret.slice(), bucketKey: bucketKey.slice() } : null;
    await this.#adopt(
      { ...outcome.current, rekey: todo.rekey, removed: todo.removed },
      held,
      outcome.secrets,
    );
  }

  // Null: nothing to do, or nothing that this client could do now.
  async #todo(): Promise<Plan | null> {
    if (this.#broken) return null;
    const resume = this.#stopped && !this.#suspect && this.#current !== null;
    const todo = await plan(this.#people, this.#current, this.#secrets, this.#signers, resume);
    if (!todo) return null;
    const unproven = [...todo.roster.filled()].some(
      ([, { key, account }]) => !this.#people.proof(key, account),
    );
    if (unproven) this.#plan(RETRY_MS);
    return unproven ? null : todo;
  }

  // A chain that could not be had yet is asked for again; one that is bad makes its owner a suspect, who gets
  // no key and whose presence stops us from sending.
  #inspect(): void {
    const waiting = Array.from(this.#people.all()).filter(
      ({ key, person }) => !this.#people.proof(key, person.account),
    );
    const faults = waiting.map(({ key, person }) => this.#people.fault(key, person.account));
    this.#suspect = faults.find((fault) => fault !== null) ?? null;
    if (this.#suspect) this.#silence();
    if (faults.some((fault) => fault === null)) this.#plan(RETRY_MS);
  }

  // The wrap keys of a rekey that the server saw are spent, whether it took it or not.
  #refused(error: unknown, todo: Plan, outcome: Outcome): void {
    wipe(outcome.secrets.secret, ...outcome.secrets.buckets.values());
    if (todo.rekey) {
      wipe(this.#secrets?.secret, ...(this.#secrets?.buckets.values() ?? []));
      this.#secrets = null;
    }
    const wanted = error instanceof Object && 'retry_after_ms' in error ? Number(error.retry_after_ms) : 0;
    this.#plan(Math.max(wanted || 0, Math.min(RETRY_MS * 2 ** this.#failures++, 16 * RETRY_MS)));
  }

  #small(): boolean {
    return this.#people.size < SMALL_ROOM;
  }

  #arrivalMs(): number {
    return this.#small() ? SOON_MS : ARRIVALS_MS;
  }

  // Removed and banned; unsaid counts as removed, to be on the safe side.
  #forced(leaf: string): boolean {
    const why = this.#people.gone(leaf)?.why;
    return why === undefined || why === 'removed' || why === 'banned';
  }

  #leaveMs(leaf: string): number {
    return this.#forced(leaf) ? FORCED_MS : this.#small() ? SOON_MS : LEAVES_MS;
  }

  // ---- what the rest of the client sees

  #tell(): void {
    this.#ports.changed(this.#state());
  }

  #state(): KeysState {
    const current = this.#current;
    const leaving = new Set<Id>();
    for (const [, { key, account }] of current?.roster.filled() ?? []) {
      const gone = this.#people.gone(key)?.account ?? account;
      if (gone && !this.#people.get(gone)) leaving.add(gone);
    }
    const trouble = this.#trouble ?? this.#suspect;
    const { counter = 0, epoch = 0, generation = 0 } = current?.header ?? {};
    return {
      ready: this.#installed > 0 && !trouble,
      hearers: current?.roster.count ?? 0,
      leaving: [...leaving],
      trouble: trouble?.trouble ?? null,
      troubleWith: trouble?.who ?? null,
      epoch: { counter, epoch, generation },
      steward: current?.steward ?? null,
    };
  }

  #wipe(): void {
    wipe(
      this.#held?.secret,
      this.#held?.bucketKey,
      this.#secrets?.secret,
      ...(this.#secrets?.buckets.values() ?? []),
    );
    this.#held = null;
    this.#secrets = null;
  }
}
