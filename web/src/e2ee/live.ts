// Signs of life: a steward signs a heartbeat every 5 seconds, and who is on stage stops sending 15 seconds
// after the last one. So a server that hides a ban gains 15 seconds at most. docs/protocol.md, "Heartbeat".

import type { Bytes64, Id } from '../api/messages.ts';
import { b64, equal, unb64 } from '../base/bytes.ts';
import { verify } from '../base/sign.ts';
import { parseHeartbeat, writeHeartbeatBody } from '../identity/keymsg.ts';
import { joinSigned } from '../identity/records.ts';
import type { Current } from './check.ts';
import type { People } from './people.ts';
import type { Steward } from './steward.ts';

const BEAT_MS = 5_000;
const QUIET_MS = 15_000;
const TOLERANCE_MS = 30_000; // between a steward's clock and ours

export class Life {
  #signAt: number | null = null; // our time of the last header or heartbeat that was fresh
  #triedAt = 0; // of our own last heartbeat, whatever became of it
  #times = new Map<Id, number>(); // the last one of each steward under the current header

  // Headers come in order, so an old one cannot be shown again; it must only be of today.
  header(current: Current, now: number): void {
    this.#times = new Map([[current.steward, current.header.time]]);
    if (Math.abs(now - current.header.time) <= TOLERANCE_MS) this.#signAt = now;
  }

  async beat(text: Bytes64, current: Current, people: People, now: number): Promise<void> {
    const bytes = unb64(text);
    const beat = bytes && parseHeartbeat(bytes);
    if (!beat || !equal(beat.room, current.header.room) || !equal(beat.header, current.hash)) return;
    const steward = b64(beat.steward);
    const one = people.get(steward);
    const eligible = people.stewards(null).some(({ account }) => account === steward);
    const proof = one && eligible ? people.proof(one.key, steward) : null;
    if (!one || !proof || one.person.device !== b64(beat.stewardDevice)) return;
    if (Math.abs(now - beat.time) > TOLERANCE_MS || beat.time <= (this.#times.get(steward) ?? 0)) return;
    if (!(await verify(proof.deviceKey, 'heartbeat', beat.body, beat.sigs[0] ?? new Uint8Array(0)))) return;
    this.#times.set(steward, beat.time);
    this.#signAt = now;
  }

  // Ours, for the others.
  async make({ room, account, device, sign }: Steward, current: Current, now: number): Promise<Bytes64> {
    this.#triedAt = now;
    const header = current.hash;
    const body = writeHeartbeatBody({ room, header, time: now, steward: account, stewardDevice: device });
    return b64(joinSigned(body, await sign('heartbeat', body)));
  }

  // The server took ours. Without an answer for 15 s we fall silent like all others.
  taken(now: number): void {
    this.#signAt = now;
  }

  // When it would be the turn of the steward that is n-th in line.
  due(extra: number): number | null {
    return this.#signAt === null ? null : Math.max(this.#signAt, this.#triedAt) + BEAT_MS + extra;
  }

  quietAt(): number | null {
    return this.#signAt === null ? null : this.#signAt + QUIET_MS;
  }
}
