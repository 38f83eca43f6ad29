// Audio frames in and out of SFrame: docs/protocol.md, "Frames". The core of the worker, without the worker.
// There is no way for a frame to leave in clear: without a key it is dropped, and counted by reason.

import { type Bytes, random, wipe } from '../base/bytes.ts';
import { type InStep, Lockstep, type Variant } from './lockstep.ts';
import { pad, SIZES, unpad } from './padding.ts';
import { senderKey } from './secrets.ts';
import {
  encodeHeader,
  openFrame,
  parseHeader,
  type SframeKey,
  sealFrame,
  sframeKey,
  TAG_BYTES,
} from './sframe.ts';
import { Single } from './single.ts';
import { HeardTags, SentTags, tagOf } from './tags.ts';
import type { FrameEpoch, FromWorker, TagList } from './types.ts';
import type { Weakness } from './weakness.ts';

const KEPT_EPOCHS = 3;
const KEPT_MS = 10_000;
const WINDOW = 128;

export type Drop =
  | 'no_key'
  | 'paused'
  | 'alone' // variant B while the two are not in step
  | 'off_stage'
  | 'header'
  | 'unknown_key'
  | 'unknown_sender'
  | 'replay'
  | 'tag'
  | 'forged'
  | 'padding'
  | 'size'
  | 'error';

interface Sender {
  key: SframeKey;
  seen: ReplayWindow;
  tags: HeardTags;
  forged: boolean; // somebody else spoke under this key: silence until the next header
  unverified: boolean;
  single: Single;
  unmarked: boolean | null;
}

interface ReceiveEpoch {
  counter: number;
  senders: Map<number, Sender>;
  replacedAt: number | null;
}

interface SendEpoch {
  counter: number;
  index: number; // 0: not on stage
  key: SframeKey | null;
  from: number; // when it takes over
  next: bigint; // frame counter, one for all tracks: a nonce must not come twice
}

// The two variants of one frame: under one key, with two counters that stand side by side. Which has which is
// tossed, so that nobody who sees the counter knows the variant.
interface Pair {
  epoch: SendEpoch;
  first: bigint;
  coin: Variant;
  taken: [boolean, boolean];
}

const PAIRS = 64; // that wait for their other half

const kidOf = (index: number, counter: number): bigint => BigInt(index * 256 + (counter & 0xff));

// RFC 9605 9.3: accepts each counter once, and none that is older than the window.
export class ReplayWindow {
  #highest = -1n;
  #seen = 0n; // bit i: highest - i was seen

  accepts(ctr: bigint): boolean {
    if (ctr > this.#highest) return true;
    const age = this.#highest - ctr;
    return age < WINDOW && ((this.#seen >> age) & 1n) === 0n;
  }

  // Only for frames that opened. False: another copy of this one was faster.
  mark(ctr: bigint): boolean {
    if (!this.accepts(ctr)) return false;
    if (ctr > this.#highest) {
      const shift = ctr - this.#highest;
      this.#seen = shift >= WINDOW ? 1n : BigInt.asUintN(WINDOW, (this.#seen << shift) | 1n);
      this.#highest = ctr;
    } else this.#seen |= 1n << (this.#highest - ctr);
    return true;
  }
}

export class Frames {
  readonly #now: () => number;
  readonly #tell: (event: FromWorker) => void;
  readonly #weakness: Weakness | null;
  #receive: ReceiveEpoch[] = []; // newest first
  #sending: SendEpoch | null = null;
  #waiting: SendEpoch[] = []; // not yet in use, oldest first
  #newest = 0; // highest counter ever given
  #floor = 0; // counters up to here are stopped for ever
  #paused = false;
  #sizes = SIZES;
  #sent = new SentTags();
  #lockstep: Lockstep | null = null;
  readonly #pairs = new Map<number, Pair>(); // oldest first
  #slots = new Map<number, string>(); // what was last heard in a slot
  #encrypted = 0;
  #decrypted = 0;
  readonly #dropped = new Map<Drop, number>();
  #installing: Promise<void> = Promise.resolve();

  constructor(now: () => number, tell: (event: FromWorker) => void, weakness: Weakness | null = null) {
    this.#now = now;
    this.#tell = tell;
    this.#weakness = weakness;
  }

  // A counter is taken once only: its frame counter would start again.
  install(epoch: FrameEpoch): Promise<void> {
    if (epoch.counter > this.#newest) {
      this.#newest = epoch.counter;
      const arrived = this.#now();
      this.#installing = this.#installing.then(() => this.#derive(epoch, arrived)).catch(() => this.failed());
    }
    return this.#installing;
  }

  async #derive({ counter, base, senders, mine, sendAfterMs }: FrameEpoch, arrived: number): Promise<void> {
    const received = new Map<number, Sender>();
    let key: SframeKey | null = null;
    for (const { index } of senders) {
      const secret = await senderKey(base, index);
      if (index === mine) key = await sframeKey(secret, kidOf(index, counter), 'encrypt');
      else
        received.set(index, {
          key: await sframeKey(secret, kidOf(index, counter), 'decrypt'),
          seen: new ReplayWindow(),
          tags: new HeardTags(),
          forged: false,
          unverified: false,
          single: new Single(),
          unmarked: null,
        });
      wipe(secret);
    }
    wipe(base);
    const now = this.#now();
    if (this.#receive[0]) this.#receive[0].replacedAt = now;
    this.#receive.unshift({ counter, senders: received, replacedAt: null });
    this.#expire(now);
    if (counter > this.#floor)
      this.#waiting.push({ counter, index: mine, key, from: arrived + sendAfterMs, next: 0n });
  }

  // Silence until an epoch that is newer than all so far.
  stop(): void {
    this.#floor = this.#newest;
    this.#sending = null;
    this.#waiting = [];
  }

  // Silence for a while, without losing the place in the frame counter.
  pause(paused: boolean): void {
    this.#paused = paused;
  }

  // From now on every frame has one size, and what is too long for it goes out empty: not even a gap is seen.
  constant(music: boolean): void {
    this.#sizes = SIZES.slice(music ? 1 : 0, music ? 2 : 1);
  }

  // Both of our senders start now, with the two variants of one microphone; or there is one variant only.
  twins(are: boolean): void {
    this.#pairs.clear();
    const found = (step: InStep): void => this.#tell({ ev: 'step', ...step });
    this.#lockstep = are ? new Lockstep(found, () => this.#tell({ ev: 'apart' })) : null;
  }

  // What a sender signed: see tags.ts.
  listed({ counter, index, first, tags }: TagList): void {
    const sender = this.#receive.find((one) => one.counter === counter)?.senders.get(index);
    if (!sender || sender.tags.list(first, tags) || this.#weakness === 'tags unchecked') return;
    this.#forge(sender, index, counter);
  }

  // Once a second: what we sent, for signing, and whose frames nobody signed.
  tick(): void {
    const now = this.#now();
    this.#expire(now);
    const lists = this.#sent.take();
    if (lists.length > 0) this.#tell({ ev: 'sent', lists });
    for (const { counter, senders } of this.#receive) {
      for (const [index, sender] of senders) {
        const unverified = sender.tags.unverified(now);
        if (unverified !== sender.unverified)
          this.#tell({ ev: 'unverified', index, counter, is: unverified });
        sender.unverified = unverified;
        const { is } = sender.single;
        if (is !== null && is !== sender.unmarked) this.#tell({ ev: 'unmarked', index, counter, is });
        sender.unmarked = is;
      }
    }
  }

  close(): void {
    this.stop();
    this.#floor = this.#newest = Number.POSITIVE_INFINITY;
    this.#receive = [];
  }

  // Null: drop the frame.
  async encrypt(frame: Bytes, variant: Variant = 0, rtp = 0): Promise<Bytes | null> {
    const number = this.#lockstep?.frame(variant, rtp, this.#now()) ?? null;
    if (number === null && variant === 1) return this.#drop('alone');
    const epoch = this.#pairs.get(number ?? -1)?.epoch ?? this.#sender();
    if (!epoch || epoch.counter <= this.#floor)
      return this.#weakness === 'plain frames' ? frame : this.#drop('no_key');
    if (!epoch.key) return this.#drop('off_stage');
    if (this.#paused) return this.#drop('paused');
    const kid = kidOf(epoch.index, epoch.counter);
    const ctr = number === null ? epoch.next++ : this.#next(epoch, number, variant); // before anything is awaited
    if (ctr === null) return this.#drop('alone');
    const padded = this.#pad(frame, encodeHeader(kid, ctr).length + TAG_BYTES);
    if (!padded) return this.#drop('size');
    const sealed = await sealFrame(epoch.key, kid, ctr, padded);
    wipe(padded);
    if (epoch.counter <= this.#floor) return this.#drop('no_key'); // stopped meanwhile
    this.#sent.add(epoch.counter, epoch.index, ctr, tagOf(sealed));
    this.#encrypted++;
    return sealed;
  }

  async decrypt(slot: number, frame: Bytes): Promise<Bytes | null> {
    if (frame.length === 0) return null; // RTP padding
    const header = parseHeader(frame);
    if (!header || header.kid > 0xffffn) return this.#drop('header');
    this.#expire(this.#now());
    const index = Number(header.kid >> 8n);
    const low = Number(header.kid & 0xffn);
    const epoch = this.#receive.find(({ counter }) => (counter & 0xff) === low);
    if (!epoch) return this.#drop('unknown_key');
    const sender = epoch.senders.get(index);
    if (!sender) return this.#drop('unknown_sender');
    if (sender.forged) return this.#drop('forged');
    if (!sender.seen.accepts(header.ctr)) return this.#drop('replay');
    const padded = await openFrame(sender.key, header, frame);
    if (!padded) return this.#drop('tag');
    if (!sender.seen.mark(header.ctr)) return this.#drop('replay');
    sender.single.frame(header.ctr);
    const { counter } = epoch;
    const good = sender.tags.frame(header.ctr, tagOf(frame), this.#now());
    if (!good && this.#weakness !== 'tags unchecked') this.#forge(sender, index, counter);
    if (sender.forged) return this.#drop('forged'); // or found so meanwhile
    const plain = unpad(padded, header.size + TAG_BYTES, this.#weakness);
    if (!plain) return this.#drop('padding');
    if (plain.length === 0) return null;
    this.#decrypted++;
    if (this.#slots.get(slot) !== `${index} ${counter}`) {
      this.#slots.set(slot, `${index} ${counter}`);
      this.#tell({ ev: 'heard', slot, index, counter });
    }
    return plain;
  }

  #pad(frame: Bytes, overhead: number): Bytes | null {
    if (this.#weakness === 'padding left out') return frame.slice();
    if (this.#weakness === 'silence left out' && frame.length === 0) return null;
    const padded = pad(frame, overhead, this.#sizes);
    return padded ?? (this.#sizes === SIZES ? null : pad(new Uint8Array(0), overhead, this.#sizes));
  }

  #forge(sender: Sender, index: number, counter: number): void {
    if (!sender.forged) this.#tell({ ev: 'forged', index, counter });
    sender.forged = true;
  }

  failed(): void {
    this.#drop('error');
  }

  stats(): Extract<FromWorker, { ev: 'stats' }> {
    const dropped = Object.fromEntries(this.#dropped);
    return { ev: 'stats', encrypted: this.#encrypted, decrypted: this.#decrypted, dropped };
  }

  // The frame counter of one variant of a frame; null: that one had its own.
  #next(epoch: SendEpoch, number: number, variant: Variant): bigint | null {
    let pair = this.#pairs.get(number);
    if (!pair) {
      const coin = (random(1)[0] ?? 0) & 1 ? 1 : 0;
      pair = { epoch, first: epoch.next, coin, taken: [false, false] };
      epoch.next += 2n;
      this.#pairs.set(number, pair);
      for (const old of this.#pairs.keys()) if (this.#pairs.size > PAIRS) this.#pairs.delete(old);
    }
    if (pair.taken[variant]) return null;
    pair.taken[variant] = true;
    return pair.first + BigInt(variant ^ pair.coin);
  }

  #sender(): SendEpoch | null {
    const now = this.#now();
    const due = this.#waiting.findLastIndex(({ from }) => from <= now);
    if (due >= 0) {
      this.#sending = this.#waiting[due] ?? null;
      this.#waiting.splice(0, due + 1);
    }
    return this.#sending;
  }

  #expire(now: number): void {
    this.#receive = this.#receive
      .slice(0, KEPT_EPOCHS)
      .filter(({ replacedAt }) => replacedAt === null || now - replacedAt < KEPT_MS);
  }

  #drop(why: Drop): null {
    this.#dropped.set(why, (this.#dropped.get(why) ?? 0) + 1);
    return null;
  }
}
