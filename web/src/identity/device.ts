// What a device signs: its way in (from a link), the opening of a session, and a member's log records.
// The keys live in vault.ts; nothing here can export one.

import type { Bytes64, Id, Key, LogHead } from '../api/messages.ts';
import { type Bytes, b64, random, unb64, wipe } from '../base/bytes.ts';
import { ID_BYTES, idOf, keyOfSeed, type Purpose, type SeedKey, sign } from '../base/sign.ts';
import { type InviteLink, makeLink } from './links.ts';
import { joinSigned, type LogRecord, writeHelloBody, writeLookBody, writeRecordBody } from './records.ts';
import { type MemberKeys, NO_LOG } from './vault.ts';

const DAY_MS = 86_400_000;
export const INVITE_DAYS = 7;

function bytesOf(text: string, length: number): Bytes {
  const bytes = unb64(text, length);
  if (!bytes) throw new RangeError(`expected ${length} bytes of base64url`);
  return bytes;
}

async function newKey(): Promise<{ key: CryptoKey; publicKey: Bytes }> {
  const pair = (await crypto.subtle.generateKey('Ed25519', false, ['sign', 'verify'])) as CryptoKeyPair;
  const publicKey = new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey));
  return { key: pair.privateKey, publicKey };
}

// Fresh keys for an account and its device. A founder's club is named by the founder: `founder` null.
export async function makeKeys(founder: Id | null): Promise<MemberKeys> {
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
  async look(host: string, nonce: Bytes64): Promise<Bytes64> {
    const body = writeLookBody(host, bytesOf(nonce, 32), this.#key.publicKey);
    return b64(await sign(this.#key.key, 'look', body));
  }

  // The record of `invite.redeem`: founder or redeem.
  async redeem(keys: MemberKeys, now: number): Promise<Bytes64> {
    const own = { accountKey: keys.accountPublic, deviceKey: keys.devicePublic, time: now };
    const oneTime = this.#key.publicKey;
    const record: LogRecord =
      this.kind === 'founder'
        ? { type: 'founder', setupKey: oneTime, ...own }
        : { type: 'redeem', inviteKey: oneTime, ...own };
    const body = writeRecordBody(record);
    const signers = [this.#key.key, keys.accountKey, keys.deviceKey];
    return b64(joinSigned(body, ...(await Promise.all(signers.map((key) => sign(key, record.type, body))))));
  }
}

export class Device {
  readonly account: Id;
  readonly device: Id;
  readonly founder: Id;
  #log: LogHead;
  readonly #keys: MemberKeys;
  readonly #onLog: (log: LogHead) => void;

  // `onLog` keeps the newest head (the vault's sawLog).
  constructor(keys: MemberKeys, log: LogHead = NO_LOG, onLog: (log: LogHead) => void = () => {}) {
    this.account = keys.account;
    this.device = keys.device;
    this.founder = keys.founder;
    this.#keys = keys;
    this.#log = log;
    this.#onLog = onLog;
  }

  get log(): LogHead {
    return this.#log;
  }

  saw(log: LogHead): void {
    if (log.size <= this.#log.size) return;
    this.#log = log;
    this.#onLog(log);
  }

  sign(purpose: Purpose, body: Bytes): Promise<Bytes> {
    return sign(this.#keys.deviceKey, purpose, body);
  }

  // The signature of `hello`.
  async hello(host: string, nonce: Bytes64): Promise<Bytes64> {
    const { author, authorDevice } = this.#author();
    return b64(await this.sign('hello', writeHelloBody(host, bytesOf(nonce, 32), author, authorDevice)));
  }

  // An invitation for one person: the record to append, and the link to send once it was.
  async invite(
    origin: string,
    now: number,
    days = INVITE_DAYS,
  ): Promise<{ record: Bytes64; link: string; invite: Key }> {
    const seed = random(32);
    try {
      const { publicKey } = await keyOfSeed(seed);
      const expires = now + days * DAY_MS;
      const record = await this.#record({
        type: 'invite',
        ...this.#author(),
        inviteKey: publicKey,
        time: now,
        expires,
      });
      const link = await makeLink(origin, {
        kind: 'invite',
        seed,
        fingerprint: bytesOf(this.founder, ID_BYTES),
      });
      return { record, link, invite: b64(publicKey) };
    } finally {
      wipe(seed);
    }
  }

  revokeInvite(invite: Key, now: number): Promise<Bytes64> {
    return this.#record({
      type: 'invite-revoke',
      ...this.#author(),
      inviteKey: bytesOf(invite, 32),
      time: now,
    });
  }

  ban(account: Id, now: number): Promise<Bytes64> {
    return this.#record({ type: 'ban', ...this.#author(), target: bytesOf(account, ID_BYTES), time: now });
  }

  unban(account: Id, now: number): Promise<Bytes64> {
    return this.#record({ type: 'unban', ...this.#author(), target: bytesOf(account, ID_BYTES), time: now });
  }

  #author(): { author: Bytes; authorDevice: Bytes } {
    return { author: bytesOf(this.account, ID_BYTES), authorDevice: bytesOf(this.device, ID_BYTES) };
  }

  async #record(record: LogRecord): Promise<Bytes64> {
    const body = writeRecordBody(record);
    return b64(joinSigned(body, await this.sign(record.type, body)));
  }
}
