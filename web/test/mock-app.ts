// An app that is only made of signals: scenes for looking at the screens, without a server or a microphone.
// Actions change the scene as the real app would and write themselves into `calls`.

import { computed, type Signal, signal } from '@preact/signals';
import type { App, Face, InviteView, Outcome, PersonView, RoomCard, RoomView } from '../src/state/model.ts';

const done: Outcome = { ok: true, value: undefined };

export const people: Face[] = [
  'Inès Martin',
  'Tom Okafor',
  'Ada Lindqvist',
  'Youssef Haddad',
  'Maëlle Le Goff',
  'Jun Watanabe',
  'Carla Ruiz',
  'Bao Nguyen',
  'Zoé',
  'Magnus Friis-Andersen',
  'Priya Raman',
  'Léo Petit',
].map((name, i) => ({ account: `acct-${String(i * 7 + 3).padStart(17, 'x')}`, name }));

const face = (i: number): Face => people[i] ?? { account: 'nobody', name: 'Nobody' };
const faces = (...list: number[]): Face[] => list.map(face);

export const cards: RoomCard[] = [
  {
    id: 'room-aaaaaaaaaaaaaaaaa',
    title: 'What we learnt from a winter without a phone',
    who: 'everyone',
    opened: 0,
    people: 14,
    speakers: 3,
    faces: faces(1, 2, 4, 5),
  },
  {
    id: 'room-bbbbbbbbbbbbbbbbb',
    title: '',
    who: 'picked',
    opened: 0,
    people: 3,
    speakers: 2,
    faces: faces(3, 8, 6),
  },
  {
    id: 'room-ccccccccccccccccc',
    title: 'Tuesday jazz, and coffee after',
    who: 'everyone',
    opened: 0,
    people: 2,
    speakers: 1,
    faces: faces(10, 11),
  },
];

export function person(i: number, more: Partial<PersonView> = {}): PersonView {
  return {
    ...face(i),
    me: i === 0,
    role: 'listener',
    club: 'member',
    stage: false,
    muted: true,
    away: false,
    leaving: false,
    keyed: true,
    called: false,
    hand: 0,
    order: i,
    level: signal(0),
    chain: 'good',
    chainNames: [],
    ...more,
  };
}

export const speaking = (i: number, level: number, more: Partial<PersonView> = {}): PersonView =>
  person(i, { stage: true, muted: false, role: 'speaker', level: signal(level), ...more });

export class MockApp implements App {
  readonly calls: string[] = [];
  readonly screen: Signal<App['screen']['value']> = signal({ at: 'starting' });
  readonly link: Signal<App['link']['value']> = signal('online');
  readonly club = signal('Les Apartés du mardi');
  readonly me: Signal<App['me']['value']> = signal(null);
  readonly rooms: Signal<RoomCard[]> = signal([]);
  readonly room: Signal<RoomView | null> = signal(null);
  readonly notice: Signal<App['notice']['value']> = signal(null);
  readonly invites: Signal<App['invites']['value']> = signal(null);
  readonly known: Signal<Face[]> = signal([]);
  readonly list: Signal<PersonView[]> = signal([]);
  readonly volume: Signal<Record<string, number>> = signal({});
  fails: string | null = null; // the next action ends with this code

  #did(call: string): Outcome {
    this.calls.push(call);
    if (!this.fails) return done;
    const code = this.fails;
    this.fails = null;
    return { ok: false, code };
  }

  #change(account: string, more: Partial<PersonView>): void {
    this.list.value = this.list.value.map((p) => (p.account === account ? { ...p, ...more } : p));
  }

  #mine(more: Partial<PersonView>): void {
    const me = this.list.value.find((p) => p.me);
    if (me) this.#change(me.account, more);
  }

  member(role: 'founder' | 'admin' | 'member' = 'member'): void {
    this.me.value = { ...face(0), role };
    this.known.value = people.slice(1);
  }

  invite(state: InviteView['state'], kind: InviteView['kind'] = 'invite'): void {
    this.screen.value = {
      at: 'invite',
      invite: { state, kind, club: this.club.value, inviter: 'Tom Okafor' },
    };
  }

  hall(rooms: RoomCard[]): void {
    this.member();
    this.rooms.value = rooms;
    this.screen.value = { at: 'hall' };
  }

  inRoom(list: PersonView[], more: Partial<RoomView> = {}): void {
    this.member(list.find((p) => p.me)?.club ?? 'member');
    this.list.value = list;
    const card = cards[0];
    if (!card) return;
    this.room.value = {
      card: { ...card, people: list.length },
      phase: 'live',
      people: this.list,
      me: computed(() => this.list.value.find((p) => p.me) ?? null),
      hearers: list.length,
      trouble: null,
      troubleWith: null,
      mic: 'idle',
      calledBy: null,
      tapToListen: false,
      volume: this.volume,
      ...more,
    };
    this.screen.value = { at: 'room' };
  }

  roomIs(more: Partial<RoomView>): void {
    if (this.room.value) this.room.value = { ...this.room.value, ...more };
  }

  async start(): Promise<void> {}
  async join(name: string): Promise<Outcome> {
    const outcome = this.#did(`join ${name}`);
    if (outcome.ok) this.hall([]);
    return outcome;
  }
  async makeInvite(): Promise<Outcome<string>> {
    const outcome = this.#did('makeInvite');
    if (!outcome.ok) return outcome;
    void this.loadInvites();
    const n = this.calls.filter((c) => c === 'makeInvite').length;
    return {
      ok: true,
      value: `https://aparte.example.org/#AQ${n}xvZG9uLWxvb2stYmVoaW5kLXRoZS1jdXJ0YWluLXBsZWFzZQ`,
    };
  }
  async revokeInvite(invite: string): Promise<Outcome> {
    const now = this.invites.value;
    if (now)
      this.invites.value = {
        ...now,
        list: now.list.map((i) => (i.invite === invite ? { ...i, state: 'revoked' } : i)),
      };
    return this.#did(`revokeInvite ${invite}`);
  }
  async loadInvites(): Promise<Outcome> {
    const day = 86_400_000;
    const at = Date.UTC(2026, 10, 24, 12);
    this.invites.value ??= {
      left: 3,
      list: [
        { invite: 'k1', state: 'open', time: at, expires: at + 7 * day },
        { invite: 'k2', state: 'used', time: at - 3 * day, expires: at + 4 * day, guest: face(8) },
        { invite: 'k3', state: 'expired', time: at - 12 * day, expires: at - 5 * day },
      ],
    };
    return this.#did('loadInvites');
  }
  async openRoom(title: string, picked: string[] | null): Promise<Outcome> {
    const outcome = this.#did(`openRoom ${title} ${picked ? picked.length : 'everyone'}`);
    if (outcome.ok) {
      this.inRoom([person(0, { stage: true, role: 'moderator' })]);
      const card = cards[0];
      if (card) this.roomIs({ card: { ...card, title } });
    }
    return outcome;
  }
  async enterRoom(room: string): Promise<Outcome> {
    return this.#did(`enterRoom ${room}`);
  }
  async leaveRoom(): Promise<void> {
    this.#did('leaveRoom');
    this.room.value = null;
    this.screen.value = { at: 'hall' };
  }
  showHall(show: boolean): void {
    this.#did(`showHall ${show}`);
    this.screen.value = { at: show ? 'hall' : 'room' };
  }
  async raiseHand(up: boolean): Promise<Outcome> {
    this.#mine({ hand: up ? Date.now() : 0 });
    return this.#did(`raiseHand ${up}`);
  }
  async mute(muted: boolean): Promise<Outcome> {
    this.#mine({ muted });
    return this.#did(`mute ${muted}`);
  }
  async answerCall(accept: boolean): Promise<Outcome> {
    this.roomIs({ calledBy: null });
    if (accept) this.#mine({ stage: true, role: 'speaker', muted: true });
    return this.#did(`answerCall ${accept}`);
  }
  async bring(account: string): Promise<Outcome> {
    const outcome = this.#did(`bring ${account}`);
    if (outcome.ok) this.#change(account, { stage: true, role: 'speaker', hand: 0 });
    return outcome;
  }
  async sendBack(account: string): Promise<Outcome> {
    this.#change(account, { stage: false, role: 'listener' });
    return this.#did(`sendBack ${account}`);
  }
  async muteOther(account: string): Promise<Outcome> {
    this.#change(account, { muted: true });
    return this.#did(`muteOther ${account}`);
  }
  async remove(account: string): Promise<Outcome> {
    this.list.value = this.list.value.filter((p) => p.account !== account);
    return this.#did(`remove ${account}`);
  }
  async ban(account: string): Promise<Outcome> {
    this.list.value = this.list.value.filter((p) => p.account !== account);
    return this.#did(`ban ${account}`);
  }
  async endRoom(): Promise<Outcome> {
    this.room.value = null;
    this.screen.value = { at: 'hall' };
    return this.#did('endRoom');
  }
  setVolume(account: string, volume: number): void {
    this.volume.value = { ...this.volume.value, [account]: volume };
    this.#did(`setVolume ${account} ${volume}`);
  }
  tapToListen(): void {
    this.roomIs({ tapToListen: false });
    this.#did('tapToListen');
  }
  dismissNotice(): void {
    this.notice.value = null;
  }
}
