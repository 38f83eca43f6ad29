// What room keys cost in Chromium: `make bench-keys`, or `node bench/keys.ts [people...]`. One JSON line per row. The
// baseline is the table of the design, measured on an idle machine; the goal is 1.5 times that.

import type { Cost } from './keys-page.ts';
import { inChromium } from './page.ts';
import { print } from './row.ts';

const BASELINE_MS: Record<string, Record<number, number>> = {
  '1 ban': { 1000: 32, 5000: 77, 10000: 47 },
  '50 leaves': { 1000: 205, 5000: 432, 10000: 381 },
  '100 joins (ratchet)': { 1000: 40, 5000: 40, 10000: 40 },
  'flat rekey': { 1000: 226, 5000: 1400, 10000: 2100 },
};
const SLACK = 1.5;

function report(people: number, suite: number, cost: Cost): void {
  const kind = suite === 2 ? ', hybrid' : '';
  const row = (what: string) => `${cost.op} at ${people}${kind}: ${what}`;
  const baseline = (suite === 1 && BASELINE_MS[cost.op]?.[people]) || null;
  const value = cost.allMs;
  print(
    {
      bench: 'keys',
      row: row('steward'),
      value,
      unit: 'ms',
      baseline,
      ratio: baseline && value / baseline,
      goal: baseline && baseline * SLACK,
      met: baseline === null ? null : value <= baseline * SLACK,
    },
    { header_ms: Math.round(cost.stewardMs), parts: cost.seals },
  );
  print({ bench: 'keys', row: row('steward'), value: cost.stewardBytes, unit: 'bytes' });
  print({ bench: 'keys', row: row('listener'), value: cost.listenerMs, unit: 'ms' });
  print({ bench: 'keys', row: row('listener'), value: cost.listenerBytes, unit: 'bytes' });
  print({ bench: 'keys', row: row('server'), value: cost.serverBytes, unit: 'bytes' });
}

const wanted = process.argv.slice(2).map(Number);
const sizes = wanted.length > 0 ? wanted : [1000, 5000, 10_000];
await inChromium('keys-page.ts', async (open) => {
  for (const people of sizes)
    for (const suite of [1, 2] as const) {
      const page = await open();
      await page.exposeFunction('say', (what: string) => console.error(`${people}, suite ${suite}: ${what}`));
      const costs = await page.evaluate(
        ([n, s]) => {
          const w = globalThis as unknown as {
            run(n: number, suite: number, say: (what: string) => void): Promise<Cost[]>;
            say(what: string): void;
          };
          return w.run(n, s, w.say);
        },
        [people, suite] as [number, number],
      );
      for (const cost of costs) report(people, suite, cost);
      await page.close();
    }
});
