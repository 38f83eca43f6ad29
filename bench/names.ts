// A room of 5,000 names in Chromium: frames a second while four people talk, others come and go and somebody scrolls
// through the list; and what the page needs of memory. `make bench-names`. The names are simulated: behind the list
// stands the client's own code (state/people.ts), fed as the server would, at 50 changes a second.

import { readFileSync } from 'node:fs';
import { Screens } from '../test/browser/screens.ts';
import { machine, print } from './row.ts';

const NAMES = 5000;
const SECONDS = 15;
const SCROLL = 2500; // pixels a second: a thumb that flicks on and on
const GOAL_FPS = 50;
const GOAL_MB = 150;

/** Runs in the page. Resolves with the times between frames, in ms. */
async function evening([names, seconds, speed]: readonly [number, number, number]): Promise<number[]> {
  const { mock } = window as unknown as {
    mock: {
      crowd: {
        people: { level(a: string): { value: number }; person(p: object): void; left(a: string): void };
        one(i: number): { account: string };
      };
    };
  };
  const { people, one } = mock.crowd;
  let tick = 0;
  const talk = setInterval(() => {
    tick++;
    for (const speaker of [1, 2, 3, 4])
      people.level(one(speaker).account).value = Math.abs(Math.sin(tick / 3 + speaker));
  }, 100);
  const come = setInterval(() => {
    people.person(one(names + tick));
    people.left(one(names - 1 - (tick % 500)).account);
  }, 40);
  const gaps: number[] = [];
  const bottom = document.documentElement.scrollHeight;
  await new Promise<void>((done) => {
    const begin = performance.now();
    let last = begin;
    const frame = (now: number): void => {
      gaps.push(now - last);
      last = now;
      const passed = (now - begin) / 1000;
      scrollTo(0, (passed * speed) % bottom);
      if (passed < seconds) requestAnimationFrame(frame);
      else done();
    };
    requestAnimationFrame(frame);
  });
  clearInterval(talk);
  clearInterval(come);
  return gaps.slice(1);
}

/** Memory that is this page's alone: private to the process that draws it. */
function privateMb(pid: number): number {
  const kb = [...readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8').matchAll(/^Private_\w+:\s+(\d+) kB/gm)];
  return kb.reduce((sum, [, n]) => sum + Number(n), 0) / 1024;
}

machine('names');
const screens = await Screens.open();
try {
  const page = await screens.show('room-crowd');
  await page.locator('.crowd li').first().waitFor();
  const browser = await page.context().browser()?.newBrowserCDPSession();
  const renderers = async (): Promise<{ id: number; cpuTime: number }[]> => {
    const { processInfo } = (await browser?.send('SystemInfo.getProcessInfo')) ?? { processInfo: [] };
    return processInfo.filter(({ type }) => type === 'renderer');
  };
  const cpu = async (): Promise<number> => (await renderers()).reduce((sum, { cpuTime }) => sum + cpuTime, 0);
  const before = await cpu();
  const gaps = await page.evaluate(evening, [NAMES, SECONDS, SCROLL] as const);
  const fps = (gaps.length * 1000) / gaps.reduce((sum, gap) => sum + gap, 0);
  const late = [...gaps].sort((a, b) => a - b)[Math.floor(gaps.length * 0.99)] ?? 0;
  print(
    {
      bench: 'names',
      row: `${NAMES} names, 4 talk, 50 changes a second, scrolling`,
      value: fps,
      unit: 'fps',
      goal: GOAL_FPS,
      met: fps >= GOAL_FPS,
    },
    {
      cpu_ms_per_frame: Number(((((await cpu()) - before) * 1000) / gaps.length).toFixed(1)),
      p99_gap_ms: Math.round(late),
      people_drawn: await page.locator('.person').count(),
    },
  );
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('HeapProfiler.collectGarbage');
  await cdp.send('Performance.enable');
  const { metrics } = await cdp.send('Performance.getMetrics');
  const heap = (metrics.find(({ name }) => name === 'JSHeapUsedSize')?.value ?? 0) / 2 ** 20;
  const mb = Math.max(...(await renderers()).map(({ id }) => privateMb(id)));
  print(
    {
      bench: 'names',
      row: `memory of the page with ${NAMES} names`,
      value: mb,
      unit: 'MB',
      goal: GOAL_MB,
      met: mb <= GOAL_MB,
    },
    { js_heap_mb: Math.round(heap) },
  );
} finally {
  await screens.close();
}
