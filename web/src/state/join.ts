// One join of one room: a connection, a leaf and the keys that belong to it, from the offer to close().
// Coming back after a loss is another Join. Events reach the keys one after another, in the server's order.

import type { Id, Person, RequestName, Requests, RosterChange } from '../api/messages.ts';
import { b64, unb64 } from '../base/bytes.ts';
import { sha256 } from '../base/sign.ts';
import type { FrameEpoch, FromWorker, KeysPorts, KeysState, RoomKeys } from '../e2ee/types.ts';
import type { Connection, ConnectionEvents, Path } from '../rtc/connection.ts';
import type { Speakers } from '../rtc/speakers.ts';
import { RequestError } from '../socket/failure.ts';
import type { Incoming } from '../socket/socket.ts';

export interface JoinPorts {
  request<K extends RequestName>(name: K, members: Requests[K][0]): Promise<Requests[K][1]>;
  connect(events: ConnectionEvents): Promise<Connection>;
  createKeys(room: Id, ports: KeysPorts): Promise<RoomKeys>;
  speakers(
    slots: MediaStream[],
    onBlocked: (blocked: boolean) => void,
  ): Pick<Speakers, 'play' | 'setVolume' | 'close'>;
}

export type JoinReply = Requests['room.join'][1];

export interface JoinEvents {
  joined(reply: JoinReply): void; // before any event that follows the reply
  path(path: Path): void;
  keys(state: KeysState): void;
  keyed(account: Id, slot: number): void; // a header gave this person a slot
  leftTold(account: Id): void; // the keys know that this person left
  level(account: Id, level: number): void;
  myLevel(level: number): void;
  blocked(blocked: boolean): void;
}

const LEVELS_MS = 100;
const STAGES_KEPT = 8; // more than the keys a receiver keeps

export class Join {
  #room: Id;
  #ports: JoinPorts;
  #events: JoinEvents;
  #connection: Connection | null = null;
  #keys: RoomKeys | null = null;
  #speakers: ReturnType<JoinPorts['speakers']> | null = null;
  #order: Promise<void> = Promise.resolve();
  #open = false;
  #closed = false;
  #stages = new Map<number, FrameEpoch['senders']>();
  #waiting = new Map<string, Id>(); // leaf hash -> who has no slot yet
  #inSlot: (Id | null)[] = [];
  #volumes: (account: Id) => number;
  #timer: ReturnType<typeof setInterval> | undefined;
  #reading = false;

  constructor(room: Id, volumes: (account: Id) => number, ports: JoinPorts, events: JoinEvents) {
    this.#room = room;
    this.#volumes = volumes;
    this.#ports = ports;
    this.#events = events;
  }

  // Rejects with a RequestError; close() is still the caller's.
  async start(): Promise<void> {
    const connection = await coded('no_media', () =>
      this.#ports.connect({
        path: (path) => this.#onPath(path),
        frames: (event) => this.#onFrames(event),
      }),
    );
    this.#connection = connection;
    this.#live();
    const keys = await coded('no_keys', () =>
      this.#ports.createKeys(this.#room, this.#keysPorts(connection)),
    );
    this.#keys = keys;
    this.#live();
    const { leaf, kem } = keys;
    const request = { room: this.#room, leaf, ...(kem ? { kem } : {}), media: connection.request };
    const reply = await this.#ports.request('room.join', request);
    this.#live();
    // The next message is another task of the event loop, so no event of this join was missed.
    this.#open = true;
    this.#events.joined(reply);
    this.#speakers = this.#ports.speakers(connection.slots, this.#events.blocked);
    this.#then(async () => {
      await keys.joined(reply);
      for (const person of reply.people) if (person.slot === undefined) await this.#waits(person);
    });
    await coded('no_media', () => connection.answer(reply.media));
  }

  onEvent(event: Incoming): void {
    const keys = this.#keys;
    if (!this.#open || !keys) return;
    if (event.ev === 'room.person') {
      this.#then(async () => {
        await keys.person(event.person);
        if (event.person.slot === undefined) await this.#waits(event.person);
      });
    } else if (event.ev === 'room.keys') {
      this.#then(async () => {
        await keys.keys(event);
        this.#seated(event.changes);
      });
    }
    if (event.ev === 'room.seal') this.#then(() => keys.seal(event));
    if (event.ev === 'room.beat') this.#then(() => keys.beat(event));
    if (event.ev === 'room.tags') this.#then(() => keys.tags(event));
    if (event.ev === 'room.left') {
      this.#then(async () => {
        await keys.left(event.account, event.why);
        this.#events.leftTold(event.account);
      });
    }
  }

  async send(track: MediaStreamTrack | null): Promise<void> {
    await this.#connection?.send(track);
  }

  volumeChanged(account: Id): void {
    this.#inSlot.forEach((one, slot) => {
      if (one === account) this.#speakers?.setVolume(slot, this.#volumes(account));
    });
  }

  play(): void {
    void this.#speakers?.play();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#open = false;
    clearInterval(this.#timer);
    this.#keys?.close();
    this.#connection?.close();
    this.#speakers?.close();
  }

  #keysPorts(connection: Connection): KeysPorts {
    return {
      nowMs: () => Date.now(),
      after: (ms, f) => {
        const timer = setTimeout(() => this.#closed || f(), ms);
        return () => clearTimeout(timer);
      },
      send: async (message) => {
        await this.#ports.request('room.keys', { room: this.#room, ...message });
      },
      seals: async (counter, seals) => {
        await this.#ports.request('room.seals', { room: this.#room, counter, seals });
      },
      beat: async (data) => {
        await this.#ports.request('room.beat', { room: this.#room, data });
      },
      tags: async (data) => {
        await this.#ports.request('room.tags', { room: this.#room, data });
      },
      kems: async (accounts) => {
        const { kems } = await this.#ports.request('room.kem', { room: this.#room, accounts });
        return new Map(kems.map(({ account, kem }) => [account, kem]));
      },
      install: (epoch) => {
        this.#stages.set(epoch.counter, epoch.senders);
        for (const counter of this.#stages.keys())
          if (this.#stages.size > STAGES_KEPT) this.#stages.delete(counter);
        connection.install(epoch);
      },
      stop: () => connection.stop(),
      pause: (paused) => connection.pause(paused),
      listed: (list) => connection.listed(list),
      changed: (state) => {
        if (!this.#closed) this.#events.keys(state);
      },
    };
  }

  // A step that throws is a bug of ours. Nothing it leaves behind may be trusted to encrypt: silence.
  #then(step: () => Promise<void>): void {
    this.#order = this.#order.then(async () => {
      if (this.#closed) return;
      try {
        await step();
      } catch (error) {
        console.error(error);
        this.#connection?.stop();
        this.#onPath('failed');
      }
    });
  }

  // Headers name a person by the hash of their leaf.
  async #waits({ account, leaf }: Person): Promise<void> {
    const bytes = unb64(leaf);
    if (bytes) this.#waiting.set(b64(await sha256(bytes)), account);
  }

  #seated(changes: RosterChange[]): void {
    for (const { slot, leaf } of changes) {
      const account = leaf === null ? undefined : this.#waiting.get(leaf);
      if (leaf === null || account === undefined) continue;
      this.#waiting.delete(leaf);
      this.#events.keyed(account, slot);
    }
  }

  #onPath(path: Path): void {
    if (this.#closed) return;
    if (path === 'up') this.#timer ??= setInterval(() => void this.#levels(), LEVELS_MS);
    this.#events.path(path);
  }

  #onFrames(event: FromWorker): void {
    if (event.ev === 'heard') this.#onHeard(event.slot, event.index, event.counter);
    else if (!this.#closed && event.ev !== 'stats') void this.#keys?.frames(event);
  }

  // The frame's key says who speaks; the server only says in which slot.
  #onHeard(slot: number, index: number, counter: number): void {
    const account = this.#stages.get(counter)?.find((sender) => sender.index === index)?.account;
    if (account === undefined || this.#closed) return;
    const before = this.#inSlot[slot];
    if (before === account) return;
    this.#inSlot[slot] = account;
    if (before && !this.#inSlot.includes(before)) this.#events.level(before, 0);
    this.#speakers?.setVolume(slot, this.#volumes(account));
  }

  async #levels(): Promise<void> {
    if (this.#reading) return;
    this.#reading = true;
    try {
      const levels = await this.#connection?.levels();
      if (!levels || this.#closed) return;
      const heard = new Map<Id, number>();
      levels.slots.forEach((level, slot) => {
        const account = this.#inSlot[slot];
        if (account) heard.set(account, Math.max(level, heard.get(account) ?? 0));
      });
      for (const [account, level] of heard) this.#events.level(account, level);
      this.#events.myLevel(levels.mine);
    } catch {
      // A connection that closes while it is asked: there is no level then.
    } finally {
      this.#reading = false;
    }
  }

  #live(): void {
    if (this.#closed) throw RequestError.local('offline', 'the join was given up');
  }
}

async function coded<T>(code: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof RequestError) throw error;
    throw new RequestError({ code, message: String(error) });
  }
}
