// The signed bytes of a room's keys: roster leaves, key headers, heartbeats and frame tags. Layouts:
// docs/protocol.md, "Signed bytes". A pure codec, the twin of src/wire/record.h and keymsg.h: shape only,
// the signatures are checked in e2ee. A parser returns null for unknown versions and suites, short input and
// trailing bytes.

import { type Bytes, Reader, Writer } from '../base/bytes.ts';
import { ID_BYTES, KEY_BYTES, SIG_BYTES } from '../base/sign.ts';
import type { Signed } from './records.ts';

const VERSION = 1;
const HASH_BYTES = 32;
const JOIN_BYTES = 16;
export const TAG_BYTES = 8;
export const MAX_TAGS = 200;

// 1: X25519; 2: a hybrid of X25519 and ML-KEM-768.
export type Suite = 1 | 2;

function suiteOf(value: number): Suite | null {
  return value === 1 || value === 2 ? value : null;
}

export interface Leaf {
  suite: Suite;
  room: Bytes;
  account: Bytes;
  device: Bytes;
  hpkeKey: Bytes;
  kem: Bytes; // suite 2: SHA-256 of the encapsulation key; suite 1: zeros
  join: Bytes; // random
  role: number; // 1 founder, 2 admin, 3 member
  chain: Bytes;
  time: number;
}

export function writeLeafBody(leaf: Leaf): Bytes {
  return new Writer()
    .u8(VERSION)
    .u8(leaf.suite)
    .bytes(leaf.room, ID_BYTES)
    .bytes(leaf.account, ID_BYTES)
    .bytes(leaf.device, ID_BYTES)
    .bytes(leaf.hpkeKey, KEY_BYTES)
    .bytes(leaf.kem, HASH_BYTES)
    .bytes(leaf.join, JOIN_BYTES)
    .u8(leaf.role)
    .bytes(leaf.chain, HASH_BYTES)
    .u64(leaf.time)
    .done();
}

export function parseLeaf(bytes: Bytes): (Leaf & Signed) | null {
  const r = new Reader(bytes);
  const version = r.u8();
  const suite = suiteOf(r.u8());
  if (version !== VERSION || suite === null) return null;
  const leaf: Leaf = {
    suite,
    room: r.bytes(ID_BYTES),
    account: r.bytes(ID_BYTES),
    device: r.bytes(ID_BYTES),
    hpkeKey: r.bytes(KEY_BYTES),
    kem: r.bytes(HASH_BYTES),
    join: r.bytes(JOIN_BYTES),
    role: r.u8(),
    chain: r.bytes(HASH_BYTES),
    time: r.u64(),
  };
  const sigs = [r.bytes(SIG_BYTES)];
  if (!r.end() || leaf.role < 1 || leaf.role > 3) return null;
  if (suite === 1 && leaf.kem.some((byte) => byte !== 0)) return null;
  return { ...leaf, body: bytes.slice(0, bytes.length - SIG_BYTES), sigs };
}

export interface KeyHeader {
  suite: Suite;
  room: Bytes;
  counter: number;
  epoch: number;
  generation: number;
  prev: Bytes;
  rosterRoot: Bytes;
  count: number;
  stageHash: Bytes;
  trace: Bytes; // what the server committed to for leak tracing; zeros: nothing
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
    .u8(header.suite)
    .bytes(header.room, ID_BYTES)
    .u32(header.counter)
    .u32(header.epoch)
    .u32(header.generation)
    .bytes(header.prev, HASH_BYTES)
    .bytes(header.rosterRoot, HASH_BYTES)
    .u32(header.count)
    .bytes(header.stageHash, HASH_BYTES)
    .bytes(header.trace, HASH_BYTES)
    .u64(header.logSize)
    .bytes(header.logHead, HASH_BYTES)
    .bytes(header.commitment, HASH_BYTES)
    .u64(header.time)
    .bytes(header.steward, ID_BYTES)
    .bytes(header.stewardDevice, ID_BYTES)
    .done();
}

export function parseHeader(bytes: Bytes): (KeyHeader & Signed) | null {
  const r = new Reader(bytes);
  const version = r.u8();
  const suite = suiteOf(r.u8());
  if (version !== VERSION || suite === null) return null;
  const header: KeyHeader = {
    suite,
    room: r.bytes(ID_BYTES),
    counter: r.u32(),
    epoch: r.u32(),
    generation: r.u32(),
    prev: r.bytes(HASH_BYTES),
    rosterRoot: r.bytes(HASH_BYTES),
    count: r.u32(),
    stageHash: r.bytes(HASH_BYTES),
    trace: r.bytes(HASH_BYTES),
    logSize: r.u64(),
    logHead: r.bytes(HASH_BYTES),
    commitment: r.bytes(HASH_BYTES),
    time: r.u64(),
    steward: r.bytes(ID_BYTES),
    stewardDevice: r.bytes(ID_BYTES),
  };
  const sigs = [r.bytes(SIG_BYTES)];
  if (!r.end()) return null;
  return { ...header, body: bytes.slice(0, bytes.length - SIG_BYTES), sigs };
}

export interface Heartbeat {
  room: Bytes;
  header: Bytes; // H of the current header
  time: number;
  steward: Bytes;
  stewardDevice: Bytes;
}

export function writeHeartbeatBody(beat: Heartbeat): Bytes {
  return new Writer()
    .u8(VERSION)
    .bytes(beat.room, ID_BYTES)
    .bytes(beat.header, HASH_BYTES)
    .u64(beat.time)
    .bytes(beat.steward, ID_BYTES)
    .bytes(beat.stewardDevice, ID_BYTES)
    .done();
}

export function parseHeartbeat(bytes: Bytes): (Heartbeat & Signed) | null {
  const r = new Reader(bytes);
  if (r.u8() !== VERSION) return null;
  const beat: Heartbeat = {
    room: r.bytes(ID_BYTES),
    header: r.bytes(HASH_BYTES),
    time: r.u64(),
    steward: r.bytes(ID_BYTES),
    stewardDevice: r.bytes(ID_BYTES),
  };
  const sigs = [r.bytes(SIG_BYTES)];
  if (!r.end()) return null;
  return { ...beat, body: bytes.slice(0, bytes.length - SIG_BYTES), sigs };
}

// What a sender says it sent: the authentication tags of consecutive frames.
export interface FrameTags {
  room: Bytes;
  counter: number; // of the header
  index: number; // the sender's
  first: number; // frame counter of the first tag
  tags: Bytes; // 1 to 200, of 8 bytes each
}

export function writeTagsBody(list: FrameTags): Bytes {
  const n = list.tags.length / TAG_BYTES;
  if (!Number.isInteger(n) || n < 1 || n > MAX_TAGS) throw new RangeError('1 to 200 tags of 8 bytes each');
  return new Writer()
    .u8(VERSION)
    .bytes(list.room, ID_BYTES)
    .u32(list.counter)
    .u8(list.index)
    .u64(list.first)
    .u8(n)
    .bytes(list.tags)
    .done();
}

export function parseTags(bytes: Bytes): (FrameTags & Signed) | null {
  const r = new Reader(bytes);
  if (r.u8() !== VERSION) return null;
  const place = { room: r.bytes(ID_BYTES), counter: r.u32(), index: r.u8(), first: r.u64() };
  const n = r.u8();
  if (n < 1 || n > MAX_TAGS) return null;
  const tags = r.bytes(n * TAG_BYTES);
  const sigs = [r.bytes(SIG_BYTES)];
  if (!r.end()) return null;
  return { ...place, tags, body: bytes.slice(0, bytes.length - SIG_BYTES), sigs };
}
