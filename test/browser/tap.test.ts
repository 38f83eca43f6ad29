// The server cannot hear: a tap inside its media path, after SRTP, sees nothing that is Opus or the tone that was spoken.

import { readFileSync } from 'node:fs';
import { join as path } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Person, person } from './browser.ts';
import { enter, invite, join, openRoom, press, sees } from './evening.ts';
import { opusTone, readTap, toneShare } from './opus.ts';
import { Server } from './server.ts';
import { tone } from './speech.ts';

const server = new Server();
const tapFile = path(server.dir, 'tap');
let speaker: Person;
let listener: Person;

beforeAll(async () => {
  await server.start({ APARTE_TEST_TAP: tapFile });
  speaker = await person('Speaker', server.origin, tone(server.dir, 1000));
  listener = await person('Listener', server.origin, null);
});

afterAll(async () => {
  await Promise.all([speaker?.close(), listener?.close()]);
  expect(await server.stop(), server.log).toBe(0);
  server.forget();
});

test('control: the detector finds the tone in real Opus', async () => {
  await speaker.page.goto(server.origin);
  expect(await toneShare(speaker.page, await opusTone(speaker.page, 1000, 200), 1000)).toBeGreaterThan(0.9);
});

test('the tapped payloads decode to nothing like it', async () => {
  await join(speaker.page, server.founderLink, speaker.name);
  const link = await invite(speaker.page);
  await openRoom(speaker.page, 'Tone');
  await press(speaker.page, 'Unmute');
  await sees(speaker.page, 'Mute');
  await join(listener.page, link, listener.name);
  await enter(listener.page, 'Tone');
  const tap = () => readTap(readFileSync(tapFile)).map((p) => p.payload);
  await expect.poll(() => tap().length, { timeout: 60_000 }).toBeGreaterThan(300);
  const tapped = tap();
  // Whole payloads, and what remains behind a header of any length that SFrame may have.
  for (const skip of [0, 3, 4, 5, 6, 7]) {
    const frames = tapped.slice(0, 250).map((f) => f.subarray(skip));
    expect(await toneShare(speaker.page, frames, 1000), `behind ${skip} bytes`).toBeLessThan(0.1);
  }
  // Behind the header every byte value is as likely as any other: no structure of a codec shows.
  const seen = new Array<number>(256).fill(0);
  let n = 0;
  for (const f of tapped) {
    for (const b of f.subarray(7)) {
      seen[b] = (seen[b] ?? 0) + 1;
      n++;
    }
  }
  const chi = seen.reduce((sum, k) => sum + (k - n / 256) ** 2 / (n / 256), 0);
  expect(chi, 'chi-square with 255 degrees of freedom; 1 in a million above 374').toBeLessThan(374);
});
