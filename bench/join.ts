// `make bench-join`: joins per CPU-second of the server. Of the media plane alone: ICE check, DTLS handshake and keys, 64 at a time.
// Of a whole server: an invitation made and redeemed, hello, room.join with a signed leaf, then the same; one after the
// other, so the wall's time is mostly the disk's, which keeps every record.

import { type Crowd, Load } from './load.ts';
import { Network } from './network.ts';
import { machine, print } from './row.ts';

const MEDIA = 3000;
const WHOLE = 100;
const GOAL = 500;

async function row(network: Network, name: string, crowd: Crowd, goal: number | null): Promise<void> {
  const load = await Load.start(network, crowd);
  const { up, join_cpu_ns, join_ns } = load.ready;
  const rate = (up * 1e9) / join_cpu_ns;
  print(
    {
      bench: 'join',
      row: name,
      value: rate,
      unit: 'joins/CPU-s',
      goal,
      met: goal === null ? null : rate >= goal,
    },
    { joins: up, wall_s: Number((join_ns / 1e9).toFixed(2)) },
  );
  await load.stop();
}

const network = new Network();
machine('join');
await row(network, 'media', { target: 'media', listeners: MEDIA }, GOAL);
await row(network, 'whole server', { target: { club: 1 }, listeners: WHOLE }, null);
network.close();
