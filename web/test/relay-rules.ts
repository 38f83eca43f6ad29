// What the server checks of key messages before it relays them: src/rooms/keys*.c once more, so that tests
// over the relay in memory see the same refusals. Kept true to it by the model test, which runs over both.

import type { Id, KeyMessage, KeyPart, KeySplit, Person } from '../src/api/messages.ts';
import { type Bytes, b64, equal, unb64 } from '../src/base/bytes.ts';
import { verify } from '../src/base/sign.ts';
import { headerHash } from '../src/e2ee/secrets.ts';
import { parseStage, stageHash } from '../src/e2ee/stage.ts';
import { type KeyHeader, parseHeader, parseHeartbeat, parseLeaf, parseTags } from '../src/identity/keymsg.ts';
import type { Signed } from '../src/identity/records.ts';

const BUCKET = 32;
const STEWARDS = 5;
const SPLITS = 4;
const WRAP_BYTES = 48;
const HEADERS_KEPT = 3;

export interface Seat {
  account: Id;
  leaf: string; // hash
  suite: number;
  waits: boolean; // for a seal of a split
}

export interface Here {
  person: Person;
  leaf: string; // hash
  deviceKey: Bytes;
}

interface Split {
  counter: number;
  suite: number;
  signer: string; // leaf hash
  shares: { leaf: string; first: number; last: number }[];
}

const bytes = (text: string): Bytes => unb64(text) ?? new Uint8Array(0);
const bucketOf = (slot: number): number => Math.floor(slot / BUCKET);
const sealBytes = (suite: number): number => (suite === 2 ? 1088 : 0) + 80;

function must(holds: boolean, code: string): asserts holds {
  if (!holds) throw { code };
}

export const moderates = ({ role, club }: Person): boolean => role === 'moderator' || club !== 'member';

export class Rules {
  readonly slots = new Map<number, Seat>();
  header: KeyHeader | null = null;
  hash: Bytes = new Uint8Array(32);
  stage = '';
  #signer = ''; // leaf hash
  #split: Split | null = null;

  readonly room: Id;
  readonly #colludes: boolean; // with a weakened steward, whose seals nobody counts

  constructor(room: Id, colludes: boolean) {
    this.room = room;
    this.#colludes = colludes;
  }

  // `here` has everybody in the room, by account.
  eligible(here: ReadonlyMap<Id, Here>, by: Id): boolean {
    const people = Array.from(here.values(), ({ person }) => person);
    const me = here.get(by)?.person;
    if (!me) return false;
    const moderators = people.filter(moderates);
    const pool = moderators.length > 0 ? moderators : people.filter(({ stage }) => stage);
    const before = pool.filter(({ order }) => order < me.order).length;
    return pool.includes(me) && before < (moderators.length > 0 ? STEWARDS : 1);
  }

  // Takes the message over, or throws what the server would answer. `now` gives who is here: WebCrypto takes its
  // time, and the server judges all at once.
  async take(now: () => ReadonlyMap<Id, Here>, by: Id, message: KeyMessage): Promise<KeyHeader & Signed> {
    const header = parseHeader(bytes(message.header));
    must(header !== null, 'malformed');
    const key = now().get(by)?.deviceKey;
    must(key !== undefined, 'not_in_room');
    const good = await verify(key, 'header', header.body, header.sigs[0] as Bytes);
    const listHash = await stageHash(bytes(message.stage));
    const hash = await headerHash(header.body);
    const here = now();
    const me = here.get(by);
    must(me !== undefined && b64(header.room) === this.room, 'not_in_room');
    const own = b64(header.steward) === by && b64(header.stewardDevice) === me.person.device;
    must(own && this.eligible(here, by), 'forbidden');
    must(good, 'bad_signature');
    this.#checkSuite(here, header);
    const rekey = this.#checkOrder(header);
    const fresh = me.leaf !== this.#signer || header.suite !== this.header?.suite;
    must(rekey || !fresh, 'out_of_state');
    const { table, touched } = this.#apply(here, message, header, rekey);
    const listed = [...table.values()].some(({ leaf }) => leaf === me.leaf);
    must(listed, 'stale_header');
    must(header.count === table.size, 'malformed');
    must(equal(listHash, header.stageHash), 'malformed');
    this.#checkStage(here, table, message.stage);
    if (rekey) this.#checkRekey(here, by, message, header, table, touched, fresh);
    else this.#checkRatchet(message, header, table, touched);
    this.#install(me, message, header, table);
    this.hash = hash;
    return header;
  }

  // Once hybrid, a room stays so, and only with everybody in it.
  #checkSuite(here: ReadonlyMap<Id, Here>, header: KeyHeader): void {
    const suite = this.header?.suite ?? 0;
    must(header.suite >= suite, 'suite_needed');
    if (header.suite === suite) return;
    for (const { person } of here.values())
      must((parseLeaf(bytes(person.leaf))?.suite ?? 0) >= header.suite, 'stale_header');
  }

  #checkOrder(header: KeyHeader): boolean {
    const { counter = 0, epoch = 0, generation = 0 } = this.header ?? {};
    must(header.counter === counter + 1 && equal(header.prev, this.hash), 'stale_header');
    const rekey = header.epoch === epoch + 1 && header.generation === 0;
    const next = header.epoch === epoch && header.generation === generation + 1 && counter > 0;
    must(rekey || next, 'out_of_state');
    return rekey;
  }

  #apply(here: ReadonlyMap<Id, Here>, message: KeyMessage, header: KeyHeader, rekey: boolean) {
    const table = new Map(this.slots);
    const seated = new Set(Array.from(table.values(), ({ leaf }) => leaf));
    const waiting = new Map(
      [...here.values()].filter(({ leaf }) => !seated.has(leaf)).map((one) => [one.leaf, one]),
    );
    const touched = new Set<number>();
    for (const { slot, leaf } of message.changes) {
      must(!touched.has(slot), 'malformed');
      touched.add(slot);
      const before = table.get(slot);
      if (before || leaf === null) {
        must(before !== undefined, 'malformed');
        must(here.get(before.account)?.leaf !== before.leaf, 'forbidden');
        must(rekey, 'out_of_state');
        table.delete(slot);
      }
      if (leaf === null) continue;
      const one = waiting.get(leaf);
      must(one !== undefined, 'stale_header');
      waiting.delete(leaf);
      const suite = parseLeaf(bytes(one.person.leaf))?.suite ?? 0;
      table.set(slot, { account: one.person.account, leaf, suite, waits: false });
    }
    for (const { suite } of table.values()) must(suite >= header.suite, 'suite_needed');
    return { table, touched };
  }

  #checkStage(here: ReadonlyMap<Id, Here>, table: ReadonlyMap<number, Seat>, list: string): void {
    const stage = parseStage(bytes(list));
    must(stage !== null, 'malformed');
    for (const { slot } of stage) {
      const seat = table.get(slot);
      must(seat !== undefined, 'malformed');
      const one = here.get(seat.account);
      must(one?.leaf === seat.leaf && one.person.stage, 'stale_header');
    }
  }

  #note(parts: KeyPart[], table: ReadonlyMap<number, Seat>, size: number): Set<number> {
    const noted = new Set<number>();
    for (const { slot, data } of parts) {
      must(table.has(slot) && !noted.has(slot) && bytes(data).length === size, 'malformed');
      noted.add(slot);
    }
    return noted;
  }

  #checkRekey(
    here: ReadonlyMap<Id, Here>,
    by: Id,
    message: KeyMessage,
    header: KeyHeader,
    table: Map<number, Seat>,
    touched: ReadonlySet<number>,
    fresh: boolean,
  ): void {
    const buckets = bucketOf(Math.max(...table.keys())) + 1;
    must(message.welcomes.length === 0 && message.wraps.length === buckets, 'malformed');
    for (const wrap of message.wraps) must(bytes(wrap).length === WRAP_BYTES, 'malformed');
    const sealed = this.#note(message.seals, table, sealBytes(header.suite));
    this.#checkSplit(here, message.split ?? [], header, table, buckets);
    const dirty = new Set([...touched, ...sealed].map(bucketOf));
    const whole = new Map(table);
    let stranded = false;
    for (const [slot, seat] of whole) {
      const share = message.split?.find(
        ({ first, last }) => bucketOf(slot) >= first && bucketOf(slot) <= last,
      );
      if (share) must(!sealed.has(slot), 'malformed');
      else if (fresh || dirty.has(bucketOf(slot))) must(sealed.has(slot) || this.#colludes, 'malformed');
      else if (seat.waits) stranded = true;
      const waits = share
        ? seat.account !== by && seat.account !== share.account && here.get(seat.account)?.leaf === seat.leaf
        : seat.waits && !sealed.has(slot);
      table.set(slot, { ...seat, waits });
    }
    must(!(message.split?.length && stranded), 'out_of_state');
  }

  #checkSplit(
    here: ReadonlyMap<Id, Here>,
    split: KeySplit[],
    header: KeyHeader,
    table: ReadonlyMap<number, Seat>,
    buckets: number,
  ): void {
    must(split.length <= SPLITS, 'too_large');
    for (const [i, { account, first, last, seal }] of split.entries()) {
      must(first <= last && last < buckets && bytes(seal).length === sealBytes(header.suite), 'malformed');
      for (const other of split.slice(0, i))
        must(account !== other.account && (first > other.last || last < other.first), 'malformed');
      const seat = [...table.values()].find((one) => one.account === account);
      const helper = here.get(account);
      must(seat !== undefined && helper?.leaf === seat.leaf && !helper.person.away, 'stale_header');
      must(this.eligible(here, account), 'forbidden');
    }
  }

  #checkRatchet(
    message: KeyMessage,
    header: KeyHeader,
    table: ReadonlyMap<number, Seat>,
    touched: ReadonlySet<number>,
  ): void {
    must(message.seals.length + message.wraps.length + (message.split?.length ?? 0) === 0, 'malformed');
    const welcomed = this.#note(message.welcomes, table, sealBytes(header.suite) + 32);
    must(welcomed.size === touched.size && [...touched].every((slot) => welcomed.has(slot)), 'malformed');
  }

  #install(me: Here, message: KeyMessage, header: KeyHeader, table: Map<number, Seat>): void {
    this.header = header;
    this.stage = message.stage;
    this.#signer = me.leaf;
    this.slots.clear();
    for (const [slot, seat] of table) this.slots.set(slot, seat);
    if (!message.split?.length) return;
    const leafOf = (id: Id) => [...table.values()].find(({ account }) => account === id)?.leaf ?? '';
    this.#split = {
      counter: header.counter,
      suite: header.suite,
      signer: me.leaf,
      shares: message.split.map(({ account, first, last }) => ({ leaf: leafOf(account), first, last })),
    };
  }

  // Those who get a seal now; the others have one, or have left.
  seals(here: ReadonlyMap<Id, Here>, by: Id, counter: number, seals: KeyPart[]): { to: Id; seal: string }[] {
    const leaf = here.get(by)?.leaf;
    must(leaf !== undefined, 'not_in_room');
    const split = this.#split;
    must(split !== null && split.counter === counter, 'stale_header');
    for (const { slot, data } of seals) {
      const share = split.shares.find(({ first, last }) => bucketOf(slot) >= first && bucketOf(slot) <= last);
      must(share !== undefined && (leaf === share.leaf || leaf === split.signer), 'forbidden');
      must(bytes(data).length === sealBytes(split.suite), 'malformed');
    }
    const out: { to: Id; seal: string }[] = [];
    for (const { slot, data } of seals) {
      const seat = this.slots.get(slot);
      if (!seat?.waits || here.get(seat.account)?.leaf !== seat.leaf) continue;
      this.slots.set(slot, { ...seat, waits: false });
      out.push({ to: seat.account, seal: data });
    }
    return out;
  }

  async beat(here: ReadonlyMap<Id, Here>, by: Id, data: string): Promise<void> {
    const me = here.get(by);
    must(me !== undefined, 'not_in_room');
    const beat = parseHeartbeat(bytes(data));
    must(beat !== null, 'malformed');
    must(b64(beat.room) === this.room, 'not_in_room');
    must(b64(beat.steward) === by && b64(beat.stewardDevice) === me.person.device, 'forbidden');
    must(this.header !== null && equal(beat.header, this.hash), 'stale_header');
    must(this.eligible(here, by), 'forbidden');
    must(await verify(me.deviceKey, 'heartbeat', beat.body, beat.sigs[0] as Bytes), 'bad_signature');
  }

  async tags(here: ReadonlyMap<Id, Here>, by: Id, data: string): Promise<void> {
    const me = here.get(by);
    must(me !== undefined, 'not_in_room');
    const list = parseTags(bytes(data));
    must(list !== null, 'malformed');
    must(b64(list.room) === this.room, 'not_in_room');
    const counter = this.header?.counter ?? 0;
    must(list.counter <= counter && counter - list.counter < HEADERS_KEPT, 'stale_header');
    const slot = parseStage(bytes(this.stage))?.find(({ index }) => index === list.index)?.slot ?? -1;
    must(me.person.stage && this.slots.get(slot)?.leaf === me.leaf, 'forbidden');
    must(await verify(me.deviceKey, 'tags', list.body, list.sigs[0] as Bytes), 'bad_signature');
  }
}
