// Audio frames in and out of SFrame: docs/protocol.md, "Frames". The core of the worker, without the worker.
// There is no way for a frame to leave in clear: without a key it is dropped, and counted by reason.

import { type Bytes, wipe } from '../base/bytes.ts';
import { senderKey } from './secrets.ts';
import { openFrame, parseHeader, type SframeKey, sealFrame, sframeKey } from './sframe.ts';
import type { FrameEpoch, FromWorker } from './types.ts';

const KEPT_EPOCHS = 3;
const KEPT_MS = 10_000;
const WINDOW = 128;
const MAX_FRAME_BYTES = 1160; // with header and tag it fits the server's largest payload

export type Drop =
  | 'no_key'
  | 'off_stage'
  | 'header'
  | 'unknown_key'
  | 'unknown_sender'
  | 'replay'
  | 'tag'
  | 'size'
  | 'error';

interface Sender {
  key: SframeKey;
  seen: ReplayWindow;
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
  readonly #heard: (event: Extract<FromWorker, { ev: 'heard' }>) => void;
  #receive: ReceiveEpoch[] = []; // newest first
  #sending: SendEpoch | null = null;
  #waiting: SendEpoch[] = []; // not yet in use, oldest first
  #newest = 0; // highest counter ever given
  #floor = 0; // counters up to here are stopped for ever
  #slots = new Map<number, string>(); // what was last heard in a slot
  #encrypted = 0;
  #decrypted = 0;
  readonly #dropped = new Map<Drop, number>();
  #installing: Promise<void> = Promise.resolve();

  constructor(now: () => number, heard: (event: Extract<FromWorker, { ev: 'heard' }>) => void) {
    this.#now = now;
    this.#heard = heard;
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

  close(): void {
    this.stop();
    this.#floor = this.#newest = Number.POSITIVE_INFINITY;
    this.#receive = [];
  }

  // Null: drop the frame.
  async encrypt(frame: Bytes): Promise<Bytes | null> {
    const epoch = this.#sender();
    if (!epoch) return this.#drop('no_key');
    if (!epoch.key) return this.#drop('off_stage');
    if (frame.length > MAX_FRAME_BYTES) return this.#drop('size');
    const ctr = epoch.next++; // before anything is awaited
    const sealed = await sealFrame(epoch.key, kidOf(epoch.index, epoch.counter), ctr, frame);
    if (epoch.counter <= this.#floor) return this.#drop('no_key'); // stopped meanwhile
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
    if (!sender.seen.accepts(header.ctr)) return this.#drop('replay');
    const plain = await openFrame(sender.key, header, frame);
    if (!plain) return this.#drop('tag');
    if (!sender.seen.mark(header.ctr)) return this.#drop('replay');
    this.#decrypted++;
    const { counter } = epoch;
    if (this.#slots.get(slot) !== `${index} ${counter}`) {
      this.#slots.set(slot, `${index} ${counter}`);
      this.#heard({ ev: 'heard', slot, index, counter });
    }
    return plain;
  }

  failed(): void {
    this.#drop('error');
  }

  stats(): Extract<FromWorker, { ev: 'stats' }> {
    const dropped = Object.fromEntries(this.#dropped);
    return { ev: 'stats', encrypted: this.#encrypted, decrypted: this.#decrypted, dropped };
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
