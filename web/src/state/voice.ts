// Our own voice on its way out. In a room that can be traced it goes out in two variants, in step: docs/protocol.md,
// "Lockstep". Where that fails one speaks unmarked, and is told so. A voice outlives the joins of its room.

import type { Id, RequestName, Requests } from '../api/messages.ts';
import { wipe } from '../base/bytes.ts';
import type { Run } from '../e2ee/pattern.ts';
import type { FromWorker } from '../e2ee/types.ts';
import type { Variants } from '../rtc/mark.ts';
import type { Microphone } from '../rtc/microphone.ts';
import type { Join } from './join.ts';

export interface VoicePorts {
  request<K extends RequestName>(name: K, members: Requests[K][0]): Promise<Requests[K][1]>;
  mark(microphone: MediaStreamTrack, key: Run['key']): Promise<Variants>;
  newRun(room: Id): Promise<Run | null>; // null: nobody could read it
}

export type StepEvent = Extract<FromWorker, { ev: 'step' | 'apart' }>;
type Sends = Pick<Join, 'send'>;

const FADE_MS = 15;
const TRIES = 5;
const STEADY_MS = 60_000; // so long in step, and the tries start again
const LATER_MS = 60_000; // after they have run out: one more, each time
const HOP_MS = 10;
// From the hop that the embedder is filling when a frame of 20 ms leaves the encoder back to the hop that is heard at
// the frame's beginning: two of the frame, one and a half of the embedder's window, half of the way to the encoder.
const HOPS_BACK = 4;

export class Voice {
  readonly #room: Id;
  readonly #mic: Pick<Microphone, 'live'>;
  readonly #ports: VoicePorts;
  readonly #changed: () => void;
  #variants: Variants | null = null;
  #pattern = ''; // of the run
  #listens: MediaStreamTrack | null = null;
  #on: Sends | null = null; // the join that both variants go out on
  #told = false; // that join's server has the pattern
  #unmarked = false;
  #live = false;
  #tries = 0;
  #since = 0; // in step
  #run = 0; // rises with every stop(): what was begun before comes to nothing
  #order: Promise<void> = Promise.resolve();
  #muting: ReturnType<typeof setTimeout> | undefined;
  #later: ReturnType<typeof setTimeout> | undefined;

  constructor(room: Id, mic: Pick<Microphone, 'live'>, ports: VoicePorts, changed: () => void) {
    this.#room = room;
    this.#mic = mic;
    this.#ports = ports;
    this.#changed = changed;
  }

  // The room can be traced, and this voice in it cannot.
  get unmarked(): boolean {
    return this.#unmarked;
  }

  // From now on this microphone is sent on this join; `marked`: in two variants. Rejects with what the join does.
  speak(join: Sends, microphone: MediaStreamTrack, marked: boolean): Promise<void> {
    const run = this.#run;
    return this.#then(async () => {
      if (run !== this.#run) return;
      const variants = marked ? await this.#marked(microphone) : null;
      if (run !== this.#run) return;
      if (!variants) await join.send(microphone);
      else if (this.#on !== join) await this.#start(join, variants);
    });
  }

  // Fades before the microphone goes silent, and after it is open: no click at either end.
  live(on: boolean): void {
    clearTimeout(this.#muting);
    this.#live = on;
    this.#variants?.live(on);
    if (on || !this.#variants) this.#mic.live(on);
    else this.#muting = setTimeout(() => this.#mic.live(false), FADE_MS);
  }

  onStep(join: Sends, event: StepEvent): void {
    const run = this.#run;
    void this.#then(async () => {
      if (run !== this.#run || this.#on !== join || !this.#variants) return;
      if (event.ev === 'step') await this.#inStep(this.#variants, event);
      else await this.#apart(join, this.#variants);
    }).catch(() => this.#give(true));
  }

  stop(join: Sends | null): void {
    this.#run++;
    clearTimeout(this.#muting);
    clearTimeout(this.#later);
    this.#on = null;
    void this.#variants?.stop().catch(() => undefined);
    this.#variants = null;
    this.#listens = null;
    this.#tries = 0;
    this.#give(false);
    void join?.send(null).catch(() => undefined);
  }

  async #marked(microphone: MediaStreamTrack): Promise<Variants | null> {
    if (this.#variants && this.#listens !== microphone) this.#variants.listen(microphone);
    this.#listens = microphone;
    if (this.#variants || this.#unmarked) return this.#variants;
    const run = this.#run;
    let made: Run | null = null;
    try {
      made = await this.#ports.newRun(this.#room);
      if (!made) return null;
      const variants = await this.#ports.mark(microphone, made.key);
      if (run !== this.#run) await variants.stop();
      else {
        variants.live(this.#live);
        this.#variants = variants;
        this.#pattern = made.pattern;
      }
    } catch (error) {
      console.error(error);
      if (run === this.#run) this.#give(true);
    } finally {
      wipe(made?.key);
    }
    return this.#variants;
  }

  async #start(join: Sends, variants: Variants): Promise<void> {
    this.#on = join;
    this.#told = false;
    await this.#both(join, variants);
  }

  async #inStep(variants: Variants, step: Extract<StepEvent, { ev: 'step' }>): Promise<void> {
    const { offset, timestamp, at } = step;
    const hop = Math.max(0, Math.round((at - (await variants.start())) / HOP_MS) - HOPS_BACK);
    const pattern = this.#told ? {} : { pattern: this.#pattern };
    await this.#ports.request('room.twin', {
      room: this.#room,
      live: true,
      offset,
      timestamp,
      hop,
      ...pattern,
    });
    this.#told = true;
    this.#since = Date.now();
    this.#give(false);
  }

  // Both begin again, a little later each time. A alone goes out until they are in step. A machine that was too busy for
  // it may have time later.
  async #apart(join: Sends, variants: Variants): Promise<void> {
    if (this.#since > 0) {
      await this.#ports.request('room.twin', { room: this.#room, live: false });
      this.#told = false;
      if (Date.now() - this.#since > STEADY_MS) this.#tries = 0;
      this.#since = 0;
    }
    if (++this.#tries > TRIES) {
      await join.send(variants.a);
      this.#give(true);
      clearTimeout(this.#later);
      this.#later = setTimeout(() => this.#onceMore(join), LATER_MS);
      return;
    }
    await this.#both(join, variants);
  }

  #onceMore(join: Sends): void {
    void this.#then(async () => {
      if (this.#on === join && this.#variants) await this.#both(join, this.#variants);
    }).catch(() => undefined); // it is unmarked as before
  }

  // Nothing of what a sender had before is left in its encoder when the first sample of both comes.
  #both(join: Sends, { a, b, still }: Variants): Promise<void> {
    return still(async () => {
      await join.send(null);
      await join.send(a, b);
    });
  }

  #give(unmarked: boolean): void {
    const before = this.#unmarked;
    this.#unmarked = unmarked;
    if (before !== unmarked) this.#changed();
  }

  #then(step: () => Promise<void>): Promise<void> {
    const done = this.#order.then(step);
    this.#order = done.catch(() => undefined);
    return done;
  }
}
