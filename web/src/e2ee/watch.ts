// What is looked after while a key is in use: the chains of the audience, which are proven after those on
// stage, and leaves that should be gone from the key list.

import { RETRY_MS } from './duty.ts';
import { AT_ONCE, type Fault, type People, type Present } from './people.ts';
import type { Ring } from './ring.ts';

export const LINGER_MS = 30_000; // who left and still stands in the key list after so long was kept there
const LOG_MS = 5_000;

export class Watch {
  readonly #people: People;
  readonly #ring: Ring;
  readonly #later: (ms: number, job: () => Promise<void>) => () => void;
  readonly #fail: (fault: Fault) => void;
  readonly #lingering = new Map<string, () => void>();
  #cancelProof: (() => void) | null = null;
  #cancelLog: (() => void) | null = null;
  #logSize = 0;

  constructor(
    people: People,
    ring: Ring,
    later: (ms: number, job: () => Promise<void>) => () => void,
    fail: (fault: Fault) => void,
  ) {
    this.#people = people;
    this.#ring = ring;
    this.#later = later;
    this.#fail = fail;
  }

  // Somebody in the key list who is not who they claim to be.
  bad(): Fault | null {
    const { current } = this.#ring;
    for (const { leaf, fault } of this.#people.bad()) {
      const slot = current?.roster.slotOf(leaf);
      if (slot != null && current?.roster.at(slot)?.account === fault.who) return fault;
    }
    return null;
  }

  unproven(): Present[] {
    const open: Present[] = [];
    for (const [, entry] of this.#ring.current?.roster.filled() ?? []) {
      if (entry.proven) continue;
      const one = this.#people.holder(entry);
      const { key, account } = entry;
      if (this.#people.proof(key, account)) entry.proven = true;
      else if (one && !this.#people.fault(key, account)) open.push(one);
    }
    return open;
  }

  // Some at a time, so that everything else goes on meanwhile.
  audience(): void {
    this.#cancelProof?.();
    const open = this.unproven();
    if (open.length === 0) return;
    this.#cancelProof = this.#later(0, async () => {
      await this.#people.prove(open.slice(0, AT_ONCE));
      const bad = this.bad();
      if (bad) this.#fail(bad);
      if (this.unproven().length < open.length) return this.audience();
      this.#cancelProof = this.#later(RETRY_MS, async () => this.audience());
    });
  }

  // Who was banned from the club is told to have left at about the same time. Who is still here a while later
  // is kept here by the server.
  log(): void {
    if (this.#people.logSize === this.#logSize) return;
    this.#logSize = this.#people.logSize;
    this.#cancelLog ??= this.#later(LOG_MS, async () => {
      this.#cancelLog = null;
      this.#people.recheck();
      const bad = this.bad();
      if (bad) this.#fail(bad);
    });
  }

  left(leaf: string): void {
    const cancel = this.#later(LINGER_MS, async () => {
      this.#lingering.delete(leaf);
      const gone = this.#people.gone(leaf);
      if (gone && this.#ring.current?.roster.slotOf(leaf) != null)
        this.#fail({ trouble: 'roster', who: gone.account });
    });
    this.#lingering.set(leaf, cancel);
  }

  // Forgets leaves that are neither present nor in the key list any more.
  prune(): void {
    const kept = (leaf: string): boolean => this.#ring.current?.roster.slotOf(leaf) != null;
    this.#people.prune(kept);
    for (const [leaf, cancel] of this.#lingering) {
      if (kept(leaf)) continue;
      cancel();
      this.#lingering.delete(leaf);
    }
  }

  close(): void {
    this.#cancelProof?.();
    this.#cancelLog?.();
    for (const cancel of this.#lingering.values()) cancel();
  }
}
