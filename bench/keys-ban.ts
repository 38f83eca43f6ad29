// From a ban to silence for the one who was banned, end to end over the real server: `node bench/keys-ban.ts
// [people...]`. The steward, who speaks, the banned one and another listener run the whole key machine and the
// worker's frames over their own WebSockets. The crowd of aparte-load has invitations, records, sockets, leaves, ICE, DTLS
// and SRTP of its own; so it counts in the key list, and every header goes to it. Its leaves are of suite 1, so the
// room is. One row each, from the ban's request on:
//
//   forwarded      until the last packet of the speaker's that the server gave to the banned one
//   undecryptable  until the speaker's first frame that the banned one has no key for, were it given to them
//   new key        until the other two have the key of after the ban

import { freePort, Server } from '../test/browser/server.ts';
import { hex, unb64 } from '../web/src/base/bytes.ts';
import { sha256 } from '../web/src/base/sign.ts';
import { Frames } from '../web/src/e2ee/frames.ts';
import type { Suite } from '../web/src/identity/keymsg.ts';
import { parseLink } from '../web/src/identity/links.ts';
import { Guests } from './guests.ts';
import type { Ready } from './load.ts';
import { BenchMember } from './member.ts';
import { machine, print } from './row.ts';
import { benchFolder, Tool } from './tool.ts';

const GOAL_MS = 1000;
const FRAME_MS = 20;
const SUITE: Suite = 1;
const PATIENCE_S = 1800; // thousands come one after the other
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const hashOf = async (record: string) => hex(await sha256(unb64(record) ?? new Uint8Array(0)));

async function until(what: string, holds: () => boolean, say = (): unknown => ''): Promise<void> {
  for (let i = 0; !holds(); i++) {
    if (i === PATIENCE_S * 10) throw new Error(`waited too long until ${what}: ${say()}`);
    if (i > 0 && i % 150 === 0) console.error(`until ${what}: ${say()}`);
    await pause(100);
  }
}

/** Three people with key machines and media. */
class Evening {
  readonly #port: number;
  readonly #guests: Guests;
  readonly host: BenchMember;
  readonly tom: BenchMember; // will be banned
  readonly zoe: BenchMember;
  readonly all: BenchMember[];
  room = '';

  private constructor(port: number, guests: Guests, members: [BenchMember, BenchMember, BenchMember]) {
    this.#port = port;
    this.#guests = guests;
    [this.host, this.tom, this.zoe] = members;
    this.all = members;
  }

  static async start(port: number, founderLink: string, guests: Guests): Promise<Evening> {
    const host = await BenchMember.come(port, founderLink, null, 'Host');
    const come = async (name: string) =>
      BenchMember.come(port, await host.invite(), host.device.account, name);
    const evening = new Evening(port, guests, [host, await come('Tom'), await come('Zoe')]);
    evening.room = (await host.ask('room.open', { title: 'Evening', who: 'everyone' })).room;
    const book = await host.book();
    for (const one of evening.all) {
      const role = one === host ? 'founder' : 'member';
      const own = await one.book();
      guests.come(await one.join(evening.room, role, own, book, SUITE, guests.terms()));
    }
    await host.ask('room.mute', { muted: false });
    return evening;
  }

  /** Where the crowd goes, as aparte-load wants it. */
  async target(pid: number): Promise<string> {
    const { record, link } = await this.host.inviteByRecord();
    const parsed = await parseLink(link);
    if (parsed === null || parsed === 'mistyped' || parsed.kind !== 'invite') throw new Error('a bad link');
    const room = hex(unb64(this.room, 16) ?? new Uint8Array(0));
    const records = [await hashOf(this.host.record), await hashOf(record)];
    const where = ['127.0.0.1', this.#port, `http://localhost:${this.#port}`, pid];
    return `room:${[...where, hex(parsed.seed), room, ...records].join()}`;
  }

  async keyed(people: number): Promise<void> {
    const counters = () => this.all.map(({ epoch }) => epoch?.counter);
    const { host } = this;
    await until(
      'everybody is keyed',
      () => host.state?.hearers === people && this.all.every(({ state }) => state?.checking === 0),
      () => JSON.stringify([host.state, counters()]),
    );
    await until(
      'all are at one key',
      () => counters().every((one) => one === host.epoch?.counter),
      () => JSON.stringify(counters()),
    );
  }

  async ban(people: number): Promise<void> {
    const { host, tom, zoe } = this;
    const frames = new Map(this.all.map((one) => [one, new Frames(Date.now, () => {})]));
    const before = host.epoch?.counter;
    const keyed = new Map<BenchMember, number>();
    for (const [one, own] of frames) {
      if (one.epoch) await own.install(one.epoch);
      one.installed = (epoch) => {
        keyed.set(one, keyed.get(one) ?? Date.now());
        void own.install({ ...epoch, base: epoch.base.slice() });
      };
    }
    const opened = { tom: 0, zoe: 0 };
    let [began, deafAt, missed] = [0, 0, 0];
    const talk = setInterval(async () => {
      const sealed = await frames.get(host)?.encrypt(new Uint8Array(80));
      if (!sealed) return;
      const [a, b] = [sealed.slice(), sealed.slice()];
      if (await frames.get(tom)?.decrypt(0, a)) opened.tom++;
      else if (began) deafAt ||= Date.now();
      if (await frames.get(zoe)?.decrypt(0, b)) opened.zoe++;
      else missed++;
    }, FRAME_MS);
    this.#guests.say(0);
    await pause(1000);
    const early = await this.#guests.heard();
    if (early.up !== 3 || early.at.slice(1).some((at) => Date.now() - at > 500) || opened.tom === 0)
      throw new Error(`they do not hear the speaker: ${JSON.stringify({ ...early, opened })}`);
    let left = 0;
    host.left = (account) => {
      if (account === tom.device.account) left = Date.now();
    };
    let sent = '';
    host.sent = (message) => {
      sent ||= JSON.stringify({ bytes: JSON.stringify(message).length, seals: message.seals.length });
    };
    began = Date.now();
    await host.ban(tom.device.account);
    const stored = Date.now();
    await until('the key has changed', () => deafAt > 0 && keyed.has(zoe) && host.epoch?.counter !== before);
    await pause(1000);
    clearInterval(talk);
    const { at } = await this.#guests.heard();
    if (Date.now() - (at[2] ?? 0) > 500) throw new Error('the other one does not hear the speaker any more');
    const row = (what: string, ms: number, goal: number | null, more: object) =>
      print(
        {
          bench: 'keys-ban',
          row: `ban to ${what} at ${people}, suite ${SUITE}`,
          value: ms,
          unit: 'ms',
          goal,
          met: goal === null ? null : ms <= goal,
        },
        more,
      );
    row('nothing forwarded', Math.max(0, (at[1] ?? 0) - began), null, { stored_ms: stored - began });
    row('undecryptable', deafAt - began, GOAL_MS, {
      told_ms: left - began,
      frames_missed_by_others: missed,
      frames_opened: opened.zoe,
    });
    const last = Math.max(keyed.get(host) ?? 0, keyed.get(zoe) ?? 0);
    row('new key everywhere', last - began, null, { message: JSON.parse(sent || 'null') });
  }
}

async function measure(people: number): Promise<void> {
  const server = new Server();
  server.port = await freePort();
  // As behind a proxy, which all of the crowd would come through: no limit per address.
  await server.start({ APARTE_BEHIND_PROXY: 'yes', APARTE_ORIGIN: server.origin }, 'release');
  const guests = await Guests.start('127.3.0.0', await freePort());
  let crowd: Tool | null = null;
  try {
    const evening = await Evening.start(server.port, server.founderLink, guests);
    const port = String(await freePort());
    const options = ['--first', '127.2.0.0', '--port', port, '--speakers', '0', '--listeners'];
    const target = await evening.target(server.pid);
    crowd = new Tool(`${benchFolder}aparte-load`, [...options, String(people - 3), target]);
    const ready = crowd.line<Ready>();
    const { up, failed, join_ns } = await ready;
    console.error(`${up} came in ${Math.round(join_ns / 1e9)} s`);
    if (up !== people - 3 || failed > 0)
      throw new Error(`${up} of the crowd came in, ${failed} had no media`);
    await evening.keyed(people);
    await evening.ban(people);
  } catch (error) {
    console.error(server.log);
    throw error;
  } finally {
    await crowd?.stop();
    await guests.stop();
    await server.stop();
    server.forget();
  }
}

const wanted = process.argv.slice(2).map(Number);
machine('keys-ban');
for (const people of wanted.length > 0 ? wanted : [1000, 5000]) await measure(people);
process.exit(0);
