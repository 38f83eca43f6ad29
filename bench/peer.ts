// `make bench-peer`: the same crowd in Janus' videoroom and in this server, one after the other in one run: one speaker at 50
// packets a second, everything delivered and opened. Janus as Debian ships it, and with an event loop per core. Janus
// may use both cores, which it shares with the crowd; the media plane here has one thread. CPU time is the server's
// whole process and includes what it receives. Memory per listener is the slope from the smallest crowd to the largest:
// what a process has before anyone comes is no listener's.

import { cpus } from 'node:os';
import { type Crowd, Load, RATE } from './load.ts';
import { Network } from './network.ts';
import { machine, median, print } from './row.ts';

const SIZES = [100, 300, 1000];
const WINDOWS = 3;
const SECONDS = 3;
const GOALS = { default: 20, tuned: 10, memory: 10 };

interface Cost {
  us: number; // CPU per delivered packet
  kb: number; // more memory than before anyone came
  delivered: number; // share
}

async function cost(network: Network, crowd: Crowd): Promise<Cost> {
  const load = await Load.start(network, crowd);
  await load.measure(1, RATE);
  const us: number[] = [];
  let received = 0;
  let expected = 0;
  let memory = load.ready.memory_kb;
  for (let i = 0; i < WINDOWS; i++) {
    const r = await load.measure(SECONDS, RATE);
    if (r.received > 0) us.push(r.server_cpu_ns / r.received / 1000);
    received += r.received;
    expected += r.expected;
    memory = r.memory_kb;
  }
  await load.stop();
  return { us: median(us), kb: memory - load.ready.memory_before_kb, delivered: received / expected };
}

const network = new Network();
machine('peer');
const theirs: number[] = [];
const mine: number[] = [];
for (const listeners of SIZES) {
  const plain = await cost(network, { target: { janus: 0 }, listeners, anyCpu: true });
  const tuned = await cost(network, { target: { janus: cpus().length }, listeners, anyCpu: true });
  const ours = await cost(network, { target: 'media', listeners });
  const share = (c: Cost) => Number(c.delivered.toFixed(4));
  for (const [name, other, goal] of [
    ["Debian's defaults", plain, GOALS.default],
    ['event_loops = cores', tuned, GOALS.tuned],
  ] as const)
    print(
      {
        bench: 'peer',
        row: `${listeners} listeners, CPU beside Janus with ${name}`,
        value: ours.us,
        unit: 'us/packet',
        baseline: other.us,
        ratio: other.us / ours.us,
        goal,
        met: other.us / ours.us >= goal,
      },
      { delivered: share(ours), baseline_delivered: share(other) },
    );
  theirs.push(plain.kb);
  mine.push(ours.kb);
}
const added = (SIZES.at(-1) ?? 0) - (SIZES[0] ?? 0);
const slope = (kb: number[]) => ((kb.at(-1) ?? 0) - (kb[0] ?? 0)) / added;
print({
  bench: 'peer',
  row: "memory beside Janus with Debian's defaults",
  value: slope(mine),
  unit: 'KB/listener',
  baseline: slope(theirs),
  ratio: slope(theirs) / slope(mine),
  goal: GOALS.memory,
  met: slope(theirs) / slope(mine) >= GOALS.memory,
});
network.close();
