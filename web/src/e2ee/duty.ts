// When it is this client's turn to make a header, and what is to be in it: docs/protocol.md, "Who acts" and
// "Timing". The acting itself is keys.ts.

import type { Id } from '../api/messages.ts';
import type { People } from './people.ts';
import type { Ring } from './ring.ts';
import { type Plan, plan, sealedBy } from './steward.ts';

const SMALL_ROOM = 50;
export const SOON_MS = 20; // enough to take together what came together; somebody is waiting to hear
const FORCED_MS = 50;
const ARRIVALS_MS = 5_000;
const LEAVES_MS = 10_000;
const REKEY_MS = 300_000;
const TURN_MS = 3_000; // the n-th steward waits so much longer for those before it
export const RETRY_MS = 1_000;
const SWITCH_FORCED_MS = 300;
const SWITCH_MS = 2_000;
const SWITCH_RATCHET_MS = 100;

export class Duty {
  readonly #people: People;
  readonly #ring: Ring;
  readonly #account: Id;
  readonly #leaf: string;
  readonly #now: () => number;
  #due: number | null = null;
  #rekeyAt: number | null = null;
  #old = false; // the secret has been in use for too long
  #failures = 0;

  constructor(people: People, ring: Ring, account: Id, leaf: string, now: () => number) {
    this.#people = people;
    this.#ring = ring;
    this.#account = account;
    this.#leaf = leaf;
    this.#now = now;
  }

  plan(delay: number): void {
    const at = this.#now() + delay;
    this.#due = this.#due === null ? at : Math.min(this.#due, at);
  }

  // 0: it is our turn; n: after n others; -1: never.
  rank(): number {
    const signer = this.#ring.current?.steward ?? null;
    if (this.#people.get(this.#account)?.person.leaf !== this.#leaf) return -1;
    return this.#people.stewards(signer).findIndex(({ account }) => account === this.#account);
  }

  // How much longer than the first in line we wait; null: for ever.
  extra(): number | null {
    const rank = this.rank();
    return rank < 0 ? null : rank * TURN_MS;
  }

  dueAt(): number | null {
    const extra = this.extra();
    const at = Math.min(this.#due ?? Number.POSITIVE_INFINITY, this.#rekeyAt ?? Number.POSITIVE_INFINITY);
    return extra === null || at === Number.POSITIVE_INFINITY ? null : at + extra;
  }

  // True, once, when our turn has come. Meanwhile it may have become somebody else's, or later.
  take(): boolean {
    const at = this.dueAt();
    const now = this.#now();
    if (at === null || now < at) return false;
    this.#due = null;
    if (this.#rekeyAt !== null && this.#rekeyAt <= now) {
      this.#old = true;
      this.#rekeyAt = now + RETRY_MS; // should nothing come of it
    }
    return true;
  }

  // Null: nothing to do. What is returned may still lack proofs: see unready().
  todo(resume: boolean): Promise<Plan | null> {
    const { current, secrets, signers } = this.#ring;
    const own = this.#people.get(this.#account)?.key ?? '';
    return plan(this.#people, current, secrets, signers, own, resume || this.#old);
  }

  // Gets the encapsulation keys that the plan needs. True: somebody in it cannot be sealed to yet.
  async unready(todo: Plan): Promise<boolean> {
    const sealed = [...sealedBy(todo)];
    if (todo.suite === 2)
      await this.#people.fetchKems(sealed.flatMap((one) => this.#people.holder(one) ?? []));
    return sealed.some(({ key, account }) => !this.#people.recipient(key, account, todo.suite));
  }

  adopted(rekey: boolean): void {
    this.#due = null;
    this.#failures = 0;
    if (rekey) this.#old = false;
    // Who came by a ratchet does not know the age of the secret.
    if (rekey || this.#rekeyAt === null) this.#rekeyAt = this.#now() + REKEY_MS;
    this.#planRest();
  }

  refused(error: unknown): void {
    const wanted = error instanceof Object && 'retry_after_ms' in error ? Number(error.retry_after_ms) : 0;
    const patience = Math.min(RETRY_MS * 2 ** this.#failures++, 16 * RETRY_MS);
    this.plan(Math.max(wanted || 0, patience));
    if (this.#rekeyAt !== null) this.#rekeyAt = Math.max(this.#rekeyAt, this.#now() + patience);
  }

  // What a header that was made a moment ago could not know yet.
  #planRest(): void {
    const { roster, stage } = this.#ring.current ?? {};
    const speaking = new Set(stage?.map(({ slot }) => slot));
    let seated = 0;
    for (const [slot, entry] of roster?.filled() ?? []) {
      const one = this.#people.holder(entry);
      if (!one) this.plan(this.leaveMs(entry.key));
      else if (one.person.stage !== speaking.has(slot)) this.plan(SOON_MS);
      if (one) seated++;
    }
    if (seated < this.#people.size) this.plan(this.arrivalMs());
  }

  switchMs(rekey: boolean, removed: string[]): number {
    if (!rekey) return SWITCH_RATCHET_MS;
    return removed.some((leaf) => this.#forced(leaf)) || this.#small() ? SWITCH_FORCED_MS : SWITCH_MS;
  }

  arrivalMs(): number {
    return this.#small() ? SOON_MS : ARRIVALS_MS;
  }

  leaveMs(leaf: string): number {
    return this.#forced(leaf) ? FORCED_MS : this.#small() ? SOON_MS : LEAVES_MS;
  }

  #small(): boolean {
    return this.#people.size < SMALL_ROOM;
  }

  // Removed and banned; unsaid counts as removed, to be on the safe side.
  #forced(leaf: string): boolean {
    const why = this.#people.gone(leaf)?.why;
    return why === undefined || why === 'removed' || why === 'banned';
  }
}
