// `make bench-latency`: from the speaker's clock before it sends to the kernel's stamp on the listener's packet, so with both
// kernels' halves and the server between them, at half the load that one media thread can carry on this machine.

import { Load, RATE } from './load.ts';
import { Network } from './network.ts';
import { machine, print } from './row.ts';

const ROOMS = 50; // a hall would be one burst: its last listener waits for all the others
const LISTENERS = 20;
const TALK_S = 20;
const GOAL_MS = 1;

const network = new Network();
machine('latency');
const load = await Load.start(network, {
  target: 'media',
  rooms: ROOMS,
  listeners: LISTENERS,
  spread: true,
  stamps: true,
});
const trial = await load.measure(3, RATE, ROOMS);
const busy = trial.server_cpu_ns / trial.wall_ns;
const rate = Math.max(1, Math.min(240, Math.floor((RATE * 0.5) / busy)));
const r = await load.measure(TALK_S, rate, ROOMS);
for (const [name, ns] of [
  ['p50', r.p50_ns],
  ['p99', r.p99_ns],
  ['p99.9', r.p999_ns],
] as const) {
  const judged = name === 'p99';
  print(
    {
      bench: 'latency',
      row: `${ROOMS} rooms of ${LISTENERS}, ${name}`,
      value: ns / 1e6,
      unit: 'ms',
      goal: judged ? GOAL_MS : null,
      met: judged ? ns / 1e6 < GOAL_MS : null,
    },
    {
      load: Number((r.server_cpu_ns / r.wall_ns).toFixed(2)),
      packets_per_s: Math.round((r.received * 1e9) / r.wall_ns),
      lost: r.expected - r.received,
    },
  );
}
await load.stop();
network.close();
