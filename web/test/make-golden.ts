// Writes test/golden/{records,headers,links,keys,logs,paths,recovery,trace}.json: `node web/test/make-golden.ts`.
// Seeds are fixed and Ed25519 is deterministic, so the files are reproducible; golden.test.ts compares.

import { writeFileSync } from 'node:fs';
import { type Bytes, b64, concat, hex, unb64, unhex, utf8 } from '../src/base/bytes.ts';
import { hashFor, idOf, keyOfSeed, type Purpose, type SeedKey, sha256, sign } from '../src/base/sign.ts';
import { derive } from '../src/e2ee/hkdf.ts';
import { type KemPair, seal } from '../src/e2ee/hpke.ts';
import { Roster } from '../src/e2ee/roster.ts';
import {
  commitmentOf,
  frameBase,
  headerHash,
  nextBucketKey,
  partInfo,
  ratchetSecret,
  senderKey,
  wrapSecret,
} from '../src/e2ee/secrets.ts';
import { stageHash, writeStage } from '../src/e2ee/stage.ts';
import {
  type KeyHeader,
  type Leaf,
  writeHeaderBody,
  writeHeartbeatBody,
  writeLeafBody,
  writeTagsBody,
} from '../src/identity/keymsg.ts';
import { linkPayload, parseLink } from '../src/identity/links.ts';
import {
  joinSigned,
  type LogRecord,
  type RecordType,
  recordCode,
  writeHelloBody,
  writeLookBody,
  writeRecordBody,
} from '../src/identity/records.ts';

import { makeLog, makePaths, makeRecovery } from './golden-log.ts';
import { makeTrace } from './golden-trace.ts';

export interface GoldenCase {
  name: string;
  type: number; // the type byte of a log record, else 0
  purpose: Purpose;
  fields: Record<string, string | number>;
  body: string;
  bytes?: string; // body and signatures; hello and look travel apart and have `sig` instead
  sig?: string;
  keys: string[]; // public keys in signature order
  seeds: string[]; // their RFC 8032 seeds
}

const seedOf = (label: string): Promise<Bytes> => sha256(utf8(`aparte golden ${label}`));
const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

// 64-bit fields are decimal strings, smaller integers numbers, bytes hex.
function fieldsOf(value: object, wide: string[]): Record<string, string | number> {
  const pairs = Object.entries(value).filter(([name]) => name !== 'type');
  return Object.fromEntries(
    pairs.map(([name, one]) => [
      snake(name),
      one instanceof Uint8Array ? hex(one as Bytes) : wide.includes(name) ? String(one) : one,
    ]),
  );
}

async function signers(...labels: string[]): Promise<(SeedKey & { seed: Bytes })[]> {
  return Promise.all(
    labels.map(async (label) => {
      const seed = await seedOf(label);
      return { ...(await keyOfSeed(seed)), seed };
    }),
  );
}

async function golden(
  name: string,
  purpose: Purpose,
  value: object,
  body: Bytes,
  labels: string[],
): Promise<GoldenCase> {
  const keys = await signers(...labels);
  const sigs = await Promise.all(keys.map(({ key }) => sign(key, purpose, body)));
  const apart = purpose === 'hello' || purpose === 'look';
  return {
    name,
    type: recordCode(purpose as RecordType),
    purpose,
    fields: fieldsOf(value, ['time', 'expires', 'logSize', 'first']),
    body: hex(body),
    ...(apart ? { sig: hex(sigs[0] as Bytes) } : { bytes: hex(joinSigned(body, ...sigs)) }),
    keys: keys.map(({ publicKey }) => hex(publicKey)),
    seeds: keys.map(({ seed }) => hex(seed)),
  };
}

const T0 = 1795500000000;

async function people() {
  const [setup, invite, a, aDevice, b, bDevice, recovery] = await signers(
    'setup',
    'invite',
    'a',
    'a device',
    'b',
    'b device',
    'recovery',
  );
  if (!setup || !invite || !a || !aDevice || !b || !bDevice || !recovery) throw new Error('unreachable');
  const ids = {
    account: await idOf('account', a.publicKey),
    device: await idOf('device', aDevice.publicKey),
    other: await idOf('account', b.publicKey),
    otherDevice: await idOf('device', bDevice.publicKey),
    lost: (await seedOf('lost account')).slice(0, 16),
    found: (await seedOf('found account')).slice(0, 16),
    room: (await seedOf('room')).slice(0, 16),
  };
  return { setup, invite, a, aDevice, b, bDevice, recovery, ...ids };
}

export async function makeRecords(): Promise<GoldenCase[]> {
  const p = await people();
  const by = { author: p.account, authorDevice: p.device };
  const all: [string, LogRecord, string[]][] = [
    [
      'founder',
      {
        type: 'founder',
        setupKey: p.setup.publicKey,
        accountKey: p.a.publicKey,
        deviceKey: p.aDevice.publicKey,
        time: T0,
      },
      ['setup', 'a', 'a device'],
    ],
    [
      'invite',
      { type: 'invite', ...by, inviteKey: p.invite.publicKey, time: T0 + 1, expires: T0 + 7 * 86400000 },
      ['a device'],
    ],
    [
      'redeem',
      {
        type: 'redeem',
        inviteKey: p.invite.publicKey,
        accountKey: p.b.publicKey,
        deviceKey: p.bDevice.publicKey,
        time: T0 + 2,
      },
      ['invite', 'b', 'b device'],
    ],
    ['ban', { type: 'ban', ...by, target: p.other, time: T0 + 3 }, ['a device']],
    ['unban', { type: 'unban', ...by, target: p.other, time: T0 + 4 }, ['a device']],
    [
      'invite-revoke',
      { type: 'invite-revoke', ...by, inviteKey: p.invite.publicKey, time: T0 + 5 },
      ['a device'],
    ],
    [
      'device-add',
      { type: 'device-add', ...by, deviceKey: p.bDevice.publicKey, time: T0 + 6 },
      ['a device', 'b device'],
    ],
    [
      'device-add by recovery',
      {
        type: 'device-add',
        author: p.account,
        authorDevice: new Uint8Array(16),
        deviceKey: p.bDevice.publicKey,
        time: T0 + 7,
      },
      ['recovery', 'b device'],
    ],
    [
      'device-revoke',
      { type: 'device-revoke', ...by, targetDevice: p.otherDevice, time: T0 + 8 },
      ['a device'],
    ],
    ['role', { type: 'role', ...by, target: p.other, role: 2, time: T0 + 9 }, ['a device']],
    [
      'recovery',
      { type: 'recovery', ...by, recoveryKey: p.recovery.publicKey, time: T0 + 10 },
      ['a device', 'recovery'],
    ],
    ['deletion', { type: 'deletion', ...by, target: p.account, time: T0 + 11 }, ['a device']],
    [
      'supersede',
      {
        type: 'supersede',
        ...by,
        second: p.other,
        secondDevice: p.otherDevice,
        target: p.lost,
        successor: p.found,
        time: T0 + 12,
      },
      ['a device', 'b device'],
    ],
    ['veto', { type: 'veto', ...by, target: p.account, time: T0 + 13 }, ['a device']],
    [
      'succession',
      { type: 'succession', ...by, target: p.lost, successor: p.found, time: T0 + 14 + 72 * 3600000 },
      ['a device'],
    ],
    [
      'room-ban',
      { type: 'room-ban', ...by, target: p.other, host: p.account, room: p.room, scope: 2, time: T0 + 15 },
      ['a device'],
    ],
    [
      'room-unban',
      { type: 'room-unban', ...by, target: p.other, host: p.account, time: T0 + 16 },
      ['a device'],
    ],
    ['hold', { type: 'hold', ...by, target: p.other, time: T0 + 17 }, ['a device']],
    ['release', { type: 'release', ...by, target: p.other, subtree: 1, time: T0 + 18 }, ['a device']],
    [
      'trace-key',
      { type: 'trace-key', ...by, traceKey: await seedOf('trace key'), time: T0 + 19 },
      ['a device'],
    ],
    ['trace-release', { type: 'trace-release', ...by, room: p.room, time: T0 + 20 }, ['a device']],
    ['largest-time', { type: 'ban', ...by, target: p.other, time: Number.MAX_SAFE_INTEGER }, ['a device']],
  ];
  return Promise.all(all.map(([name, r, labels]) => golden(name, r.type, r, writeRecordBody(r), labels)));
}

export async function makeHeaders(): Promise<GoldenCase[]> {
  const p = await people();
  const { room } = p;
  const leaf: Leaf = {
    suite: 1,
    room,
    account: p.other,
    device: p.otherDevice,
    hpkeKey: await seedOf('hpke'),
    kem: new Uint8Array(32),
    join: (await seedOf('join')).slice(0, 16),
    role: 3,
    chain: await hashFor('chain', await seedOf('record 1'), await seedOf('record 2')),
    time: T0 + 10,
  };
  const header: KeyHeader = {
    suite: 1,
    room,
    counter: 0x01020304,
    epoch: 5,
    generation: 6,
    prev: await seedOf('prev'),
    rosterRoot: await seedOf('root'),
    count: 7,
    stageHash: await seedOf('stage'),
    trace: await seedOf('trace'),
    logSize: 8,
    logHead: await seedOf('log'),
    commitment: await seedOf('commitment'),
    time: T0 + 11,
    steward: p.account,
    stewardDevice: p.device,
  };
  const challenge = await seedOf('challenge');
  const host = 'talk.example:8443';
  const hello = { host: utf8(host), challenge, account: p.account, device: p.device };
  const look = { host: utf8(host), challenge, inviteKey: p.invite.publicKey };
  const hybrid: Leaf = { ...leaf, suite: 2, kem: await seedOf('kem') };
  const beat = {
    room,
    header: await seedOf('header'),
    time: T0 + 12,
    steward: p.account,
    stewardDevice: p.device,
  };
  const tags = { room, counter: 9, index: 254, first: 2 ** 40, tags: await seedOf('four tags') };
  return Promise.all([
    golden('leaf', 'leaf', leaf, writeLeafBody(leaf), ['b device']),
    golden('hybrid leaf', 'leaf', hybrid, writeLeafBody(hybrid), ['b device']),
    golden('header', 'header', header, writeHeaderBody(header), ['a device']),
    golden('hybrid header', 'header', { ...header, suite: 2 }, writeHeaderBody({ ...header, suite: 2 }), [
      'a device',
    ]),
    golden('heartbeat', 'heartbeat', beat, writeHeartbeatBody(beat), ['a device']),
    golden('tags', 'tags', tags, writeTagsBody(tags), ['b device']),
    golden('hello', 'hello', hello, writeHelloBody(host, challenge, p.account, p.device), ['a device']),
    golden('look', 'look', look, writeLookBody(host, challenge, p.invite.publicKey), ['invite']),
  ]);
}

export interface GoldenLink {
  name: string;
  valid: boolean;
  payload: string;
  kind?: number;
  seed?: string;
  public_key?: string;
  fingerprint?: string;
}

export async function makeLinks(): Promise<GoldenLink[]> {
  const p = await people();
  const links: GoldenLink[] = [];
  for (const [kind, key, fingerprint] of [
    ['invite', p.invite, p.account],
    ['founder', p.setup, new Uint8Array(16)],
  ] as const) {
    const payload = await linkPayload({ kind, seed: key.seed, fingerprint });
    links.push({
      name: kind,
      valid: true,
      payload,
      kind: kind === 'invite' ? 1 : 2,
      seed: hex(key.seed),
      public_key: hex(key.publicKey),
      fingerprint: hex(fingerprint),
    });
  }
  links.push({
    name: 'device',
    valid: true,
    payload: await linkPayload({ kind: 'device', key: p.bDevice.publicKey }),
    kind: 3,
    public_key: hex(p.bDevice.publicKey),
  });
  const good = (links[0] as GoldenLink).payload;
  const other = concat(Uint8Array.of(4), p.invite.seed, p.account);
  const bad: [string, string][] = [
    ['one letter changed', `${good.slice(0, 20)}${good[20] === 'A' ? 'B' : 'A'}${good.slice(21)}`],
    ['one letter missing', good.slice(0, -1)],
    ['one letter too many', `${good}A`],
    ['padded', `${good}=`],
    ['not base64url', `+${good.slice(1)}`],
    ['unknown kind', b64(concat(other, (await hashFor('link', other)).slice(0, 4)))],
  ];
  for (const [name, payload] of bad) {
    if ((await parseLink(`#${payload}`)) !== 'mistyped') throw new Error(`${name} was taken for a link`);
    links.push({ name, valid: false, payload });
  }
  return links;
}

async function kemOfSeed(seed: Bytes): Promise<KemPair> {
  const pkcs8 = concat(unhex('302e020100300506032b656e04220420'), seed);
  const open = await crypto.subtle.importKey('pkcs8', pkcs8, 'X25519', true, ['deriveBits']);
  const { x = '' } = await crypto.subtle.exportKey('jwk', open);
  return { privateKey: open, publicKey: unb64(x, 32) as Bytes, kem: null };
}

async function merkleCase(slots: number[]) {
  const filled = await Promise.all(slots.map(async (slot) => ({ slot, leaf: await seedOf(`leaf ${slot}`) })));
  const changes = filled.map(({ slot, leaf }) => ({
    slot,
    entry: { account: null, leaf, key: hex(leaf), suite: null },
  }));
  const { root } = await (await Roster.empty()).with(changes);
  return { slots: filled.map(({ slot, leaf }) => ({ slot, leaf: hex(leaf) })), root: hex(root) };
}

async function sealCase(kind: 'seal' | 'welcome', plain: Bytes, hash: Bytes) {
  const sk = await seedOf(`${kind} recipient`);
  const place = {
    room: (await seedOf('room')).slice(0, 16),
    epoch: 5,
    generation: kind === 'seal' ? 0 : 6,
    slot: 300,
  };
  const ephemeral = await kemOfSeed(await seedOf(`${kind} ephemeral`));
  const to = { publicKey: (await kemOfSeed(sk)).publicKey, kem: null };
  const data = await seal(to, partInfo(kind, place), hash, plain, ephemeral);
  return { sk: hex(sk), ...place, room: hex(place.room), H: hex(hash), data: hex(data), plain: hex(plain) };
}

// The format stands in test/c/crypt/test_keys.c.
export async function makeKeySchedule() {
  const [bk, secret, root] = await Promise.all(['bucket key', 'room secret', 'root'].map(seedOf));
  if (!bk || !secret || !root) throw new Error('unreachable');
  const body = unhex((await makeHeaders()).find(({ name }) => name === 'header')?.body ?? '');
  const hash = await headerHash(body);
  const base = await frameBase(secret, hash);
  const senders = [1, 2, 32, 254].map(async (index) => ({ index, key: hex(await senderKey(base, index)) }));
  const list = writeStage([
    { index: 1, slot: 0 },
    { index: 2, slot: 300 },
    { index: 254, slot: 31 },
  ]);
  const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);
  const tables = [[], [0], [1], [0, 1], [0, 1, 2], range(7), range(8), range(33), [0, 5, 31, 32, 100, 299]];
  return {
    bk: hex(bk),
    R: hex(secret),
    roster_root: hex(root),
    H: hex(hash),
    wrap_key: hex(await derive(bk, 'wrap', new Uint8Array(0), 16)),
    next_bk: hex(await nextBucketKey(bk)),
    ratchet: hex(await ratchetSecret(secret, root)),
    commitment: hex(await commitmentOf(secret)),
    base: hex(base),
    senders: await Promise.all(senders),
    wrap: { ciphertext: hex(await wrapSecret(bk, hash, secret)) },
    merkle: await Promise.all(tables.map(merkleCase)),
    header: { body: hex(body), hash: hex(hash) },
    stage: { list: hex(list), hash: hex(await stageHash(list)) },
    seal: await sealCase('seal', bk, hash),
    welcome: await sealCase('welcome', concat(bk, secret), hash),
  };
}

export const GOLDEN: Record<string, () => Promise<unknown>> = {
  'records.json': makeRecords,
  'headers.json': makeHeaders,
  'links.json': makeLinks,
  'keys.json': makeKeySchedule,
  'logs.json': makeLog,
  'paths.json': makePaths,
  'recovery.json': makeRecovery,
  'trace.json': makeTrace,
};

export async function goldenText(name: string): Promise<string> {
  return `${JSON.stringify(await GOLDEN[name]?.(), null, 2)}\n`;
}

export const goldenUrl = (name: string): URL => new URL(`../../test/golden/${name}`, import.meta.url);

if (process.argv[1] && import.meta.url.endsWith(process.argv[1].replace(/^.*\//, '/'))) {
  for (const name of Object.keys(GOLDEN)) writeFileSync(goldenUrl(name), await goldenText(name));
}
