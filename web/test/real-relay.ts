// The relay of src/rooms in a process of its own (test/c/server/relay_host.c), with the face of the relay in
// memory: the same clients and clock, every message through the real decoder and rules. One call at a time, so a
// run repeats itself.

import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { ChainEntry, Events, Id, KeyMessage, KeyPart, LogHead, Requests } from '../src/api/messages.ts';
import { oneByOne } from '../src/api/news.ts';
import { type Bytes, unb64 } from '../src/base/bytes.ts';
import { headerHash } from '../src/e2ee/secrets.ts';
import { parseHeader, type Suite } from '../src/identity/keymsg.ts';
import type { LogReply } from '../src/identity/log.ts';
import type { Club, Member } from './club.ts';
import { type Client, Relay } from './relay.ts';

const root = new URL('../../', import.meta.url).pathname;
const program = `${root}build/${process.env.APARTE_BUILD ?? 'test'}/test/c/server/relay-host`;
const HOST = 'club';

type Reply = { error: { code: string } } | Record<string, unknown>;

export class RealRelay extends Relay {
  override room: Id = '';
  override readonly ownBooks = true;
  #forwarding: ReadonlySet<Id> = new Set();
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #socks = new Map<Id, number>();
  readonly #owners = new Map<number, Member>();
  readonly #nonces = new Map<number, string>();
  readonly #waiting = new Map<number, { resolve(value: Reply): void }>();
  #log: LogHead = { size: 0, head: '' };
  #done: () => void = () => {};
  #calls: Promise<void> = Promise.resolve();
  #running = 0;
  #next = 1;

  private constructor(club: Club) {
    super(club);
    this.chains = () => [];
    this.#process = spawn(program, { stdio: ['pipe', 'pipe', 'pipe'] });
    this.#process.stderr.pipe(process.stderr);
    createInterface({ input: this.#process.stdout }).on('line', (line) => this.#hear(JSON.parse(line)));
  }

  static async start(club: Club): Promise<RealRelay> {
    const relay = new RealRelay(club);
    for (const { record, head } of club.records) await relay.#call({ record, head });
    relay.#log = club.log;
    return relay;
  }

  async stop(): Promise<void> {
    for (const { keys } of this.clients.values()) keys.close();
    const ended = new Promise<number | null>((resolve) => this.#process.on('exit', resolve));
    this.#process.stdin.end();
    const status = await ended;
    if (status !== 0) throw new Error(`relay-host ended with ${status}`);
  }

  override get forwarding(): ReadonlySet<Id> {
    return this.#forwarding;
  }

  override get log(): LogHead {
    return this.#log;
  }

  // ---- the process

  #call(line: Record<string, unknown>): Promise<void> {
    this.touch();
    this.#running++;
    this.#calls = this.#calls.then(
      () =>
        new Promise((done) => {
          this.#done = done;
          this.#process.stdin.write(`${JSON.stringify({ now: this.now, ...line })}\n`);
        }),
    );
    return this.#calls.finally(() => {
      this.#running--;
      this.touch();
    });
  }

  #hear(line: Record<string, unknown>): void {
    if ('done' in line) {
      const { forwarding } = line.done as { forwarding: number[] };
      this.#forwarding = new Set(forwarding.map((sock) => this.#owners.get(sock)?.account ?? '?'));
      this.#done();
      return;
    }
    const sock = line.sock as number;
    const account = this.#owners.get(sock)?.account ?? '';
    if ('closed' in line) {
      if (this.#socks.get(account) === sock) this.#socks.delete(account);
      return;
    }
    const text = line.text as Record<string, unknown>;
    const waiting = this.#waiting.get(Number(text.re));
    if (waiting) {
      waiting.resolve(text);
      return;
    }
    if (this.#socks.get(account) === sock || text.ev === 'challenge') this.#event(sock, account, text);
  }

  #event(sock: number, account: Id, message: Record<string, unknown>): void {
    if (message.ev === 'room.news') {
      for (const one of oneByOne(message as unknown as Events['room.news']))
        this.#event(sock, account, { ...one });
      return;
    }
    const { ev, ...body } = message;
    if (ev === 'challenge') this.#nonces.set(sock, body.nonce as string);
    if (ev === 'log') this.#log = body.log as LogHead;
    if (ev === 'room.person') this.deliver(account, body as Events['room.person']);
    if (ev === 'room.left') {
      const { account: left, why } = body as unknown as Events['room.left'];
      this.deliver(account, { left, why });
    }
    if (ev === 'room.keys') this.deliver(account, { keys: body as unknown as Events['room.keys'] });
    if (ev === 'room.seal') this.deliver(account, { seal: body as unknown as Events['room.seal'] });
    if (ev === 'room.beat') this.deliver(account, { beat: body as unknown as Events['room.beat'] });
    if (ev === 'room.tags') this.deliver(account, { tags: body as unknown as Events['room.tags'] });
    if (ev === 'room.out') this.forget(account);
  }

  // Rejects with {code}, as the client's socket does.
  async request<K extends keyof Requests>(
    account: Id,
    name: K,
    members: Requests[K][0],
    heard: (reply: Requests[K][1]) => void = () => {},
  ): Promise<Requests[K][1]> {
    const sock = this.#socks.get(account);
    if (sock === undefined) throw { code: 'closed' };
    const id = this.#next++;
    let reply: Reply = {};
    // Heard while the events behind it have not been delivered yet.
    this.#waiting.set(id, {
      resolve: (value) => {
        reply = value;
        if (!('error' in value)) heard(value as Requests[K][1]);
      },
    });
    await this.#call({ sock, text: JSON.stringify({ id, do: name, ...members }) });
    this.#waiting.delete(id);
    if ('error' in reply) throw reply.error;
    return reply as Requests[K][1];
  }

  protected override async moved(): Promise<void> {
    await this.#call({});
  }

  override async idle(): Promise<void> {
    do {
      await this.#calls;
      await super.idle();
    } while (this.#running > 0);
  }

  // ---- members

  async #connect(member: Member): Promise<void> {
    if (this.#socks.has(member.account)) return;
    const sock = this.#next++;
    this.#owners.set(sock, member);
    this.#socks.set(member.account, sock);
    await this.#call({ sock, open: HOST });
    const { account, device } = member;
    const sig = await member.device_.hello(HOST, this.#nonces.get(sock) ?? '');
    await this.request(account, 'hello', { account, device, sig, log: { size: 0, head: 'A'.repeat(43) } });
  }

  override async join(member: Member, how: { suite?: Suite } = {}): Promise<Client> {
    const { account } = member;
    await this.#connect(member);
    if (!this.room) {
      const { room } = await this.request(account, 'room.open', { title: '', who: 'everyone' });
      this.room = room;
    }
    const client = await this.make(member, { ownBook: true, ...how });
    const media = {
      ufrag: 'abcd',
      fingerprint: 'A'.repeat(43),
      pt: 111,
      level: 1,
      ssrc: [1, 2] as [number, number],
    };
    this.forget(account);
    const { leaf, kem } = client.keys;
    const beside = kem ? { kem } : {};
    await this.request(account, 'room.join', { room: this.room, leaf, ...beside, media }, (reply) => {
      this.clients.set(account, client);
      client.stage = reply.people.find((one) => one.account === account)?.stage ?? false;
      void client.keys.joined(reply);
    });
    return client;
  }

  override async leave(account: Id): Promise<void> {
    this.forget(account);
    await this.request(account, 'room.leave', {});
  }

  override async cut(account: Id): Promise<void> {
    const sock = this.#socks.get(account);
    this.forget(account);
    this.#socks.delete(account);
    this.after(10_100, () => {}); // the clock stops there for a tick: grace is over
    if (sock !== undefined) await this.#call({ sock, close: true });
  }

  override async raise(account: Id, by: Id): Promise<void> {
    await this.request(account, 'room.hand', { up: true });
    await this.request(by, 'room.bring', { account });
  }

  override async lower(account: Id): Promise<void> {
    await this.request(account, 'room.send_back', { account });
  }

  override async ban(account: Id): Promise<void> {
    const { founder } = this.club;
    const record = await founder.device_.about('ban', account, this.now);
    this.forget(account);
    await this.request(founder.account, 'log.append', { record });
  }

  // ---- keys

  override async take(by: Id, message: KeyMessage): Promise<void> {
    await this.request(by, 'room.keys', { room: this.room, ...message });
    const header = parseHeader(unb64(message.header) as Bytes);
    if (header) this.archive.push({ message, header, hash: await headerHash(header.body) });
  }

  override async seals(by: Id, counter: number, seals: KeyPart[]): Promise<void> {
    await this.request(by, 'room.seals', { room: this.room, counter, seals });
  }

  override async beat(by: Id, data: string): Promise<void> {
    await this.request(by, 'room.beat', { room: this.room, data });
  }

  override async tags(by: Id, data: string): Promise<void> {
    await this.request(by, 'room.tags', { room: this.room, data });
  }

  override async kems(by: Id, accounts: Id[]): Promise<Map<Id, string>> {
    const { kems } = await this.request(by, 'room.kem', { room: this.room, accounts });
    return new Map(kems.map(({ account, kem }) => [account, kem]));
  }

  override logFor(by: Id, from: number): Promise<LogReply> {
    return this.request(by, 'log.read', { from });
  }

  override async chainsFor(by: Id, accounts: Id[]): Promise<{ account: Id; entries: ChainEntry[] }[]> {
    return (await this.request(by, 'chain.read', { accounts })).chains;
  }
}
