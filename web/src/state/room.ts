// The room one is in, from the tap on its card to the way out: its joins (one after another, when the
// network fails), its people, and the microphone. What it shows is one RoomView.

import { type Signal, signal } from '@preact/signals';
import type { Act, Face, Id, LeftWhy, Person, RequestName, Requests, RoomCard } from '../api/messages.ts';
import { unb64 } from '../base/bytes.ts';
import { type WordsLang, wordsOf } from '../base/words.ts';
import type { KeysState } from '../e2ee/types.ts';
import type { Device } from '../identity/device.ts';
import type { Path } from '../rtc/connection.ts';
import { passes } from '../socket/failure.ts';
import type { Incoming } from '../socket/socket.ts';
import type { Look } from './diagnosis.ts';
import { ACTS } from './hosting.ts';
import { Join, type JoinPorts, type JoinReply } from './join.ts';
import type { NoticeKey } from './keys.ts';
import { Levelling } from './levelling.ts';
import type { Outcome, RoomPhase, RoomView } from './model.ts';
import { attempt } from './outcome.ts';
import { type Chains, moderates, People } from './people.ts';
import type { Sound } from './sound.ts';
import { type Seat, Speech, type SpeechPorts } from './speech.ts';
import { TalkLater } from './talk-later.ts';

export interface RoomPorts extends JoinPorts, Omit<SpeechPorts, 'notice' | 'sound'> {
  device: Pick<Device, 'account' | 'device' | 'sign'>; // ours
  sound: Pick<Sound, 'settings' | 'wish' | 'volumes' | 'unheard' | 'keepVolume'>;
  notice(key: NoticeKey, params?: Record<string, string | number>): void;
  failed(code: string): void; // out of the room for this reason
  left(): void; // the room is over for us, whatever the reason
  moved(card: RoomCard): void; // and we are in one elsewhere
  met(people: Face[]): void;
  lang(): WordsLang; // of the screens
  chains: Chains;
}

const WORDS = 4;
const SLOW_MS = 3000; // then one is told that another path is being tried
const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 8000;

// What is known of a room before the server says more.
export const unknownRoom = (id: Id): RoomCard => ({
  id,
  host: '',
  title: '',
  who: 'everyone',
  sound: 'voice',
  opened: Date.now(),
  people: 0,
  speakers: 0,
  faces: [],
});

export class Room {
  readonly id: Id;
  readonly view: Signal<RoomView>;
  #ports: RoomPorts;
  #people: People;
  #mine: Id;
  #speech: Speech;
  #volumes: Signal<Record<Id, number>>;
  #levelling = new Levelling();
  #card: RoomCard;
  #title = ''; // as it was called while we were here
  #chat = new TalkLater();
  #join: Join | null = null;
  #starting: Join | null = null;
  #online = true;
  #present = true; // false from the loss of the session until the server has us in the room again
  #path: Path = 'looking';
  #everUp = false;
  #slow = false;
  #keys: KeysState | null = null;
  #words: string[] | null = null; // of the header that #keys tells of, once the list of words is there
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
    this.#speech = new Speech(ports, this.#seat());
    this.#people = new People(mine, this.#speech.talking, ports.chains);
    this.#volumes = signal(ports.sound.volumes);
    this.view = signal(this.#look());
  }

  async enter(): Promise<Outcome> {
    this.#timeSlowness();
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

  mute(muted: boolean): Promise<Outcome> {
    return this.#speech.mute(muted);
  }

  async answer(accept: boolean): Promise<Outcome> {
    this.#calledBy = null;
    this.#show();
    return this.act('room.answer', { accept });
  }

  // Kept out by us: who left need not be listed for it any more.
  removed(account: Id, outcome: Outcome): Outcome {
    if (outcome.ok) this.#people.forget(account);
    return outcome;
  }

  setVolume(account: Id, volume: number): void {
    const to = Math.min(2, Math.max(0, volume));
    this.#volumes.value = { ...this.#volumes.value, [account]: to };
    this.#ports.sound.keepVolume(account, to);
    this.volumeChanged(account);
  }

  volumeChanged(account: Id): void {
    this.#join?.volumeChanged(account);
  }

  volumesChanged(): void {
    this.#join?.volumesChanged();
  }

  useSpeaker(device: string): void {
    this.#join?.useSpeaker(device);
  }

  renewMicrophone(): Promise<void> {
    return this.#speech.renew();
  }

  async lookAtSound(): Promise<Look> {
    return (
      (await this.#join?.lookAtSound()) ?? {
        media: null,
        frames: { encrypted: 0, decrypted: 0, dropped: {} },
      }
    );
  }

  play(): void {
    this.#join?.play();
  }

  hold(): void {
    this.#join?.hold();
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
    if (this.#present) this.#title = card.title;
    this.#show();
  }

  networkChanged(): void {
    this.#join?.networkChanged();
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

  // Another device of ours took this place while we were on our way back to it: it is not ours to take unasked.
  elsewhere(): void {
    if (this.#over || !this.#join || (this.#present && !this.#starting)) return;
    if (this.#starting) void this.act('room.leave', {}); // its request may be on its way
    this.#onOut('elsewhere', undefined);
  }

  onEvent(event: Incoming): void {
    if (event.ev === 'elsewhere' && event.room) this.elsewhere();
    if (this.#over || !this.#join || !('room' in event) || event.room !== this.id) return;
    switch (event.ev) {
      case 'room.person':
        this.#onPerson(event.person);
        break;
      case 'room.left':
        this.#people.left(event.account, event.why);
        break;
      case 'room.followed':
        this.#people.followed(event.orders);
        return;
      case 'room.called':
        this.#calledBy = event.by.name;
        this.#show();
        break;
      case 'room.act':
        this.#onAct(event.act, event.by.name);
        return;
      case 'room.hands_down':
        if (this.#people.handsDown() && event.by.account !== this.#mine)
          this.#ports.notice('notice.hands_down', { name: event.by.name });
        return;
      case 'room.out':
        // While we join again, "elsewhere" is our own old presence making way for the new one.
        if (event.why !== 'elsewhere' || !this.#starting) this.#onOut(event.why, event.by);
        return;
    }
    this.#join.onEvent(event);
  }

  async #start(): Promise<Outcome> {
    const join: Join = new Join(this.id, (account) => this.#volume(account), this.#ports, {
      joined: (reply) => this.#onJoined(join, reply),
      path: (path) => this.#onPath(path),
      keys: (state) => this.#onKeys(state),
      keyed: (account, slot) => this.#people.keyed(account, slot),
      leftTold: (account) => this.#people.leftTold(account),
      talkKey: (epoch) => this.#chat.tell((talk) => talk.install(epoch)),
      talk: (event) => this.#chat.tell((talk) => talk.on(event)),
      level: (account, level) => {
        this.#people.level(account).value = level;
        if (this.#levelling.heard(account, level)) this.#join?.volumeChanged(account);
      },
      myLevel: (level) => {
        this.#people.level(this.#mine).value = this.#speech.talking.value ? level : 0;
      },
      blocked: (blocked) => {
        this.#blocked = blocked;
        this.#show();
      },
      step: (event) => this.#speech.onStep(join, event),
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
    this.#words = null;
    this.#card = reply.room;
    this.#speech.traced = reply.trace !== undefined;
    this.#people.reset(reply.people);
    this.#ports.met(reply.people.map(({ account, name }) => ({ account, name })));
    this.#bringTitle(reply);
    this.#openTalk();
    this.#calledBy = this.#people.get(this.#mine)?.called ? this.#calledBy : null;
    this.#show();
    void this.#speech.restore(join);
  }

  // A restart takes titles from the server, never from us.
  #bringTitle({ room, untitled }: JoinReply): void {
    const me = this.#people.get(this.#mine);
    if (!untitled) this.#title = room.title;
    else if (this.#title && me && moderates(me)) void this.act('room.title', { title: this.#title });
  }

  #openTalk(): void {
    this.#chat.begin({
      room: this.id,
      device: this.#ports.device,
      request: (name, members) => this.#ports.request(name, members),
      people: this.#people.list,
      person: (account) => this.#people.get(account),
      deviceKey: (account) => this.#join?.deviceKey(account) ?? null,
      reacted: (account, reaction) => this.#people.reacted(account, reaction),
      sound: () => this.#join?.heard ?? { heard: [], mine: null },
    });
    this.#chat.tell((talk) => talk.soundChanged());
  }

  #timeSlowness(): void {
    clearTimeout(this.#slowTimer);
    this.#slow = false;
    this.#slowTimer = setTimeout(() => {
      this.#slow = true;
      this.#show();
    }, SLOW_MS);
  }

  #onPath(path: Path): void {
    if (path === 'down' && this.#path === 'up') this.#timeSlowness();
    this.#path = path;
    if (path === 'up') {
      clearTimeout(this.#slowTimer);
      this.#slow = false;
      this.#everUp = true;
      this.#retries = 0;
    }
    this.#show();
    if (path === 'failed') this.#later();
  }

  #onKeys(state: KeysState): void {
    const same = state.hash === this.#keys?.hash;
    this.#keys = state;
    this.#people.keys(state);
    this.#chat.tell((talk) => talk.keys(state));
    if (!same) this.#words = null;
    if (!this.#words && state.hash) void this.#findWords(state.hash);
    this.#show();
  }

  #onPerson(person: Person): void {
    const before = this.#people.get(person.account);
    this.#people.person(person);
    if (!before) this.#ports.met([{ account: person.account, name: person.name }]);
    if (person.account !== this.#mine) {
      this.#onAnswer(before, person);
      return;
    }
    if (before && (before.silent ?? false) !== (person.silent ?? false))
      this.#ports.notice(person.silent ? 'notice.silenced' : 'notice.unsilenced');
    if (!person.called) this.#calledBy = null;
    if (before?.stage && !person.stage) {
      this.#speech.offStage();
      this.#ports.notice('notice.to_audience');
    } else if (!before?.stage && person.stage) this.#ports.notice('notice.on_stage');
    else if (person.muted && !before?.muted && this.#speech.talking.value) this.#speech.silence();
    this.#show();
  }

  // What a moderator did to us; the person that comes next shows it.
  #onAct(act: Act, name: string): void {
    const key = ACTS[act];
    if (key) this.#ports.notice(key, { name });
  }

  // Moderators called somebody, who stays in the audience: said no, or nothing for a minute.
  #onAnswer(before: Person | undefined, { name, called, stage }: Person): void {
    const me = this.#people.get(this.#mine);
    if (!before?.called || called || stage || !me || !moderates(me)) return;
    this.#ports.notice('notice.declined', { name });
  }

  #onOut(why: LeftWhy, by: string | undefined): void {
    this.#end();
    if (why === 'elsewhere') this.#ports.moved(this.#card);
    else if (why !== 'self' && !(why === 'ended' && this.#closing))
      this.#ports.notice(`notice.out_${why}`, { name: by ?? '' });
  }

  // Only who is not turned up is levelled.
  #volume(account: Id): number {
    if (this.#ports.sound.unheard.value.has(account)) return 0;
    const chosen = this.#volumes.value[account] ?? 1;
    const level = this.#ports.sound.settings.value.level && chosen <= 1;
    return level ? chosen * this.#levelling.gain(account) : chosen;
  }

  #seat(): Seat {
    const room = this;
    return {
      get card() {
        return room.#card;
      },
      get me() {
        return room.#people.get(room.#mine);
      },
      get join() {
        return room.#join;
      },
      act: (name, members) => this.act(name, members),
      hushed: () => {
        this.#people.level(this.#mine).value = 0;
      },
      changed: () => this.#show(),
    };
  }

  #end(): void {
    if (this.#over) return;
    this.#over = true;
    clearTimeout(this.#retryTimer);
    clearTimeout(this.#slowTimer);
    this.#speech.close();
    this.#chat.close();
    this.#starting?.close();
    this.#join?.close();
    this.#ports.left();
  }

  #phase(): RoomPhase {
    if (this.#keys?.trouble) return 'trouble';
    if (!this.#present) return 'reconnecting';
    if (this.#path !== 'up') return this.#slow ? 'path' : this.#everUp ? 'reconnecting' : 'joining';
    return this.#keys?.ready ? 'live' : 'keys';
  }

  async #findWords(hash: string): Promise<void> {
    const bytes = unb64(hash, 32);
    const words = bytes && (await wordsOf(bytes, WORDS, this.#ports.lang()).catch(() => null));
    if (this.#keys?.hash !== hash) return;
    this.#words = words;
    this.#show();
  }

  #look(): RoomView {
    return {
      card: this.#card,
      phase: this.#phase(),
      people: this.#people.list,
      me: this.#people.me,
      hearers: this.#keys?.hearers ?? 0,
      words: this.#words,
      checking: this.#keys?.checking ?? 0,
      hybrid: this.#keys?.hybrid ?? false,
      quiet: this.#keys?.quiet ?? false,
      trouble: this.#keys?.trouble ?? null,
      troubleWith: this.#people.name(this.#keys?.troubleWith ?? null),
      ...this.#speech.view,
      calledBy: this.#calledBy,
      tapToListen: this.#blocked,
      volume: this.#volumes,
      departed: this.#people.departed,
      talk: this.#chat.view,
    };
  }

  #show(): void {
    if (!this.#over) this.view.value = this.#look();
  }
}
