// What a device signs: its way in (from a link, or from another device), the opening of a session, and a
// member's log records. The keys live in vault.ts; nothing here can export one.

import type { Bytes64, Id, Key, ReportReason, Requests } from '../api/messages.ts';
import { type Bytes, b64, concat, equal, random, unb64, Writer, wipe } from '../base/bytes.ts';
import {
  hashFor,
  ID_BYTES,
  idOf,
  KEY_BYTES,
  keyOfSeed,
  type Purpose,
  type SeedKey,
  sign,
  verify,
} from '../base/sign.ts';
import { type InviteLink, makeLink } from './links.ts';
import {
  type AuthoredRecord,
  joinSigned,
  type LogRecord,
  parseRecord,
  type SupersedeRecord,
  writeHelloBody,
  writeLookBody,
  writeRecordBody,
} from './records.ts';
import type { AccountKeys, MemberKeys } from './vault.ts';

const HOUR_MS = 3_600_000;

type ReportFields = Omit<Requests['report'][0], 'sig'>;
const REASONS: ReportReason[] = ['harassment', 'hate', 'recording', 'impersonation', 'spam', 'other'];

// A record but for what every one of its author's has.
type Fields<T> = T extends AuthoredRecord ? Omit<T, 'author' | 'authorDevice' | 'time'> : never;

// A record that still lacks the signatures of others.
export interface Draft {
  body: Bytes64;
  sig: Bytes64;
}

function bytesOf(text: string, length: number): Bytes {
  const bytes = unb64(text, length);
  if (!bytes) throw new RangeError(`expected ${length} bytes of base64url`);
  return bytes;
}

export const idBytes = (id: Id): Bytes => bytesOf(id, ID_BYTES);

async function newKey(): Promise<{ key: CryptoKey; publicKey: Bytes }> {
  const pair = (await crypto.subtle.generateKey('Ed25519', false, ['sign', 'verify'])) as CryptoKeyPair;
  const publicKey = new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey));
  return { key: pair.privateKey, publicKey };
}

// Fresh keys for an account and its device. A founder's club is named by the founder: `founder` null.
export async function makeKeys(founder: Id | null): Promise<AccountKeys> {
  const [account, device] = await Promise.all([newKey(), newKey()]);
  const id = b64(await idOf('account', account.publicKey));
  return {
    account: id,
    device: b64(await idOf('device', device.publicKey)),
    founder: founder ?? id,
    accountKey: account.key,
    deviceKey: device.key,
    accountPublic: account.publicKey,
    devicePublic: device.publicKey,
  };
}

// A link at hand: its seed has become a key that signs and cannot be read again.
export class Invitation {
  readonly kind: InviteLink['kind'];
  readonly founder: Id | null; // null: whoever redeems it founds the club
  readonly invite: Key;
  readonly #key: SeedKey;

  private constructor(kind: InviteLink['kind'], founder: Id | null, key: SeedKey) {
    this.kind = kind;
    this.founder = founder;
    this.invite = b64(key.publicKey);
    this.#key = key;
  }

  // Wipes the link's seed.
  static async open(link: InviteLink): Promise<Invitation> {
    try {
      const founder = link.kind === 'founder' ? null : b64(link.fingerprint);
      return new Invitation(link.kind, founder, await keyOfSeed(link.seed));
    } finally {
      wipe(link.seed);
    }
  }

  // The signature of `invite.look`.
  look(host: string, nonce: Bytes64): Promise<Bytes64> {
    return signLook(this.#key, host, nonce);
  }

  // The record of `invite.redeem`: founder or redeem.
  async redeem(keys: AccountKeys, now: number): Promise<Bytes64> {
    const own = { accountKey: keys.accountPublic, deviceKey: keys.devicePublic, time: now };
    const oneTime = this.#key.publicKey;
    const record: LogRecord =
      this.kind === 'founder'
        ? { type: 'founder', setupKey: oneTime, ...own }
        : { type: 'redeem', inviteKey: oneTime, ...own };
    return signAll(record, [this.#key.key, keys.accountKey, keys.deviceKey]);
  }
}

export async function signLook(key: SeedKey, host: string, nonce: Bytes64): Promise<Bytes64> {
  const body = writeLookBody(host, bytesOf(nonce, 32), key.publicKey);
  return b64(await sign(key.key, 'look', body));
}

async function signAll(record: LogRecord, keys: CryptoKey[]): Promise<Bytes64> {
  const body = writeRecordBody(record);
  return b64(joinSigned(body, ...(await Promise.all(keys.map((key) => sign(key, record.type, body))))));
}

// A device that is not yet of any account.
export class Newcomer {
  readonly key: Bytes;
  readonly id: Id;
  readonly #key: CryptoKey;

  private constructor(id: Id, key: CryptoKey, publicKey: Bytes) {
    this.id = id;
    this.key = publicKey;
    this.#key = key;
  }

  static async make(): Promise<Newcomer> {
    const { key, publicKey } = await newKey();
    return new Newcomer(b64(await idOf('device', publicKey)), key, publicKey);
  }

  // Whether what another device offers is this one's place in that account.
  takes(body: Bytes64, account: Id): boolean {
    const bytes = unb64(body);
    const record = bytes && parseRecord(concat(bytes, new Uint8Array(128)));
    return (
      record?.type === 'device-add' && b64(record.author) === account && equal(record.deviceKey, this.key)
    );
  }

  // The offer with our own signature: the record of `pair.accept`.
  async accept({ body, sig }: Draft): Promise<Bytes64> {
    const bytes = unb64(body) ?? new Uint8Array(0);
    return b64(joinSigned(bytes, bytesOf(sig, 64), await sign(this.#key, 'device-add', bytes)));
  }

  // The record of `recovery.use`.
  recover(account: Id, recovery: SeedKey, now: number): Promise<Bytes64> {
    const authorDevice = new Uint8Array(ID_BYTES);
    const record: LogRecord = {
      type: 'device-add',
      author: idBytes(account),
      authorDevice,
      deviceKey: this.key,
      time: now,
    };
    return signAll(record, [recovery.key, this.#key]);
  }

  keys(account: Id, founder: Id): MemberKeys {
    return { account, device: this.id, founder, deviceKey: this.#key, devicePublic: this.key };
  }
}

// What both screens show before anything is signed: as words.
export function pairHash(deviceKey: Bytes, account: Id, founder: Id): Promise<Bytes> {
  return hashFor('pair', deviceKey, idBytes(account), idBytes(founder));
}

export class Device {
  readonly account: Id;
  readonly device: Id;
  readonly founder: Id;
  readonly #keys: MemberKeys;

  constructor(keys: MemberKeys) {
    this.account = keys.account;
    this.device = keys.device;
    this.founder = keys.founder;
    this.#keys = keys;
  }

  sign(purpose: Purpose, body: Bytes): Promise<Bytes> {
    return sign(this.#keys.deviceKey, purpose, body);
  }

  // The signature of `hello`.
  async hello(host: string, nonce: Bytes64): Promise<Bytes64> {
    const body = writeHelloBody(host, bytesOf(nonce, 32), idBytes(this.account), idBytes(this.device));
    return b64(await this.sign('hello', body));
  }

  // An invitation for one person: the record to append, and the link to send once it was.
  async invite(
    origin: string,
    now: number,
    hours: number,
  ): Promise<{ record: Bytes64; link: string; invite: Key }> {
    const seed = random(KEY_BYTES);
    try {
      const { publicKey } = await keyOfSeed(seed);
      const expires = now + hours * HOUR_MS;
      const record = await this.record({ type: 'invite', inviteKey: publicKey, expires }, now);
      const link = await makeLink(origin, { kind: 'invite', seed, fingerprint: idBytes(this.founder) });
      return { record, link, invite: b64(publicKey) };
    } finally {
      wipe(seed);
    }
  }

  // Any record that this device signs alone.
  async record(fields: Fields<AuthoredRecord>, now: number): Promise<Bytes64> {
    const record = this.#whole(fields, now);
    return signAll(record, [this.#keys.deviceKey]);
  }

  revokeInvite(invite: Key, now: number): Promise<Bytes64> {
    return this.record({ type: 'invite-revoke', inviteKey: bytesOf(invite, KEY_BYTES) }, now);
  }

  about(type: 'ban' | 'unban' | 'deletion' | 'veto' | 'hold', target: Id, now: number): Promise<Bytes64> {
    return this.record({ type, target: idBytes(target) }, now);
  }

  // The signature of `report`, over what is sent: docs/protocol.md "Report".
  async report({ account, room, reason, time, text, evidence }: ReportFields): Promise<Bytes64> {
    const written = [text, evidence].map((one) => new Uint8Array(new TextEncoder().encode(one)));
    const body = new Writer()
      .u8(1)
      .bytes(idBytes(this.account))
      .bytes(idBytes(this.device))
      .bytes(idBytes(account))
      .bytes(room ? idBytes(room) : new Uint8Array(ID_BYTES))
      .u8(REASONS.indexOf(reason))
      .u64(time);
    for (const bytes of written) body.u16(bytes.length).bytes(bytes);
    return b64(await this.sign('report', body.done()));
  }

  // From now on the holder of this key may add a device.
  recovery(recovery: SeedKey, now: number): Promise<Bytes64> {
    const record = this.#whole({ type: 'recovery', recoveryKey: recovery.publicKey }, now);
    return signAll(record, [this.#keys.deviceKey, recovery.key]);
  }

  // A place in this account for a new device, to be signed once the words were compared.
  place(key: Bytes, now: number): Bytes64 {
    return b64(writeRecordBody(this.#whole({ type: 'device-add', deviceKey: key }, now)));
  }

  async signPlace(body: Bytes64): Promise<Bytes64> {
    return b64(await this.sign('device-add', unb64(body) ?? new Uint8Array(0)));
  }

  // We vouch that `successor` is who `target` was; `second` has to say so too.
  async claim(target: Id, successor: Id, second: { account: Id; device: Id }, now: number): Promise<Draft> {
    const fields: Fields<SupersedeRecord> = {
      type: 'supersede',
      second: idBytes(second.account),
      secondDevice: idBytes(second.device),
      target: idBytes(target),
      successor: idBytes(successor),
    };
    const body = writeRecordBody(this.#whole(fields, now));
    return { body: b64(body), sig: b64(await this.sign('supersede', body)) };
  }

  // Null: it is not for this device to sign, or not what its author signed.
  async cosign({ body, sig }: Draft, authorKey: Bytes): Promise<Bytes64 | null> {
    const bytes = unb64(body);
    const first = unb64(sig, 64);
    if (!bytes || !first || !this.seconds(body)) return null;
    if (!(await verify(authorKey, 'supersede', bytes, first))) return null;
    return b64(joinSigned(bytes, first, await this.sign('supersede', bytes)));
  }

  seconds(body: Bytes64): boolean {
    const record = parseSupersede(body);
    return b64(record?.second ?? new Uint8Array(0)) === this.account && this.#is(record?.secondDevice);
  }

  #is(device: Bytes | undefined): boolean {
    return device !== undefined && b64(device) === this.device;
  }

  #whole(fields: Fields<AuthoredRecord>, now: number): AuthoredRecord {
    const author = idBytes(this.account);
    const authorDevice = idBytes(this.device);
    return { ...fields, author, authorDevice, time: now } as AuthoredRecord;
  }
}

// The body of a claim, whose signatures are still apart.
export function parseSupersede(body: Bytes64): SupersedeRecord | null {
  const bytes = unb64(body);
  const record = bytes && parseRecord(concat(bytes, new Uint8Array(128)));
  return record?.type === 'supersede' ? record : null;
}
