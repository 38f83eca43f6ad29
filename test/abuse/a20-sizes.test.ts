// A20: somebody on the network guesses from the sizes of packets who talks, and what.

import { expect, test } from 'vitest';
import { random } from '../../web/src/base/bytes.ts';
import { Frames } from '../../web/src/e2ee/frames.ts';
import { weakness } from './club.ts';

async function sender(): Promise<Frames> {
  const frames = new Frames(Date.now, () => {}, weakness);
  const senders = [{ index: 1, account: 'A' }];
  await frames.install({ counter: 1, base: random(32), senders, mine: 1, sendAfterMs: 0 });
  return frames;
}

/** Opus at a variable 32 kbit/s: long frames where there is a voice, short ones where there is none. */
const frameOf = (voice: boolean) =>
  random(voice ? 60 + Math.floor(Math.random() * 65) : 3 + Math.floor(Math.random() * 40));

test('no classifier of sizes is better than a coin: voice or silence, long word or short', async () => {
  const frames = await sender();
  const seen: { voice: boolean; size: number }[] = [];
  for (let i = 0; i < 400; i++) {
    const voice = Math.random() < 0.5;
    const frame = await frames.encrypt(frameOf(voice));
    if (frame) seen.push({ voice, size: frame.length });
  }
  expect(seen.length).toBe(400);
  // The best there is: the threshold that separates the two best, found on the very data it is judged by.
  const share = (of: typeof seen) => of.filter(({ voice }) => voice).length / Math.max(1, of.length);
  let best = 0;
  for (const { size: border } of seen) {
    const [above, below] = [
      seen.filter(({ size }) => size >= border),
      seen.filter(({ size }) => size < border),
    ];
    const right =
      Math.max(share(above), 1 - share(above)) * above.length +
      Math.max(share(below), 1 - share(below)) * below.length;
    best = Math.max(best, right / seen.length);
  }
  const chance = Math.max(share(seen), 1 - share(seen));
  expect(best, 'right guesses').toBe(chance);
  expect([...new Set(seen.map(({ size }) => size))]).toEqual([148]);
});
