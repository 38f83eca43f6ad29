// `make bench-join`: ICE check, DTLS handshake and keys, 64 at a time, until everyone is up: joins per CPU-second of the server.

import { Load } from './load.ts';
import { Network } from './network.ts';
import { machine, print } from './row.ts';

const LISTENERS = 3000;
const GOAL = 500;

const network = new Network();
machine('join');
const load = await Load.start(network, { target: 'media', listeners: LISTENERS });
const { up, join_cpu_ns, join_ns } = load.ready;
const rate = (up * 1e9) / join_cpu_ns;
print(
  { bench: 'join', row: 'media joins', value: rate, unit: 'joins/CPU-s', goal: GOAL, met: rate >= GOAL },
  { joins: up, wall_s: Number((join_ns / 1e9).toFixed(2)) },
);
await load.stop();
network.close();
