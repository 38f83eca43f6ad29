// A speaker's pattern key and who may have it: split among the holders on the device that made it, each share sealed
// to the devices of one holder. And the way back: what a holder's device opens for a trace. docs/protocol.md, "Tracing".

import { type Bytes, b64, concat, equal, random, unb64, wipe } from '../base/bytes.ts';
import { hashFor, prefixed, verify } from '../base/sign.ts';
import { joinSigned } from '../identity/records.ts';
import { MOST_SHARES, split } from '../identity/shamir.ts';
import type { TraceKey } from '../identity/standing.ts';
import {
  MOST_SEALED,
  type Pattern,
  parsePattern,
  type Released,
  writePatternBody,
  writeReleaseBody,
} from '../identity/tracemsg.ts';
import { type KemPair, open, seal } from './hpke.ts';
import type { Steward } from './steward.ts';

export type TraceSigner = Pick<Steward, 'room' | 'account' | 'device' | 'sign'>;

export interface Run {
  key: Bytes; // of the pattern: to be wiped
  pattern: string; // for the ledger
}

// Each with the devices it can be reached on, in the order of their accounts.
export function holdersOf(keys: readonly TraceKey[]): TraceKey[][] {
  const holders = new Map<string, TraceKey[]>();
  let devices = 0;
  for (const key of keys) {
    const own = holders.get(key.account);
    if (devices === MOST_SEALED || (!own && holders.size === MOST_SHARES)) continue;
    devices++;
    if (own) own.push(key);
    else holders.set(key.account, [key]);
  }
  return [...holders.values()].sort((a, b) => order(accountOf(a), accountOf(b)));
}

const accountOf = (devices: TraceKey[]): Bytes => unb64(devices[0]?.account ?? '') ?? new Uint8Array(0);

function order(a: Bytes, b: Bytes): number {
  const at = a.findIndex((byte, i) => byte !== b[i]);
  return at < 0 ? 0 : (a[at] ?? 0) - (b[at] ?? 0);
}

const info = (pattern: Pick<Pattern, 'room' | 'account' | 'run'>): Bytes =>
  prefixed('trace-share', pattern.room, pattern.account, pattern.run);
const aad = (x: number, device: Bytes): Bytes => concat(Uint8Array.of(x), device);

// Null: there are not two holders, so nobody could read the pattern.
export async function makeRun(speaker: TraceSigner, keys: readonly TraceKey[]): Promise<Run | null> {
  const holders = holdersOf(keys);
  if (holders.length < 2) return null;
  const key = random(32);
  const { room, account, device } = speaker;
  const pattern: Pattern = {
    room,
    account,
    device,
    run: random(16),
    check: await hashFor('pattern-check', key),
    shares: [],
  };
  const shares = split(key, holders.length);
  for (const [i, devices] of holders.entries()) {
    const share = shares[i];
    if (!share) throw new Error('unreachable');
    for (const to of devices) {
      const id = unb64(to.device, 16) ?? new Uint8Array(16);
      const recipient = { publicKey: to.key, kem: null };
      const sealed = await seal(recipient, info(pattern), aad(share.x, id), share.bytes);
      pattern.shares.push({ x: share.x, device: id, sealed });
    }
    wipe(share.bytes);
  }
  const body = writePatternBody(pattern);
  return { key, pattern: b64(joinSigned(body, await speaker.sign('pattern', body))) };
}

export interface Opened {
  release: string; // for `aparte trace`
  speakers: string[]; // accounts whose shares are in it
  refused: number; // patterns that are not what their speaker signed, or not for us
}

// `deviceKey`: of a speaker's device, where its chain is proven.
export async function makeRelease(
  holder: TraceSigner,
  pair: KemPair,
  patterns: readonly string[],
  deviceKey: (account: string, device: string) => Promise<Bytes | null>,
): Promise<Opened> {
  const shares: Released[] = [];
  for (const text of patterns) {
    const bytes = unb64(text);
    const pattern = bytes && parsePattern(bytes);
    const own = pattern?.shares.find(({ device }) => equal(device, holder.device));
    if (!pattern || !own || !equal(pattern.room, holder.room)) continue;
    const key = await deviceKey(b64(pattern.account), b64(pattern.device));
    const sig = pattern.sigs[0] ?? new Uint8Array(0);
    if (!key || !(await verify(key, 'pattern', pattern.body, sig))) continue;
    const share = await open(pair, info(pattern), aad(own.x, own.device), own.sealed);
    if (share) shares.push({ account: pattern.account, run: pattern.run, x: own.x, share });
  }
  const body = writeReleaseBody({ ...holder, shares });
  const release = b64(joinSigned(body, await holder.sign('trace-share', body)));
  wipe(body, ...shares.map(({ share }) => share));
  const speakers = [...new Set(shares.map(({ account }) => b64(account)))];
  return { release, speakers, refused: patterns.length - shares.length };
}
