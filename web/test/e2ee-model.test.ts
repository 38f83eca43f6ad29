// The model of model.ts over the relay in memory, and over the real one. `make model SEEDS=n` plays n evenings of
// each; FIRST=seed begins there, to see one again.

import { beforeAll, describe, it, vi } from 'vitest';
import { Club, type Member } from './club.ts';
import { Model } from './model.ts';
import { RealRelay } from './real-relay.ts';
import { Relay } from './relay.ts';

const seeds = Number(process.env.SEEDS ?? 12);
const first = Number(process.env.FIRST ?? 1);
const AT_ONCE = 20;

vi.setConfig({ testTimeout: 60_000 + seeds * 20_000, hookTimeout: 60_000 });

let club: Club;
let members: Member[];

beforeAll(async () => {
  club = await Club.found();
  const others = [];
  for (let i = 0; i < 7; i++) others.push(await club.invite(club.founder));
  members = [club.founder, ...others];
});

// A line per batch, and the seed of whatever fails.
async function play(from: number, relayOf: () => Promise<Relay>): Promise<void> {
  for (let seed = from; seed < Math.min(from + AT_ONCE, first + seeds); seed++) {
    const relay = await relayOf();
    const model = new Model(seed, relay, club, members);
    try {
      await model.play();
    } catch (error) {
      const what =
        error instanceof Error ? error.message : `${JSON.stringify(error)} after ${model.trace.join(', ')}`;
      throw new Error(`seed ${seed}: ${what}`);
    } finally {
      if (relay instanceof RealRelay) await relay.stop();
    }
  }
}

const batches = Array.from({ length: Math.ceil(seeds / AT_ONCE) }, (_, i) => first + i * AT_ONCE);

describe.each(batches)('evenings from seed %i', (from) => {
  it('over the relay in memory', () => play(from, async () => new Relay(club)));
  it('over the real relay', () => play(from, () => RealRelay.start(club)));
});
