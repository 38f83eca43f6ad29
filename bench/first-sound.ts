// From a tap on a room's card to the first sound in the speakers, twenty times, on one machine: one JSON line.
// `make bench-first-sound`. The speaker's microphone plays recorded speech all the time; time stops at the first
// sample above silence, seen every 5 ms by an analyser on what the page plays.

import type { Page } from 'playwright-core';
import { person } from '../test/browser/browser.ts';
import { invite, join, openRoom, press, sees } from '../test/browser/evening.ts';
import { Server } from '../test/browser/server.ts';
import { tone } from '../test/browser/speech.ts';

const RUNS = 20;
const GOAL_MS = 500;

/** Installed before the tap: resolves with the time of the first sound. */
function listen(page: Page): Promise<void> {
  return page.evaluate(() => {
    const w = window as unknown as Record<string, unknown>;
    const audio = (w.__ear as AudioContext) ?? new AudioContext();
    w.__ear = audio;
    const heard = new Set<unknown>();
    const analysers: AnalyserNode[] = [];
    const block = new Float32Array(256);
    w.__tap = new Promise<number>((tapped) => {
      document.addEventListener('click', () => tapped(performance.now()), { once: true, capture: true });
    });
    w.__sound = new Promise<number>((done) => {
      const look = setInterval(() => {
        for (const a of document.querySelectorAll('audio')) {
          const stream = a.srcObject as MediaStream | null;
          if (!stream || heard.has(stream) || stream.getAudioTracks().length === 0) continue;
          heard.add(stream);
          const analyser = audio.createAnalyser();
          analyser.fftSize = 256;
          audio.createMediaStreamSource(stream).connect(analyser);
          analysers.push(analyser);
        }
        for (const analyser of analysers) {
          analyser.getFloatTimeDomainData(block);
          if (!block.some((s) => Math.abs(s) > 0.01)) continue;
          clearInterval(look);
          done(performance.now());
          return;
        }
      }, 5);
    });
  });
}

const server = new Server();
await server.start({}, 'release');
const speaker = await person('Speaker', server.origin, tone(server.dir, 440));
const listener = await person('Listener', server.origin, null);
const times: number[] = [];
try {
  await join(speaker.page, server.founderLink, 'Speaker');
  const link = await invite(speaker.page);
  await openRoom(speaker.page, 'Sound');
  await press(speaker.page, 'Unmute');
  await sees(speaker.page, 'Mute');
  await join(listener.page, link, 'Listener');
  for (let i = 0; i < RUNS; i++) {
    await listen(listener.page);
    await listener.page.getByRole('button', { name: /Sound/ }).first().click();
    const ms = await listener.page.evaluate(async () => {
      const w = window as unknown as Record<string, Promise<number>>;
      return ((await w.__sound) ?? 0) - ((await w.__tap) ?? 0);
    });
    times.push(ms);
    await press(listener.page, 'Leave quietly');
    await listener.page.getByRole('button', { name: /Sound/ }).first().waitFor();
    await new Promise((r) => setTimeout(r, 2500)); // the leave's rekey is over
  }
} finally {
  await speaker.close();
  await listener.close();
  await server.stop();
  server.forget();
}
times.sort((a, b) => a - b);
const p95 = times[Math.ceil(RUNS * 0.95) - 1] ?? 0;
const row = {
  bench: 'first-sound',
  row: `tap to first sound, 95th percentile of ${RUNS}`,
  value: Math.round(p95),
  unit: 'ms',
};
const spread = {
  median: Math.round(times[RUNS / 2] ?? 0),
  min: Math.round(times[0] ?? 0),
  max: Math.round(times[RUNS - 1] ?? 0),
};
console.log(
  JSON.stringify({ ...row, baseline: null, ratio: null, goal: GOAL_MS, met: p95 <= GOAL_MS, ...spread }),
);
