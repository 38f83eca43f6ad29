// The signed bytes of the member log, and the bodies of hello and look. Layouts: docs/protocol.md, "Signed
// bytes". A pure codec, the twin of src/wire/record.h: shape only, the signatures are checked by path.ts.
// A parser returns null for unknown types, values out of range, short input and trailing bytes.

import { type Bytes, concat, Reader, utf8, Writer } from '../base/bytes.ts';
import { ID_BYTES, KEY_BYTES, SIG_BYTES } from '../base/sign.ts';

export interface FounderRecord {
  type: 'founder';
  setupKey: Bytes;
  accountKey: Bytes;
  deviceKey: Bytes;
  time: number;
}
export interface RedeemRecord {
  type: 'redeem';
  inviteKey: Bytes;
  accountKey: Bytes;
  deviceKey: Bytes;
  time: number;
}
// Every other record has an author, and a device of the author's that signed it.
interface Authored<T extends string> {
  type: T;
  author: Bytes;
  authorDevice: Bytes;
  time: number;
}
export interface InviteRecord extends Authored<'invite'> {
  inviteKey: Bytes;
  expires: number;
}
export interface DeviceAddRecord extends Authored<'device-add'> {
  deviceKey: Bytes; // authorDevice is zeros where the account's recovery key signed
}
export interface DeviceRevokeRecord extends Authored<'device-revoke'> {
  targetDevice: Bytes;
}
export interface RoleRecord extends Authored<'role'> {
  target: Bytes;
  role: number; // 2 admin, 3 member
}
export interface TargetRecord extends Authored<'ban' | 'unban' | 'deletion' | 'veto' | 'hold'> {
  target: Bytes;
}
export interface InviteRevokeRecord extends Authored<'invite-revoke'> {
  inviteKey: Bytes;
}
export interface RecoveryRecord extends Authored<'recovery'> {
  recoveryKey: Bytes;
}
export interface SupersedeRecord extends Authored<'supersede'> {
  second: Bytes;
  secondDevice: Bytes;
  target: Bytes;
  successor: Bytes;
}
export interface SuccessionRecord extends Authored<'succession'> {
  target: Bytes;
  successor: Bytes;
}
export interface RoomBanRecord extends Authored<'room-ban'> {
  target: Bytes;
  host: Bytes;
  room: Bytes;
  scope: number; // 1 this evening, 2 for good
}
export interface RoomUnbanRecord extends Authored<'room-unban'> {
  target: Bytes;
  host: Bytes;
}
export interface ReleaseRecord extends Authored<'release'> {
  target: Bytes;
  subtree: number; // 0 or 1
}
export interface TraceKeyRecord extends Authored<'trace-key'> {
  traceKey: Bytes; // X25519, of the device that signs
}
export interface TraceReleaseRecord extends Authored<'trace-release'> {
  room: Bytes;
}
export type AuthoredRecord =
  | InviteRecord
  | DeviceAddRecord
  | DeviceRevokeRecord
  | RoleRecord
  | TargetRecord
  | InviteRevokeRecord
  | RecoveryRecord
  | SupersedeRecord
  | SuccessionRecord
  | RoomBanRecord
  | RoomUnbanRecord
  | ReleaseRecord
  | TraceKeyRecord
  | TraceReleaseRecord;
export type LogRecord = FounderRecord | RedeemRecord | AuthoredRecord;
export type RecordType = LogRecord['type'];

export interface Signed {
  body: Bytes; // what the signatures cover
  sigs: Bytes[]; // in the order of the layout
}

interface Layout {
  code: number;
  type: RecordType;
  fields: string[];
  sigs: number;
}

// Sizes by the names of the table in docs/protocol.md: 32 a key, 16 an id, 8 an integer; what is not here is
// an id.
const KEYS = new Set(['setupKey', 'accountKey', 'deviceKey', 'inviteKey', 'recoveryKey', 'traceKey']);
const TIMES = new Set(['time', 'expires']);
const SMALL: Record<string, [least: number, most: number]> = { role: [2, 3], scope: [1, 2], subtree: [0, 1] };

function layout(code: number, type: RecordType, fields: string, sigs = 1): Layout {
  return { code, type, fields: fields.split(' '), sigs };
}

const LAYOUTS: readonly Layout[] = [
  layout(1, 'founder', 'setupKey accountKey deviceKey time', 3),
  layout(2, 'invite', 'author authorDevice inviteKey time expires'),
  layout(3, 'redeem', 'inviteKey accountKey deviceKey time', 3),
  layout(4, 'device-add', 'author authorDevice deviceKey time', 2),
  layout(5, 'device-revoke', 'author authorDevice targetDevice time'),
  layout(6, 'role', 'author authorDevice target role time'),
  layout(7, 'ban', 'author authorDevice target time'),
  layout(8, 'unban', 'author authorDevice target time'),
  layout(9, 'invite-revoke', 'author authorDevice inviteKey time'),
  layout(10, 'recovery', 'author authorDevice recoveryKey time', 2),
  layout(11, 'deletion', 'author authorDevice target time'),
  layout(12, 'supersede', 'author authorDevice second secondDevice target successor time', 2),
  layout(13, 'veto', 'author authorDevice target time'),
  layout(14, 'succession', 'author authorDevice target successor time'),
  layout(15, 'room-ban', 'author authorDevice target host room scope time'),
  layout(16, 'room-unban', 'author authorDevice target host time'),
  layout(17, 'hold', 'author authorDevice target time'),
  layout(18, 'release', 'author authorDevice target subtree time'),
  layout(19, 'trace-key', 'author authorDevice traceKey time'),
  layout(20, 'trace-release', 'author authorDevice room time'),
];
const BY_TYPE = new Map(LAYOUTS.map((one) => [one.type, one]));
const BY_CODE = new Map(LAYOUTS.map((one) => [one.code, one]));

export function recordCode(type: RecordType): number {
  return BY_TYPE.get(type)?.code ?? 0;
}

export function recordType(code: number): RecordType | null {
  return BY_CODE.get(code)?.type ?? null;
}

const sizeOf = (field: string): number => (KEYS.has(field) ? KEY_BYTES : ID_BYTES);
const inRange = (field: string, value: number): boolean => {
  const [least, most] = SMALL[field] ?? [0, 0];
  return value >= least && value <= most;
};

export function writeRecordBody(record: LogRecord): Bytes {
  const layout = BY_TYPE.get(record.type);
  if (!layout) throw new RangeError(`no record type ${record.type}`);
  const values = record as unknown as Record<string, Bytes | number>;
  const w = new Writer().u8(layout.code);
  for (const name of layout.fields) {
    const value = values[name];
    if (value instanceof Uint8Array) w.bytes(value, sizeOf(name));
    else if (value === undefined) throw new RangeError(`record without ${name}`);
    else if (TIMES.has(name)) w.u64(value);
    else if (inRange(name, value)) w.u8(value);
    else throw new RangeError(`${value} is no ${name}`);
  }
  return w.done();
}

export function parseRecord(bytes: Bytes): (LogRecord & Signed) | null {
  const r = new Reader(bytes);
  const layout = BY_CODE.get(r.u8());
  if (!layout) return null;
  const values: Record<string, Bytes | number> = {};
  for (const name of layout.fields) {
    if (TIMES.has(name)) values[name] = r.u64();
    else if (!SMALL[name]) values[name] = r.bytes(sizeOf(name));
    else {
      const value = r.u8();
      if (!inRange(name, value)) return null;
      values[name] = value;
    }
  }
  const sigs = Array.from({ length: layout.sigs }, () => r.bytes(SIG_BYTES));
  if (!r.end()) return null;
  const body = bytes.slice(0, bytes.length - layout.sigs * SIG_BYTES);
  return { type: layout.type, ...values, body, sigs } as unknown as LogRecord & Signed;
}

export function joinSigned(body: Bytes, ...sigs: Bytes[]): Bytes {
  for (const sig of sigs) if (sig.length !== SIG_BYTES) throw new RangeError('a signature has 64 bytes');
  return concat(body, ...sigs);
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
