// Whether the two variants of our microphone run in step: docs/protocol.md, "Lockstep". Both senders encode the same
// instants, each with RTP timestamps that start anywhere. Sees every frame of both with its timestamp and the time it
// came out of the encoder, tells the distance between the two clocks, and notices when they part.

const SURE = 10; // frames whose variants came together
const APART_MS = 6; // of one variant behind the other: the encoders take 10 ms at a time, so they slip by that
const WINDOW = 150; // frames that are looked at
const ALONE = 3; // frames in a row without their other variant
const PATIENCE = 150; // frames of one before the first of the other
const KEPT = 40; // frames that wait for it: a busy machine brings them in heaps

export type Variant = 0 | 1;
export interface InStep {
  offset: number; // RTP timestamp of B minus that of A
  timestamp: number; // of a frame of A,
  at: number; // and when it came, or would have come without delays
}

interface Seen {
  variant: Variant;
  rtp: number;
  start: number; // when its sender's first frame came, or would have come, by this one
}

const TICKS_PER_MS = 48;
const wrap = (ticks: number): number => ticks >>> 0;
const signed = (ticks: number): number => ticks | 0;

export class Lockstep {
  readonly #found: (step: InStep) => void;
  readonly #lost: () => void;
  readonly #first: [number | null, number | null] = [null, null];
  readonly #early: Seen[] = []; // of one variant, before the other's first
  #offset = 0; // as the first frames have it
  #sure = false;
  #over = false; // parted: nothing counts until both senders start again
  readonly #open = new Map<number, Seen>(); // frames that only one variant came of, oldest first
  readonly #met: [number, number][] = []; // the starts that both variants of a frame tell, newest last
  #alone = 0;

  constructor(found: (step: InStep) => void, lost: () => void) {
    this.#found = found;
    this.#lost = lost;
  }

  // The same number for both variants of one frame; null: not in step.
  frame(variant: Variant, rtp: number, at: number): number | null {
    if (this.#over) return null;
    this.#first[variant] ??= rtp;
    const start = at - signed(rtp - this.#first[variant]) / TICKS_PER_MS;
    const [a, b] = this.#first;
    if (a === null || b === null) {
      if (this.#early.push({ variant, rtp, start }) > PATIENCE) this.#part();
      return null;
    }
    this.#offset = wrap(b - a);
    for (const one of this.#early.splice(0)) this.#meet(one);
    this.#meet({ variant, rtp, start });
    this.#judge(this.#pair(variant, rtp), a);
    return this.#sure && !this.#over ? this.#pair(variant, rtp) : null;
  }

  #pair(variant: Variant, rtp: number): number {
    return variant === 0 ? rtp : wrap(rtp - this.#offset);
  }

  #meet(seen: Seen): void {
    const pair = this.#pair(seen.variant, seen.rtp);
    const other = this.#open.get(pair);
    if (!other || other.variant === seen.variant) {
      this.#open.set(pair, seen);
      return;
    }
    this.#open.delete(pair);
    this.#alone = 0;
    this.#met.push(seen.variant === 1 ? [other.start, seen.start] : [seen.start, other.start]);
    if (this.#met.length > WINDOW) this.#met.shift();
  }

  // Both were started together, so the first frame of one goes with the first of the other; that it is so shows when
  // they keep coming at the same time. Of each the fastest counts: what a busy machine adds is never negative.
  #judge(timestamp: number, first: number): void {
    for (const [one] of this.#open) {
      if (this.#open.size <= KEPT) break;
      this.#open.delete(one);
      this.#alone++;
    }
    const [a, b] = ([0, 1] as const).map((variant) => Math.min(...this.#met.map((one) => one[variant])));
    const apart = Math.abs((b ?? 0) - (a ?? 0)) > APART_MS;
    if (!this.#sure && this.#met.length >= SURE && !apart) {
      this.#sure = true;
      const at = (a ?? 0) + signed(timestamp - first) / TICKS_PER_MS;
      this.#found({ offset: this.#offset, timestamp, at });
    }
    if (this.#alone >= ALONE || (apart && this.#met.length === WINDOW)) this.#part();
  }

  #part(): void {
    this.#over = true;
    this.#lost();
  }
}
