// `make bench-memory`: what ten thousand listeners who hear nothing add to the server's resident memory.

import { Load } from './load.ts';
import { Network } from './network.ts';
import { machine, print } from './row.ts';

const LISTENERS = 10000;
const GOAL = 8192;

const network = new Network();
machine('memory');
const load = await Load.start(network, { target: 'media', listeners: LISTENERS });
const idle = await load.measure(3, 0);
const bytes = ((idle.memory_kb - load.ready.memory_before_kb) * 1024) / load.ready.up;
print(
  { bench: 'memory', row: 'idle listener', value: bytes, unit: 'bytes', goal: GOAL, met: bytes <= GOAL },
  { listeners: LISTENERS, resident_kb: idle.memory_kb, cpu_share: idle.server_cpu_ns / idle.wall_ns },
);
await load.stop();
network.close();
