// One join of one room: a connection, a leaf and the keys that belong to it, from the offer to close().
// Coming back after a loss is another Join. Events reach the keys one after another, in the server's order.

import type { Id, Person, RequestName, Requests, RosterChange } from '../api/messages.ts';
import { type Bytes, b64, unb64 } from '../base/bytes.ts';
import { sha256 } from '../base/sign.ts';
import type { FrameEpoch, FromWorker, KeysPorts, KeysState, RoomKeys, TalkEpoch } from '../e2ee/types.ts';
import type { Connection, ConnectionEvents, Path } from '../rtc/connection.ts';
import type { FrameStats } from '../rtc/facts.ts';
import type { RoomSound } from '../rtc/recorder.ts';
import type { Speakers } from '../rtc/speakers.ts';
import { RequestError } from '../socket/failure.ts';
import type { Incoming } from '../socket/socket.ts';
import type { Look } from './diagnosis.ts';
import { PathKeeper } from './path.ts';
import type { Sound } from './sound.ts';
import type { TalkEvent } from './talk-later.ts';
import type { StepEvent } from './voice.ts';

export interface JoinPorts {
  request<K extends RequestName>(name: K, members: Requests[K][0]): Promise<Requests[K][1]>;
  connect(events: ConnectionEvents, stereo: boolean): Promise<Connection>;
  createKeys(room: Id, ports: KeysPorts): Promise<RoomKeys>;
  speakers(
    slots: MediaStream[],
    device: string,
    onBlocked: (blocked: boolean) => void,
  ): Pick<Speakers, 'play' | 'hold' | 'setVolume' | 'voice' | 'useDevice' | 'close'>;
  sound: Pick<Sound, 'settings'>;
}

export type JoinReply = Requests['room.join'][1];

export interface JoinEvents {
  joined(reply: JoinReply): void; // before any event that follows the reply
  path(path: Path): void;
  keys(state: KeysState): void;
  keyed(account: Id, slot: number): void; // a header gave this person a slot
  leftTold(account: Id): void; // the keys know that this person left
  talkKey(epoch: TalkEpoch): void;
  talk(event: TalkEvent): void; // behind the headers that came before it
  level(account: Id, level: number): void;
  myLevel(level: number): void;
  blocked(blocked: boolean): void;
  step(event: StepEvent): void; // of the two variants of our voice
}

const LEVELS_MS = 100;
const STAGES_KEPT = 8; // more than the keys a receiver keeps

export class Join {
  #room: Id;
  #ports: JoinPorts;
  #events: JoinEvents;
  #connection: Connection | null = null;
  #path: PathKeeper;
  #keys: RoomKeys | null = null;
  #speakers: ReturnType<JoinPorts['speakers']> | null = null;
  #order: Promise<void> = Promise.resolve();
  #open = false;
  #closed = false;
  #stages = new Map<number, FrameEpoch['senders']>();
  #waiting = new Map<string, Id>(); // leaf hash -> who has no slot yet
  #inSlot: (Id | null)[] = [];
  #volumes: (account: Id) => number;
  #track: MediaStreamTrack | null = null; // ours, as it is sent
  #timer: ReturnType<typeof setInterval> | undefined;
  #reading = false;
  #frames: FrameStats = { encrypted: 0, decrypted: 0, dropped: {} };

  constructor(room: Id, volumes: (account: Id) => number, ports: JoinPorts, events: JoinEvents) {
    this.#room = room;
    this.#volumes = volumes;
    this.#ports = ports;
    this.#events = events;
    this.#path = new PathKeeper({ renew: () => this.#renew(), path: (path) => this.#onPath(path) });
  }

  // Rejects with a RequestError; close() is still the caller's.
  async start(): Promise<void> {
    const connection = await coded('no_media', () =>
      this.#ports.connect(
        { path: (path) => this.#path.on(path), frames: (event) => this.#onFrames(event) },
        !this.#ports.sound.settings.value.mono,
      ),
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
    this.#speakers = this.#ports.speakers(
      connection.slots,
      this.#ports.sound.settings.value.speaker,
      this.#events.blocked,
    );
    this.#then(async () => {
      await keys.joined(reply);
      for (const person of reply.people) if (person.slot === undefined) await this.#waits(person);
    });
    await coded('no_media', () => connection.answer(reply.media, reply.room));
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
    if (isTalk(event)) this.#then(async () => this.#events.talk(event));
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

  deviceKey(account: Id): Bytes | null {
    return this.#keys?.deviceKey(account) ?? null;
  }

  get heard(): RoomSound {
    return { heard: this.#connection?.slots ?? [], mine: this.#track };
  }

  async send(a: MediaStreamTrack | null, b: MediaStreamTrack | null = null): Promise<void> {
    this.#track = a;
    await this.#connection?.send(a, b);
  }

  volumeChanged(account: Id): void {
    this.#inSlot.forEach((one, slot) => {
      if (one === account) this.#speakers?.setVolume(slot, this.#volumes(account));
    });
  }

  networkChanged(): void {
    this.#path.changed();
  }

  volumesChanged(): void {
    for (const account of new Set(this.#inSlot)) if (account) this.volumeChanged(account);
  }

  useSpeaker(device: string): void {
    void this.#speakers?.useDevice(device);
  }

  play(): void {
    void this.#speakers?.play();
  }

  hold(): void {
    this.#speakers?.hold();
  }

  async lookAtSound(): Promise<Look> {
    const media = (await this.#connection?.facts().catch(() => null)) ?? null;
    return { media, frames: this.#frames };
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#open = false;
    clearInterval(this.#timer);
    this.#path.close();
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
      install: (epoch, talk) => {
        this.#stages.set(epoch.counter, epoch.senders);
        for (const counter of this.#stages.keys())
          if (this.#stages.size > STAGES_KEPT) this.#stages.delete(counter);
        connection.install(epoch);
        if (!this.#closed) this.#events.talkKey(talk);
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

  async #renew(): Promise<void> {
    await this.#connection?.renew((ufrag) => this.#ports.request('room.path', { room: this.#room, ufrag }));
  }

  #onPath(path: Path): void {
    if (this.#closed) return;
    if (path === 'up') this.#timer ??= setInterval(() => void this.#levels(), LEVELS_MS);
    this.#events.path(path);
  }

  #onFrames(event: FromWorker): void {
    if (event.ev === 'heard') this.#onHeard(event.slot, event.index, event.counter);
    else if (event.ev === 'stats') this.#frames = event;
    else if (this.#closed) return;
    else if (event.ev === 'step' || event.ev === 'apart') this.#events.step(event);
    else void this.#keys?.frames(event);
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
        const voice = this.#speakers?.voice(slot, level) ?? level;
        if (account) heard.set(account, Math.max(voice, heard.get(account) ?? 0));
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

const TALK = new Set(['room.say', 'room.react', 'room.note', 'room.pin']);

function isTalk(event: Incoming): event is TalkEvent {
  return TALK.has(event.ev);
}

async function coded<T>(code: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof RequestError) throw error;
    throw new RequestError({ code, message: String(error) });
  }
}
