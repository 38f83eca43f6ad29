// Talking without speaking, from the room's side: what was said since we came, what waits to be sent, the pinned line
// and the consent to record. Comes in a chunk of its own. Everything is sealed by e2ee/talk.ts; messages are opened,
// and sealed, one after another, in the server's order.

import { computed, effect, type ReadonlySignal, signal } from '@preact/signals';
import type { Events, Id, Person, RequestName, Requests } from '../api/messages.ts';
import { b64, random } from '../base/bytes.ts';
import { saveFile } from '../base/save.ts';
import { shownText } from '../base/shown.ts';
import { type Content, MOST_CHARS, type Reaction, ROADS, type Road, type Said, Talk } from '../e2ee/talk.ts';
import type { KeysState, TalkEpoch } from '../e2ee/types.ts';
import type { Device } from '../identity/device.ts';
import { Recorder, type RoomSound, tone } from '../rtc/recorder.ts';
import { passes, RequestError } from '../socket/failure.ts';
import type { Outcome, PersonView, TalkLine, TalkView } from './model.ts';
import { attempt, failed } from './outcome.ts';
import { Recording } from './recording.ts';

export interface TalkPorts {
  room: Id;
  device: Pick<Device, 'account' | 'device' | 'sign'>;
  request<K extends RequestName>(name: K, members: Requests[K][0]): Promise<Requests[K][1]>;
  people: ReadonlySignal<PersonView[]>;
  person(account: Id): Person | undefined;
  deviceKey(account: Id): Uint8Array<ArrayBuffer> | null; // proven
  reacted(account: Id, reaction: Reaction | null): void;
  sound(): RoomSound; // what is heard here, and our own microphone
}

export type TalkEvent = { [R in Road]: { ev: R } & Events[R] }[Road];

const MOST_LINES = 500;
const MOST_WAITING = 64;
const WAIT_MS = 10_000; // for a header, or for a chain that is being checked
const REACTION_MS = 4_000;
const STALE_TRIES = 3;
const STALE_MS = 200; // until the header that overtook ours is here
const PIN_MS = 500; // arrivals come in company
const PIN_AGAIN_MS = 2_000;
const TICK_MS = 1_000;

type Line = Omit<TalkLine, 'removable'>;

interface Waiting {
  road: Road;
  account: Id;
  data: string;
  until: number;
}

export class TalkRoom implements TalkView {
  readonly lines: ReadonlySignal<TalkLine[]>;
  readonly unread = signal(false);
  readonly pin = signal('');
  readonly recording = signal<TalkView['recording']['value']>(null);
  readonly #ports: TalkPorts;
  readonly #talk: Talk;
  readonly #consent: Recording;
  readonly #recorder: Recorder;
  readonly #me: Id;
  readonly #lines = signal<Line[]>([]);
  #incoming: Promise<void> = Promise.resolve();
  #outgoing: Promise<unknown> = Promise.resolve();
  #waiting: Waiting[] = [];
  #reading = false;
  #header: string | null = null; // that the pinned line was sealed under last
  #pinTimer: ReturnType<typeof setTimeout> | undefined;
  readonly #tick: ReturnType<typeof setInterval>;
  readonly #reactionTimers = new Map<Id, ReturnType<typeof setTimeout>>();
  readonly #unwatch: () => void;
  #closed = false;

  constructor(ports: TalkPorts) {
    const { room, device } = ports;
    this.#ports = ports;
    this.#me = device.account;
    this.#talk = new Talk({
      room,
      account: device.account,
      device: device.device,
      sign: (purpose, body) => device.sign(purpose, body),
      sender: (account) => {
        const person = ports.person(account);
        return person ? { device: person.device, key: ports.deviceKey(account) } : null;
      },
    });
    this.lines = computed(() => {
      ports.people.value; // ranks change, and people leave
      return this.#lines.value.map((line) => ({ ...line, removable: this.#mayRemove(line) }));
    });
    this.#recorder = new Recorder(() => ports.sound());
    this.#consent = new Recording({
      me: this.#me,
      now: () => Date.now(),
      newId: () => b64(random(16)),
      stage: () => ports.people.peek().filter(({ stage, leaving }) => stage && !leaving),
      nameOf: (account) => this.#name(account),
      send: async (content) => (await this.#send(content)).ok,
      start: () => this.#recorder.start(),
      pause: () => this.#recorder.pause(),
      finish: () => void this.#recorder.finish().then((file) => file && saveFile(file.blob, file.name)),
      tone,
      changed: (view) => {
        this.recording.value = view;
      },
    });
    this.#tick = setInterval(() => this.#consent.tick(), TICK_MS);
    this.#unwatch = effect(() => {
      ports.people.value;
      this.#consent.stageChanged();
    });
  }

  // ---- from the room, in its order

  install(epoch: TalkEpoch): void {
    this.#then(async () => {
      await this.#talk.install(epoch);
      await this.#drain();
    });
  }

  // Somebody may be proven now; and whoever signed the header has the pinned line for those it let in.
  keys({ steward, hash, ready }: KeysState): void {
    this.#then(() => this.#drain());
    if (!ready || hash === this.#header) return;
    this.#header = hash;
    if (steward === this.#me && this.pin.value !== '') this.#pinAgain(PIN_MS);
  }

  on(event: TalkEvent): void {
    const list = 'list' in event ? event.list : [event];
    const until = Date.now() + WAIT_MS;
    for (const { account, data } of list)
      if (account !== this.#me) this.#waiting.push({ road: event.ev, account, data, until });
    this.#waiting = this.#waiting.slice(-MOST_WAITING);
    this.#then(() => this.#drain());
  }

  // Another connection carries the room's sound now.
  soundChanged(): void {
    this.#recorder.soundChanged();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#unwatch();
    clearInterval(this.#tick);
    clearTimeout(this.#pinTimer);
    for (const timer of this.#reactionTimers.values()) clearTimeout(timer);
    this.#consent.close();
    this.#talk.forget();
  }

  // ---- TalkView

  reading(shown: boolean): void {
    this.#reading = shown;
    if (shown) this.unread.value = false;
  }

  async say(text: string): Promise<Outcome> {
    const shown = shownText(text, MOST_CHARS);
    if (shown === '') return failed('empty_text');
    const id = b64(random(16));
    const line = { id, author: this.#me, name: this.#name(this.#me), mine: true, text: shown };
    this.#add({ ...line, time: Date.now(), state: 'sending', why: null, removed: null });
    return this.#sendLine(id, shown);
  }

  async retry(id: Id): Promise<Outcome> {
    const line = this.#line(id);
    return line?.state === 'unsent' ? this.#sendLine(id, line.text) : failed('not_found');
  }

  drop(id: Id): void {
    if (this.#line(id)?.state !== 'unsent') return;
    this.#lines.value = this.#lines.value.filter((one) => one.id !== id);
  }

  async remove(id: Id): Promise<Outcome> {
    const line = this.#line(id);
    if (line?.state !== 'sent') return failed('not_found');
    const outcome = await this.#send({ kind: 'removal', author: line.author, id });
    if (outcome.ok) this.#strike(this.#me, line);
    return outcome;
  }

  async react(reaction: Reaction): Promise<Outcome> {
    const outcome = await this.#send({ kind: 'reaction', reaction });
    if (outcome.ok) this.#react(this.#me, reaction);
    return outcome;
  }

  async pinLine(text: string): Promise<Outcome> {
    const shown = shownText(text, MOST_CHARS);
    const outcome = await this.#send({ kind: 'pin', text: shown });
    if (outcome.ok) this.pin.value = shown;
    return outcome;
  }

  silence(account: Id, silent: boolean): Promise<Outcome> {
    return this.#request('room.silence', { account, silent });
  }

  async askToRecord(): Promise<Outcome> {
    if (this.#consent.busy) return failed('recording_stands');
    if (!Recorder.available()) return failed('no_recorder');
    return this.#consent.ask() ? { ok: true, value: undefined } : failed('forbidden');
  }

  async answerRecording(yes: boolean): Promise<Outcome> {
    this.#consent.answer(yes);
    return { ok: true, value: undefined };
  }

  stopRecording(): void {
    this.#consent.stop();
  }

  // ---- out

  async #sendLine(id: Id, text: string): Promise<Outcome> {
    this.#change(id, { state: 'sending', why: null });
    const outcome = await this.#send({ kind: 'chat', text }, id);
    if (outcome.ok) this.#change(id, { state: 'sent', time: Date.now() });
    else this.#change(id, { state: 'unsent', why: outcome.code });
    return outcome;
  }

  // Sealed and sent in one order, so that the numbers rise as they leave.
  #send(content: Content, id: Id = b64(random(16)), again = false): Promise<Outcome> {
    const sent = this.#outgoing.then(() => this.#attempt(content, id, again));
    this.#outgoing = sent;
    return sent;
  }

  async #attempt(content: Content, id: Id, again: boolean): Promise<Outcome> {
    const road = ROADS[content.kind];
    for (let tries = 1; ; tries++) {
      const data = this.#closed ? null : await this.#talk.seal(id, Date.now(), content);
      if (data === null) return failed('no_key_yet');
      const members = { room: this.#ports.room, data };
      const outcome = await (road === 'room.pin'
        ? this.#request(road, { ...members, again })
        : this.#request(road, members));
      if (outcome.ok || outcome.code !== 'stale_header' || tries === STALE_TRIES) return outcome;
      await new Promise((resolve) => setTimeout(resolve, STALE_MS));
    }
  }

  #request<K extends RequestName>(name: K, members: Requests[K][0]): Promise<Outcome> {
    return attempt(async () => {
      if (this.#closed) throw RequestError.local('offline', 'out of the room');
      await this.#ports.request(name, members);
    });
  }

  #pinAgain(ms: number): void {
    clearTimeout(this.#pinTimer);
    this.#pinTimer = setTimeout(async () => {
      const outcome = await this.#send({ kind: 'pin', text: this.pin.value }, undefined, true);
      if (!outcome.ok && passes(outcome.code) && !this.#closed)
        this.#pinAgain(outcome.retryAfterMs ?? PIN_AGAIN_MS);
    }, ms);
  }

  // ---- in

  #then(step: () => Promise<void>): void {
    this.#incoming = this.#incoming.then(async () => {
      if (!this.#closed) await step().catch(console.error); // a bug of ours; the room goes on without that message
    });
  }

  // Who waits makes their own later messages wait: their numbers rise.
  async #drain(): Promise<void> {
    const [waiting, now] = [this.#waiting, Date.now()];
    const held = new Set<Id>();
    this.#waiting = [];
    const kept: Waiting[] = [];
    for (const one of waiting) {
      const said = held.has(one.account) ? 'later' : await this.#talk.open(one.road, one.account, one.data);
      if (said === 'later') {
        held.add(one.account);
        if (one.until > now) kept.push(one);
      } else if (said && !this.#closed) this.#take(said);
    }
    this.#waiting = [...kept, ...this.#waiting];
  }

  #take({ account, id, content }: Said): void {
    if (content.kind === 'chat') this.#onChat(account, id, content.text);
    else if (content.kind === 'reaction') this.#react(account, content.reaction);
    else if (content.kind === 'removal') this.#onRemoval(account, content);
    else if (content.kind !== 'pin') this.#consent.on(account, content);
    else if (this.#mayPin(account)) this.pin.value = shownText(content.text, MOST_CHARS);
  }

  #onRemoval(by: Id, { author, id }: { author: Id; id: Id }): void {
    const line = this.#line(id);
    if (line?.author === author) this.#strike(by, line);
  }

  #onChat(account: Id, id: Id, text: string): void {
    const shown = shownText(text, MOST_CHARS);
    if (shown === '' || this.#line(id)) return;
    const line = {
      id,
      author: account,
      name: this.#name(account),
      mine: false,
      text: shown,
      time: Date.now(),
    };
    this.#add({ ...line, state: 'sent', why: null, removed: null });
    if (!this.#reading) this.unread.value = true;
  }

  #react(account: Id, reaction: Reaction): void {
    clearTimeout(this.#reactionTimers.get(account));
    this.#ports.reacted(account, reaction);
    const over = (): void => {
      this.#reactionTimers.delete(account);
      this.#ports.reacted(account, null);
    };
    this.#reactionTimers.set(account, setTimeout(over, REACTION_MS));
  }

  // Removed is what one wrote oneself, and by a moderator what somebody below wrote.
  #strike(by: Id, line: Line): void {
    const own = by === line.author;
    if (!own && !this.#below(line.author, by)) return;
    this.#change(line.id, { text: '', removed: own ? 'author' : 'host' });
  }

  // ---- the list

  #line(id: Id): Line | undefined {
    return this.#lines.value.find((one) => one.id === id);
  }

  #add(line: Line): void {
    this.#lines.value = [...this.#lines.value, line].slice(-MOST_LINES);
  }

  #change(id: Id, news: Partial<Line>): void {
    this.#lines.value = this.#lines.value.map((one) => (one.id === id ? { ...one, ...news } : one));
  }

  // ---- who may

  #name(account: Id): string {
    return this.#ports.person(account)?.name ?? '';
  }

  // Somebody who has left has no rank any more.
  #below(account: Id, by: Id): boolean {
    const rank = rankOf(this.#ports.person(by));
    return rank >= MODERATOR && rank > rankOf(this.#ports.person(account));
  }

  #mayRemove({ author, mine, state, removed }: Line): boolean {
    return state === 'sent' && removed === null && (mine || this.#below(author, this.#me));
  }

  #mayPin(account: Id): boolean {
    const person = this.#ports.person(account);
    if (rankOf(person) >= MODERATOR) return true;
    const moderated = this.#ports.people
      .peek()
      .some(({ role, club, leaving }) => !leaving && (role === 'moderator' || club !== 'member'));
    return !moderated && (person?.stage ?? false);
  }
}

const MODERATOR = 2;

// As the server ranks people in a room: docs/protocol.md, "Room".
function rankOf(person: Person | undefined): number {
  if (!person) return 0;
  if (person.club === 'founder') return 4;
  if (person.club === 'admin') return 3;
  return person.role === 'moderator' ? MODERATOR : 1;
}
