// An app that is only made of signals: scenes for looking at the screens, without a server or a microphone.
// Actions change the scene as the real app would and write themselves into `calls`.

import { computed, type Signal, signal } from '@preact/signals';
import type { Account, Alert, Health, OpenInvite } from '../src/api/admin.ts';
import type { Person } from '../src/api/messages.ts';
import type {
  App,
  EventCard,
  Face,
  Finding,
  FullRoom,
  HandsPolicy,
  InviteView,
  Knock,
  ModEntry,
  Moved,
  NewDevice,
  NewEvent,
  NewReport,
  NewRoom,
  Outcome,
  PersonView,
  Ping,
  RecoveryView,
  Report,
  RoomCard,
  RoomView,
  SoundControls,
  SoundSettings,
  TracingView,
} from '../src/state/model.ts';
import { People } from '../src/state/people.ts';
import { MockHouse } from './mock-house.ts';
import { MockTalk } from './mock-talk.ts';

export const SIX = ['amber', 'kettle', 'meadow', 'pencil', 'saddle', 'winter'];

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
    host: face(1).account,
    title: 'What we learnt from a winter without a phone',
    who: 'everyone',
    sound: 'voice',
    opened: 0,
    people: 14,
    speakers: 3,
    faces: faces(1, 2, 4, 5),
  },
  {
    id: 'room-bbbbbbbbbbbbbbbbb',
    host: face(1).account,
    title: '',
    who: 'picked',
    sound: 'voice',
    opened: 0,
    people: 3,
    speakers: 2,
    faces: faces(3, 8, 6),
  },
  {
    id: 'room-ccccccccccccccccc',
    host: face(1).account,
    title: 'Tuesday jazz, and coffee after',
    who: 'everyone',
    sound: 'voice',
    opened: 0,
    people: 2,
    speakers: 1,
    faces: faces(10, 11),
  },
];

export function person(i: number, more: Partial<PersonView> = {}): PersonView {
  const is: Omit<PersonView, 'moderates'> = {
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
    silent: false,
    reaction: signal(null),
    hand: 0,
    order: i,
    followed: false,
    level: signal(0),
    chain: 'good',
    chainNames: [],
    picture: signal(null),
    forged: false,
    unverified: false,
    unmarked: false,
    ...more,
  };
  return { ...is, moderates: is.role === 'moderator' || is.club !== 'member' };
}

export const speaking = (i: number, level: number, more: Partial<PersonView> = {}): PersonView =>
  person(i, { stage: true, muted: false, role: 'speaker', level: signal(level), ...more });

export class MockSound implements SoundControls {
  readonly settings: Signal<SoundSettings> = signal({
    microphone: '',
    speaker: '',
    echo: true,
    noise: true,
    gain: true,
    mono: false,
    level: true,
    pushToTalk: false,
  });
  readonly microphones = signal([
    { id: 'm1', name: 'Headset' },
    { id: 'm2', name: '' },
  ]);
  readonly speakers = signal([{ id: 's1', name: 'Headset' }]);
  readonly unheard: Signal<ReadonlySet<string>> = signal(new Set());
  found: Finding[] = [
    { kind: 'bad', key: 'sound.no_packets', params: {} },
    { kind: 'note', key: 'sound.path_tcp', params: { ms: 41 } },
    { kind: 'good', key: 'sound.speaking', params: {} },
  ];
  level = 0.4;
  #did: (call: string) => Outcome;

  constructor(did: (call: string) => Outcome) {
    this.#did = did;
  }
  set(change: Partial<SoundSettings>): void {
    this.settings.value = { ...this.settings.value, ...change };
    this.#did(`sound ${JSON.stringify(change)}`);
  }
  muteForMe(account: string, on: boolean): void {
    this.unheard.value = new Set(on ? [account] : []);
    this.#did(`muteForMe ${account} ${on}`);
  }
  async loadDevices(): Promise<void> {}
  async playChord(): Promise<Outcome> {
    return this.#did('playChord');
  }
  async meter(onLevel: (level: number) => void): Promise<Outcome<() => void>> {
    const outcome = this.#did('meter');
    if (!outcome.ok) return outcome;
    const timer = setInterval(() => onLevel(this.level), 50);
    const stop = (): void => {
      clearInterval(timer);
      this.#did('meter off');
    };
    return { ok: true, value: stop };
  }
  async debug(): Promise<Finding[]> {
    return this.found;
  }
}

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
  readonly devices: Signal<App['devices']['value']> = signal(null);
  readonly found: Signal<App['found']['value']> = signal(null);
  readonly recovery: Signal<App['recovery']['value']> = signal(null);
  readonly modLog: Signal<App['modLog']['value']> = signal(null);
  readonly asks: Signal<App['asks']['value']> = signal([]);
  readonly claims: Signal<App['claims']['value']> = signal(null);
  readonly fork: Signal<App['fork']['value']> = signal(null);
  readonly tracing = {
    view: signal<TracingView | null>(null),
    load: async (): Promise<Outcome> => {
      this.tracing.view.value ??= { mine: false, holders: [face(0)], rooms: [] };
      return this.#did('tracing.load');
    },
    takePart: async (): Promise<Outcome> => {
      const { view } = this.tracing;
      if (view.value) view.value = { ...view.value, mine: true };
      return this.#did('tracing.takePart');
    },
    release: async (room: string): Promise<Outcome<{ text: string; speakers: number; refused: number }>> => {
      const outcome = this.#did(`tracing.release ${room}`);
      return outcome.ok ? { ok: true, value: { text: 'AQIDBA', speakers: 2, refused: 0 } } : outcome;
    },
    find: async (account: string): Promise<Outcome<{ face: Face; inviters: Face[] }>> => {
      const outcome = this.#did(`tracing.find ${account}`);
      return outcome.ok ? { ok: true, value: { face: face(9), inviters: [face(3), face(0)] } } : outcome;
    },
  };
  readonly list: Signal<PersonView[]> = signal([]);
  readonly volume: Signal<Record<string, number>> = signal({});
  readonly departed: Signal<Face[]> = signal([face(9)]);
  readonly sound = new MockSound((call) => this.#did(call));
  readonly talk = signal(new MockTalk(people, (call) => this.#did(call)));
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

  #cardIs(more: Partial<RoomCard>): void {
    const room = this.room.value;
    if (room) this.room.value = { ...room, card: { ...room.card, ...more } };
  }

  #mine(more: Partial<PersonView>): void {
    const me = this.list.value.find((p) => p.me);
    if (me) this.#change(me.account, more);
  }

  member(role: 'founder' | 'admin' | 'member' = 'member'): void {
    this.me.value = { ...face(0), role, held: false, claim: null };
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
      words: ['harbour', 'velvet', 'lantern', 'orchard'],
      checking: 0,
      hybrid: true,
      quiet: false,
      trouble: null,
      troubleWith: null,
      tracing: 'yes',
      unmarked: false,
      mic: 'idle',
      calledBy: null,
      tapToListen: false,
      talk: this.talk,
      volume: this.volume,
      departed: this.departed,
      ...more,
    };
    this.screen.value = { at: 'room' };
  }

  /** A room of `count`, of whom four talk; behind the list stands the client's own code. */
  inCrowd(count: number): void {
    const one = (i: number): Person => ({
      account: `acct-${String(i).padStart(17, 'x')}`,
      device: '',
      name: `${face(i % people.length).name} ${i}`,
      club: 'member',
      role: i === 0 ? 'listener' : i < 5 ? 'speaker' : 'listener',
      stage: i > 0 && i < 5,
      muted: i === 0 || i > 4,
      away: false,
      called: false,
      hand: 0,
      order: i,
      leaf: '',
      slot: i,
    });
    const chains = { inviters: () => ['nobody'], nameOf: () => null, picture: () => signal(null) };
    const crowd = new People(one(0).account, signal(false), chains);
    crowd.reset(Array.from({ length: count }, (_, i) => one(i)));
    this.inRoom([], { people: crowd.list, me: crowd.me, hearers: count });
    this.crowd = { people: crowd, one };
  }
  crowd: { people: People; one(i: number): Person } | null = null;

  roomIs(more: Partial<RoomView>): void {
    if (this.room.value) this.room.value = { ...this.room.value, ...more };
  }

  async start(): Promise<void> {}
  lookAgain(): void {
    this.#did('lookAgain');
  }
  async join(name: string): Promise<Outcome> {
    const outcome = this.#did(`join ${name}`);
    if (outcome.ok) this.hall([]);
    return outcome;
  }
  async makeInvites(count: number, hours: number): Promise<Outcome<string[]>> {
    const outcome = this.#did(`makeInvites ${count} ${hours}`);
    if (!outcome.ok) return outcome;
    void this.loadInvites();
    const link = (n: number): string =>
      `https://aparte.example.org/#AQ${n}xvZG9uLWxvb2stYmVoaW5kLXRoZS1jdXJ0YWlu`;
    return { ok: true, value: Array.from({ length: count }, (_, n) => link(n + 1)) };
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
  async openRoom({ title, picked, sound, sensitive }: NewRoom): Promise<Outcome> {
    const music = `${sound === 'music' ? ' music' : ''}${sensitive ? ' sensitive' : ''}`;
    const outcome = this.#did(
      `openRoom ${title} ${typeof picked === 'string' ? picked : picked ? picked.length : 'everyone'}${music}`,
    );
    if (outcome.ok) {
      this.inRoom([person(0, { stage: true, role: 'moderator' })]);
      const card = cards[0];
      if (card) this.roomIs({ card: { ...card, title, sensitive } });
    }
    return outcome;
  }
  async enterRoom(room: string): Promise<Outcome> {
    const outcome = this.#did(`enterRoom ${room}`);
    const why = outcome.ok ? '' : outcome.code;
    if (why === 'room_full' || why === 'server_full')
      this.hosting.full.value = { room, title: 'Tuesday jazz', why, place: false };
    return outcome;
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
  readonly ties = {
    follows: signal<Face[] | null>(null),
    blocks: signal<Face[] | null>(null),
    load: async (): Promise<Outcome> => {
      this.ties.follows.value ??= [face(1), face(3)];
      this.ties.blocks.value ??= [face(9)];
      return done;
    },
    follow: async ({ account }: Face, on: boolean): Promise<Outcome> => this.#did(`follow ${account} ${on}`),
    block: async ({ account }: Face, on: boolean): Promise<Outcome> => this.#did(`block ${account} ${on}`),
  };
  readonly events = {
    list: signal<EventCard[]>([]),
    reminders: signal<ReadonlySet<string>>(new Set()),
    announce: async (event: NewEvent): Promise<Outcome> => this.#did(`announce ${JSON.stringify(event)}`),
    cancel: async (event: string): Promise<Outcome> => this.#did(`cancel ${event}`),
    remind: (event: string, on: boolean): void => {
      this.events.reminders.value = new Set(on ? [event] : []);
      this.#did(`remind ${event} ${on}`);
    },
    calendar: (event: EventCard): string => `BEGIN:VCALENDAR ${event.id}`,
  };
  readonly house = new MockHouse((call) => this.#did(call));
  readonly reports = {
    waiting: signal(0),
    list: signal<Report[] | null>(null),
    make: async (report: NewReport): Promise<Outcome> => this.#did(`report ${JSON.stringify(report)}`),
    load: async (): Promise<Outcome> => this.#did('reports.load'),
    close: async ({ id }: Report, untrue: boolean): Promise<Outcome> => this.#did(`close ${id} ${untrue}`),
  };
  readonly elsewhere = {
    room: signal<string | null>(null),
    asked: signal<{ to: string | null } | null>(null),
    moved: signal<Moved | null>(null),
    answer: (yes: boolean): void => {
      this.#did(`elsewhere.answer ${yes}`);
      this.elsewhere.asked.value = null;
    },
    comeBack: async (): Promise<Outcome> => this.#did('comeBack'),
    dropMoved: (): void => {
      this.elsewhere.moved.value = null;
    },
  };
  readonly admin = {
    unread: signal(false),
    alerts: signal<Alert[] | null>(null),
    health: signal<Health | null>(null),
    invites: signal<{ open: number; list: OpenInvite[]; next: number | null } | null>(null),
    found: signal<Account | null>(null), // what find answers
    loadAlerts: async (): Promise<Outcome> => this.#did('admin.loadAlerts'),
    loadHealth: async (): Promise<Outcome> => this.#did('admin.loadHealth'),
    loadInvites: async (more = false): Promise<Outcome> => this.#did(`admin.loadInvites ${more}`),
    withdraw: async (invite: string): Promise<Outcome> => this.#did(`admin.withdraw ${invite}`),
    find: async (text: string): Promise<Outcome<Account>> => {
      this.#did(`admin.find ${text}`);
      const value = this.admin.found.value;
      return value ? { ok: true, value } : { ok: false, code: 'not_found' };
    },
    close: (): void => {},
  };
  readonly hosting = {
    pinged: signal<Ping | null>(null),
    full: signal<FullRoom | null>(null),
    knocks: signal<Knock[]>([]),
    setModerator: async (account: string, moderator: boolean): Promise<Outcome> => {
      this.#change(account, { role: moderator ? 'moderator' : 'speaker', moderates: moderator });
      return this.#did(`setModerator ${account} ${moderator}`);
    },
    lock: async (locked: boolean): Promise<Outcome> => {
      this.#cardIs({ locked });
      return this.#did(`lock ${locked}`);
    },
    setTitle: async (title: string): Promise<Outcome> => {
      this.#cardIs({ title });
      return this.#did(`setTitle ${title}`);
    },
    setHands: async (hands: HandsPolicy): Promise<Outcome> => {
      this.#cardIs({ hands });
      return this.#did(`setHands ${hands}`);
    },
    lower: async (account: string): Promise<Outcome> => {
      this.#change(account, { hand: 0 });
      return this.#did(`lower ${account}`);
    },
    lowerAll: async (): Promise<Outcome> => {
      this.list.value = this.list.value.map((p) => ({ ...p, hand: 0 }));
      return this.#did('lowerAll');
    },
    ping: async (account: string): Promise<Outcome> => {
      this.hosting.dropKnock(account);
      return this.#did(`ping ${account}`);
    },
    knock: async (room: string): Promise<Outcome> => this.#did(`knock ${room}`),
    dropKnock: (account: string): void => {
      const { knocks } = this.hosting;
      knocks.value = knocks.value.filter(({ by }) => by.account !== account);
    },
    dropFull: (): void => {
      this.hosting.full.value = null;
    },
    dropPing: (): void => {
      this.hosting.pinged.value = null;
    },
  };
  async sendBack(account: string): Promise<Outcome> {
    this.#change(account, { stage: false, role: 'listener' });
    return this.#did(`sendBack ${account}`);
  }
  async muteOther(account: string): Promise<Outcome> {
    this.#change(account, { muted: true });
    return this.#did(`muteOther ${account}`);
  }
  async remove(account: string, forGood: boolean): Promise<Outcome> {
    this.list.value = this.list.value.filter((p) => p.account !== account);
    return this.#did(`remove ${account} ${forGood ? 'for good' : 'evening'}`);
  }
  async ban(account: string, hold: boolean): Promise<Outcome> {
    this.list.value = this.list.value.filter((p) => p.account !== account);
    return this.#did(hold ? `ban ${account} hold` : `ban ${account}`);
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
  holdSound(): void {
    this.roomIs({ tapToListen: true });
    this.#did('holdSound');
  }
  tapToListen(): void {
    this.roomIs({ tapToListen: false });
    this.#did('tapToListen');
  }
  dismissNotice(): void {
    this.notice.value = null;
  }

  async setProfile(change: Parameters<App['setProfile']>[0]): Promise<Outcome> {
    const outcome = this.#did(`setProfile ${Object.keys(change).join(' ')}`);
    const { picture, ...texts } = change;
    if (outcome.ok && this.me.value) this.me.value = { ...this.me.value, ...texts };
    return outcome;
  }
  async readProfile(account: string): ReturnType<App['readProfile']> {
    const name = people.find((one) => one.account === account)?.name ?? '';
    const bio = 'Radio, bread, and the quiet part of the week.';
    const pronouns = 'he, il';
    return {
      ok: true,
      value: { account, name, handle: 'tom', pronouns, bio, role: 'member', picture: null },
    };
  }
  loadPicture(): void {}
  async exportAccount(): Promise<Outcome<string>> {
    this.#did('exportAccount');
    return { ok: true, value: '{}' };
  }
  async deleteAccount(): Promise<Outcome> {
    const outcome = this.#did('deleteAccount');
    if (outcome.ok) this.screen.value = { at: 'stranger' };
    return outcome;
  }
  async startPairing(): Promise<Outcome> {
    this.pairing({ state: 'waiting' });
    return this.#did('startPairing');
  }
  pairing(more: Partial<NewDevice>): void {
    const link = 'https://aparte.example.org/#AwAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA';
    const blank = { state: 'opening', code: '7KQ2-M4XD', link, words: null, account: null } as const;
    this.screen.value = { at: 'pairing', pairing: { ...blank, ...more } };
  }
  async acceptPairing(): Promise<Outcome> {
    this.hall([]);
    return this.#did('acceptPairing');
  }
  refusePairing(): void {
    this.#did('refusePairing');
  }
  async loadDevices(): Promise<Outcome> {
    const time = Date.UTC(2026, 10, 2, 12);
    this.devices.value ??= [
      { device: 'd1', time, online: true, this: true },
      { device: 'd2', time: time + 864e5, online: true, this: false },
      { device: 'd3', time: time + 9 * 864e5, online: false, this: false },
    ];
    return this.#did('loadDevices');
  }
  async findDevice(code: string): Promise<Outcome> {
    const outcome = this.#did(`findDevice ${code}`);
    if (outcome.ok) this.found.value = { key: 'key', words: SIX, state: 'comparing' };
    return outcome;
  }
  async addDevice(): Promise<Outcome> {
    if (this.found.value) this.found.value = { ...this.found.value, state: 'offered' };
    return this.#did('addDevice');
  }
  dropFound(): void {
    this.found.value = null;
  }
  async revokeDevice(device: string): Promise<Outcome> {
    this.devices.value = this.devices.value?.filter((one) => one.device !== device) ?? null;
    return this.#did(`revokeDevice ${device}`);
  }
  async makeRecoveryCode(): Promise<Outcome<string>> {
    this.recovery.value = { code: true, passkeys: 0 };
    this.#did('makeRecoveryCode');
    return { ok: true, value: 'K7QX-9M2D-0RTF-W4HB-6ZNE-1CVS-8G3A' };
  }
  async addPasskeys(): Promise<Outcome> {
    this.recovery.value = { code: true, passkeys: 2 };
    return this.#did('addPasskeys');
  }
  async dropPasskeys(): Promise<Outcome> {
    this.recovery.value = { code: true, passkeys: 0 };
    return this.#did('dropPasskeys');
  }
  async loadRecovery(): Promise<Outcome> {
    this.recovery.value ??= { code: false, passkeys: 0 };
    return done;
  }
  async startRecovery(): Promise<Outcome> {
    this.recovering({});
    return this.#did('startRecovery');
  }
  recovering(more: Partial<RecoveryView>): void {
    const recovery: RecoveryView = { state: 'asking', name: '', passkeys: true, ...more };
    this.screen.value = { at: 'recover', recovery };
  }
  async recoverByCode(code: string): Promise<Outcome> {
    this.recovering({ state: 'found', name: 'Inès Martin' });
    return this.#did(`recoverByCode ${code}`);
  }
  async recoverByPasskey(): Promise<Outcome> {
    this.recovering({ state: 'found', name: 'Inès Martin' });
    return this.#did('recoverByPasskey');
  }
  async recover(): Promise<Outcome> {
    this.hall([]);
    return this.#did('recover');
  }
  backToDoor(): void {
    this.screen.value = { at: 'stranger' };
  }
  async readmit(account: string): Promise<Outcome> {
    return this.#did(`readmit ${account}`);
  }
  async loadModLog(): Promise<Outcome> {
    const time = Date.UTC(2026, 10, 23, 20);
    this.modLog.value ??= [
      {
        kind: 'room-ban',
        time,
        by: face(1),
        target: face(7),
        undone: false,
        room: 'Tuesday jazz',
        evening: true,
      },
      { kind: 'ban', n: 41, time: time - 864e5, by: face(0), target: face(9), undone: false, evening: false },
      { kind: 'hold', n: 40, time: time - 864e5, by: face(0), target: face(9), undone: true, evening: false },
    ];
    return this.#did('loadModLog');
  }
  async undo(entry: ModEntry): Promise<Outcome> {
    this.modLog.value =
      this.modLog.value?.map((one) => (one === entry ? { ...one, undone: true } : one)) ?? null;
    return this.#did(`undo ${entry.kind}`);
  }
  async unban(account: string): Promise<Outcome> {
    return this.#did(`unban ${account}`);
  }
  async hold(account: string): Promise<Outcome> {
    return this.#did(`hold ${account}`);
  }
  async release(account: string): Promise<Outcome> {
    return this.#did(`release ${account}`);
  }
  async setRole(account: string, role: 'admin' | 'member'): Promise<Outcome> {
    this.#change(account, { club: role });
    return this.#did(`setRole ${account} ${role}`);
  }
  async loadClaims(): Promise<Outcome> {
    this.claims.value ??= [{ id: 'claim', by: face(2), target: face(5), successor: face(8) }];
    return done;
  }
  async claim(target: string, successor: string): Promise<Outcome> {
    return this.#did(`claim ${target} ${successor}`);
  }
  async cosign(id: string): Promise<Outcome> {
    this.claims.value = [];
    return this.#did(`cosign ${id}`);
  }
  async veto(): Promise<Outcome> {
    if (this.me.value) this.me.value = { ...this.me.value, claim: null };
    return this.#did('veto');
  }
  async succeed(target: string): Promise<Outcome> {
    return this.#did(`succeed ${target}`);
  }
}
