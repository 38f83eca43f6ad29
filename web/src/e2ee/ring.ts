// The keys that this client holds, and the headers it waits with. Whatever leaves the ring is wiped.

import { wipe } from '../base/bytes.ts';
import type { Checked, Current } from './check.ts';
import type { Held, OwnParts } from './parts.ts';
import type { Known } from './shares.ts';
import type { Secrets } from './steward.ts';

// A header whose seal is still to come from the steward who shares the work.
export interface Waiting {
  checked: Checked;
  slot: number;
  parts: OwnParts;
}

export class Ring {
  current: Current | null = null;
  held: Held | null = null;
  secrets: Secrets | null = null; // only while we are the steward of the current header
  waiting: Waiting[] = [];
  shares: Known[] = []; // given to others under the current header, until they have had their time
  readonly own = new Set<string>(); // headers of ours that the server took and has not sent back yet
  readonly signers = new Set<string>(); // leaves that had bucket keys of others

  adopt(current: Current, held: Held | null, secrets: Secrets | null): void {
    this.wipe();
    if (secrets) this.own.add(current.text);
    else this.own.clear(); // what others made comes after
    this.current = current;
    this.held = held;
    this.secrets = secrets;
  }

  // What comes of a header that waited: the steward of such a header is somebody else.
  found(held: Held): void {
    wipe(this.held?.secret, this.held?.bucketKey);
    this.held = held;
    this.waiting = [];
  }

  spend(): void {
    wipe(this.secrets?.secret, ...(this.secrets?.buckets.values() ?? []));
    this.secrets = null;
  }

  wipe(): void {
    wipe(this.held?.secret, this.held?.bucketKey, ...this.shares.map(({ secret }) => secret));
    this.held = null;
    this.shares = [];
    this.spend();
  }
}
