// test/golden/trace.json: one pattern key split for three holders, two releases of it, and what is none. Fixed seeds.

import { type Bytes, concat, hex, utf8 } from '../src/base/bytes.ts';
import { hashFor, idOf, keyOfSeed, sha256, sign } from '../src/base/sign.ts';
import { joinSigned } from '../src/identity/records.ts';
import { split } from '../src/identity/shamir.ts';
import { type Pattern, type Release, writePatternBody, writeReleaseBody } from '../src/identity/tracemsg.ts';

export interface GoldenTrace {
  key: string;
  slope: string;
  shares: { x: number; bytes: string }[];
  pattern: { bytes: string; public_key: string };
  releases: { bytes: string; public_key: string }[];
}

const seedOf = (label: string): Promise<Bytes> => sha256(utf8(`aparte golden trace ${label}`));
const idFor = async (label: string): Promise<Bytes> => (await seedOf(label)).slice(0, 16);

async function signer(label: string) {
  const { key, publicKey } = await keyOfSeed(await seedOf(label));
  return {
    account: await idFor(`${label} account`),
    device: await idOf('device', publicKey),
    key,
    publicKey,
  };
}

export async function makeTrace(): Promise<GoldenTrace> {
  const [key, slope, room, run] = [
    await seedOf('key'),
    await seedOf('slope'),
    await idFor('room'),
    await idFor('run'),
  ];
  const shares = split(key, 3, slope.slice());
  const [speaker, ...holders] = await Promise.all(['speaker', 'one', 'two', 'three'].map(signer));
  if (!speaker) throw new Error('unreachable');
  const pattern: Pattern = {
    room,
    account: speaker.account,
    device: speaker.device,
    run,
    check: await hashFor('pattern-check', key),
    shares: await Promise.all(
      holders.map(async ({ device }, i) => {
        const noise = concat(await seedOf(`sealed ${i}`), await seedOf(`more ${i}`), await idFor(`end ${i}`));
        return { x: i + 1, device, sealed: noise };
      }),
    ),
  };
  const body = writePatternBody(pattern);
  const releases = holders.slice(1).map(async ({ account, device, key: own, publicKey }, i) => {
    const share = { account: speaker.account, run, x: i + 2, share: shares[i + 1]?.bytes ?? key };
    const release: Release = { room, account, device, shares: [share] };
    const text = writeReleaseBody(release);
    return { bytes: hex(joinSigned(text, await sign(own, 'trace-share', text))), public_key: hex(publicKey) };
  });
  return {
    key: hex(key),
    slope: hex(slope),
    shares: shares.map(({ x, bytes }) => ({ x, bytes: hex(bytes) })),
    pattern: {
      bytes: hex(joinSigned(body, await sign(speaker.key, 'pattern', body))),
      public_key: hex(speaker.publicKey),
    },
    releases: await Promise.all(releases),
  };
}
