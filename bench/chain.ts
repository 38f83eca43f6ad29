// What it costs Chromium, and the server, to verify everybody's invitation chain: `make bench-chain`, or `node
// bench/chain.ts [members...]`. One JSON line per row. Club and server are in the page, so no network is in it.

import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Cost } from './chain-page.ts';
import { inChromium } from './page.ts';
import { machine, print } from './row.ts';

const GOAL_MS: Record<number, number> = { 5000: 3000 }; // the first time

const wanted = process.argv.slice(2).map(Number);
const sizes = wanted.length > 0 ? wanted : [1000, 5000];

function report(members: number, cost: Cost): void {
  const goal = GOAL_MS[members] ?? null;
  const row = (what: string): string => `${members} members in Chromium: ${what}`;
  const depth = { depth: cost.depth, mean_depth: Number(cost.meanDepth.toFixed(1)) };
  const met = goal === null ? null : cost.firstMs <= goal;
  print(
    { bench: 'chain', row: row('all, for the first time'), value: cost.firstMs, unit: 'ms', goal, met },
    depth,
  );
  print({ bench: 'chain', row: row('all, from what was kept'), value: cost.againMs, unit: 'ms' });
  print({ bench: 'chain', row: row('one more'), value: cost.oneMs, unit: 'ms' });
}

// The server's start-up: every record of the log once.
function inC(members: number): void {
  const program = fileURLToPath(new URL('../build/release/bench/bench-chain', import.meta.url));
  const cost = JSON.parse(execFileSync(program, [String(members)], { encoding: 'utf8' }));
  print(
    { bench: 'chain', row: `${members} members in C: all, at start-up`, value: cost.ms, unit: 'ms' },
    { depth: cost.depth, mean_depth: cost.meanDepth },
  );
}

machine('chain');
for (const members of sizes) inC(members);
await inChromium('chain-page.ts', async (open) => {
  for (const members of sizes) {
    const page = await open();
    await page.exposeFunction('say', (what: string) => console.error(`${members}: ${what}`));
    const cost = await page.evaluate((n) => {
      const w = globalThis as unknown as {
        run(n: number, say: (what: string) => void): Promise<Cost>;
        say(what: string): void;
      };
      return w.run(n, w.say);
    }, members);
    report(members, cost);
    await page.close();
  }
});
