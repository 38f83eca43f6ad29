// The room's key machine, class of the RoomKeys contract in types.ts: follows roster and headers as a
// listener, and makes headers where it is this client's turn as steward (duty.ts). Sans-I/O: socket, clock and
// worker are behind KeysPorts. WebCrypto is asynchronous, so all events go through one queue, strictly in order.

import type { Events, Id, LeftWhy, Person, Requests } from '../api/messages.ts';
import { type Bytes, b64, wipe } from '../base/bytes.ts';
import { type Checked, type Current, checkHeader, checkJoin, isFault, recheckSigner } from './check.ts';
import { Duty, RETRY_MS, SOON_MS } from './duty.ts';
import { type KemPair, makeKemPair } from './hpke.ts';
import { idBytes, type KeysOptions, makeLeaf } from './leaf.ts';
import { Life } from './live.ts';
import { type Held, openParts } from './parts.ts';
import { type Fault, People, type Present } from './people.ts';
import { Ring } from './ring.ts';
import { bucketOf } from './roster.ts';
import { frameBase, talkKey } from './secrets.ts';
import { ALONE, type Known, leavesOf, openShare, sendShare } from './shares.ts';
import { execute, type Outcome, type Plan, type Secrets, type Steward } from './steward.ts';
import type { FromWorker, KeysPorts, KeysState, RoomKeys } from './types.ts';
import { Voices } from './voices.ts';
import { LINGER_MS, Watch } from './watch.ts';
import type { Weakness } from './weakness.ts';

const SEAL_MS = 10_000; // for a seal that another steward sends
const SHARE_MS = 3_000; // then the signer sends the seals of others

export async function makeRoomKeys(options: KeysOptions): Promise<Keys> {
  const pair = await makeKemPair(options.suite ?? 2);
  return new Keys(options, pair, await makeLeaf(options, pair));
}

export class Keys implements RoomKeys {
  readonly leaf: string;
  readonly kem: string | undefined;
  readonly #options: KeysOptions;
  readonly #ports: KeysPorts;
  readonly #room: Bytes;
  readonly #pair: KemPair;
  readonly #people: People;
  readonly #steward: Steward;
  readonly #ring = new Ring();
  readonly #duty: Duty;
  readonly #life = new Life();
  readonly #voices = new Voices();
  readonly #watch: Watch;
  #queue: Promise<void> = Promise.resolve();
  #closed = false;

  #installed = 0; // counter whose key the worker has, 0 = none
  #lastInstalled = 0;
  #mine = 0; // our sender index there
  #slot = -1; // where we stood in the key list
  #paused = false;
  #trouble: Fault | null = null;
  #suspect: Fault | null = null; // present, but not who they claim to be
  #broken = false; // a header did not fit: our view is not the room's, so we make none ourselves
  #stopped = false; // sending was stopped under the current header: only the next one may resume it

  #cancelTick: (() => void) | null = null;
  #cancelDoubt: (() => void) | null = null;
  #cancelWait: (() => void) | null = null;

  constructor(options: KeysOptions, pair: KemPair, leaf: string) {
    const { device, ports } = options;
    this.leaf = leaf;
    this.kem = pair.kem ? b64(pair.kem.publicKey) : undefined;
    this.#options = options;
    this.#ports = ports;
    this.#room = idBytes(options.room);
    this.#pair = pair;
    this.#people = new People(this.#room, options.book, ports, this.#weakness);
    this.#duty = new Duty(this.#people, this.#ring, device.account, leaf, () => ports.nowMs());
    this.#watch = new Watch(
      this.#people,
      this.#ring,
      (ms, job) => this.#later(ms, job),
      (fault) => {
        this.#fail(fault);
        this.#duty.plan(0);
      },
    );
    this.#steward = {
      room: this.#room,
      account: idBytes(device.account),
      device: idBytes(device.device),
      sign: (purpose, body) => device.sign(purpose, body),
    };
  }

  joined(reply: Requests['room.join'][1]): Promise<void> {
    return this.#run(async () => {
      await this.#people.joined(reply);
      await this.#people.prove(this.#people.front());
      const current = await checkJoin(this.#room, this.#people, reply);
      if (current && isFault(current)) this.#refuse(current);
      else this.#ring.current = current;
      if (this.#ring.current) this.#rememberSigner(this.#ring.current);
      this.#duty.plan(this.#ring.current ? this.#duty.arrivalMs() : 0);
      this.#watch.audience();
    });
  }

  person(person: Person): Promise<void> {
    return this.#run(async () => {
      const before = this.#people.get(person.account);
      const now = await this.#people.put(person);
      if (!before) this.#duty.plan(this.#duty.arrivalMs());
      else if (before.key !== now.key) {
        this.#watch.left(before.key);
        this.#duty.plan(this.#duty.arrivalMs());
      } else if (before.person.stage !== person.stage) this.#duty.plan(SOON_MS);
    });
  }

  left(account: Id, why?: LeftWhy): Promise<void> {
    return this.#run(async () => {
      const one = this.#people.drop(account, why);
      if (!one) return;
      if (this.#suspect?.who === account) this.#suspect = null;
      this.#watch.left(one.key);
      this.#duty.plan(this.#duty.leaveMs(one.key));
    });
  }

  keys(event: Events['room.keys']): Promise<void> {
    return this.#run(async () => {
      const { current, held, waiting, own: sent } = this.#ring;
      if (event.room !== this.#options.room) return;
      // A steward's own header comes back to it, perhaps when it has made the next one already.
      if (sent.delete(event.header)) return;
      const checked = await checkHeader(this.#room, this.#people, current, event, this.#weakness);
      if (isFault(checked)) return this.#refuse(checked);
      const slot = this.#ownSlot(checked);
      if (slot === null) return this.#adopt(checked, null, null);
      const pair = checked.header.suite === 2 ? this.#pair : { ...this.#pair, kem: null };
      const share = event.split ? await openShare(pair, checked, event.split) : null;
      if (event.split && !share) return this.#refuse({ trouble: 'secret', who: checked.steward });
      const before = waiting.length > 0 ? null : held;
      const own = await openParts(this.#pair, slot, checked, before, event, share, this.#weakness);
      const shared = checked.header.count > ALONE || waiting.length > 0;
      if (own) await this.#adopt(checked, own, null);
      else if (shared && event.seal === undefined && event.welcome === undefined)
        await this.#await({ checked, slot, parts: event });
      else return this.#refuse({ trouble: 'secret', who: checked.steward });
      if (share) await this.#sendShare(checked, share);
    });
  }

  seal(event: Events['room.seal']): Promise<void> {
    return this.#run(async () => {
      const { waiting } = this.#ring;
      const at = waiting.findIndex(({ checked }) => checked.header.counter === event.counter);
      if (event.room !== this.#options.room || at < 0) return;
      let held: Held | null = null;
      for (const { checked, slot, parts } of waiting.slice(at)) {
        const before: Held | null = held;
        const now = held ? parts : { ...parts, seal: event.seal };
        held = await openParts(this.#pair, slot, checked, before, now, null, this.#weakness);
        wipe(before?.secret, before?.bucketKey);
        if (!held) return this.#fail({ trouble: 'secret', who: checked.steward });
      }
      if (!held) return;
      this.#cancelWait?.();
      this.#ring.found(held);
      await this.#settle(0, this.#ports.nowMs());
    });
  }

  beat(event: Events['room.beat']): Promise<void> {
    return this.#run(async () => {
      const { current } = this.#ring;
      if (event.room !== this.#options.room || !current) return;
      await this.#life.beat(event.data, current, this.#people, this.#ports.nowMs());
    });
  }

  tags(event: Events['room.tags']): Promise<void> {
    return this.#run(async () => {
      if (event.room !== this.#options.room) return;
      const list = await this.#voices.check(this.#steward, this.#people, event.account, event.data);
      if (list) this.#ports.listed(list);
    });
  }

  frames(event: FromWorker): Promise<void> {
    return this.#run(async () => {
      if (event.ev === 'sent') {
        for (const { list, data } of await this.#voices.sign(this.#steward, event.lists))
          this.#ports.tags(data).catch(() => this.#voices.unsent(list));
      } else if (event.ev === 'forged' || event.ev === 'unverified' || event.ev === 'unmarked')
        this.#voices.mark(event);
    });
  }

  deviceKey(account: Id): Bytes | null {
    return this.#people.deviceKey(account);
  }

  close(): void {
    this.#closed = true;
    for (const cancel of [this.#cancelTick, this.#cancelDoubt, this.#cancelWait]) cancel?.();
    this.#watch.close();
    this.#ports.stop();
    this.#pair.kem?.forget();
    this.#ring.wipe();
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
      if (this.#closed) return this.#ring.wipe();
      this.#watch.log();
      this.#pause();
      this.#arm();
      this.#ports.changed(this.#state());
    });
    return this.#queue;
  }

  #later(ms: number, job: () => Promise<void>): () => void {
    return this.#ports.after(ms, () => void this.#run(job));
  }

  // ---- the current header

  async #adopt(checked: Checked, held: Held | null, secrets: Secrets | null): Promise<void> {
    const first = this.#installed === 0;
    this.#ring.adopt(checked, held, secrets);
    this.#ring.waiting = [];
    this.#cancelWait?.();
    this.#follow(checked);
    await this.#settle(first ? 0 : this.#duty.switchMs(checked.rekey, checked.removed), this.#ports.nowMs());
    this.#duty.adopted(checked.rekey);
    this.#watch.audience();
  }

  // The seal comes from somebody else. Until then there is no key to send with.
  async #await(one: Ring['waiting'][number]): Promise<void> {
    const waiting = [...this.#ring.waiting, one];
    if (waiting.length === 1)
      this.#cancelWait = this.#later(SEAL_MS, async () => {
        if (this.#ring.waiting.length > 0) this.#fail({ trouble: 'secret', who: one.checked.steward });
      });
    this.#ring.adopt(one.checked, null, null);
    this.#ring.waiting = waiting;
    this.#ports.stop();
    this.#follow(one.checked);
    this.#duty.adopted(one.checked.rekey);
    this.#watch.audience();
  }

  #follow(checked: Checked): void {
    this.#rememberSigner(checked);
    this.#life.header(checked, this.#ports.nowMs());
    this.#installed = 0;
    this.#trouble = null;
    this.#stopped = false;
    this.#broken = false;
    this.#watch.prune();
    this.#cancelDoubt?.();
  }

  // Hands the key to the worker once those who act and speak are proven. Somebody who has just left may be out
  // of reach; then there is silence until they are proven, or taken out by the next header.
  async #settle(switchMs: number, since: number): Promise<void> {
    const { current, held } = this.#ring;
    if (!current || !held || this.#trouble || this.#stopped) return;
    const front = this.#front(current);
    await this.#people.prove(front);
    const bad = this.#watch.bad();
    if (bad) return this.#fail(bad);
    const proven = front.every(({ key, person }) => this.#people.proof(key, person.account));
    if (current.signed && proven) return this.#install(switchMs);
    if (!current.signed) await this.#signLater(current);
    if (this.#trouble) return;
    if (this.#ports.nowMs() - since >= LINGER_MS)
      return this.#fail({ trouble: 'chain', who: current.steward });
    this.#ports.stop();
    this.#cancelDoubt = this.#later(RETRY_MS, async () => {
      if (this.#ring.current === current) await this.#settle(switchMs, since);
    });
  }

  // Stewards, and who is on the stage list.
  #front(current: Current): Present[] {
    const speaking = current.stage.flatMap(({ slot }) => {
      const entry = current.roster.at(slot);
      return (entry && this.#people.holder(entry)) ?? [];
    });
    return [...new Set([...this.#people.front(), ...speaking])];
  }

  async #signLater(current: Current): Promise<void> {
    const again = await recheckSigner(this.#people, current);
    if (again === true) current.signed = true;
    else if (again !== false) this.#fail(again);
  }

  async #install(sendAfterMs: number): Promise<void> {
    const { current, held } = this.#ring;
    if (!current || !held || current.header.counter <= this.#lastInstalled) return;
    const slot = this.#ownSlot(current);
    const senders = current.stage.flatMap(({ index, slot }) => {
      const account = current.roster.at(slot)?.account;
      return account ? [{ index, account }] : [];
    });
    const mine = current.stage.find((one) => one.slot === slot)?.index ?? 0;
    const { counter } = current.header;
    const base = await frameBase(held.secret, current.hash);
    const key = await talkKey(held.secret, current.hash);
    if (this.#closed) return wipe(base, key);
    this.#installed = this.#lastInstalled = counter;
    this.#mine = mine;
    const epoch = { counter, base, senders, mine, sendAfterMs };
    this.#voices.installed(epoch);
    this.#ports.install(epoch, { counter, header: current.hash, key });
    if (this.#suspect) this.#silence();
  }

  #ownSlot({ roster }: Pick<Current, 'roster'>): number | null {
    const own = this.#people.get(this.#options.device.account);
    if (own?.person.leaf !== this.leaf) return null;
    if (roster.at(this.#slot)?.key !== own.key) this.#slot = roster.slotOf(own.key) ?? -1;
    return this.#slot < 0 ? null : this.#slot;
  }

  #rememberSigner(current: Current): void {
    const signer = this.#people.get(current.steward);
    if (signer) this.#ring.signers.add(signer.key);
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

  // Without a sign of life of a steward nobody on stage speaks on.
  get #quiet(): boolean {
    const at = this.#life.quietAt();
    const late = at !== null && this.#ports.nowMs() >= at;
    return late && this.#installed > 0 && this.#mine > 0 && this.#weakness !== 'heartbeat ignored';
  }

  #pause(): void {
    if (this.#quiet === this.#paused) return;
    this.#paused = !this.#paused;
    this.#ports.pause(this.#paused);
  }

  // ---- as a steward

  // One timer for all that depends on nothing but time.
  #arm(): void {
    this.#cancelTick?.();
    const now = this.#ports.nowMs();
    const quietAt = this.#life.quietAt();
    const times = [this.#duty.dueAt(), this.#beatAt(), quietAt !== null && quietAt > now ? quietAt : null];
    const next = Math.min(...times.filter((time) => time !== null));
    this.#cancelTick =
      next === Number.POSITIVE_INFINITY ? null : this.#later(Math.max(0, next - now), () => this.#tick());
  }

  #beatAt(): number | null {
    const extra = this.#duty.extra();
    return extra === null || this.#installed === 0 ? null : this.#life.due(extra);
  }

  async #tick(): Promise<void> {
    const { current } = this.#ring;
    const [beatAt, now] = [this.#beatAt(), this.#ports.nowMs()];
    if (current && beatAt !== null && beatAt <= now) {
      const data = await this.#life.make(this.#steward, current, now);
      const taken = (): Promise<void> => this.#run(async () => this.#life.taken(this.#ports.nowMs()));
      this.#ports.beat(data).then(taken, () => undefined);
    }
    if (this.#duty.take()) await this.#act();
  }

  async #act(): Promise<void> {
    await this.#people.prove(this.#people.all());
    this.#inspect();
    if (this.#broken) return;
    const resume = this.#stopped && !this.#suspect && this.#ring.current !== null;
    const todo = await this.#duty.todo(resume);
    if (!todo) return;
    if (await this.#duty.unready(todo)) return this.#duty.plan(RETRY_MS);
    const { current, secrets } = this.#ring;
    const at = { log: this.#options.log(), now: this.#ports.nowMs() };
    const outcome = await execute(this.#steward, this.#people, current, secrets, todo, at, this.#weakness);
    try {
      await this.#ports.send(outcome.message);
    } catch (error) {
      return this.#refused(error, todo, outcome);
    }
    if (this.#closed) return wipe(outcome.secrets.secret, ...outcome.secrets.buckets.values());
    const slot = this.#ownSlot(outcome.current);
    const bucketKey = slot === null ? undefined : outcome.secrets.buckets.get(bucketOf(slot));
    const held = bucketKey ? { secret: outcome.secrets.secret.slice(), bucketKey: bucketKey.slice() } : null;
    const checked = { ...outcome.current, rekey: todo.rekey, removed: todo.removed };
    await this.#adopt(checked, held, outcome.secrets);
    await this.#share(checked, outcome);
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
    if (faults.some((fault) => fault === null)) this.#duty.plan(RETRY_MS);
  }

  // The wrap keys of a rekey that the server saw are spent, whether it took it or not.
  #refused(error: unknown, todo: Plan, outcome: Outcome): void {
    const { secrets, shares } = outcome;
    wipe(secrets.secret, ...secrets.buckets.values(), ...shares.map(({ secret }) => secret));
    if (todo.rekey) this.#ring.spend();
    this.#duty.refused(error);
  }

  // What did not fit into the message goes at once; what others were asked to send, after a while, for them.
  async #share(checked: Checked, { shares }: Outcome): Promise<void> {
    if (shares.length === 0) return;
    const own = this.#people.get(this.#options.device.account)?.key;
    this.#ring.shares = shares;
    for (const { to } of shares) this.#ring.signers.add(to.key);
    for (const one of shares) if (one.to.key === own) await this.#sendShare(checked, one);
    this.#later(SHARE_MS, async () => {
      if (this.#ring.current !== checked) return;
      for (const one of shares) if (one.to.key !== own) await this.#sendShare(checked, one);
    });
  }

  async #sendShare(current: Current, known: Known): Promise<void> {
    const { suite, counter } = current.header;
    const people = [...leavesOf(current.roster, known)].flatMap(
      ([, entry]) => this.#people.holder(entry) ?? [],
    );
    await this.#people.prove(people);
    try {
      if (suite === 2) await this.#people.fetchKems(people);
      await sendShare(this.#people, current, known, (seals) => this.#ports.seals(counter, seals));
    } catch {
      // Replaced by a newer header, or no connection: the signer sends them, or the next header does without.
    }
  }

  // ---- what the rest of the client sees

  #state(): KeysState {
    const { current } = this.#ring;
    const leaving = new Set<Id>();
    for (const [leaf, { account }] of this.#people.left())
      if (!this.#people.get(account) && current?.roster.slotOf(leaf) != null) leaving.add(account);
    const trouble = this.#trouble ?? this.#suspect;
    const onStage = (who: Id): boolean => this.#people.get(who)?.person.stage === true;
    const { counter = 0, epoch = 0, generation = 0 } = current?.header ?? {};
    return {
      ready: this.#installed > 0 && !trouble,
      hearers: current?.roster.count ?? 0,
      leaving: [...leaving],
      trouble: trouble?.trouble ?? null,
      troubleWith: trouble?.who ?? null,
      epoch: { counter, epoch, generation },
      steward: current?.steward ?? null,
      hash: current ? b64(current.hash) : null,
      hybrid: current?.header.suite === 2,
      checking: this.#watch.unproven().length,
      quiet: this.#quiet,
      forged: this.#voices.named('forged'),
      unverified: this.#voices.named('unverified').filter(onStage),
      unmarked: this.#voices.named('unmarked').filter(onStage),
    };
  }
}
