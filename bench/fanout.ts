// `make bench-fanout`: what a delivered packet costs the server, beside a loop that only sends. Real listeners with keys
// of their own; the windows of server and raw loop alternate within the run, and the least disturbed one of each counts
// (a shared machine only ever adds; the medians are printed too). Every row twice: with everything delivered and
// opened, and with the crowd's addresses sunk, where the sending half of the kernel is alone and the ratio is hardest. Where a core is too slow for 50 packets a second to everyone, speakers speak more
// slowly; what the server does for silent listeners (checks, reports) is measured apart and charged as at 50.

import { Load, RATE, type Result, raw } from './load.ts';
import { Network } from './network.ts';
import { machine, median, print } from './row.ts';

const WINDOWS = 5;
const SECONDS = 1.5;
const BUSY = 0.5; // of a core, at most
const TRACED_GOAL = 0.95;
const ROWS = [
  { speakers: 1, listeners: 100, goal: null, traced: false },
  { speakers: 1, listeners: 1000, goal: null, traced: true },
  { speakers: 1, listeners: 5000, goal: 0.85, traced: true },
  { speakers: 1, listeners: 10000, goal: null, traced: false },
  { speakers: 3, listeners: 5000, goal: 2, traced: false },
];

const forwarded = (r: Result) => (r.server?.forwarded ?? 0) - (r.server?.dropped_send ?? 0);

interface Window {
  cpu: number; // ns
  packets: number;
  seconds: number;
  result: Result;
}

/** One load, and its counters' last state: they run since the start. */
class Bench {
  private readonly load: Load;
  private before = 0;

  constructor(load: Load) {
    this.load = load;
  }

  async window(seconds: number, rate: number): Promise<Window> {
    const r = await this.load.measure(seconds, rate);
    const packets = forwarded(r) - this.before;
    this.before = forwarded(r);
    return { cpu: r.server_cpu_ns, packets, seconds: r.wall_ns / 1e9, result: r };
  }
}

async function row(network: Network, bench: Bench, of: (typeof ROWS)[number], sunk: boolean): Promise<void> {
  const { speakers, listeners, goal } = of;
  const trial = await bench.window(1, 2);
  const fits = (BUSY * 1e9 * trial.packets) / (trial.cpu * listeners * speakers);
  const rate = Math.max(1, Math.min(RATE, Math.floor(fits)));
  if (sunk) network.sink();
  const idle: number[] = [];
  const busy: Window[] = [];
  const plain: number[] = [];
  const gso: number[] = [];
  const sum = { expected: 0, forwarded: 0, lost: 0, wrong: 0 };
  for (let i = 0; i < WINDOWS; i++) {
    const silent = await bench.window(SECONDS, 0);
    const w = await bench.window(SECONDS, rate);
    idle.push(silent.cpu / silent.seconds);
    busy.push(w);
    sum.expected += w.result.expected;
    sum.forwarded += w.packets;
    sum.lost += w.result.expected - w.result.received;
    sum.wrong += w.result.forged + w.result.doubled + w.result.strange;
    plain.push(raw(network, listeners, 1, rate * speakers, SECONDS));
    if (speakers > 1) gso.push(raw(network, listeners, speakers, rate, SECONDS));
  }
  network.deliver();
  const still = Math.min(...idle);
  const upkeep = still / (RATE * speakers * listeners);
  const costs = busy.map((w) => (w.cpu - still * w.seconds) / w.packets + upkeep);
  const cost = Math.min(...costs);
  const kernel = Math.min(...plain);
  const judged = sunk && goal !== null;
  print(
    {
      bench: 'fanout',
      row: `${speakers} -> ${listeners}, ${sunk ? 'sunk' : 'delivered'}`,
      value: 1e9 / cost,
      unit: 'packets/CPU-s',
      baseline: 1e9 / kernel,
      ratio: kernel / cost,
      goal: judged ? goal : null,
      met: judged ? kernel / cost >= goal : null,
    },
    {
      ns: Math.round(cost),
      upkeep_ns: Math.round(upkeep),
      raw_ns: Math.round(kernel),
      raw_gso_ns: gso.length ? Math.round(Math.min(...gso)) : null,
      median_ns: Math.round(median(costs)),
      median_raw_ns: Math.round(median(plain)),
      rate,
      ...(sunk ? {} : sum),
    },
  );
}

/** The price of leak tracing: windows in which every listener gets the variant of its codeword alternate with windows in
 * which all get A; the least disturbed one of each counts. */
async function traced(bench: Bench, load: Load, of: (typeof ROWS)[number]): Promise<void> {
  const { speakers, listeners } = of;
  const trial = await bench.window(1, 2);
  const rate = Math.max(
    1,
    Math.min(RATE, Math.floor((BUSY * 1e9 * trial.packets) / (trial.cpu * listeners))),
  );
  const costs: Record<'off' | 'on', number[]> = { off: [], on: [] };
  const sum = { expected: 0, lost: 0, second: 0, wrong: 0 };
  for (let i = 0; i < 2 * WINDOWS; i++) {
    const live = i % 2 === 1;
    await load.twin(live);
    const w = await bench.window(SECONDS, rate);
    costs[live ? 'on' : 'off'].push(w.cpu / w.packets);
    sum.expected += w.result.expected;
    sum.lost += w.result.expected - w.result.received;
    sum.second += w.result.second;
    sum.wrong += w.result.forged + w.result.doubled + w.result.strange;
  }
  await load.twin(false);
  const [on, off] = [Math.min(...costs.on), Math.min(...costs.off)];
  print(
    {
      bench: 'fanout',
      row: `${speakers} -> ${listeners}, traced`,
      value: 1e9 / on,
      unit: 'packets/CPU-s',
      baseline: 1e9 / off,
      ratio: off / on,
      goal: TRACED_GOAL,
      met: off / on >= TRACED_GOAL,
    },
    {
      ns: Math.round(on),
      off_ns: Math.round(off),
      median_ns: Math.round(median(costs.on)),
      median_off_ns: Math.round(median(costs.off)),
      rate,
      ...sum,
    },
  );
}

const network = new Network();
machine('fanout');
for (const of of ROWS) {
  const load = await Load.start(network, { target: 'media', speakers: of.speakers, listeners: of.listeners });
  const bench = new Bench(load);
  await bench.window(1, 1);
  await row(network, bench, of, false);
  await row(network, bench, of, true);
  if (of.traced) await traced(bench, load, of);
  await load.stop();
}
network.close();
