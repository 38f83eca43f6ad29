// `make bench-rooms`: ten thousand rooms of three on two media threads. Silent rooms must not cost more for being many, and
// the cost of talking must follow the number of rooms that talk: three windows, and the line through them.

import { Load, type Result } from './load.ts';
import { Network } from './network.ts';
import { machine, print } from './row.ts';

const ROOMS = 10000;
const THREADS = 2;
const SECONDS = 5;
const RATE = 5; // of each speaker: the whole is what counts
const TALKING = [0, 250, 500, 1000, 2000];

const network = new Network();
machine('rooms');
const load = await Load.start(network, {
  target: { threads: THREADS },
  rooms: ROOMS,
  listeners: 2,
  spread: true,
  anyCpu: true,
});
let before = 0;
let silent = 0;
const packets = (r: Result) => r.server?.forwarded ?? 0;
for (const talking of TALKING) {
  const r = await load.measure(SECONDS, talking ? RATE : 0, talking);
  const n = packets(r) - before;
  before = packets(r);
  const share = r.server_cpu_ns / r.wall_ns;
  if (!talking) silent = share;
  print(
    {
      bench: 'rooms',
      row: `${ROOMS} rooms of three, ${talking} talking`,
      value: share * 100,
      unit: '% of a core',
    },
    {
      packets_per_s: Math.round((n * 1e9) / r.wall_ns),
      us_per_packet: n ? Number((((share - silent) * r.wall_ns) / n / 1000).toFixed(2)) : null,
      us_per_silent_peer_and_s: talking ? null : Number(((share * 1e6) / load.ready.up).toFixed(2)),
      expected: r.expected,
      lost: r.expected - r.received,
      wrong: r.forged + r.doubled + r.strange,
    },
  );
}
await load.stop();
network.close();
