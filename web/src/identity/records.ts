// The signed bytes of identity: member-log records, roster leaves, key headers, and the bodies of hello
// and look. Layouts: docs/protocol.md, "Signed bytes". A pure codec, the twin of src/wire/record.h:
// shape only, the signatures are checked by chain.ts and e2ee/keys.ts. A parser returns null for
// unknown types and versions, short input and trailing bytes.

import { type Bytes, concat, Reader, utf8, Writer } from '../base/bytes.ts';
import { ID_BYTES, KEY_BYTES, type Purpose, SIG_BYTES } from '../base/sign.ts';

export interface FounderRecord {
  type: 'founder';
  setupKey: Bytes;
  accountKey: Bytes;
  deviceKey: Bytes;
  time: number;
}
export interface InviteRecord {
  type: 'invite';
  author: Bytes;
  authorDevice: Bytes;
  inviteKey: Bytes;
  time: number;
  expires: number;
}
export interface RedeemRecord {
  type: 'redeem';
  inviteKey: Bytes;
  accountKey: Bytes;
  deviceKey: Bytes;
  time: number;
}
export interface BanRecord {
  type: 'ban' | 'unban';
  author: Bytes;
  authorDevice: Bytes;
  target: Bytes;
  time: number;
}
export interface InviteRevokeRecord {
  type: 'invite-revoke';
  author: Bytes;
  authorDevice: Bytes;
  inviteKey: Bytes;
  time: number;
}
export type LogRecord = FounderRecord | InviteRecord | RedeemRecord | BanRecord | InviteRevokeRecord;

export interface Signed {
  body: Bytes; // what the signatures cover
  sigs: Bytes[]; // in the order of the layout
}

// Field sizes: 32 a key, 16 an id, 8 an integer.
const FOUNDER = [
  ['setupKey', 32],
  ['accountKey', 32],
  ['deviceKey', 32],
  ['time', 8],
] as const;
const INVITE = [
  ['author', 16],
  ['authorDevice', 16],
  ['inviteKey', 32],
  ['time', 8],
  ['expires', 8],
] as const;
const REDEEM = [
  ['inviteKey', 32],
  ['accountKey', 32],
  ['deviceKey', 32],
  ['time', 8],
] as const;
const BAN = [
  ['author', 16],
  ['authorDevice', 16],
  ['target', 16],
  ['time', 8],
] as const;
const REVOKE = [
  ['author', 16],
  ['authorDevice', 16],
  ['inviteKey', 32],
  ['time', 8],
] as const;

interface Layout {
  code: number;
  type: LogRecord['type'];
  fields: readonly (readonly [string, number])[];
  sigs: number;
}

const LAYOUTS: readonly Layout[] = [
  { code: 1, type: 'founder', fields: FOUNDER, sigs: 3 },
  { code: 2, type: 'invite', fields: INVITE, sigs: 1 },
  { code: 3, type: 'redeem', fields: REDEEM, sigs: 3 },
  { code: 7, type: 'ban', fields: BAN, sigs: 1 },
  { code: 8, type: 'unban', fields: BAN, sigs: 1 },
  { code: 9, type: 'invite-revoke', fields: REVOKE, sigs: 1 },
];

export function writeRecordBody(record: LogRecord): Bytes {
  const layout = LAYOUTS.find((one) => one.type === record.type);
  if (!layout) throw new RangeError(`no record type ${record.type}`);
  const values = record as unknown as Record<string, Bytes | number>;
  const w = new Writer().u8(layout.code);
  for (const [name, size] of layout.fields) {
    const value = values[name];
    if (typeof value === 'number') w.u64(value);
    else if (value) w.bytes(value, size);
    else throw new RangeError(`record without ${name}`);
  }
  return w.done();
}

export function parseRecord(bytes: Bytes): (LogRecord & Signed) | null {
  const r = new Reader(bytes);
  const code = r.u8();
  const layout = LAYOUTS.find((one) => one.code === code);
  if (!layout) return null;
  const values: Record<string, Bytes | number> = {};
  for (const [name, size] of layout.fields) values[name] = size === 8 ? r.u64() : r.bytes(size);
  const sigs = Array.from({ length: layout.sigs }, () => r.bytes(SIG_BYTES));
  if (!r.end()) return null;
  const body = bytes.slice(0, bytes.length - layout.sigs * SIG_BYTES);
  return { type: layout.type, ...values, body, sigs } as unknown as LogRecord & Signed;
}

export function joinSigned(body: Bytes, ...sigs: Bytes[]): Bytes {
  for (const sig of sigs) if (sig.length !== SIG_BYTES) throw new RangeError('a signature has 64 bytes');
  return concat(body, ...sigs);
}

const VERSION = 1;
export const SUITE = 1;

export interface Leaf {
  room: Bytes;
  account: Bytes;
  device: Bytes;
  hpkeKey: Bytes;
  join: Bytes;
  role: number; // 1 founder, 2 admin, 3 member
  chain: Bytes;
  time: number;
}

export function writeLeafBody(leaf: Leaf): Bytes {
  return new Writer()
    .u8(VERSION)
    .u8(SUITE)
    .bytes(leaf.room, ID_BYTES)
    .bytes(leaf.account, ID_BYTES)
    .bytes(leaf.device, ID_BYTES)
    .bytes(leaf.hpkeKey, KEY_BYTES)
    .bytes(leaf.join, 16)
    .u8(leaf.role)
    .bytes(leaf.chain, 32)
    .u64(leaf.time)
    .done();
}

export function parseLeaf(bytes: Bytes): (Leaf & Signed) | null {
  const r = new Reader(bytes);
  if (r.u8() !== VERSION || r.u8() !== SUITE) return null;
  const leaf: Leaf = {
    room: r.bytes(ID_BYTES),
    account: r.bytes(ID_BYTES),
    device: r.bytes(ID_BYTES),
    hpkeKey: r.bytes(KEY_BYTES),
    join: r.bytes(16),
    role: r.u8(),
    chain: r.bytes(32),
    time: r.u64(),
  };
  const sigs = [r.bytes(SIG_BYTES)];
  if (!r.end() || leaf.role < 1 || leaf.role > 3) return null;
  return { ...leaf, body: bytes.slice(0, bytes.length - SIG_BYTES), sigs };
}

export interface KeyHeader {
  room: Bytes;
  counter: number;
  epoch: number;
  generation: number;
  prev: Bytes;
  rosterRoot: Bytes;
  count: number;
  stageHash: Bytes;
  logSize: number;
  logHead: Bytes;
  commitment: Bytes;
  time: number;
  steward: Bytes;
  stewardDevice: Bytes;
}

export function writeHeaderBody(header: KeyHeader): Bytes {
  return new Writer()
    .u8(VERSION)
    .u8(SUITE)
    .bytes(header.room, ID_BYTES)
    .u32(header.counter)
    .u32(header.epoch)
    .u32(header.generation)
    .bytes(header.prev, 32)
    .bytes(header.rosterRoot, 32)
    .u32(header.count)
    .bytes(header.stageHash, 32)
    .u64(header.logSize)
    .bytes(header.logHead, 32)
    .bytes(header.commitment, 32)
    .u64(header.time)
    .bytes(header.steward, ID_BYTES)
    .bytes(header.stewardDevice, ID_BYTES)
    .done();
}

export function parseHeader(bytes: Bytes): (KeyHeader & Signed) | null {
  const r = new Reader(bytes);
  if (r.u8() !== VERSION || r.u8() !== SUITE) return null;
  const header: KeyHeader = {
    room: r.bytes(ID_BYTES),
    counter: r.u32(),
    epoch: r.u32(),
    generation: r.u32(),
    prev: r.bytes(32),
    rosterRoot: r.bytes(32),
    count: r.u32(),
    stageHash: r.bytes(32),
    logSize: r.u64(),
    logHead: r.bytes(32),
    commitment: r.bytes(32),
    time: r.u64(),
    steward: r.bytes(ID_BYTES),
    stewardDevice: r.bytes(ID_BYTES),
  };
  const sigs = [r.bytes(SIG_BYTES)];
  if (!r.end()) return null;
  return { ...header, body: bytes.slice(0, bytes.length - SIG_BYTES), sigs };
}

// `host` is location.host: what keeps one server from passing our proof on to another.
export function writeHelloBody(host: string, challenge: Bytes, account: Bytes, device: Bytes): Bytes {
  return hostAndChallenge(host, challenge).bytes(account, ID_BYTES).bytes(device, ID_BYTES).done();
}

export function writeLookBody(host: string, challenge: Bytes, inviteKey: Bytes): Bytes {
  return hostAndChallenge(host, challenge).bytes(inviteKey, KEY_BYTES).done();
}

function hostAndChallenge(host: string, challenge: Bytes): Writer {
  const name = utf8(host);
  return new Writer().u8(name.length).bytes(name).bytes(challenge, 32);
}

export const RECORD_CODES = Object.fromEntries(LAYOUTS.map((one) => [one.type, one.code])) as Record<
  LogRecord['type'] & Purpose,
  number
>;
