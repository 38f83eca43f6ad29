import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { keystreamOf, Mark, PATTERN_BYTES } from '../src/mark/mark.ts';
import { type MarkGolden, markGolden, noise, wasm } from './make-golden-mark.ts';

const golden = JSON.parse(
  readFileSync(new URL('../../test/golden/mark.json', import.meta.url), 'utf8'),
) as MarkGolden;

test('wasm gives the golden bytes', async () => {
  expect(await markGolden()).toEqual(golden);
});

test('silence stays silent, and variants differ once there is sound', async () => {
  const mark = new Mark(wasm(), await keystreamOf(new Uint8Array(32)));
  mark.input.fill(0);
  for (let i = 0; i < 100; i++) {
    mark.run(128);
    expect(mark.a.subarray(0, 128).every((x) => x === 0)).toBe(true);
    expect(mark.b.subarray(0, 128).every((x) => x === 0)).toBe(true);
  }
  expect(mark.hop).toBe(26);
  mark.input.set(noise(128));
  for (let i = 0; i < 20; i++) mark.run(128);
  expect(mark.a.subarray(0, 128).some((x, i) => x !== mark.b[i])).toBe(true);
});

test('a block larger than the buffer does not write beyond it', async () => {
  const mark = new Mark(wasm(), await keystreamOf(new Uint8Array(32)));
  mark.run(1 << 20);
  expect(mark.hop).toBe(1);
});

test('a keystream of another length is refused', () => {
  expect(() => new Mark(wasm(), new Uint8Array(PATTERN_BYTES - 1))).toThrow(RangeError);
});

test('the module is small enough to be no burden', () => {
  const size = readFileSync(new URL('../../build/mark.wasm', import.meta.url)).byteLength;
  expect(size).toBeLessThan(32 << 10);
});
