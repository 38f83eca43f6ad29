// Whether a voice comes in one variant alone, and so without a mark. Who sends two gives the variants of frame k the
// counters 2k and 2k + 1, by a coin (docs/protocol.md, "Frames"), and a listener gets one of them: never three in a row.
// Who sends one counts by one.

const SURE = 200; // frames: 4 s; every marked voice begins with some alone, until both run in step
const DOUBT = 3; // loss makes gaps as well, but seldom one behind each pair of neighbours

export class Single {
  #last = -2n;
  #neighbours = false; // the last two were
  #score = 0;
  #is: boolean | null = null;

  // Null: too little was heard.
  get is(): boolean | null {
    return this.#is;
  }

  frame(ctr: bigint): void {
    const next = ctr === this.#last + 1n;
    if (this.#neighbours) this.#score += next ? 1 : -DOUBT;
    this.#score = Math.max(-SURE, Math.min(SURE, this.#score));
    if (Math.abs(this.#score) === SURE) this.#is = this.#score > 0;
    this.#neighbours = next;
    this.#last = ctr;
  }
}
