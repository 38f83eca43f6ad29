// What embedding the mark costs in Chromium: `make bench-mark`. The median of several runs, as others may want the
// processor meanwhile. The baseline is the prototype's; docs/tracing.md, "Measured".

import { readFileSync } from 'node:fs';
import { inChromium } from './page.ts';
import { machine, median, print } from './row.ts';

const RUNS = 15;
const BASELINE_MS = 2.5;

machine('mark');
const wasm = readFileSync(new URL('../build/mark.wasm', import.meta.url));
await inChromium('mark-page.ts', async (open) => {
  const page = await open();
  const times = await page.evaluate(
    ([bytes, runs]) => {
      const w = globalThis as unknown as { run(wasm: number[], runs: number): Promise<number[]> };
      return w.run(bytes, runs);
    },
    [[...wasm], RUNS] as [number[], number],
  );
  const value = median(times);
  print(
    {
      bench: 'mark',
      row: 'embedding, wasm in Chromium, per second of audio',
      value,
      unit: 'ms',
      baseline: BASELINE_MS,
      ratio: value / BASELINE_MS,
    },
    { best: Number(Math.min(...times).toPrecision(3)), bytes: wasm.length },
  );
});
