// Runs in Chromium: the embedder as the AudioWorklet calls it, 128 samples at a time, without anything to wait for.

import { keystreamOf, Mark, SAMPLE_RATE } from '../web/src/mark/mark.ts';

const QUANTUM = 128;
const SECONDS = 30;

/** Milliseconds per second of audio, of several runs. The first warms up, and is not among them. */
async function run(wasm: number[], runs: number): Promise<number[]> {
  const module = await WebAssembly.compile(new Uint8Array(wasm));
  const mark = new Mark(module, await keystreamOf(new Uint8Array(32)));
  const voice = Float32Array.from({ length: QUANTUM }, () => (Math.random() - 0.5) / 4);
  const times: number[] = [];
  for (let i = 0; i <= runs; i++) {
    const begin = performance.now();
    for (let samples = 0; samples < SECONDS * SAMPLE_RATE; samples += QUANTUM) {
      mark.input.set(voice);
      mark.run(QUANTUM);
    }
    times.push((performance.now() - begin) / SECONDS);
  }
  return times.slice(1);
}

Object.assign(globalThis, { run });
