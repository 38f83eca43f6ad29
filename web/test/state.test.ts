import { beforeEach, describe, expect, test, vi } from 'vitest';
import type {
  EventName,
  Events,
  Face,
  Id,
  LogHead,
  MediaReply,
  PathReply,
  Person,
  RequestName,
  Requests,
  RoomCard,
  Sound,
} from '../src/api/messages.ts';
import { b64, random } from '../src/base/bytes.ts';
import { sha256 } from '../src/base/sign.ts';
import type { FrameEpoch, FromWorker, KeysPorts, KeysState, RoomKeys } from '../src/e2ee/types.ts';
import { makeKeys } from '../src/identity/device.ts';
import { linkPayload } from '../src/identity/links.ts';
import type { ForkProof } from '../src/identity/log.ts';
import type { MemberKeys } from '../src/identity/vault.ts';
import type { Connection, ConnectionEvents } from '../src/rtc/connection.ts';
import type { MediaFacts } from '../src/rtc/facts.ts';
import type { MicState, MicWish } from '../src/rtc/microphone.ts';
import type { Kind } from '../src/rtc/sdp.ts';
import { RequestError } from '../src/socket/failure.ts';
import type { Incoming, SocketState } from '../src/socket/socket.ts';
import { type AppPorts, type AppVault, createApp } from '../src/state/app.ts';
import { KEYS } from '../src/state/keys.ts';
import type { App } from '../src/state/model.ts';
import { memoryStore, Club as RealClub } from './club.ts';

const settle = async (): Promise<void> => {
  for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve));
};
const refuse = (code: string): never => {
  throw new RequestError({ code, message: code });
};
const ROOM = 'EBESExQVFhcYGRobHB0eHw';
const TOM = 'UFFSU1RVVldYWVpbXF1eXw';
const tomsFace: Face = { account: TOM, name: 'Tom' };
const media: MediaReply = {
  ufrag: 'sErV',
  pwd: 'abcdefghijklmnopqrstuv12',
  fingerprint: 'F'.repeat(43),
  candidates: [{ address: '192.0.2.1', port: 8080 }],
  slots: [1, 2, 3, 4],
  setup: 'passive',
};
const card: RoomCard = {
  id: ROOM,
  host: TOM,
  title: 'Café',
  who: 'everyone',
  sound: 'voice',
  opened: 5,
  people: 1,
  speakers: 1,
  faces: [],
};

// The other end of the WebSocket. Every message of the server is a task of its own, as in a browser.
class Club {
  asked: { name: RequestName; members: Record<string, unknown> }[] = [];
  told: RequestName[] = [];
  onState: (state: SocketState) => void = () => undefined;
  onEvent: (event: Incoming) => void = () => undefined;
  up = false;
  reachable = true;
  people: Person[] = [];
  log: LogHead = theirs.log;
  founder = '';
  answers: { [K in RequestName]?: (members: Requests[K][0]) => Requests[K][1] } = {
    'room.join': () => ({ room: card, people: this.people, media }),
    'room.open': () => ({ room: ROOM }),
    'log.read': ({ from }) => theirs.readLog(from),
    'profile.read': () => ({ profiles: [] }),
    'invite.list': () => ({ left: 4, invites: [] }),
    hello: ({ account }) => ({
      account,
      name: 'Inès',
      role: 'member',
      log: this.log,
      founder: this.founder || account,
      held: false,
    }),
  };

  line: AppPorts['line'] = ({ onState, onEvent }) => {
    this.onState = onState;
    this.onEvent = onEvent;
    return {
      open: () => void this.connect(),
      close: () => this.drop('closed'),
      reconnect: () => this.drop('waiting'),
      request: (name, members) => this.request(name, members),
      tell: (name) => this.told.push(name),
    };
  };

  async connect(): Promise<void> {
    this.onState('connecting');
    if (!this.reachable) {
      this.drop('waiting');
      return;
    }
    await new Promise((resolve) => setImmediate(resolve));
    this.up = true;
    this.onState('open');
    await this.say('challenge', { nonce: 'A'.repeat(43), club: 'Club', time: 1, version: 1 });
  }

  drop(state: SocketState): void {
    this.up = false;
    this.onState(state);
  }

  async say<E extends EventName>(ev: E, body: Events[E]): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    if (this.up) this.onEvent({ ev, ...body } as Incoming);
    await settle();
  }

  async request<K extends RequestName>(name: K, members: Requests[K][0]): Promise<Requests[K][1]> {
    if (!this.up) refuse('offline');
    this.asked.push({ name, members: { ...members } });
    await new Promise((resolve) => setImmediate(resolve));
    if (!this.up) refuse('offline');
    const answer = this.answers[name] as ((members: Requests[K][0]) => Requests[K][1]) | undefined;
    return answer ? answer(members) : ({} as Requests[K][1]);
  }

  names(): RequestName[] {
    return this.asked.map(({ name }) => name);
  }
}

class Call implements Connection {
  request = {
    ufrag: 'abcd',
    fingerprint: 'f'.repeat(43),
    pt: 111,
    level: 1,
    ssrc: [1, 2] as [number, number],
  };
  slots: MediaStream[] = [];
  installed: FrameEpoch[] = [];
  tracks: (MediaStreamTrack | null)[] = [];
  answered = 0;
  renewed: PathReply[] = [];
  stopped = 0;
  closed = false;
  level = { slots: [0, 0, 0, 0], mine: 0 };
  readonly events: ConnectionEvents;
  readonly stereo: boolean;
  constructor(events: ConnectionEvents, stereo: boolean) {
    this.events = events;
    this.stereo = stereo;
  }
  sound: Sound | null = null;
  async answer(_: MediaReply, { sound }: Kind): Promise<void> {
    this.answered++;
    this.sound = sound;
  }
  async renew(ask: (ufrag: string) => Promise<PathReply>): Promise<void> {
    this.renewed.push(await ask('wxyz'));
  }
  install(epoch: FrameEpoch): void {
    this.installed.push(epoch);
  }
  stop(): void {
    this.stopped++;
  }
  paused = false;
  pause(paused: boolean): void {
    this.paused = paused;
  }
  listed(): void {}
  async send(track: MediaStreamTrack | null): Promise<void> {
    this.tracks.push(track);
  }
  async levels() {
    return this.level;
  }
  media: MediaFacts | null = null;
  async facts() {
    if (!this.media) throw new Error('closed');
    return this.media;
  }
  close(): void {
    this.closed = true;
  }
}

class Keys implements RoomKeys {
  leaf = 'leaf';
  kem = undefined;
  heard: string[] = [];
  closed = false;
  hold: Promise<void> | null = null;
  readonly ports: KeysPorts;
  constructor(ports: KeysPorts) {
    this.ports = ports;
  }
  async #note(what: string): Promise<void> {
    await this.hold;
    this.heard.push(what);
  }
  joined = () => this.#note('joined');
  person = (p: Person) => this.#note(`person ${p.order}`);
  left = (account: Id) => this.#note(`left ${account}`);
  keys = (e: Events['room.keys']) => this.#note(`keys ${e.header}`);
  seal = (e: Events['room.seal']) => this.#note(`seal ${e.counter}`);
  beat = (e: Events['room.beat']) => this.#note(`beat ${e.data}`);
  tags = (e: Events['room.tags']) => this.#note(`tags ${e.data}`);
  frames = (e: FromWorker) => this.#note(`frames ${e.ev}`);
  deviceKey = () => null;
  close(): void {
    this.closed = true;
  }
  state(change: Partial<KeysState> = {}): void {
    this.ports.changed({
      ready: true,
      hearers: 2,
      leaving: [],
      trouble: null,
      troubleWith: null,
      epoch: { counter: 1, epoch: 1, generation: 0 },
      steward: null,
      hash: null,
      hybrid: false,
      checking: 0,
      quiet: false,
      forged: [],
      unverified: [],
      unmarked: [],
      ...change,
    });
  }
}

class Mic {
  state: MicState = 'idle';
  lives: boolean[] = [];
  refusal: MicState | null = null;
  track: MediaStreamTrack | null = null;
  wishes: MicWish[] = [];
  readonly onState: (state: MicState) => void;
  readonly wish: () => MicWish;
  constructor(onState: (state: MicState) => void, wish: () => MicWish) {
    this.onState = onState;
    this.wish = wish;
  }
  open(): Promise<MediaStreamTrack | null> {
    return this.renew();
  }
  async renew(): Promise<MediaStreamTrack | null> {
    this.wishes.push(this.wish());
    this.track = this.refusal ? null : ({ kind: 'audio' } as MediaStreamTrack);
    this.become(this.refusal ?? 'on');
    return this.track;
  }
  live(on: boolean): void {
    this.lives.push(on);
  }
  stop(): void {
    this.track = null;
    this.become('idle');
  }
  become(state: MicState): void {
    this.state = state;
    this.onState(state);
  }
}

let club: Club;
let calls: Call[];
let keys: Keys[];
let mic: Mic;
let volumes: [number, number][];
let outs: string[]; // the devices that sound went to
let blocked: (blocked: boolean) => void;
let shown: string[];
let hide: () => void;
let network: () => void;
let pasted: () => void;
let reloads: number;
let theirs: RealClub; // the log that the server shows
let kept: AppVault;
let stored: { member: MemberKeys | null; pending: MemberKeys | null; met: Face[]; fork: ForkProof | null };
let address: { fragment: string; path: string };
let app: App;
let me: Id;

const vault = (): AppVault => ({
  member: async () => stored.member,
  pending: async () => stored.pending,
  ...memoryStore(),
  seen: async () => ({ size: 0, head: 'A'.repeat(43) }),
  fork: async () => stored.fork,
  saveFork: async (proof) => {
    stored.fork ??= proof;
  },
  belongTo: async () => undefined,
  forget: async () => {
    stored = { member: null, pending: null, met: [], fork: null };
  },
  savePending: async (kept) => {
    stored.pending = kept;
  },
  dropPending: async () => {
    stored.pending = null;
  },
  saveMember: async (kept) => {
    stored.member = kept;
    stored.pending = null;
  },
  traceKey: async () => null,
  saveTraceKey: async () => undefined,
  met: async () => stored.met,
  saveMet: async (people) => void stored.met.push(...people),
});

const ports = (): AppPorts => ({
  page: {
    host: 'club.example',
    origin: 'https://club.example',
    fragment: () => address.fragment,
    path: () => address.path,
    show: (path) => shown.push(path),
    onHide: (f) => {
      hide = f;
    },
    onNetwork: (f) => {
      network = f;
    },
    onFragment: (f) => {
      pasted = f;
    },
    lang: () => 'en',
    reload: () => {
      reloads++;
    },
  },
  missing: async () => null,
  vault: async () => kept,
  passkeys: () => null,
  line: club.line,
  connect: async (events, stereo) => {
    const call = new Call(events, stereo);
    calls.push(call);
    return call;
  },
  devices: null,
  speakers: (_, device, onBlocked) => {
    blocked = onBlocked;
    outs = [device];
    return {
      play: async () => onBlocked(false),
      hold: () => onBlocked(true),
      voice: (_, played) => played,
      useDevice: async (to) => void outs.push(to),
      setVolume: (slot, volume) => volumes.push([slot, volume]),
      close: () => undefined,
    };
  },
  mark: async () => {
    throw new Error('no room here is traced');
  },
  microphone: (onState, wish) => {
    mic = new Mic(onState, wish);
    return mic;
  },
  createKeys: async ({ ports }) => {
    const one = new Keys(ports);
    keys.push(one);
    return one;
  },
});

const person = (change: Partial<Person> = {}): Person => ({
  account: me,
  device: 'D'.repeat(22),
  name: 'Inès',
  club: 'member',
  role: 'moderator',
  stage: true,
  muted: true,
  away: false,
  called: false,
  hand: 0,
  order: 1,
  leaf: 'leaf',
  slot: 0,
  ...change,
});
const tom = (change: Partial<Person> = {}): Person =>
  person({ account: TOM, name: 'Tom', role: 'listener', stage: false, order: 2, slot: 1, ...change });

const last = <T>(list: T[]): T => list.at(-1) as T;

// Signatures are made on other threads, so what follows one is waited for by its effect.
const signed = async (): Promise<void> => {
  await vi.waitFor(() => expect(app.link.value).not.toBe('connecting'));
  await vi.waitFor(() => expect(app.screen.value).not.toMatchObject({ invite: { state: 'checking' } }));
  await settle();
};

async function started(): Promise<void> {
  app = createApp(ports());
  await app.start();
  const screen = app.screen.value;
  if (screen.at === 'hall' || stored.member || (screen.at === 'invite' && screen.invite.state !== 'mistyped'))
    await signed();
  await settle();
}

async function reconnected(): Promise<void> {
  await club.connect();
  await signed();
}

async function asMember(): Promise<void> {
  stored.member = await makeKeys(null);
  me = stored.member.account;
  await started();
}

async function inRoom(): Promise<void> {
  await asMember();
  club.people = [person(), tom()];
  expect(await app.enterRoom(ROOM)).toEqual({ ok: true, value: undefined });
  await settle();
  last(calls).events.path('up');
  last(keys).state();
}

beforeEach(async () => {
  theirs = await RealClub.found();
  club = new Club();
  kept = vault();
  calls = [];
  keys = [];
  volumes = [];
  shown = [];
  reloads = 0;
  stored = { member: null, pending: null, met: [], fork: null };
  address = { fragment: '', path: '/' };
});

describe('starting', () => {
  test('a browser that lacks something is told what', async () => {
    app = createApp({ ...ports(), missing: async () => 'X25519' });
    await app.start();
    expect(app.screen.value).toEqual({ at: 'unsupported', missing: 'X25519' });
  });

  test('a browser that keeps nothing is told so', async () => {
    app = createApp({ ...ports(), vault: () => Promise.reject(new Error('private window')) });
    await app.start();
    expect(app.screen.value).toEqual({ at: 'unsupported', missing: 'IndexedDB' });
  });

  test('without an account and a link one is a stranger, and nothing is connected', async () => {
    await started();
    expect(app.screen.value).toEqual({ at: 'stranger' });
    expect(club.up).toBe(false);
  });

  test('a member is in the hall', async () => {
    await asMember();
    expect(app.screen.value).toEqual({ at: 'hall' });
    expect(app.link.value).toBe('online');
    expect(app.me.value).toEqual({ account: me, name: 'Inès', role: 'member', held: false, claim: null });
    expect(app.club.value).toBe('Club');
    await vi.waitFor(async () => expect((await kept.logRows())[0]?.entries.length).toBe(33));
  });

  test('a room link leads into the room', async () => {
    address.path = `/r/${ROOM}`;
    await asMember();
    expect(app.screen.value).toEqual({ at: 'room' });
    expect(club.names()).toContain('room.join');
  });

  test('a room link to nothing says so', async () => {
    address.path = `/r/${ROOM}`;
    club.answers['room.join'] = () => refuse('not_found');
    await asMember();
    expect(app.screen.value).toEqual({ at: 'hall' });
    expect(app.notice.value?.key).toBe('error.not_found');
  });

  test('a banned member is told, and nothing is tried again', async () => {
    club.answers.hello = () => refuse('banned');
    await asMember();
    expect(app.link.value).toBe('refused');
    expect(app.notice.value).toMatchObject({ key: 'error.banned', urgent: true });
    expect(app.me.value).toBeNull();
  });
});

describe('the way in', () => {
  const link = async (kind: 'invite' | 'founder', founder = new Uint8Array(16)) =>
    `#${await linkPayload({ kind, seed: random(32), fingerprint: founder })}`;

  beforeEach(async () => {
    address.fragment = await link('founder');
    club.answers['invite.look'] = () => ({ kind: 'founder', club: 'Club' });
    club.answers['invite.redeem'] = () => ({ n: 0, log: club.log, account: TOM, device: TOM });
  });

  test('the secret leaves the address bar at once', async () => {
    app = createApp(ports());
    const starting = app.start();
    expect(shown).toEqual(['/']);
    await starting;
  });

  test('a good link is looked at, redeemed, and leads into the hall', async () => {
    await started();
    expect(app.screen.value).toEqual({
      at: 'invite',
      invite: { state: 'valid', kind: 'founder', club: 'Club', inviter: '' },
    });
    expect(await app.join('Inès')).toEqual({ ok: true, value: undefined });
    await settle();
    expect(app.screen.value).toEqual({ at: 'hall' });
    expect(stored.member?.account).toBe(app.me.value?.account);
    expect(stored.pending).toBeNull();
    expect(club.names().slice(0, 3)).toEqual(['invite.look', 'invite.redeem', 'hello']);
    expect(JSON.stringify(club.asked)).not.toContain(address.fragment.slice(1));
  });

  test.each([
    ['invite_used', 'used'],
    ['invite_expired', 'expired'],
    ['invite_revoked', 'revoked'],
    ['invite_unknown', 'unknown'],
    ['bad_signature', 'unknown'],
    ['timeout', 'offline'],
    ['server_full', 'full'],
    ['rate_limited', 'full'],
  ])('%s is shown as %s', async (code, state) => {
    club.answers['invite.look'] = () => refuse(code);
    await started();
    expect(app.screen.value).toMatchObject({ invite: { state } });
  });

  test('a server that was full is asked again when the person says so', async () => {
    club.answers['invite.look'] = () => refuse('server_full');
    await started();
    club.answers['invite.look'] = () => ({ kind: 'founder', club: 'Club' });
    app.lookAgain();
    expect(app.screen.value).toMatchObject({ invite: { state: 'checking' } });
    await vi.waitFor(() => expect(app.screen.value).toMatchObject({ invite: { state: 'valid' } }));
    app.lookAgain(); // nothing to look for
    expect(club.names()).toEqual(['invite.look', 'invite.look']);
  });

  test('an invitation whose founder is not the one in the link is no invitation', async () => {
    address.fragment = await link('invite', random(16));
    club.answers['invite.look'] = () => ({ kind: 'invite', inviter: 'Tom', club: 'Club', founder: TOM });
    await started();
    expect(app.screen.value).toMatchObject({ invite: { state: 'unknown' } });
  });

  test('a mistyped link is told apart without asking', async () => {
    address.fragment = `${address.fragment.slice(0, -2)}AA`;
    await started();
    expect(app.screen.value).toMatchObject({ at: 'invite', invite: { state: 'mistyped' } });
    expect(club.up).toBe(false);
  });

  test('a member with a link stays who they are', async () => {
    await asMember();
    expect(app.screen.value).toMatchObject({ at: 'invite', invite: { state: 'member_already' } });
    app.showHall(true);
    expect(app.screen.value).toEqual({ at: 'hall' });
    expect(app.me.value?.account).toBe(me);
  });

  test('offline is said, and looked at again when the connection comes', async () => {
    club.reachable = false;
    await started();
    expect(app.screen.value).toMatchObject({ invite: { state: 'offline' } });
    club.reachable = true;
    await reconnected();
    await vi.waitFor(() => expect(app.screen.value).toMatchObject({ invite: { state: 'valid' } }));
  });

  test('an answer that got lost loses no account', async () => {
    await started();
    club.answers['invite.redeem'] = () => refuse('timeout');
    expect(await app.join('Inès')).toEqual({ ok: false, code: 'timeout' });
    expect(stored.pending).not.toBeNull();
    club.answers['invite.redeem'] = () => refuse('invite_used'); // by ourselves
    expect(await app.join('Inès')).toMatchObject({ ok: true });
    const records = club.asked
      .filter(({ name }) => name === 'invite.redeem')
      .map(({ members }) => members.record);
    expect(records[0]).toBe(records[1]);
    expect(stored.member).not.toBeNull();
  });

  test('after a reload the keys that were sent are tried before the link', async () => {
    stored.pending = await makeKeys(null);
    await started();
    expect(app.screen.value).toEqual({ at: 'hall' });
    expect(stored.member).not.toBeNull();
  });

  test('and if they do not count, the link is', async () => {
    stored.pending = await makeKeys(null);
    club.answers.hello = () => refuse('unknown_account');
    await started();
    await settle();
    expect(stored.pending).toBeNull();
    expect(app.screen.value).toMatchObject({ at: 'invite', invite: { state: 'valid' } });
    expect(app.notice.value).toBeNull();
  });

  test('somebody else was faster', async () => {
    await started();
    club.answers['invite.redeem'] = () => refuse('invite_used');
    expect(await app.join('Inès')).toEqual({ ok: false, code: 'invite_used' });
    expect(app.screen.value).toMatchObject({ invite: { state: 'used' } });
    expect(stored.pending).toBeNull();
  });

  test('a name that cannot be shown is refused, and another may be given', async () => {
    await started();
    club.answers['invite.redeem'] = () => refuse('bad_name');
    expect(await app.join('\u202e')).toEqual({ ok: false, code: 'bad_name' });
    expect(app.screen.value).toMatchObject({ invite: { state: 'valid' } });
    club.answers['invite.redeem'] = () => ({ n: 0, log: club.log, account: TOM, device: TOM });
    expect(await app.join('Inès')).toMatchObject({ ok: true });
  });
});

describe('the hall', () => {
  test('shows the rooms, the newest first, and forgets those that ended', async () => {
    await asMember();
    const other = { ...card, id: TOM, opened: 9 };
    await club.say('hall', { rooms: [card] });
    await club.say('hall.room', { room: other });
    expect(app.rooms.value.map(({ id }) => id)).toEqual([TOM, ROOM]);
    await club.say('hall.gone', { room: TOM });
    expect(app.rooms.value.map(({ id }) => id)).toEqual([ROOM]);
  });

  test('makes an invitation whose link the server never sees', async () => {
    await asMember();
    club.answers['log.append'] = () => ({ n: 0, log: club.log });
    const made = await app.makeInvites(2, 72);
    const links = made.ok ? made.value : [];
    expect(links.length).toBe(2);
    const sent = JSON.stringify(club.asked);
    for (const link of links) {
      expect(link.startsWith('https://club.example/#')).toBe(true);
      expect(sent.includes(link.split('#')[1] ?? '')).toBe(false);
    }
    await settle();
    expect(app.invites.value).toEqual({ left: 4, list: [] });
  });

  test('says who came by our invitation and remembers them', async () => {
    await asMember();
    await club.say('guest', { account: TOM, name: 'Tom', invite: 'I'.repeat(43) });
    expect(app.notice.value).toMatchObject({ key: 'notice.guest', params: { name: 'Tom' } });
    expect(app.known.value).toEqual([{ account: TOM, name: 'Tom' }]);
    expect(stored.met).toEqual([{ account: TOM, name: 'Tom' }]);
    app.dismissNotice();
    expect(app.notice.value).toBeNull();
  });

  test('a refusal comes back with its code, an unknown one as our own fault', async () => {
    await asMember();
    club.answers['invite.list'] = () => refuse('rate_limited');
    expect(await app.loadInvites()).toEqual({ ok: false, code: 'rate_limited' });
    club.answers['invite.list'] = () => refuse('<script>');
    expect(await app.loadInvites()).toEqual({ ok: false, code: 'internal' });
  });

  test('bans with a signed record', async () => {
    await asMember();
    club.answers['log.append'] = () => ({ n: 0, log: club.log });
    await app.ban(TOM, false);
    const appended = club.asked.filter(({ name }) => name === 'log.append');
    expect(appended.length).toBe(1);
    expect(appended[0]?.members.record).toMatch(/^[\w-]{100,}$/);
  });
});

describe('a room', () => {
  test('opens closed or open, and is entered', async () => {
    await asMember();
    club.people = [person()];
    const opened = { title: 'Café', sound: 'music', sensitive: true, hands: 'off' } as const;
    expect(await app.openRoom({ ...opened, picked: [TOM] })).toMatchObject({ ok: true });
    expect(club.asked.find(({ name }) => name === 'room.open')?.members).toEqual({
      ...opened,
      who: 'picked',
      picked: [TOM],
    });
    expect(app.screen.value).toEqual({ at: 'room' });
    expect(last(shown)).toBe(`/r/${ROOM}`);
  });

  test('goes from joining over keys to live', async () => {
    await asMember();
    club.people = [person()];
    const entering = app.enterRoom(ROOM);
    expect(app.room.value?.phase).toBe('joining');
    await entering;
    expect(calls[0]?.answered).toBe(1);
    last(calls).events.path('up');
    expect(app.room.value?.phase).toBe('keys');
    last(keys).state({ hearers: 7 });
    expect(app.room.value).toMatchObject({ phase: 'live', hearers: 7 });
  });

  test('after three seconds says that another path is tried', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    await asMember();
    await app.enterRoom(ROOM);
    vi.advanceTimersByTime(2999);
    expect(app.room.value?.phase).toBe('joining');
    vi.advanceTimersByTime(1);
    expect(app.room.value?.phase).toBe('path');
    vi.useRealTimers();
  });

  test('that cannot be entered leaves nothing open', async () => {
    await asMember();
    club.answers['room.join'] = () => refuse('room_full');
    expect(await app.enterRoom(ROOM)).toEqual({ ok: false, code: 'room_full' });
    expect(app.room.value).toBeNull();
    expect(app.screen.value).toEqual({ at: 'hall' });
    expect(calls[0]?.closed).toBe(true);
    expect(keys[0]?.closed).toBe(true);
  });

  test('gives its events to the keys in order, one at a time', async () => {
    await inRoom();
    const one = last(keys);
    let go: () => void = () => undefined;
    one.hold = new Promise((resolve) => {
      go = resolve;
    });
    await club.say('room.person', { room: ROOM, person: tom({ order: 3, account: ROOM }) });
    await club.say('room.keys', { room: ROOM, header: 'h', stage: 's', changes: [] });
    await club.say('room.left', { room: ROOM, account: TOM, why: 'self' });
    await club.say('room.person', { room: TOM, person: tom() }); // another room's
    expect(one.heard).toEqual(['joined']);
    go();
    await settle();
    expect(one.heard).toEqual(['joined', 'person 3', 'keys h', `left ${TOM}`]);
  });

  test('shows who holds the key once a header has given them a slot', async () => {
    await inRoom();
    const { slot: _, ...waiting } = tom({ account: 'Z'.repeat(22), leaf: 'AQEQ', order: 9 });
    await club.say('room.person', { room: ROOM, person: waiting });
    const keyed = () => app.room.value?.people.value.find(({ order }) => order === 9)?.keyed;
    expect(keyed()).toBe(false);
    const other = b64(await sha256(random(9)));
    await club.say('room.keys', {
      room: ROOM,
      header: 'h',
      stage: 's',
      changes: [
        { slot: 0, leaf: null },
        { slot: 3, leaf: other },
      ],
    });
    expect(keyed()).toBe(false);
    const leaf = b64(await sha256(new Uint8Array([1, 1, 16])));
    await club.say('room.keys', { room: ROOM, header: 'h', stage: 's', changes: [{ slot: 2, leaf }] });
    await vi.waitFor(() => expect(keyed()).toBe(true));
  });

  test('knows whom somebody on stage follows, as long as they are in the audience', async () => {
    await inRoom();
    const followed = () => app.room.value?.people.value.filter((p) => p.followed).map((p) => p.account);
    await club.say('room.followed', { room: ROOM, orders: [1, 2] });
    expect(followed()).toEqual([TOM]); // we are on stage ourselves
    await club.say('room.person', { room: ROOM, person: tom({ stage: true }) });
    expect(followed()).toEqual([]);
    await club.say('room.person', { room: ROOM, person: tom() });
    await club.say('room.followed', { room: ROOM, orders: [] });
    expect(followed()).toEqual([]);
  });

  test('keeps who left in sight while their key is in use', async () => {
    await inRoom();
    last(keys).left = async () => last(keys).state({ leaving: [TOM] });
    await club.say('room.left', { room: ROOM, account: TOM, why: 'removed' });
    expect(app.room.value?.people.value.map(({ name, leaving }) => [name, leaving])).toEqual([
      ['Inès', false],
      ['Tom', true],
    ]);
    last(keys).state();
    expect(app.room.value?.people.value.map(({ name }) => name)).toEqual(['Inès']);
  });

  test('shows trouble with the keys and with whom', async () => {
    await inRoom();
    last(keys).state({ trouble: 'chain', troubleWith: TOM });
    expect(app.room.value).toMatchObject({ phase: 'trouble', trouble: 'chain', troubleWith: 'Tom' });
    expect(app.room.value?.people.value.find(({ account }) => account === TOM)?.chain).toBe('bad');
  });

  test('hands the talk its keys, its messages and every new header', async () => {
    await inRoom();
    const talk = await vi.waitFor(() => {
      const here = app.room.value?.talk.value;
      if (!here) throw new Error('its chunk is not here yet');
      return here;
    });
    expect(await talk.say('too early')).toEqual({ ok: false, code: 'no_key_yet' });
    last(keys).ports.install(
      { counter: 1, base: random(32), senders: [], mine: 1, sendAfterMs: 0 },
      { counter: 1, header: random(32), key: random(16) },
    );
    await vi.waitFor(async () => expect(await talk.pinLine('agenda')).toMatchObject({ ok: true }));
    last(keys).state({ steward: me, hash: 'H'.repeat(43) });
    await vi.waitFor(() =>
      expect(club.asked.find(({ name, members }) => name === 'room.pin' && members.again)).toBeDefined(),
    );
    await club.say('room.person', { room: ROOM, person: person({ silent: true }) });
    expect(app.notice.value?.key).toBe('notice.silenced');
  });

  test('shows levels by who was decrypted, not by slot', async () => {
    await inRoom();
    const call = last(calls);
    last(keys).ports.install(
      { counter: 1, base: random(32), senders: [{ index: 2, account: TOM }], mine: 1, sendAfterMs: 0 },
      { counter: 1, header: random(32), key: random(16) },
    );
    app.setVolume(TOM, 0.5);
    call.events.frames({ ev: 'heard', slot: 3, index: 9, counter: 1 }); // nobody's index
    call.events.frames({ ev: 'heard', slot: 3, index: 2, counter: 7 }); // no such header
    expect(volumes).toEqual([]);
    call.events.frames({ ev: 'heard', slot: 3, index: 2, counter: 1 });
    expect(volumes).toEqual([[3, 0.5]]);
    app.setVolume(TOM, 9);
    expect(volumes).toEqual([
      [3, 0.5],
      [3, 2],
    ]);
    app.sound.muteForMe(TOM, true);
    app.setVolume(TOM, 0.8); // is for later
    app.sound.muteForMe(TOM, false);
    expect(volumes.slice(2)).toEqual([
      [3, 0],
      [3, 0],
      [3, 0.8],
    ]);
    call.level = { slots: [0.9, 0, 0, 0.4], mine: 0.7 };
    const level = app.room.value?.people.value.find(({ account }) => account === TOM)?.level;
    await vi.waitFor(() => expect(level?.value).toBe(0.4));
    expect(app.room.value?.me.value?.level.value).toBe(0); // muted: whatever the microphone hears
  });

  test('is told what it is for: music is answered as such, with an untouched microphone in stereo', async () => {
    club.answers['room.join'] = () => ({ room: { ...card, sound: 'music' }, people: club.people, media });
    await inRoom();
    expect([last(calls).sound, last(calls).stereo]).toEqual(['music', true]);
    await app.mute(false);
    expect(mic.wishes).toEqual([{ device: '', echo: false, noise: false, gain: false, stereo: true }]);
  });

  test('mono is agreed upon at the next door; another device counts at once', async () => {
    await inRoom();
    app.sound.set({ mono: true, speaker: 's' });
    expect([last(calls).stereo, outs]).toEqual([true, ['', 's']]);
    app.sound.set({ microphone: 'm' }); // not open: nobody is asked for it
    expect(mic.wishes).toEqual([]);
    await app.mute(false);
    app.sound.set({ microphone: 'n', noise: false });
    await vi.waitFor(() => expect(last(calls).tracks).toHaveLength(2));
    expect(mic.wishes.map(({ device, noise }) => [device, noise])).toEqual([
      ['m', true],
      ['n', false],
    ]);
    await app.leaveRoom();
    expect(await app.enterRoom(ROOM)).toMatchObject({ ok: true });
    expect([last(calls).stereo, outs]).toEqual([false, ['s']]);
  });

  test('a key that is let go of before the microphone is there leaves us muted', async () => {
    await inRoom();
    let open: () => void = () => undefined;
    const opened = new Promise<void>((resolve) => {
      open = resolve;
    });
    const { renew } = mic;
    mic.renew = async () => {
      await opened;
      return renew.call(mic);
    };
    const held = app.mute(false);
    await app.mute(true);
    open();
    expect(await held).toMatchObject({ ok: true });
    const asked = club.asked.filter(({ name }) => name === 'room.mute').map(({ members }) => members);
    expect(asked).toEqual([{ muted: true }]);
    expect(mic.lives).toEqual([false]);
  });

  test('a microphone that cannot be had again is said, and we are muted', async () => {
    await inRoom();
    await app.mute(false);
    mic.refusal = 'missing';
    app.sound.set({ microphone: 'gone' });
    await vi.waitFor(() => expect(app.room.value?.mic).toBe('missing'));
    expect(club.asked.at(-1)).toMatchObject({ name: 'room.mute', members: { muted: true } });
    expect(app.notice.value?.key).toBe('notice.mic_ended');
  });

  test('loud voices are turned down unless one does not want that', async () => {
    await inRoom();
    const call = last(calls);
    const senders = [{ index: 2, account: TOM }];
    const talk = { counter: 1, header: random(32), key: random(16) };
    last(keys).ports.install({ counter: 1, base: random(32), senders, mine: 1, sendAfterMs: 0 }, talk);
    call.events.frames({ ev: 'heard', slot: 1, index: 2, counter: 1 });
    call.level = { slots: [0, 1, 0, 0], mine: 0 };
    await vi.waitFor(() => expect(last(volumes)?.[1]).toBeLessThan(1));
    app.sound.set({ level: false });
    expect(last(volumes)).toEqual([1, 1]);
  });

  test('is held in silence, and says what is wrong', async () => {
    await inRoom();
    app.holdSound();
    expect(app.room.value?.tapToListen).toBe(true);
    app.tapToListen();
    expect(app.room.value?.tapToListen).toBe(false);
    vi.useFakeTimers();
    const debug = app.sound.debug();
    await vi.advanceTimersByTimeAsync(5000);
    vi.useRealTimers();
    expect((await debug).map(({ key }) => key)).toEqual(['sound.path_none']);
    await app.leaveRoom();
    expect((await app.sound.debug()).map(({ key }) => key)).toEqual(['sound.no_room']);
  });

  test('asks for one tap where the browser blocks sound', async () => {
    await inRoom();
    blocked(true);
    expect(app.room.value?.tapToListen).toBe(true);
    app.tapToListen();
    expect(app.room.value?.tapToListen).toBe(false);
  });

  test('is left quietly', async () => {
    await inRoom();
    await app.leaveRoom();
    expect(last(club.asked).name).toBe('room.leave');
    expect(app.room.value).toBeNull();
    expect(app.screen.value).toEqual({ at: 'hall' });
    expect(last(shown)).toBe('/');
    expect([last(calls).closed, last(keys).closed]).toEqual([true, true]);
  });

  test('is left when the page of a listener goes away; who is on stage may be reloading', async () => {
    await inRoom();
    hide();
    expect(club.told).toEqual([]);
    await club.say('room.person', { room: ROOM, person: person({ stage: false, role: 'listener' }) });
    await settle();
    hide();
    expect(club.told).toEqual(['room.leave']);
  });

  test('is not left for a link that is put into the address bar, which is hidden', async () => {
    await inRoom();
    pasted();
    expect([last(shown), reloads]).toEqual([address.path, 0]);
    await app.leaveRoom();
    pasted();
    expect(reloads).toBe(1);
  });

  test('is one at a time', async () => {
    await inRoom();
    await app.enterRoom(TOM);
    expect(calls[0]?.closed).toBe(true);
    const names = club.names();
    expect(names.lastIndexOf('room.leave')).toBeLessThan(names.lastIndexOf('room.join'));
    expect(app.screen.value).toEqual({ at: 'room' });
  });

  test('plays on while the hall is shown', async () => {
    await inRoom();
    app.showHall(true);
    expect(app.screen.value).toEqual({ at: 'hall' });
    expect(app.room.value?.phase).toBe('live');
    expect(await app.enterRoom(ROOM)).toMatchObject({ ok: true });
    expect(app.screen.value).toEqual({ at: 'room' });
    expect(calls.length).toBe(1);
  });

  test('that we end ourselves needs no telling', async () => {
    await inRoom();
    club.answers['room.end'] = () => {
      club.onEvent({ ev: 'room.out', room: ROOM, why: 'ended', by: 'Inès' });
      return {};
    };
    expect(await app.endRoom()).toMatchObject({ ok: true });
    expect(app.room.value).toBeNull();
    expect(app.notice.value).toBeNull();
  });

  test.each(['removed', 'banned', 'ended', 'lost'] as const)('out of it: %s is said', async (why) => {
    await inRoom();
    await club.say('room.out', { room: ROOM, why, by: 'Tom' });
    expect(app.room.value).toBeNull();
    expect(app.notice.value).toMatchObject({ key: `notice.out_${why}`, params: { name: 'Tom' } });
    expect(KEYS).toContain(app.notice.value?.key);
    expect(last(calls).closed).toBe(true);
  });
});

describe('on another device', () => {
  const joins = (): number => club.names().filter((name) => name === 'room.join').length;
  const there = (room?: Id): Promise<void> => club.say('elsewhere', room ? { room } : {});

  test('one is asked before one goes in, and to stay there changes nothing', async () => {
    await asMember();
    await there(ROOM);
    expect(app.elsewhere.room.value).toBe(ROOM);
    const entering = app.enterRoom(ROOM);
    expect(app.elsewhere.asked.value).toEqual({ to: ROOM });
    app.elsewhere.answer(false);
    expect(await entering).toEqual({ ok: true, value: undefined });
    expect([joins(), app.room.value, app.elsewhere.asked.value]).toEqual([0, null, null]);
    const again = app.enterRoom(ROOM);
    app.elsewhere.answer(true);
    expect(await again).toMatchObject({ ok: true });
    expect([joins(), app.screen.value]).toEqual([1, { at: 'room' }]);
  });

  test('nobody is asked twice: a question gives way to the next one', async () => {
    await asMember();
    await there(TOM);
    const first = app.enterRoom(ROOM);
    const second = app.enterRoom(TOM);
    await first;
    expect(app.elsewhere.asked.value).toEqual({ to: TOM });
    app.elsewhere.answer(true);
    await second;
    expect(joins()).toBe(1);
  });

  test('a room is opened once one has said so, and then without another word', async () => {
    await asMember();
    await there(TOM);
    const room = { title: '', picked: null, sound: 'voice', sensitive: false, hands: 'everyone' } as const;
    const opening = app.openRoom(room);
    await settle();
    expect(app.elsewhere.asked.value).toEqual({ to: null });
    expect(club.names()).not.toContain('room.open');
    app.elsewhere.answer(true);
    expect(await opening).toMatchObject({ ok: true });
    expect(joins()).toBe(1);
  });

  test('a question that has no reason any more goes by itself, and nothing begins to sound', async () => {
    await asMember();
    await there(ROOM);
    const entering = app.enterRoom(ROOM);
    await there();
    await entering;
    expect([app.elsewhere.asked.value, joins()]).toEqual([null, 0]);
  });

  test('a link to a room asks once, not with every connection', async () => {
    const { hello } = club.answers;
    if (!hello) throw new Error('no answer');
    club.answers.hello = (members) => ({ ...hello(members), elsewhere: ROOM });
    address.path = `/r/${ROOM}`;
    await asMember();
    expect(app.elsewhere.asked.value).toEqual({ to: ROOM });
    app.elsewhere.answer(false);
    await settle();
    expect(last(shown)).toBe('/');
    club.drop('waiting');
    await reconnected();
    expect([app.elsewhere.asked.value, joins()]).toEqual([null, 0]);
  });

  test('the device whose presence ended is told, stays calm, and may come back', async () => {
    await inRoom();
    await there(ROOM);
    await club.say('room.out', { room: ROOM, why: 'elsewhere' });
    expect([app.room.value, app.notice.value]).toEqual([null, null]);
    expect(app.elsewhere.moved.value).toEqual({ room: ROOM, device: true });
    expect(last(calls).closed).toBe(true);
    club.drop('waiting');
    await reconnected();
    expect(joins()).toBe(1);
    expect(await app.elsewhere.comeBack()).toMatchObject({ ok: true });
    expect([joins(), app.elsewhere.moved.value]).toEqual([2, null]);
  });

  test('another window of this device is told apart', async () => {
    await inRoom();
    await club.say('room.out', { room: ROOM, why: 'elsewhere' });
    expect(app.elsewhere.moved.value).toEqual({ room: ROOM, device: false });
    await club.say('hall.gone', { room: ROOM });
    expect(app.elsewhere.moved.value).toBeNull();
  });

  test('who was away while another device took the place does not take it back', async () => {
    await inRoom();
    const { hello } = club.answers;
    if (!hello) throw new Error('no answer');
    club.answers.hello = (members) => ({ ...hello(members), elsewhere: ROOM });
    club.drop('waiting');
    await reconnected();
    await settle();
    expect([joins(), app.room.value]).toEqual([1, null]);
    expect(app.elsewhere.moved.value).toEqual({ room: ROOM, device: true });
  });

  test('nor who is on the way back: what it asked for is given up', async () => {
    await inRoom();
    club.drop('waiting');
    club.answers['room.join'] = () => {
      club.onEvent({ ev: 'elsewhere', room: ROOM });
      return { room: card, people: club.people, media };
    };
    await reconnected();
    await settle();
    expect(app.room.value).toBeNull();
    expect(last(club.names())).toBe('room.leave');
  });
});

describe('the microphone', () => {
  test('is asked for at the first unmute and heard only when the server agreed', async () => {
    await inRoom();
    expect(mic.state).toBe('idle');
    const unmuting = app.mute(false);
    await Promise.resolve();
    expect(mic.lives).toEqual([]);
    expect(await unmuting).toMatchObject({ ok: true });
    expect(mic.lives).toEqual([true]);
    expect(last(calls).tracks.length).toBe(1);
    await club.say('room.person', { room: ROOM, person: person({ muted: false }) });
    expect(app.room.value?.me.value?.muted).toBe(false);
  });

  test('is silent before the server is told to mute', async () => {
    await inRoom();
    await app.mute(false);
    const muting = app.mute(true);
    expect(mic.lives).toEqual([true, false]);
    club.drop('waiting');
    await muting;
    expect(app.room.value?.me.value?.muted).toBe(true);
  });

  test('stays silent if the server refuses', async () => {
    await inRoom();
    club.answers['room.mute'] = () => refuse('forbidden');
    expect(await app.mute(false)).toEqual({ ok: false, code: 'forbidden' });
    expect(mic.lives).toEqual([]);
  });

  test('that the browser denies or lacks says so', async () => {
    await inRoom();
    mic.refusal = 'denied';
    expect(await app.mute(false)).toEqual({ ok: false, code: 'mic_denied' });
    mic.refusal = 'missing';
    expect(await app.mute(false)).toEqual({ ok: false, code: 'mic_missing' });
    expect(club.names()).not.toContain('room.mute');
  });

  test('is nothing for the audience', async () => {
    await asMember();
    club.people = [person({ stage: false, role: 'listener' })];
    await app.enterRoom(ROOM);
    expect(await app.mute(false)).toEqual({ ok: false, code: 'forbidden' });
    expect(mic.state).toBe('idle');
  });

  test('falls silent when somebody mutes us', async () => {
    await inRoom();
    await app.mute(false);
    await club.say('room.person', { room: ROOM, person: person({ muted: false }) });
    await club.say('room.act', { room: ROOM, act: 'muted', by: tomsFace });
    await club.say('room.person', { room: ROOM, person: person({ muted: true }) });
    expect(mic.lives).toEqual([true, false]);
    expect(app.notice.value).toMatchObject({ key: 'notice.muted_by', params: { name: 'Tom' } });
  });

  test('never goes live because the server says so', async () => {
    await inRoom();
    await club.say('room.person', { room: ROOM, person: person({ muted: false }) });
    expect(mic.lives).toEqual([]);
    expect(app.room.value?.me.value?.muted).toBe(true);
  });

  test('is released with the stage', async () => {
    await inRoom();
    await app.mute(false);
    await club.say('room.person', { room: ROOM, person: person({ stage: false, role: 'listener' }) });
    expect(mic.state).toBe('idle');
    expect(last(last(calls).tracks)).toBeNull();
    expect(app.notice.value?.key).toBe('notice.to_audience');
  });

  test('that ends by itself is said, and told to the server', async () => {
    await inRoom();
    await app.mute(false);
    mic.become('ended');
    await settle();
    expect(app.room.value?.mic).toBe('ended');
    expect(last(club.asked)).toEqual({ name: 'room.mute', members: { muted: true } });
    expect(app.notice.value?.key).toBe('notice.mic_ended');
  });
});

describe('being called', () => {
  test('shows by whom, until answered', async () => {
    await inRoom();
    await club.say('room.called', { room: ROOM, by: { account: TOM, name: 'Tom' } });
    expect(app.room.value?.calledBy).toBe('Tom');
    await app.answerCall(true);
    expect(app.room.value?.calledBy).toBeNull();
    expect(last(club.asked)).toEqual({ name: 'room.answer', members: { accept: true } });
  });

  test('or until the call is over', async () => {
    await inRoom();
    await club.say('room.called', { room: ROOM, by: { account: TOM, name: 'Tom' } });
    await club.say('room.person', { room: ROOM, person: person({ called: false }) });
    expect(app.room.value?.calledBy).toBeNull();
  });
});

describe('coming back', () => {
  test('the sound goes on until a new join has taken its place', async () => {
    await inRoom();
    await app.mute(false);
    club.drop('waiting');
    expect(app.room.value?.phase).toBe('reconnecting');
    expect(app.link.value).toBe('offline');
    expect(calls[0]?.closed).toBe(false);
    await reconnected();
    expect(calls.length).toBe(2);
    expect(keys.length).toBe(2); // a new leaf
    expect([calls[0]?.closed, keys[0]?.closed]).toEqual([true, true]);
    expect(app.room.value?.phase).toBe('reconnecting');
    calls[1]?.events.path('up');
    keys[1]?.state();
    expect(app.room.value?.phase).toBe('live');
    expect(calls[1]?.tracks.length).toBe(1); // the microphone was on
    expect(last(club.asked)).toEqual({ name: 'room.mute', members: { muted: false } });
    expect(calls[0]?.events.path('failed')).toBeUndefined(); // an old connection has no say
    expect(app.room.value?.phase).toBe('live');
  });

  test('where four other microphones are on now, ours is off, and that is said', async () => {
    await inRoom();
    await app.mute(false);
    club.drop('waiting');
    club.answers['room.mute'] = () => refuse('mics_full');
    await reconnected();
    expect(app.notice.value?.key).toBe('notice.mics_full');
    expect(mic.lives).toEqual([true, false]);
  });

  const path = { ufrag: 'next', pwd: 'p'.repeat(24), candidates: [{ address: '192.0.2.1', port: 8080 }] };

  test('a path that fails is replaced, and the join stays', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    await inRoom();
    club.answers['room.path'] = () => path;
    calls[0]?.events.path('down');
    expect(app.room.value?.phase).toBe('reconnecting');
    vi.advanceTimersByTime(1000);
    await settle();
    expect(last(club.asked)).toEqual({ name: 'room.path', members: { room: ROOM, ufrag: 'wxyz' } });
    expect(calls[0]?.renewed).toEqual([path]);
    expect(app.room.value?.phase).toBe('reconnecting');
    vi.advanceTimersByTime(2000);
    expect(app.room.value?.phase).toBe('path');
    calls[0]?.events.path('up');
    expect(app.room.value?.phase).toBe('live');
    vi.advanceTimersByTime(60_000);
    vi.useRealTimers();
    await settle();
    expect([calls.length, keys.length]).toEqual([1, 1]); // no new leaf, nobody saw anything
    expect(club.names().filter((name) => name === 'room.path').length).toBe(1);
  });

  test('another network asks for another path at once', async () => {
    await inRoom();
    club.answers['room.path'] = () => path;
    network();
    await settle();
    expect(calls[0]?.renewed).toEqual([path]);
    expect(app.room.value?.phase).toBe('live'); // the old one may still carry
  });

  test('where there is no other path one joins again', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    await inRoom();
    club.answers['room.path'] = () => refuse('not_in_room');
    calls[0]?.events.path('failed');
    await settle();
    vi.advanceTimersByTime(500);
    vi.useRealTimers();
    await settle();
    expect(calls.length).toBe(2);
  });

  test('our own old presence making way is no reason to go', async () => {
    await inRoom();
    club.drop('waiting');
    club.answers['room.join'] = () => {
      club.onEvent({ ev: 'room.out', room: ROOM, why: 'elsewhere' });
      return { room: card, people: club.people, media };
    };
    await reconnected();
    expect(calls.length).toBe(2);
    expect(app.room.value).not.toBeNull();
  });

  test('a moderator brings back the title that a restart took from the server, and nobody else does', async () => {
    const asked = async (role: Person['role'], untitled: boolean): Promise<unknown[]> => {
      await inRoom();
      club.drop('waiting');
      club.people = [person({ role }), tom()];
      const bare = { ...card, title: '' };
      club.answers['room.join'] = () => ({
        room: bare,
        people: club.people,
        media,
        ...(untitled ? { untitled } : {}),
      });
      const before = club.asked.length;
      await club.connect();
      await signed();
      club.onEvent({ ev: 'hall', rooms: [bare] }); // the hallway knows it without a title already
      await settle();
      return club.asked.slice(before).filter(({ name }) => name === 'room.title');
    };
    expect(await asked('moderator', true)).toEqual([{ name: 'room.title', members: { title: card.title } }]);
    expect(await asked('listener', true)).toEqual([]);
    expect(await asked('moderator', false)).toEqual([]); // it has none by now
  });

  test('a room that is gone is over', async () => {
    await inRoom();
    club.drop('waiting');
    club.answers['room.join'] = () => refuse('not_found');
    await reconnected();
    expect(app.room.value).toBeNull();
    expect(app.notice.value?.key).toBe('error.not_found');
  });

  test('a room that cannot be joined just now is tried again', async () => {
    await inRoom();
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    club.drop('waiting');
    const answer = club.answers['room.join'];
    club.answers['room.join'] = () => refuse('busy');
    await reconnected();
    expect(app.room.value?.phase).toBe('reconnecting');
    if (answer) club.answers['room.join'] = answer;
    vi.advanceTimersByTime(500);
    vi.useRealTimers();
    await settle();
    expect(calls.at(-1)?.answered).toBe(1);
    expect(calls.at(-1)?.closed).toBe(false);
  });

  test('keys that break fall silent and join anew', async () => {
    await inRoom();
    const quiet = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    last(keys).person = () => Promise.reject(new Error('a bug'));
    await club.say('room.person', { room: ROOM, person: tom() });
    expect(calls[0]?.stopped).toBe(1);
    expect(app.room.value?.phase).toBe('reconnecting');
    expect(quiet).toHaveBeenCalled();
    quiet.mockRestore();
  });
});

describe('moderating', () => {
  const as = async (more: Partial<Person>): Promise<void> => {
    await inRoom();
    await club.say('room.person', { room: ROOM, person: person(more) });
  };

  test('is a request each', async () => {
    await inRoom();
    const asked = club.asked.length;
    await app.hosting.setModerator(TOM, true);
    await app.hosting.lock(true);
    await app.hosting.setTitle('Tea');
    await app.hosting.setHands('off');
    await app.hosting.lower(TOM);
    await app.hosting.lowerAll();
    await app.hosting.ping(TOM);
    await app.hosting.knock(TOM);
    expect(club.asked.slice(asked)).toEqual([
      { name: 'room.role', members: { account: TOM, moderator: true } },
      { name: 'room.lock', members: { locked: true } },
      { name: 'room.title', members: { title: 'Tea' } },
      { name: 'room.hands', members: { hands: 'off' } },
      { name: 'room.lower', members: { account: TOM } },
      { name: 'room.lower_all', members: {} },
      { name: 'room.ping', members: { account: TOM } },
      { name: 'room.knock', members: { room: TOM } },
    ]);
    club.answers['room.ping'] = () => refuse('not_found');
    expect(await app.hosting.ping(TOM)).toEqual({ ok: false, code: 'not_found' });
  });

  test('is for who has the role, and for founder and admins everywhere', async () => {
    await as({ role: 'listener' });
    expect(app.room.value?.me.value?.moderates).toBe(false);
    await club.say('room.person', { room: ROOM, person: person({ role: 'moderator' }) });
    expect(app.room.value?.me.value?.moderates).toBe(true);
    await club.say('room.person', { room: ROOM, person: person({ role: 'listener', club: 'admin' }) });
    expect(app.room.value?.me.value?.moderates).toBe(true);
  });

  test.each([
    ['lowered', 'notice.not_now'],
    ['moderator', 'notice.moderator'],
    ['no_moderator', 'notice.no_moderator'],
  ] as const)('done to us: %s is said with a name', async (act, key) => {
    await inRoom();
    await club.say('room.act', { room: ROOM, act, by: tomsFace });
    expect(app.notice.value).toMatchObject({ key, params: { name: 'Tom' } });
    expect(KEYS).toContain(key);
  });

  test('all hands down is said to those whose hand was up', async () => {
    await as({ role: 'listener', stage: false, hand: 0 });
    await club.say('room.person', { room: ROOM, person: tom({ hand: 5 }) });
    app.dismissNotice();
    await club.say('room.hands_down', { room: ROOM, by: tomsFace });
    expect(app.room.value?.people.value.map(({ hand }) => hand)).toEqual([0, 0]);
    expect(app.notice.value).toBeNull();
    await club.say('room.person', { room: ROOM, person: person({ stage: false, hand: 7 }) });
    await club.say('room.hands_down', { room: ROOM, by: tomsFace });
    expect(app.room.value?.me.value?.hand).toBe(0);
    expect(app.notice.value).toMatchObject({ key: 'notice.hands_down', params: { name: 'Tom' } });
  });

  test('who declines a call is told to moderators, and to nobody else', async () => {
    await as({ role: 'listener', stage: false });
    await club.say('room.person', { room: ROOM, person: tom({ called: true }) });
    app.dismissNotice();
    await club.say('room.person', { room: ROOM, person: tom() });
    expect(app.notice.value).toBeNull();
    await club.say('room.person', { room: ROOM, person: person({ role: 'moderator' }) });
    app.dismissNotice();
    await club.say('room.person', { room: ROOM, person: tom({ called: true }) });
    await club.say('room.person', { room: ROOM, person: tom({ stage: true }) }); // said yes
    expect(app.notice.value).toBeNull();
    await club.say('room.person', { room: ROOM, person: tom({ called: true }) });
    await club.say('room.person', { room: ROOM, person: tom() });
    expect(app.notice.value).toMatchObject({ key: 'notice.declined', params: { name: 'Tom' } });
  });

  test('remembers who left, until they are back', async () => {
    await inRoom();
    await club.say('room.left', { room: ROOM, account: TOM, why: 'self' });
    expect(app.room.value?.departed.value).toEqual([tomsFace]);
    await club.say('room.person', { room: ROOM, person: tom() });
    expect(app.room.value?.departed.value).toEqual([]);
  });

  test('shows in the room what the card says', async () => {
    await inRoom();
    await club.say('hall.room', { room: { ...card, title: 'Tea', locked: true, hands: 'off' } });
    expect(app.room.value?.card).toMatchObject({ title: 'Tea', locked: true, hands: 'off' });
  });
});

describe('who knocks', () => {
  const ZOE = ROOM; // an id like any other
  const knock = { room: ROOM, by: tomsFace };
  const heard = (): string[] => app.hosting.knocks.value.map(({ by }) => by.account);

  test('waits, once, until asked in, sent away, or in', async () => {
    await inRoom();
    await club.say('room.knocked', { room: ROOM, by: { account: ZOE, name: 'Zoé' } });
    await club.say('room.knocked', knock);
    await club.say('room.knocked', knock);
    expect(heard()).toEqual([ZOE, TOM]);
    app.hosting.dropKnock(ZOE);
    club.answers['room.ping'] = () => refuse('not_found');
    await app.hosting.ping(TOM);
    expect(heard()).toEqual([TOM]);
    club.answers['room.ping'] = () => ({});
    await app.hosting.ping(TOM);
    expect(heard()).toEqual([]);
    await club.say('room.knocked', knock);
    await club.say('room.person', { room: ROOM, person: person({ account: TOM }) });
    expect(heard()).toEqual([]);
  });

  test('is forgotten when the lock opens, and in another room', async () => {
    await inRoom();
    await club.say('room.knocked', knock);
    await club.say('hall.room', { room: { ...card, locked: true } });
    expect(heard()).toEqual([TOM]);
    await club.say('hall.room', { room: card });
    expect(heard()).toEqual([]);
    await club.say('room.knocked', knock);
    await app.enterRoom(TOM);
    expect(heard()).toEqual([]);
  });
});

describe('being asked in', () => {
  const ping = { room: ROOM, title: 'Café', by: tomsFace };

  test('waits until answered, and is over with the room', async () => {
    await asMember();
    await club.say('pinged', ping);
    expect(app.hosting.pinged.value).toEqual(ping);
    app.hosting.dropPing();
    expect(app.hosting.pinged.value).toBeNull();
    await club.say('pinged', ping);
    await club.say('hall.gone', { room: TOM });
    expect(app.hosting.pinged.value).toEqual(ping);
    await club.say('hall.gone', { room: ROOM });
    expect(app.hosting.pinged.value).toBeNull();
    await club.say('pinged', ping);
    await app.enterRoom(ROOM);
    expect(app.hosting.pinged.value).toBeNull();
  });

  test('a room that was full is told once when there is a place', async () => {
    await asMember();
    club.answers['room.join'] = () => refuse('room_full');
    expect(await app.enterRoom(ROOM)).toMatchObject({ code: 'room_full' });
    expect(app.hosting.full.value).toMatchObject({ room: ROOM, why: 'room_full', place: false });
    app.hosting.dropFull();
    await club.say('hall.room', { room: { ...card, people: 10_000 } });
    await club.say('hall.room', { room: { ...card, id: TOM, people: 4 } });
    expect(app.notice.value).toBeNull();
    await club.say('hall.room', { room: { ...card, people: 9999 } });
    expect(app.notice.value).toMatchObject({ key: 'notice.space', params: { room: 'Café' } });
    app.dismissNotice();
    await club.say('hall.room', { room: { ...card, people: 9998 } });
    expect(app.notice.value).toBeNull();
  });

  test('who stands before the full room sees there that it has a place, or that it is over', async () => {
    await asMember();
    club.answers['room.join'] = () => refuse('room_full');
    await app.enterRoom(ROOM);
    await club.say('hall.room', { room: card });
    expect(app.notice.value).toBeNull();
    expect(app.hosting.full.value).toMatchObject({ room: ROOM, title: 'Café', place: true });
    await club.say('hall.gone', { room: ROOM });
    expect(app.hosting.full.value).toBeNull();
    expect(app.notice.value).toMatchObject({ key: 'notice.out_ended' });
  });

  test('a full server is said before its door too, and promises nothing', async () => {
    await asMember();
    club.answers['room.join'] = () => refuse('server_full');
    await app.enterRoom(ROOM);
    expect(app.hosting.full.value).toMatchObject({ why: 'server_full' });
    app.hosting.dropFull();
    await club.say('hall.room', { room: card });
    expect(app.notice.value).toBeNull();
    club.answers['room.join'] = () => refuse('room_locked');
    await app.enterRoom(ROOM);
    expect(app.hosting.full.value).toBeNull();
  });

  test('a room that was full and is gone is not waited for', async () => {
    await asMember();
    club.answers['room.join'] = () => refuse('room_full');
    await app.enterRoom(ROOM);
    app.hosting.dropFull();
    await club.say('hall.gone', { room: ROOM });
    await club.say('hall.room', { room: card });
    expect(app.notice.value).toBeNull();
  });
});
