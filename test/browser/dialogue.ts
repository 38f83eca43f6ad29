// Two people who talk in turn, and the record of who did when: taken at their microphones, by their own pages.

import { mkdirSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { readWav, speech, writeWav } from './speech.ts';

const RATE = 8000;
const LOUD = 0.01;
const EVERY_MS = 20;

/** A file for each of two people: turns of irregular length, the same in both; where one talks the other is silent. */
export function dialogue(dir: string, seconds = 60): string[] {
  mkdirSync(dir, { recursive: true });
  return [0, 1].map((person) => {
    const words = Array.from(readWav(speech(dir, person, 2, seconds)).filter((_, i, all) => dense(all, i)));
    const samples: number[] = [];
    for (let turn = 0, seed = 7; samples.length < seconds * RATE; turn++) {
      seed = (seed * 48271) % 2147483647;
      const length = Math.floor(RATE * (1.2 + (seed % 1200) / 1000));
      for (let i = 0; i < length; i++)
        samples.push(turn % 2 === person ? (words[samples.length % words.length] ?? 0) : 0);
    }
    const path = `${dir}/dialogue-${person}.wav`;
    writeWav(path, Int16Array.from(samples), RATE);
    return path;
  });
}

/** Not in a pause between words. */
function dense(all: Int16Array, i: number): boolean {
  const block = 400;
  const start = i - (i % block);
  return all.subarray(start, start + block).some((s) => Math.abs(s) > 600);
}

export type Mouth = [at: number, loud: boolean][];

/** From now on the page keeps what its microphone hears, muted or not. */
export async function listenAtMouth(page: Page): Promise<void> {
  await page.evaluate(
    async ([every, loud]) => {
      const w = window as unknown as { __mic: MediaStream; __mouth: [number, boolean][] };
      const stream = w.__mic.clone();
      for (const track of stream.getTracks()) track.enabled = true;
      const context = new AudioContext();
      await context.resume();
      const meter = new AnalyserNode(context, { fftSize: 1024 });
      context.createMediaStreamSource(stream).connect(meter);
      const samples = new Float32Array(1024);
      w.__mouth = [];
      setInterval(() => {
        meter.getFloatTimeDomainData(samples);
        w.__mouth.push([Date.now(), samples.some((s) => Math.abs(s) > loud)]);
      }, every);
    },
    [EVERY_MS, LOUD] as const,
  );
}

export const mouth = (page: Page): Promise<Mouth> =>
  page.evaluate(() => (window as unknown as { __mouth: [number, boolean][] }).__mouth);

/** Whether somebody talked from one time to another; null: in between. */
export function talked(mouth: Mouth, from: number, to: number): boolean | null {
  const loud = mouth.filter(([at]) => at >= from && at < to).map(([, is]) => is);
  const share = loud.filter((is) => is).length / Math.max(1, loud.length);
  if (loud.length === 0) return null;
  return share > 0.7 ? true : share < 0.05 ? false : null;
}
