// Loud people are turned down towards the quiet ones. Only down: an <audio> element cannot play louder than it is given,
// and WebAudio, which can, is silent behind a locked screen (rtc/speakers.ts).

import type { Id } from '../api/messages.ts';

const GOAL = 0.12; // of the mean loudness of somebody who speaks: quiet, but well heard
const LEAST = 0.35; // nobody is turned down further, so that a shout still is one
const SPEECH = 0.02; // below that it is a pause
const PACE = 0.04; // of a reading (ten a second): some two seconds until a voice is known
const STEP = 0.05; // smaller changes are not worth it

export class Levelling {
  #loudness = new Map<Id, number>();
  #gains = new Map<Id, number>();

  gain(account: Id): number {
    return this.#gains.get(account) ?? 1;
  }

  // A reading of somebody's voice. True: the gain is another one now.
  heard(account: Id, level: number): boolean {
    if (level < SPEECH) return false;
    const before = this.#loudness.get(account) ?? GOAL;
    const loudness = before + (level - before) * PACE;
    this.#loudness.set(account, loudness);
    const gain = Math.min(1, Math.max(LEAST, GOAL / loudness));
    if (Math.abs(gain - this.gain(account)) < STEP) return false;
    this.#gains.set(account, gain);
    return true;
  }
}
