// A club under attack: the real server, members who are scripts with real keys over real WebSockets, and media
// connections with real ICE, DTLS and SRTP. Whoever attacks may do anything that a patched client could.

import { expect } from 'vitest';
import { Guests } from '../../bench/guests.ts';
import { BenchMember } from '../../bench/member.ts';
import { Wire } from '../../bench/wire.ts';
import type { Id, Requests } from '../../web/src/api/messages.ts';
import { type Bytes, b64, unb64 } from '../../web/src/base/bytes.ts';
import { Frames } from '../../web/src/e2ee/frames.ts';
import { headerHash } from '../../web/src/e2ee/secrets.ts';
import type { Weakness } from '../../web/src/e2ee/weakness.ts';
import { Device, idBytes, Newcomer } from '../../web/src/identity/device.ts';
import { parseHeader, type Suite } from '../../web/src/identity/keymsg.ts';
import { Adversary, type Archived } from '../../web/test/relay.ts';
import { freePort, Server } from '../browser/server.ts';

export type Message = Record<string, unknown>;
export type Media = Requests['room.join'][1]['media'];

const SUITE: Suite = 1;
const toolFolder = new URL('../../build/test/bench/', import.meta.url).pathname;

/** A client that does without one of its checks: see cases.ts. */
export const weakness = (process.env.APARTE_TEST_WEAKNESS as Weakness | undefined) ?? null;

export const pause = (ms: number): Promise<void> => new Promise((r) => setTimeout(r, ms));

/** Fails with `what` unless it holds before the time is over. */
export async function until(what: string, holds: () => boolean | Promise<boolean>, ms = 8000): Promise<void> {
  const end = Date.now() + ms;
  while (!(await holds())) {
    expect(Date.now(), `in time: ${what}`).toBeLessThan(end);
    await pause(20);
  }
}

/** The code of the error that the server answers; a request that succeeds fails the test. */
export async function refusal(request: Promise<unknown>, what = 'it is refused'): Promise<string> {
  const outcome = await request.then(
    (reply) => ({ reply }),
    (error: { code: string }) => ({ code: error.code }),
  );
  expect(outcome, what).toHaveProperty('code');
  return 'code' in outcome ? outcome.code : '';
}

/** Somebody with a script instead of a client. */
export class Player {
  readonly club: Club;
  readonly bench: BenchMember;
  readonly name: string;
  readonly got: Message[] = []; // every event, as the server sent it
  lie: (message: Message) => Message | null = (message) => message; // what the server makes of an event
  guest = -1; // the media connection of the last join
  media: Media | null = null; // and the server's end of it

  constructor(club: Club, bench: BenchMember, name: string) {
    this.club = club;
    this.bench = bench;
    this.name = name;
    bench.weakness = weakness;
    bench.tamper = (message) => {
      this.got.push(message);
      return this.lie(message);
    };
  }

  get account(): Id {
    return this.bench.device.account;
  }

  ask<K extends keyof Requests>(name: K, members: Requests[K][0]): Promise<Requests[K][1]> {
    return this.bench.ask(name, members);
  }

  events(ev: string): Message[] {
    return this.got.filter((one) => one.ev === ev);
  }

  open(title: string, picked?: Player[]): Promise<{ room: Id }> {
    const whom = picked && { picked: picked.map(({ account }) => account) };
    return this.ask('room.open', { title, who: picked ? 'picked' : 'everyone', ...whom });
  }

  /** Joins with keys and media; `guests`: whose machine the media come from; `connect` false: they do not come. */
  async join(room: Id, { guests = this.club.guests, connect = true } = {}): Promise<void> {
    const book = await this.bench.book();
    const terms = guests.terms();
    this.media = await this.bench.join(room, this.bench.role, book, book, SUITE, terms);
    this.guest = Number(terms.ufrag.slice('guest'.length));
    if (connect) guests.come(this.media, this.guest);
  }

  /** Joins, and says who is in the room by the answer. */
  async peopleOf(room: Id): Promise<Id[]> {
    const people: Id[] = [];
    const { wire } = this.bench;
    const ask = wire.ask.bind(wire);
    wire.ask = async (name, members) => {
      const reply = await ask(name, members);
      for (const { account } of (reply.people ?? []) as { account: Id }[]) people.push(account);
      return reply;
    };
    await this.join(room);
    wire.ask = ask;
    return people;
  }

  /** Another session of the same account, by the same device unless another is given. */
  async again(device: Device = this.bench.device): Promise<Player> {
    const bench = await this.bench.again(this.club.server.port, device);
    bench.role = this.bench.role;
    return this.club.keep(new Player(this.club, bench, this.name));
  }

  append(record: string): Promise<unknown> {
    return this.ask('log.append', { record });
  }

  /** Out of the room, signed: for the evening, or for good. */
  async remove(target: Player, room: Id, host: Player, scope: 1 | 2 = 1): Promise<void> {
    const fields = {
      target: idBytes(target.account),
      host: idBytes(host.account),
      room: idBytes(room),
      scope,
    };
    const record = await this.bench.device.record({ type: 'room-ban', ...fields }, Date.now());
    await this.ask('room.remove', { record });
  }

  /** A second device of the account, added as people do it. */
  async secondDevice(): Promise<Device> {
    const { device } = this.bench;
    const newcomer = await Newcomer.make();
    const offers: Message[] = [];
    const { wire } = await BenchMember.knock(this.club.server.port);
    wire.hear = (message) => offers.push(message);
    const { code } = (await wire.ask('pair.open', { key: b64(newcomer.key) })) as { code: string };
    const { key } = await this.ask('pair.find', { code });
    const body = device.place(newcomer.key, Date.now());
    await this.ask('pair.offer', { key, body, sig: '' });
    await this.ask('pair.offer', { key, body, sig: await device.signPlace(body) });
    await until('the offer comes', () => offers.some(({ sig }) => sig !== undefined && sig !== ''));
    const sig = String(offers.find((one) => one.sig !== undefined && one.sig !== '')?.sig);
    await wire.ask('pair.accept', { record: await newcomer.accept({ body, sig }) });
    wire.close();
    return new Device(newcomer.keys(this.account, device.founder));
  }

  /** What a frame goes through on its way out of, and into, this client. */
  async frames(): Promise<Frames> {
    const frames = new Frames(Date.now, () => {}, weakness);
    const { bench } = this;
    if (bench.epoch) await frames.install({ ...bench.epoch, base: bench.epoch.base.slice(), sendAfterMs: 0 });
    const next = bench.installed;
    bench.installed = (epoch) => {
      next(epoch);
      void frames.install({ ...epoch, base: epoch.base.slice() });
    };
    return frames;
  }

  /** Keeps every key message that this client sends as steward: what a server, or a thief of its disk, has. */
  archive(): Archived[] {
    const archive: Archived[] = [];
    this.bench.sent = async (message) => {
      const header = parseHeader(unb64(message.header) ?? new Uint8Array(0));
      if (header) archive.push({ message, header, hash: await headerHash(header.body) });
    };
    return archive;
  }

  /** Waits until the key of the room is in the player's hands, with so many holders. */
  keyed(people: number): Promise<void> {
    const { bench } = this;
    return until(
      `${this.name} is one of ${people} with the key`,
      () => bench.state?.ready === true && bench.state.hearers === people && bench.state.checking === 0,
    );
  }
}

/** Whether a frame opens with what an adversary got out of an archive: secrets by the counter of their header. */
export async function opensFrame(
  archive: Archived[],
  secrets: Map<number, Bytes>,
  frame: Bytes,
): Promise<boolean> {
  for (const [counter, secret] of secrets) {
    const epoch = await Adversary.epoch({ archive }, counter, secret);
    const frames = new Frames(Date.now, () => {});
    if (epoch) await frames.install({ ...epoch, mine: 255 });
    if (await frames.decrypt(0, frame.slice())) return true;
  }
  return false;
}

export class Club {
  readonly server = new Server();
  readonly players: Player[] = [];
  readonly #machines = new Map<string, Guests>(); // by the first address
  guests!: Guests;
  founder!: Player;

  static async found(env: Record<string, string> = {}): Promise<Club> {
    const club = new Club();
    await club.server.start(env);
    club.guests = await club.machine('127.3.0.0');
    const bench = await BenchMember.come(club.server.port, club.server.founderLink, null, 'Inès');
    bench.role = 'founder';
    club.founder = club.keep(new Player(club, bench, 'Inès'));
    return club;
  }

  keep(player: Player): Player {
    this.players.push(player);
    return player;
  }

  /** Where media connections come from: addresses, a certificate and sockets of its own. */
  async machine(first: string): Promise<Guests> {
    const guests = await Guests.start(first, await freePort(), toolFolder);
    this.#machines.set(first, guests);
    return guests;
  }

  /** It dies, and says nothing more. */
  async stopMachine(first: string): Promise<void> {
    await this.#machines.get(first)?.stop();
    this.#machines.delete(first);
  }

  async member(name: string, by = this.founder): Promise<Player> {
    const link = await by.bench.invite();
    return this.redeem(link, name);
  }

  /** A new member, in the room and hearing it. */
  async guest(name: string, room: Id): Promise<Player> {
    const player = await this.member(name);
    await player.join(room);
    await this.hears(player);
    return player;
  }

  async redeem(link: string, name: string): Promise<Player> {
    const bench = await BenchMember.come(this.server.port, link, this.founder.account, name);
    return this.keep(new Player(this, bench, name));
  }

  async admin(name: string): Promise<Player> {
    const player = await this.member(name);
    const fields = { type: 'role', target: idBytes(player.account), role: 2 } as const;
    await this.founder.append(await this.founder.bench.device.record(fields, Date.now()));
    player.bench.role = 'admin';
    return player;
  }

  /** A socket that has said nothing yet. */
  visitor(hear: (message: Message) => void = () => {}): Promise<Wire> {
    return Wire.open(this.server.port, hear);
  }

  /** The founder's room, with the founder speaking in it. */
  async evening(title = 'Salon', picked?: Player[]): Promise<Id> {
    const { room } = await this.founder.open(title, picked);
    await this.founder.join(room);
    await this.founder.ask('room.mute', { muted: false });
    await until('the founder has media', async () => this.connected(this.founder));
    this.guests.say(this.founder.guest);
    return room;
  }

  async connected(player: Player, guests = this.guests): Promise<boolean> {
    return (await guests.heard()).connected[player.guest] === true;
  }

  async heardAt(player: Player, guests = this.guests): Promise<number> {
    return (await guests.heard()).at[player.guest] ?? 0;
  }

  async hears(player: Player, guests = this.guests): Promise<void> {
    await until(`${player.name} hears`, async () => Date.now() - (await this.heardAt(player, guests)) < 1000);
  }

  /** How many datagrams of any kind come to somebody in so many ms. */
  async datagrams(player: Player, ms: number, guests = this.guests): Promise<number> {
    const before = (await guests.heard()).came[player.guest] ?? 0;
    await pause(ms);
    return ((await guests.heard()).came[player.guest] ?? 0) - before;
  }

  async close(): Promise<void> {
    for (const { bench } of this.players) {
      bench.keys?.close();
      bench.wire.close();
    }
    await Promise.all(Array.from(this.#machines.values(), (guests) => guests.stop()));
    expect(await this.server.stop(), this.server.log).toBe(0);
    this.server.forget();
  }
}
