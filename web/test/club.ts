// A club in memory: real keys and real records, as a server's log would hold them.

import type { ChainEntry, Id, LogHead } from '../src/api/messages.ts';
import { b64, concat, unb64 } from '../src/base/bytes.ts';
import { hashFor } from '../src/base/sign.ts';
import { Device, Invitation, makeKeys } from '../src/identity/device.ts';
import { parseLink } from '../src/identity/links.ts';
import type { MemberKeys } from '../src/identity/vault.ts';

export interface Member {
  account: Id;
  device: Id;
  keys: MemberKeys;
  device_: Device;
}

function memberOf(keys: MemberKeys): Member {
  return { account: keys.account, device: keys.device, keys, device_: new Device(keys) };
}

async function openLink(link: string): Promise<Invitation> {
  const parsed = await parseLink(link);
  if (!parsed || parsed === 'mistyped') throw new Error('bad link');
  return Invitation.open(parsed);
}

export class Club {
  readonly founder: Member;
  head = new Uint8Array(32);
  readonly #log: { record: string; head: string }[] = [];
  readonly #chains = new Map<Id, ChainEntry[]>();

  private constructor(founder: Member) {
    this.founder = founder;
  }

  static async found(): Promise<Club> {
    const seed = crypto.getRandomValues(new Uint8Array(32));
    const setup = await Invitation.open({ kind: 'founder', seed, fingerprint: new Uint8Array(16) });
    const keys = await makeKeys(null);
    const club = new Club(memberOf(keys));
    const entry = await club.#append(await setup.redeem(keys, 0));
    club.#chains.set(keys.account, [entry]);
    return club;
  }

  async invite(by: Member): Promise<Member> {
    const { record, link } = await by.device_.invite('https://club', 1);
    const keys = await makeKeys(this.founder.account);
    const invite = await this.#append(record);
    const redeem = await this.#append(await (await openLink(link)).redeem(keys, 2));
    this.#chains.set(keys.account, [...this.chain(by.account), invite, redeem]);
    return memberOf(keys);
  }

  chain(account: Id): ChainEntry[] {
    return this.#chains.get(account) ?? [];
  }

  get log(): LogHead {
    return { size: this.#log.length, head: b64(this.head) };
  }

  // The whole log, with the head after each record.
  get records(): readonly { record: string; head: string }[] {
    return this.#log;
  }

  async #append(record: string): Promise<ChainEntry> {
    const bytes = unb64(record);
    if (!bytes) throw new Error('bad record');
    this.head = await hashFor('log', concat(this.head, bytes));
    return { n: this.#log.push({ record, head: b64(this.head) }) - 1, record };
  }
}
