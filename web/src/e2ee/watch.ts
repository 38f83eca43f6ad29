// What is looked after while a key is in use: the chains of the audience, which are proven after those on
// stage, and leaves that should be gone from the key list.

import { RETRY_MS } from './duty.ts';
import { AT_ONCE, type Fault, type People, type Present } from './people.ts';
import type { Ring } from './ring.ts';

export const LINGER_MS = 30_000; // who left and still stands in the key list after so long was kept there

export class Watch {
  readonly #people: People;
  readonly #ring: Ring;
  readonly #later: (ms: number, job: () => Promise<void>) => () => void;
  readonly #fail: (fault: Fault) => void;
  readonly #lingering = new Map<string, () => void>();
  #cancelProof: (() => void) | null = null;

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
    for (const [, { key, account }] of this.#ring.current?.roster.filled() ?? []) {
      const fault = this.#people.fault(key, account);
      if (fault) return fault;
    }
    return null;
  }

  unproven(): Present[] {
    const open: Present[] = [];
    for (const [, entry] of this.#ring.current?.roster.filled() ?? []) {
      const one = this.#people.holder(entry);
      const { key, account } = entry;
      if (one && !this.#people.proof(key, account) && !this.#people.fault(key, account)) open.push(one);
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
    const { current } = this.#ring;
    const table = new Set(Array.from(current?.roster.filled() ?? [], ([, { key }]) => key));
    this.#people.prune(table);
    for (const [leaf, cancel] of this.#lingering) {
      if (table.has(leaf)) continue;
      cancel();
      this.#lingering.delete(leaf);
    }
  }

  close(): void {
    this.#cancelProof?.();
    for (const cancel of this.#lingering.values()) cancel();
  }
}
