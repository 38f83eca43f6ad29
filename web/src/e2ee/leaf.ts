// Our own roster leaf, made anew for every join: docs/protocol.md, "Roster leaf".

import type { Id, LogHead } from '../api/messages.ts';
import { type Bytes, b64, random, unb64 } from '../base/bytes.ts';
import { sha256 } from '../base/sign.ts';
import type { ChainBook } from '../identity/chain.ts';
import type { Device } from '../identity/device.ts';
import { type Suite, writeLeafBody } from '../identity/keymsg.ts';
import { joinSigned } from '../identity/records.ts';
import type { KemPair } from './hpke.ts';
import type { KeysPorts } from './types.ts';
import type { Weakness } from './weakness.ts';

const ROLES = { founder: 1, admin: 2, member: 3 } as const;

export interface KeysOptions {
  room: Id;
  device: Pick<Device, 'account' | 'device' | 'sign'>;
  role: keyof typeof ROLES; // in the club, from hello
  book: ChainBook; // one for all rooms
  log(): LogHead; // the newest head seen
  ports: KeysPorts;
  suite?: Suite; // tests only; 2 unless said
  weakness?: Weakness; // tests only
}

// Made anew for every join. Throws if our own chain does not reach the founder.
export async function makeLeaf(options: KeysOptions, pair: KemPair): Promise<string> {
  const { device, book, ports, room } = options;
  await book.prove([device]);
  const chain = book.get(device.account, device.device);
  if (!chain) throw new Error("this device's own chain does not reach the founder");
  const body = writeLeafBody({
    suite: pair.kem ? 2 : 1,
    room: idBytes(room),
    account: idBytes(device.account),
    device: idBytes(device.device),
    hpkeKey: pair.publicKey,
    kem: pair.kem ? await sha256(pair.kem.publicKey) : new Uint8Array(32),
    join: random(16),
    role: ROLES[options.role],
    chain: chain.hash,
    time: ports.nowMs(),
  });
  return b64(joinSigned(body, await device.sign('leaf', body)));
}

export function idBytes(id: Id): Bytes {
  const bytes = unb64(id, 16);
  if (!bytes) throw new RangeError('not an id');
  return bytes;
}
