// A member of a bench's club over a real WebSocket: comes by a link, opens a session, joins a room with the real
// key machine. See wire.ts.

import type { Bytes64, Events, Id, KeyMessage, LogHead, Requests } from '../web/src/api/messages.ts';
import { oneByOne } from '../web/src/api/news.ts';
import { type KemPair, makeKemPair } from '../web/src/e2ee/hpke.ts';
import { Keys } from '../web/src/e2ee/keys.ts';
import { type KeysOptions, makeLeaf } from '../web/src/e2ee/leaf.ts';
import type { FrameEpoch, KeysState } from '../web/src/e2ee/types.ts';
import type { Weakness } from '../web/src/e2ee/weakness.ts';
import { ChainBook } from '../web/src/identity/chain.ts';
import { Device, Invitation, makeKeys } from '../web/src/identity/device.ts';
import type { Suite } from '../web/src/identity/keymsg.ts';
import { parseLink } from '../web/src/identity/links.ts';
import { NO_LOG } from '../web/src/identity/vault.ts';
import { memoryStore } from '../web/test/club.ts';
import { Wire } from './wire.ts';

type Message = Record<string, unknown>;

const NOBODY = 'A'.repeat(43);

export class BenchMember {
  readonly wire: Wire;
  readonly device: Device;
  readonly record: Bytes64; // that made the account
  #early: Message[] | null = null; // what came right behind the answer to room.join
  log: LogHead;
  role: KeysOptions['role'] = 'member';
  keys: Keys | null = null;
  pair: KemPair | null = null; // of the last join
  epoch: FrameEpoch | null = null;
  state: KeysState | null = null;
  installed: (epoch: FrameEpoch) => void = () => {};
  left: (account: Id) => void = () => {};
  sent: (message: KeyMessage) => void = () => {};
  /** What the network or the server makes of a message; null: it never comes. */
  tamper: (message: Message) => Message | null = (message) => message;
  weakness: Weakness | null = null;

  private constructor(wire: Wire, device: Device, record: Bytes64, log: LogHead) {
    this.wire = wire;
    this.device = device;
    this.record = record;
    this.log = log;
    wire.hear = (message) => this.#event(message);
  }

  /** Redeems a link and opens the session. */
  static async come(port: number, link: string, founder: Id | null, name: string): Promise<BenchMember> {
    const { wire, nonce } = await BenchMember.knock(port);
    const parsed = await parseLink(link);
    if (!parsed || parsed === 'mistyped' || parsed.kind === 'device') throw new Error(`a bad link: ${link}`);
    const keys = await makeKeys(founder);
    const record = await (await Invitation.open(parsed)).redeem(keys, Date.now());
    const { log } = (await wire.ask('invite.redeem', { record, name })) as { log: LogHead };
    const device = new Device(keys);
    await BenchMember.#hello(port, wire, nonce, device);
    return new BenchMember(wire, device, record, log);
  }

  /** A visitor's socket and its challenge. */
  static async knock(port: number): Promise<{ wire: Wire; nonce: string }> {
    let challenge: (nonce: string) => void = () => {};
    const challenged = new Promise<string>((resolve) => {
      challenge = resolve;
    });
    const wire = await Wire.open(port, ({ nonce }) => challenge(String(nonce)));
    return { wire, nonce: await challenged };
  }

  static async #hello(port: number, wire: Wire, nonce: string, device: Device): Promise<void> {
    const sig = await device.hello(`localhost:${port}`, nonce);
    const { account, device: id } = device;
    await wire.ask('hello', { account, device: id, sig, log: { size: 0, head: NOBODY } });
  }

  /** Another session of the same device, over another socket. */
  async again(port: number, device = this.device): Promise<BenchMember> {
    const { wire, nonce } = await BenchMember.knock(port);
    await BenchMember.#hello(port, wire, nonce, device);
    return new BenchMember(wire, device, this.record, this.log);
  }

  async ask<K extends keyof Requests>(name: K, members: Requests[K][0]): Promise<Requests[K][1]> {
    return (await this.wire.ask(name, members)) as unknown as Requests[K][1];
  }

  async invite(): Promise<string> {
    return (await this.inviteByRecord()).link;
  }

  /** With the record, which is a part of the chain of whoever comes by it. */
  async inviteByRecord(): Promise<{ record: Bytes64; link: string }> {
    const { record, link } = await this.device.invite('http://localhost', Date.now(), 24);
    await this.ask('log.append', { record });
    return { record, link };
  }

  async ban(account: Id): Promise<void> {
    await this.ask('log.append', { record: await this.device.about('ban', account, Date.now()) });
  }

  /** A book of proofs, which asks as whoever is named: one may read one's own chain, and those in one's room. */
  book(asker: () => BenchMember = () => this): Promise<ChainBook> {
    return ChainBook.open(this.device.founder, NO_LOG, {
      store: memoryStore(),
      readLog: (from) => asker().ask('log.read', { from }),
      readChains: async (accounts) => (await asker().ask('chain.read', { accounts })).chains,
      grew: () => {},
      forked: () => {
        throw new Error('a fork');
      },
    });
  }

  #options(room: Id, role: KeysOptions['role'], book: ChainBook): KeysOptions {
    return {
      room,
      device: this.device,
      role,
      book,
      log: () => this.log,
      ...(this.weakness ? { weakness: this.weakness } : {}),
      ports: {
        nowMs: () => Date.now(),
        after: (ms, run) => {
          const timer = setTimeout(run, ms);
          return () => clearTimeout(timer);
        },
        send: async (message) => {
          this.sent(message);
          await this.ask('room.keys', { room, ...message });
        },
        seals: async (counter, seals) => void (await this.ask('room.seals', { room, counter, seals })),
        beat: async (data) => void (await this.ask('room.beat', { room, data })),
        tags: async (data) => void (await this.ask('room.tags', { room, data })),
        kems: async (accounts) => {
          const { kems } = await this.ask('room.kem', { room, accounts });
          return new Map(kems.map(({ account, kem }) => [account, kem]));
        },
        install: (epoch) => {
          this.epoch = { ...epoch, base: epoch.base.slice() };
          this.installed(this.epoch);
        },
        stop: () => {},
        pause: () => {},
        listed: () => {},
        changed: (state) => {
          this.state = state;
        },
      },
    };
  }

  /** `own` proves one's own leaf, `book` everybody's. Returns the server's end of the media. */
  async join(
    room: Id,
    role: KeysOptions['role'],
    own: ChainBook,
    book: ChainBook,
    suite: Suite,
    media: Requests['room.join'][0]['media'],
  ): Promise<Requests['room.join'][1]['media']> {
    const pair = await makeKemPair(suite);
    this.pair = pair;
    const options = this.#options(room, role, book);
    const leaf = await makeLeaf({ ...options, book: own }, pair);
    const keys = new Keys(options, pair, leaf);
    const beside = keys.kem ? { kem: keys.kem } : {};
    const early: Message[] = [];
    this.#early = early;
    const reply = await this.ask('room.join', { room, leaf, ...beside, media });
    this.#early = null;
    this.keys = keys;
    void keys.joined(reply);
    for (const message of early) this.#take(message);
    return reply.media;
  }

  #event(sent: Message): void {
    const message = this.tamper(sent);
    if (message) this.#take(message);
  }

  #take(message: Message): void {
    if (this.#early) {
      this.#early.push(message);
      return;
    }
    if (message.ev === 'room.news') {
      for (const one of oneByOne(message as unknown as Events['room.news'])) this.#event({ ...one });
      return;
    }
    const { ev, ...body } = message;
    if (ev === 'log') this.log = body.log as LogHead;
    if (ev === 'room.left') this.left((body as unknown as Events['room.left']).account);
    const { keys } = this;
    if (!keys) return;
    if (ev === 'room.person') void keys.person((body as unknown as Events['room.person']).person);
    if (ev === 'room.keys') void keys.keys(body as unknown as Events['room.keys']);
    if (ev === 'room.seal') void keys.seal(body as unknown as Events['room.seal']);
    if (ev === 'room.beat') void keys.beat(body as unknown as Events['room.beat']);
    if (ev === 'room.left') {
      const { account, why } = body as unknown as Events['room.left'];
      void keys.left(account, why);
    }
  }
}
