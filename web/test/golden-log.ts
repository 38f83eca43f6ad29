// test/golden/{logs,paths,recovery}.json: one club's whole log with every type of record, what may not be
// appended to it where, the paths of its devices, and recovery codes. Fixed seeds, so the files are reproducible.

import { type Bytes, b64, hex, unhex, utf8 } from '../src/base/bytes.ts';
import { hashFor, idOf, keyOfSeed, type SeedKey, sha256, sign } from '../src/base/sign.ts';
import { type AuthoredRecord, joinSigned, type LogRecord, writeRecordBody } from '../src/identity/records.ts';
import { printCode, readCode, recoveryKey } from '../src/identity/recovery.ts';

export interface GoldenLog {
  founder: string;
  records: { name: string; type: number; record: string; hash: string; head: string }[];
  refused: { name: string; size: number; record: string }[]; // by a log of this size
}

export interface GoldenPath {
  account: string;
  device: string;
  records: number[]; // positions
  chain: string;
}

interface Someone {
  account: SeedKey;
  device: SeedKey;
  id: Bytes;
  deviceId: Bytes;
}

const HOUR = 3_600_000;
const T0 = 1795500000000;
const ZEROS = new Uint8Array(16);

const keyOf = async (label: string): Promise<SeedKey> =>
  keyOfSeed(await sha256(utf8(`aparte golden log ${label}`)));

async function someone(label: string): Promise<Someone> {
  const [account, device] = await Promise.all([keyOf(label), keyOf(`${label} device`)]);
  const id = await idOf('account', account.publicKey);
  return { account, device, id, deviceId: await idOf('device', device.publicKey) };
}

const otherDevice = async (of: Someone, label: string): Promise<Someone> => {
  const device = await keyOf(label);
  return { ...of, device, deviceId: await idOf('device', device.publicKey) };
};

async function signed(record: LogRecord, ...keys: SeedKey[]): Promise<Bytes> {
  const body = writeRecordBody(record);
  return joinSigned(body, ...(await Promise.all(keys.map(({ key }) => sign(key, record.type, body)))));
}

type Fields<T> = T extends AuthoredRecord ? Omit<T, 'author' | 'authorDevice' | 'time'> : never;

class Story {
  readonly log: GoldenLog = { founder: '', records: [], refused: [] };
  readonly paths: GoldenPath[] = [];
  readonly #positions = new Map<string, number[]>(); // of the path of a device
  #head: Bytes = new Uint8Array(32);
  #time = T0;

  async append(name: string, record: Bytes): Promise<number> {
    const hash = await sha256(record);
    this.#head = await hashFor('log', this.#head, record.slice(0, 1), hash);
    const type = record[0] ?? 0;
    return (
      this.log.records.push({ name, type, record: hex(record), hash: hex(hash), head: hex(this.#head) }) - 1
    );
  }

  refuse(name: string, record: Bytes): void {
    this.log.refused.push({ name, size: this.log.records.length, record: hex(record) });
  }

  by(who: Someone, fields: Fields<AuthoredRecord>, time = this.tick()): LogRecord {
    return { ...fields, author: who.id, authorDevice: who.deviceId, time } as AuthoredRecord;
  }

  about(who: Someone, type: 'ban' | 'unban' | 'deletion' | 'veto' | 'hold', target: Someone): Promise<Bytes> {
    return signed(this.by(who, { type, target: target.id }), who.device);
  }

  invite(by: Someone, invite: SeedKey): Promise<Bytes> {
    const record = this.by(by, { type: 'invite', inviteKey: invite.publicKey, expires: T0 + 200 * HOUR });
    return signed(record, by.device);
  }

  redeem(invite: SeedKey, who: Someone): Promise<Bytes> {
    const own = { accountKey: who.account.publicKey, deviceKey: who.device.publicKey };
    const record: LogRecord = { type: 'redeem', inviteKey: invite.publicKey, ...own, time: this.tick() };
    return signed(record, invite, who.account, who.device);
  }

  addDevice(by: Someone, device: SeedKey): Promise<Bytes> {
    return signed(this.by(by, { type: 'device-add', deviceKey: device.publicKey }), by.device, device);
  }

  async bring(label: string, by: Someone): Promise<Someone> {
    const who = await someone(label);
    const invite = await keyOf(`${label} invite`);
    const n = await this.append(`${label} is invited`, await this.invite(by, invite));
    await this.came(who, by, [n, await this.append(`${label} joins`, await this.redeem(invite, who))]);
    return who;
  }

  async came(who: Someone, by: Someone | null, positions: number[]): Promise<void> {
    const path = [...(by ? (this.#positions.get(b64(by.deviceId)) ?? []) : []), ...positions];
    this.#positions.set(b64(who.deviceId), path);
    const hashes = path.map((n) => this.log.records[n]?.hash ?? '').join('');
    const chain = hex(await hashFor('chain', unhex(hashes)));
    this.paths.push({ account: hex(who.id), device: hex(who.deviceId), records: path, chain });
  }

  tick(): number {
    return ++this.#time;
  }
}

async function tell(): Promise<Story> {
  const story = new Story();
  const [setup, f] = await Promise.all([keyOf('setup'), someone('f')]);
  const founding: LogRecord = {
    type: 'founder',
    setupKey: setup.publicKey,
    accountKey: f.account.publicKey,
    deviceKey: f.device.publicKey,
    time: story.tick(),
  };
  story.log.founder = hex(f.id);
  const founder = await signed(founding, setup, f.account, f.device);
  await story.came(f, null, [await story.append('the club is founded', founder)]);
  story.refuse('a second founder', founder);
  const [a, b] = [await story.bring('a', f), await story.bring('b', f)];
  const c = await story.bring('c', b);
  const role = (by: Someone, target: Someone, is: number): Promise<Bytes> =>
    signed(story.by(by, { type: 'role', target: target.id, role: is }), by.device);
  story.refuse('a member makes an admin', await role(b, c, 2));
  await story.append('a becomes an admin', await role(f, a, 2));
  story.refuse('an admin makes an admin', await role(a, b, 2));
  await devices(story, c, b);
  await bans(story, { f, a, b, c });
  await reviews(story, { f, a, b, c });
  await successions(story, { f, a, c });
  await tracing(story, { a, b });
  story.refuse('the founder deletes themselves', await story.about(f, 'deletion', f));
  await story.append('b deletes themselves', await story.about(b, 'deletion', b));
  story.refuse('a ban by somebody deleted', await story.about(b, 'veto', b));
  return story;
}

async function devices(story: Story, c: Someone, stranger: Someone): Promise<void> {
  const second = await otherDevice(c, 'c second device');
  const place = await story.addDevice(c, second.device);
  await story.came(second, c, [await story.append('c adds a device', place)]);
  story.refuse('a record for the second time', place);
  const ghost = await keyOf('ghost device');
  const liar = { ...stranger, id: c.id };
  story.refuse('a device added by somebody else', await story.addDevice(liar, ghost));
  const recovery = await keyOf('c recovery');
  const back = await otherDevice(c, 'c recovered device');
  const [r, wrong] = [
    story.by(second, { type: 'recovery', recoveryKey: recovery.publicKey }),
    await keyOf('wrong'),
  ];
  const n = await story.append('c prints a recovery code', await signed(r, second.device, recovery));
  const add = { type: 'device-add', author: c.id, authorDevice: ZEROS, time: story.tick() } as const;
  const of = (device: SeedKey): LogRecord => ({ ...add, deviceKey: device.publicKey });
  story.refuse('a recovery by another key', await signed(of(ghost), wrong, ghost));
  const recovered = await signed(of(back.device), recovery, back.device);
  await story.came(back, second, [n, await story.append('c comes back by the code', recovered)]);
  const revoke = (by: Someone, target: Bytes): Promise<Bytes> =>
    signed(story.by(by, { type: 'device-revoke', targetDevice: target }), by.device);
  story.refuse('a device revokes itself', await revoke(c, c.deviceId));
  story.refuse("somebody else's device is revoked", await revoke(stranger, c.deviceId));
  await story.append('c revokes the second device', await revoke(c, second.deviceId));
  story.refuse('a record by a revoked device', await revoke(second, back.deviceId));
}

type Cast = Record<'f' | 'a' | 'b' | 'c', Someone>;

async function bans(story: Story, { f, a, b, c }: Cast): Promise<void> {
  const [open, late] = [await keyOf('open invite'), await someone('late')];
  await story.append('b invites somebody', await story.invite(b, open));
  story.refuse('a ban by a member', await story.about(c, 'ban', b));
  story.refuse('a ban of a superior', await story.about(a, 'ban', f));
  story.refuse('a ban of a peer', await story.about(a, 'ban', a));
  await story.append('b is banned', await story.about(a, 'ban', b));
  story.refuse('a redemption of what a ban made void', await story.redeem(open, late));
  story.refuse('an invitation by somebody banned', await story.invite(b, await keyOf('void invite')));
  story.refuse('an unban by oneself', await story.about(b, 'unban', b));
  await story.append('b is let in again', await story.about(f, 'unban', b));
  story.refuse('a void invitation stays void', await story.redeem(open, late));
  const fresh = await keyOf('withdrawn invite');
  await story.append('b invites again', await story.invite(b, fresh));
  const withdraw = (by: Someone): Promise<Bytes> =>
    signed(story.by(by, { type: 'invite-revoke', inviteKey: fresh.publicKey }), by.device);
  story.refuse("a peer withdraws somebody's invitation", await withdraw(c));
  await story.append('b withdraws it', await withdraw(b));
  story.refuse('a redemption of what was withdrawn', await story.redeem(fresh, late));
}

async function reviews(story: Story, { f, a, b, c }: Cast): Promise<void> {
  const [invite, late] = [await keyOf('held invite'), await someone('held guest')];
  await story.append('c invites somebody', await story.invite(c, invite));
  story.refuse('a hold by a member', await story.about(c, 'hold', b));
  await story.append('those below b are held', await story.about(a, 'hold', b));
  story.refuse('a redemption of an invite of somebody held', await story.redeem(invite, late));
  const release = signed(story.by(a, { type: 'release', target: b.id, subtree: 1 }), a.device);
  await story.append('and released', await release);
  const n = story.log.records.findIndex(({ name }) => name === 'c invites somebody');
  await story.came(late, c, [n, await story.append('the guest joins', await story.redeem(invite, late))]);
  const room = (await sha256(utf8('room'))).slice(0, 16);
  const scope = { type: 'room-ban', target: c.id, host: f.id, room } as const;
  story.refuse('an evening in the log', await signed(story.by(f, { ...scope, scope: 1 }), f.device));
  await story.append(
    'c is out of the rooms of f',
    await signed(story.by(f, { ...scope, scope: 2 }), f.device),
  );
  const unban = story.by(f, { type: 'room-unban', target: c.id, host: f.id });
  await story.append('and may come again', await signed(unban, f.device));
}

async function tracing(story: Story, { a, b }: Pick<Cast, 'a' | 'b'>): Promise<void> {
  const traceKey = await sha256(utf8('aparte golden log trace key'));
  const room = (await sha256(utf8('room'))).slice(0, 16);
  const key = (by: Someone): Promise<Bytes> =>
    signed(story.by(by, { type: 'trace-key', traceKey }), by.device);
  const release = (by: Someone): Promise<Bytes> =>
    signed(story.by(by, { type: 'trace-release', room }), by.device);
  story.refuse('a trace key of a member', await key(b));
  await story.append('a takes part in traces', await key(a));
  story.refuse('a release by a member', await release(b));
  await story.append('a releases a share', await release(a));
}

async function successions(story: Story, { f, a, c }: Pick<Cast, 'f' | 'a' | 'c'>): Promise<void> {
  const [lost, found] = [await story.bring('lost', a), await story.bring('found', f)];
  const claim = (time: number, target: Someone): LogRecord =>
    story.by(
      a,
      { type: 'supersede', second: f.id, secondDevice: f.deviceId, target: target.id, successor: found.id },
      time,
    );
  const succeed = (time: number, by = found, target = lost): Promise<Bytes> =>
    signed(story.by(by, { type: 'succession', target: target.id, successor: found.id }, time), by.device);
  story.refuse('a succession that nobody vouched for', await succeed(T0 + 100 * HOUR));
  await story.append('found is said to be lost', await signed(claim(T0 + 1000, lost), a.device, f.device));
  story.refuse('a succession too early', await succeed(T0 + 1000 + 72 * HOUR - 1));
  story.refuse('a succession by somebody else', await succeed(T0 + 1000 + 72 * HOUR, c));
  story.refuse('a veto by somebody else', await story.about(c, 'veto', lost));
  await story.append('lost objects', await story.about(lost, 'veto', lost));
  story.refuse('a succession after a veto', await succeed(T0 + 1001 + 72 * HOUR));
  await story.append('it is said again', await signed(claim(T0 + 2000, lost), a.device, f.device));
  await story.append('found succeeds', await succeed(T0 + 2000 + 72 * HOUR));
  story.refuse(
    'an invitation by somebody superseded',
    await story.invite(lost, await keyOf('invite too late')),
  );
}

export const makeLog = async (): Promise<GoldenLog> => (await tell()).log;
export const makePaths = async (): Promise<GoldenPath[]> => (await tell()).paths;

export interface GoldenRecovery {
  code: string;
  printed: string;
  founder: string;
  public_key: string; // of the recovery key
  same: string[]; // typed otherwise, and the same code
  mistyped: string[];
}

export async function makeRecovery(): Promise<GoldenRecovery[]> {
  const founder = (await someone('f')).id;
  const codes = [new Uint8Array(16), new Uint8Array(16).fill(255), (await sha256(utf8('code'))).slice(0, 16)];
  return Promise.all(
    codes.map(async (code) => {
      const printed = await printCode(code);
      const letters = printed.replaceAll('-', '');
      const same = [
        letters,
        printed.toLowerCase(),
        ` ${letters.replace(/(.)/g, '$1 ')}`,
        letters.replaceAll('0', 'O').replaceAll('1', 'l'),
        letters.replaceAll('0', 'o').replaceAll('1', 'I'),
      ];
      const last = letters[25] === '0' ? '1' : '0';
      const mistyped = [
        '',
        letters.slice(1),
        `${letters}0`,
        `${letters[0] === 'Z' ? 'Y' : 'Z'}${letters.slice(1)}`,
        `U${letters.slice(1)}`,
        `${letters.slice(0, 25)}${last}${letters.slice(26)}`,
      ];
      for (const text of same)
        if (hex((await readCode(text)) ?? new Uint8Array(0)) !== hex(code)) throw new Error(text);
      for (const text of mistyped) if (await readCode(text)) throw new Error(`${text} was taken`);
      const { publicKey } = await recoveryKey(code, b64(founder));
      return { code: hex(code), printed, founder: hex(founder), public_key: hex(publicKey), same, mistyped };
    }),
  );
}
