// The room one is in, from the tap on its card to the way out: its joins (one after another, when the
// network fails), its people, and the microphone. What it shows is one RoomView.

import { type Signal, signal } from '@preact/signals';
import type { Face, Id, LeftWhy, RequestName, Requests, RoomCard } from '../api/messages.ts';
import { unb64 } from '../base/bytes.ts';
import { type WordsLang, wordsOf } from '../base/words.ts';
import type { KeysState } from '../e2ee/types.ts';
import type { Path } from '../rtc/connection.ts';
import type { Microphone, MicState } from '../rtc/microphone.ts';
import { passes } from '../socket/failure.ts';
import type { Incoming } from '../socket/socket.ts';
import { Join, type JoinPorts, type JoinReply } from './join.ts';
import type { NoticeKey } from './keys.ts';
import type { Outcome, RoomPhase, RoomView } from './model.ts';
import { attempt, failed } from './outcome.ts';
import { type Chains, People } from './people.ts';

export interface RoomPorts extends JoinPorts {
  microphone(onState: (state: MicState) => void): Pick<Microphone, 'state' | 'open' | 'live' | 'stop'>;
  notice(key: NoticeKey, params?: Record<string, string | number>): void;
  failed(code: string): void; // out of the room for this reason
  left(): void; // the room is over for us, whatever the reason
  met(people: Face[]): void;
  lang(): WordsLang; // of the screens
  chains: Chains;
}

const WORDS = 4;
const SLOW_MS = 3000; // then one is told that another path is being tried
const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 8000;

export class Room {
  readonly id: Id;
  readonly view: Signal<RoomView>;
  #ports: RoomPorts;
  #people: People;
  #mine: Id;
  #mic: ReturnType<RoomPorts['microphone']>;
  #talking = signal(false); // we mean to be heard, and the server agreed
  #volumes = signal<Record<Id, number>>({});
  #card: RoomCard;
  #join: Join | null = null;
  #starting: Join | null = null;
  #online = true;
  #present = true; // false from the loss of the session until the server has us in the room again
  #path: Path = 'looking';
  #everUp = false;
  #slow = false;
  #keys: KeysState | null = null;
  #calledBy: string | null = null;
  #blocked = false;
  #closing = false; // we asked for its end, and need not be told of it
  #over = false;
  #retries = 0;
  #retryTimer: ReturnType<typeof setTimeout> | undefined;
  #slowTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(card: RoomCard, mine: Id, ports: RoomPorts) {
    this.id = card.id;
    this.#card = card;
    this.#mine = mine;
    this.#ports = ports;
    this.#people = new People(mine, this.#talking, ports.chains);
    this.#mic = ports.microphone((state) => this.#onMic(state));
    this.view = signal(this.#look());
  }

  async enter(): Promise<Outcome> {
    this.#slowTimer = setTimeout(() => {
      this.#slow = true;
      this.#show();
    }, SLOW_MS);
    const outcome = await this.#start();
    if (!outcome.ok) this.#end();
    return outcome;
  }

  async leave(): Promise<void> {
    if (this.#over) return;
    this.#end();
    await attempt(() => this.#ports.request('room.leave', {}));
  }

  async act<K extends RequestName>(name: K, members: Requests[K][0]): Promise<Outcome> {
    const outcome = await attempt(() => this.#ports.request(name, members));
    return outcome.ok ? { ok: true, value: undefined } : outcome;
  }

  async close(): Promise<Outcome> {
    this.#closing = true;
    const outcome = await this.act('room.end', {});
    this.#closing = outcome.ok;
    return outcome;
  }

  async mute(muted: boolean): Promise<Outcome> {
    if (!this.#people.get(this.#mine)?.stage) return failed('forbidden');
    if (muted) {
      this.#silence();
      return this.act('room.mute', { muted });
    }
    const track = await this.#mic.open();
    if (!track) return failed(this.#mic.state === 'denied' ? 'mic_denied' : 'mic_missing');
    await this.#join?.send(track);
    const outcome = await this.act('room.mute', { muted });
    if (outcome.ok && this.#people.get(this.#mine)?.stage && !this.#over) this.#talk();
    return outcome;
  }

  async answer(accept: boolean): Promise<Outcome> {
    this.#calledBy = null;
    this.#show();
    return this.act('room.answer', { accept });
  }

  setVolume(account: Id, volume: number): void {
    this.#volumes.value = { ...this.#volumes.value, [account]: Math.min(2, Math.max(0, volume)) };
    this.#join?.volumeChanged(account);
  }

  play(): void {
    this.#join?.play();
  }

  rename({ account, name }: Face): void {
    this.#people.rename(account, name);
  }

  // Whose chain counts may have changed.
  logGrew(): void {
    this.#people.touch();
    this.#show();
  }

  get host(): Id {
    return this.#card.host;
  }

  onCard(card: RoomCard): void {
    this.#card = card;
    this.#show();
  }

  // The WebSocket went or came back. Sound goes on meanwhile: the old connection is kept until a new one
  // has taken its place.
  onSession(online: boolean): void {
    if (this.#over || online === this.#online) return;
    this.#online = online;
    this.#present = false;
    this.#show();
    if (online) this.#again();
  }

  onEvent(event: Incoming): void {
    if (this.#over || !this.#join || !('room' in event) || event.room !== this.id) return;
    switch (event.ev) {
      case 'room.person':
        this.#onPerson(event.person);
        break;
      case 'room.left':
        this.#people.left(event.account);
        break;
      case 'room.called':
        this.#calledBy = event.by.name;
        this.#show();
        break;
      case 'room.out':
        // While we join again, "elsewhere" is our own old presence making way for the new one.
        if (event.why !== 'elsewhere' || !this.#starting) this.#onOut(event.why, event.by);
        return;
    }
    this.#join.onEvent(event);
  }

  async #start(): Promise<Outcome> {
    const join: Join = new Join(this.id, (account) => this.#volumes.value[account] ?? 1, this.#ports, {
      joined: (reply) => this.#onJoined(join, reply),
      path: (path) => this.#onPath(path),
      keys: (state) => this.#onKeys(state),
      keyed: (account, slot) => this.#people.keyed(account, slot),
      leftTold: (account) => this.#people.leftTold(account),
      level: (account, level) => {
        this.#people.level(account).value = level;
      },
      myLevel: (level) => {
        this.#people.level(this.#mine).value = this.#talking.value ? level : 0;
      },
      blocked: (blocked) => {
        this.#blocked = blocked;
        this.#show();
      },
    });
    this.#starting = join;
    const outcome = await attempt(() => join.start());
    if (this.#starting === join) this.#starting = null;
    if (!outcome.ok) join.close();
    return outcome;
  }

  // Comes back: now, and after a failure that may pass, a little later.
  #again(): void {
    clearTimeout(this.#retryTimer);
    if (this.#over || !this.#online || this.#starting) return;
    this.#start().then((outcome) => {
      if (outcome.ok || this.#over || this.#starting) return;
      if (passes(outcome.code)) this.#later();
      else {
        this.#end();
        this.#ports.failed(outcome.code);
      }
    });
  }

  #later(): void {
    const wait = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** this.#retries++);
    clearTimeout(this.#retryTimer);
    this.#retryTimer = setTimeout(() => this.#again(), wait);
  }

  #onJoined(join: Join, reply: JoinReply): void {
    this.#join?.close();
    this.#join = join;
    this.#present = true;
    this.#path = 'looking';
    this.#keys = null;
    this.#card = reply.room;
    this.#people.reset(reply.people);
    this.#ports.met(reply.people.map(({ account, name }) => ({ account, name })));
    this.#calledBy = this.#people.get(this.#mine)?.called ? this.#calledBy : null;
    this.#show();
    void this.#restoreMic(join);
  }

  // The server may have muted us with the old presence, or taken us from the stage.
  async #restoreMic(join: Join): Promise<void> {
    if (!this.#talking.value) return;
    const me = this.#people.get(this.#mine);
    const track = me?.stage ? await this.#mic.open() : null;
    if (!track || this.#join !== join) {
      if (!me?.stage) this.#offStage();
      return;
    }
    await join.send(track);
    if (!me?.muted) return;
    const outcome = await this.act('room.mute', { muted: false });
    if (!outcome.ok && this.#join === join) this.#silence();
  }

  #onPath(path: Path): void {
    this.#path = path;
    if (path === 'up') {
      this.#everUp = true;
      this.#retries = 0;
    }
    this.#show();
    if (path === 'failed') this.#later();
  }

  #onKeys(state: KeysState): void {
    this.#keys = state;
    this.#people.keys(state);
    this.#show();
  }

  #onPerson(person: JoinReply['people'][number]): void {
    const before = this.#people.get(person.account);
    this.#people.person(person);
    if (!before) this.#ports.met([{ account: person.account, name: person.name }]);
    if (person.account !== this.#mine) return;
    if (!person.called) this.#calledBy = null;
    if (before?.stage && !person.stage) {
      this.#offStage();
      this.#ports.notice('notice.to_audience');
    } else if (!before?.stage && person.stage) this.#ports.notice('notice.on_stage');
    else if (person.muted && !before?.muted && this.#talking.value) {
      this.#silence();
      this.#ports.notice('notice.muted');
    }
    this.#show();
  }

  #onOut(why: LeftWhy, by: string | undefined): void {
    this.#end();
    if (why !== 'self' && !(why === 'ended' && this.#closing))
      this.#ports.notice(`notice.out_${why}`, { name: by ?? '' });
  }

  #onMic(state: MicState): void {
    if (state === 'ended') {
      this.#silence();
      void this.act('room.mute', { muted: true });
      this.#ports.notice('notice.mic_ended');
    }
    this.#show();
  }

  #talk(): void {
    this.#mic.live(true);
    this.#talking.value = true;
  }

  #silence(): void {
    this.#mic.live(false);
    this.#talking.value = false;
    this.#people.level(this.#mine).value = 0;
  }

  #offStage(): void {
    this.#silence();
    void this.#join?.send(null);
    this.#mic.stop();
  }

  #end(): void {
    if (this.#over) return;
    this.#over = true;
    clearTimeout(this.#retryTimer);
    clearTimeout(this.#slowTimer);
    this.#talking.value = false;
    this.#mic.stop();
    this.#starting?.close();
    this.#join?.close();
    this.#ports.left();
  }

  #phase(): RoomPhase {
    if (this.#keys?.trouble) return 'trouble';
    if (!this.#present || this.#path === 'down' || this.#path === 'failed') return 'reconnecting';
    if (this.#path !== 'up') return this.#everUp ? 'reconnecting' : this.#slow ? 'path' : 'joining';
    return this.#keys?.ready ? 'live' : 'keys';
  }

  #words(): string[] | null {
    const hash = unb64(this.#keys?.hash ?? '', 32);
    return hash && wordsOf(hash, WORDS, this.#ports.lang());
  }

  #look(): RoomView {
    return {
      card: this.#card,
      phase: this.#phase(),
      people: this.#people.list,
      me: this.#people.me,
      hearers: this.#keys?.hearers ?? 0,
      words: this.#words(),
      checking: this.#keys?.checking ?? 0,
      hybrid: this.#keys?.hybrid ?? false,
      quiet: this.#keys?.quiet ?? false,
      trouble: this.#keys?.trouble ?? null,
      troubleWith: this.#people.name(this.#keys?.troubleWith ?? null),
      mic: this.#mic.state,
      calledBy: this.#calledBy,
      tapToListen: this.#blocked,
      volume: this.#volumes,
    };
  }

  #show(): void {
    if (!this.#over) this.view.value = this.#look();
  }
}
