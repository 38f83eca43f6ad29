// Writes test/golden/mark.json from build/mark.wasm: `node web/test/make-golden-mark.ts`. test_embed.c holds the
// native build against it, mark.test.ts the wasm one.

import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { hex, unhex } from '../src/base/bytes.ts';
import { keystreamOf, Mark } from '../src/mark/mark.ts';

const root = new URL('../..', import.meta.url).pathname;
export const wasm = (): WebAssembly.Module => new WebAssembly.Module(readFileSync(`${root}build/mark.wasm`));

// Noise in steps of loudness, one of them silence; every sample is exact in binary.
export function noise(samples: number): Float32Array {
  const steps = [0.5, 0.03125, 0, 0.25];
  let state = 1;
  return Float32Array.from({ length: samples }, (_, i) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (((state | 0) >> 16) / 32768) * (steps[Math.floor(i / 12000) % 4] as number);
  });
}

export interface MarkGolden {
  pattern_key: string;
  keystream: string; // its first bytes
  first_hop: number;
  samples: number;
  block: number;
  a: string; // SHA-256 of all samples, 32-bit floats, little-endian
  b: string;
  a_head: string; // the 16 samples from 24000 - 4800 on
  b_head: string;
}

export async function markGolden(): Promise<MarkGolden> {
  const patternKey = unhex('000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f');
  const keystream = await keystreamOf(patternKey);
  const firstHop = 12_345;
  const block = 128;
  const samples = 96_000;
  const mark = new Mark(wasm(), keystream, firstHop);
  const input = noise(samples);
  const out = { a: new Float32Array(samples), b: new Float32Array(samples) };
  for (let at = 0; at < samples; at += block) {
    mark.input.set(input.subarray(at, at + block));
    mark.run(block);
    out.a.set(mark.a.subarray(0, block), at);
    out.b.set(mark.b.subarray(0, block), at);
  }
  const bytes = (x: Float32Array): Buffer => Buffer.from(x.buffer, x.byteOffset, x.byteLength);
  const digest = (x: Float32Array): string => createHash('sha256').update(bytes(x)).digest('hex');
  const head = (x: Float32Array): string => bytes(x.subarray(19_200, 19_216)).toString('hex');
  return {
    pattern_key: hex(patternKey),
    keystream: hex(keystream.slice(0, 48)),
    first_hop: firstHop,
    samples,
    block,
    a: digest(out.a),
    b: digest(out.b),
    a_head: head(out.a),
    b_head: head(out.b),
  };
}

if (process.argv[1] === new URL(import.meta.url).pathname)
  writeFileSync(`${root}test/golden/mark.json`, `${JSON.stringify(await markGolden(), null, 2)}\n`);
