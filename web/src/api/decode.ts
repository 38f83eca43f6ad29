// Every reply and event is checked against docs/protocol.md before anything else of the client sees it:
// exact members, exact alphabets, bounded lengths. A value that does not fit is refused whole.

import type { Decoders, Incoming } from '../socket/socket.ts';
import {
  base64url,
  big,
  bool,
  type Check,
  club,
  face,
  handle,
  hash,
  id,
  integer,
  list,
  maybe,
  name,
  object,
  oneOf,
  text,
  u16,
  u32,
} from './check.ts';
import { adminReplies } from './decode-admin.ts';
import type {
  ChainEntry,
  ClaimInfo,
  ClubPage,
  DeviceInfo,
  EventCard,
  EventName,
  Events,
  HelloClaim,
  InviteInfo,
  LeftWhy,
  LogHead,
  MediaReply,
  ModEntry,
  PathReply,
  Person,
  Profile,
  Report,
  RequestName,
  Requests,
  RoomCard,
  RosterChange,
  TraceRoom,
  WireError,
} from './messages.ts';

// The server's bounds, see limits.h: a longer list than it may ever send is not a list.
const MOST_PEOPLE = 10_000;
const MOST_ROOMS = 10_000;
const MOST_NEWS = 128;
const MOST_STAGE_BYTES = 1024;
const MOST_ENTRIES = 8192; // of the member log in one reply
const MOST_PATH = 400; // records that one account's devices hang from
const MOST_PICTURE = 24 << 10;
const MOST_EVENTS = 1000;
const MOST_REPORT = 4000;
const MOST_ABOUT = 2400;
const MOST_CONTACT = 480;
const MOST_PATTERN = 6400;

const record = base64url({ most: 512 });
const sig = base64url({ exactly: 64 });
const sigLater = base64url({ most: 64 }); // none before the words were compared
const credential = base64url({ most: 512 });
const wrapped = base64url({ most: 512 }); // a recovery code under a passkey
const sealed = base64url({ most: 1280 });
const live = base64url({ most: 1024 }); // a heartbeat or frame tags
const kem = base64url({ exactly: 1184 });
const talk = base64url({ most: 2337 }); // sealed: chat, notes, the pinned line
const reaction = base64url({ exactly: 289 });
const stageList = base64url({ most: MOST_STAGE_BYTES });
const title = text(240);
const iceWord: Check<string> = (value): value is string =>
  typeof value === 'string' && /^[A-Za-z0-9+/]{4,256}$/.test(value); // RFC 8839 5.4: ice-char
const address: Check<string> = (value): value is string =>
  typeof value === 'string' && /^[0-9A-Fa-f.:]{2,45}$/.test(value);

const log = object<LogHead>({ size: big, head: hash });
const why = oneOf('self', 'removed', 'lost', 'elsewhere', 'banned', 'ended');

const card = object<RoomCard>({
  id,
  host: id,
  title,
  who: oneOf('everyone', 'picked'),
  sound: oneOf('voice', 'music'),
  sensitive: maybe(bool),
  locked: maybe(bool),
  hands: maybe(oneOf('everyone', 'followed', 'off')),
  opened: big,
  people: u32,
  speakers: u32,
  faces: list(face, 8),
});

const person = object<Person>({
  account: id,
  device: id,
  name,
  club,
  role: oneOf('moderator', 'speaker', 'listener'),
  stage: bool,
  muted: bool,
  away: bool,
  called: bool,
  silent: maybe(bool),
  hand: big,
  order: u32,
  leaf: record,
  slot: maybe(u16),
});

const path = {
  ufrag: iceWord,
  pwd: iceWord,
  candidates: list(
    object<PathReply['candidates'][number]>({ address, port: integer(0xffff), tcp: maybe(bool) }),
    16,
    1,
  ),
};
const media = object<MediaReply>({
  ...path,
  fingerprint: hash,
  slots: list(u32, 4, 4),
  setup: oneOf('passive'),
});

const entry = object<ChainEntry>({ n: big, record });
const invite = object<InviteInfo>({
  invite: hash,
  state: oneOf('open', 'used', 'expired', 'revoked'),
  time: big,
  expires: big,
  guest: maybe(face),
});
const profile = object<Profile>({
  account: id,
  name,
  handle: maybe(handle),
  pronouns: maybe(text(30)),
  bio: maybe(text(160)),
  picture: maybe(base64url({ most: MOST_PICTURE })),
  role: club,
});
const modEntry = object<ModEntry>({
  kind: text(32),
  n: maybe(big),
  time: big,
  by: face,
  target: face,
  undone: bool,
  room: maybe(title),
  evening: bool,
});
const claim = object<ClaimInfo>({ body: record, sig, by: face, target: face, successor: face });
const event = object<EventCard>({
  id,
  by: face,
  title,
  start: big,
  sensitive: bool,
  who: oneOf('everyone', 'picked'),
});
const report = object<Report>({
  id,
  by: face,
  device: id,
  target: face,
  room: maybe(id),
  title: maybe(title),
  reason: oneOf('harassment', 'hate', 'recording', 'impersonation', 'spam', 'other'),
  time: big,
  text: text(MOST_REPORT),
  evidence: text(MOST_REPORT),
  sig,
  until: big,
  untrue: u32,
});
const anything: Check<Record<string, unknown>> = (value): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const freed: Check<null> = (value): value is null => value === null;
const change = object<RosterChange>({
  slot: u16,
  leaf: (value): value is string | null => hash(value) || freed(value),
});
const wireError = object<WireError>({ code: text(64), message: text(1024), retry_after_ms: maybe(u32) });
const nothing = object<Record<never, never>>({});
type Joined = Requests['invite.redeem'][1];
const joined = object<Joined>({ n: big, log, account: id, device: id });
const pairCode: Check<string> = (value): value is string =>
  typeof value === 'string' && /^[0-9A-Z]{8}$/.test(value);

const replies: { [K in RequestName]: Check<Requests[K][1]> } = {
  'invite.look': object<Requests['invite.look'][1]>({
    kind: oneOf('founder', 'invite'),
    inviter: maybe(name),
    club: name,
    founder: maybe(id),
  }),
  'invite.redeem': joined,
  hello: object<Requests['hello'][1]>({
    account: id,
    name,
    role: club,
    log,
    founder: id,
    held: bool,
    elsewhere: maybe(id),
    claim: maybe(object<HelloClaim>({ successor: id, name, until: big })),
  }),
  'pair.open': object<Requests['pair.open'][1]>({ code: pairCode, until: big }),
  'pair.accept': joined,
  'recovery.look': object<Requests['recovery.look'][1]>({ account: id, name }),
  'recovery.use': joined,
  'passkey.look': object<Requests['passkey.look'][1]>({ data: wrapped }),
  'log.append': object<Requests['log.append'][1]>({ n: big, log }),
  'log.read': object<Requests['log.read'][1]>({
    from: big,
    entries: base64url({ most: MOST_ENTRIES * 33 }),
    records: list(entry, MOST_ENTRIES),
    log,
  }),
  'invite.list': object<Requests['invite.list'][1]>({ left: u32, invites: list(invite, 100_000) }),
  'chain.read': object<Requests['chain.read'][1]>({
    chains: list(
      object<{ account: string; entries: ChainEntry[] }>({ account: id, entries: list(entry, MOST_PATH) }),
      64,
    ),
  }),
  'device.list': object<Requests['device.list'][1]>({
    devices: list(object<DeviceInfo>({ device: id, time: big, online: bool, this: bool }), 64),
    recovery: bool,
  }),
  'pair.find': object<Requests['pair.find'][1]>({ key: hash }),
  'pair.offer': nothing,
  'passkey.set': nothing,
  'passkey.list': object<Requests['passkey.list'][1]>({
    passkeys: list(object<{ credential: string }>({ credential }), 8),
  }),
  'club.read': object<ClubPage>({
    about: maybe(text(MOST_ABOUT)),
    about_fr: maybe(text(MOST_ABOUT)),
    contact: maybe(text(MOST_CONTACT)),
    since: big,
    members: u32,
    trace_days: u32,
  }),
  'profile.read': object<Requests['profile.read'][1]>({ profiles: list(profile, 16) }),
  'profile.set': nothing,
  'account.export': object<Requests['account.export'][1]>({ export: anything }),
  'mod.list': object<Requests['mod.list'][1]>({ entries: list(modEntry, 500) }),
  ...adminReplies,
  'claim.open': nothing,
  'claim.list': object<Requests['claim.list'][1]>({ claims: list(claim, 10_000) }),
  'people.follow': nothing,
  'people.block': nothing,
  'people.list': object<Requests['people.list'][1]>({ follows: list(face, 500), blocks: list(face, 200) }),
  'event.new': object<Requests['event.new'][1]>({ event: id }),
  'event.cancel': nothing,
  report: nothing,
  'report.list': object<Requests['report.list'][1]>({ reports: list(report, 100) }),
  'report.close': nothing,
  'room.open': object<Requests['room.open'][1]>({ room: id }),
  'room.join': object<Requests['room.join'][1]>({
    room: card,
    people: list(person, MOST_PEOPLE),
    header: maybe(record),
    stage: maybe(stageList),
    gone: maybe(list(change, MOST_PEOPLE)),
    trace: maybe(hash),
    untitled: maybe(bool),
    media,
  }),
  'room.path': object<PathReply>(path),
  'room.leave': nothing,
  'room.hand': nothing,
  'room.mute': nothing,
  'room.bring': nothing,
  'room.answer': nothing,
  'room.send_back': nothing,
  'room.mute_other': nothing,
  'room.remove': nothing,
  'room.readmit': nothing,
  'room.end': nothing,
  'room.role': nothing,
  'room.lock': nothing,
  'room.title': nothing,
  'room.hands': nothing,
  'room.lower': nothing,
  'room.lower_all': nothing,
  'room.ping': nothing,
  'room.knock': nothing,
  'room.keys': nothing,
  'room.seals': nothing,
  'room.beat': nothing,
  'room.tags': nothing,
  'room.kem': object<Requests['room.kem'][1]>({
    kems: list(object<{ account: string; kem: string }>({ account: id, kem }), 64),
  }),
  'room.say': nothing,
  'room.react': nothing,
  'room.note': nothing,
  'room.pin': nothing,
  'room.silence': nothing,
  'room.twin': nothing,
  'trace.list': object<Requests['trace.list'][1]>({
    rooms: list(
      object<TraceRoom>({ room: id, title, opened: big, patterns: u32, released: list(id, 100_000) }),
      100,
    ),
  }),
  'trace.read': object<Requests['trace.read'][1]>({
    patterns: list(base64url({ most: MOST_PATTERN }), 100_000),
  }),
};

const events: { [E in EventName]: Check<Events[E]> } = {
  challenge: object<Events['challenge']>({
    nonce: hash,
    club: name,
    time: big,
    version: u32,
    founder: maybe(id),
  }),
  error: object<Events['error']>({ error: wireError }),
  hall: object<Events['hall']>({ rooms: list(card, MOST_ROOMS) }),
  'hall.room': object<Events['hall.room']>({ room: card }),
  'hall.gone': object<Events['hall.gone']>({ room: id }),
  'hall.events': object<Events['hall.events']>({ events: list(event, MOST_EVENTS) }),
  'hall.event': object<Events['hall.event']>({ event }),
  'hall.event_gone': object<Events['hall.event_gone']>({ event: id }),
  reports: object<Events['reports']>({ count: u32 }),
  alerts: object<Events['alerts']>({ newest: big }),
  guest: object<Events['guest']>({ account: id, name, invite: hash }),
  log: object<Events['log']>({ log }),
  profile: face,
  held: object<Events['held']>({ held: bool }),
  role: object<Events['role']>({ role: club }),
  elsewhere: object<Events['elsewhere']>({ room: maybe(id) }),
  'pair.offer': object<Events['pair.offer']>({ account: id, founder: id, body: record, sig: sigLater }),
  'pair.done': object<Events['pair.done']>({ device: id }),
  'pair.gone': object<Events['pair.gone']>({ key: hash }),
  'mod.ask': object<Events['mod.ask']>({ by: face, target: face, kind: text(32) }),
  claim: object<Events['claim']>({ by: face, target: face, successor: face }),
  claimed: object<Events['claimed']>({ successor: face, until: big }),
  'room.person': object<Events['room.person']>({ room: id, person }),
  'room.followed': object<Events['room.followed']>({ room: id, orders: list(u32, 200) }),
  'room.left': object<Events['room.left']>({ room: id, account: id, why, record: maybe(record) }),
  'room.news': object<Events['room.news']>({
    room: id,
    people: list(person, MOST_NEWS),
    left: list(object<{ account: string; why: LeftWhy }>({ account: id, why }), MOST_NEWS),
  }),
  'room.called': object<Events['room.called']>({ room: id, by: face }),
  'room.act': object<Events['room.act']>({
    room: id,
    act: oneOf('muted', 'sent_back', 'lowered', 'moderator', 'no_moderator'),
    by: face,
  }),
  'room.hands_down': object<Events['room.hands_down']>({ room: id, by: face }),
  'room.knocked': object<Events['room.knocked']>({ room: id, by: face }),
  pinged: object<Events['pinged']>({ room: id, title, by: face }),
  'room.out': object<Events['room.out']>({ room: id, why, by: maybe(name) }),
  'room.keys': object<Events['room.keys']>({
    room: id,
    header: record,
    stage: stageList,
    changes: list(change, MOST_PEOPLE),
    welcome: maybe(sealed),
    seal: maybe(sealed),
    wrap: maybe(sealed),
    split: maybe(
      object<{ first: number; last: number; seal: string }>({ first: u16, last: u16, seal: sealed }),
    ),
  }),
  'room.seal': object<Events['room.seal']>({ room: id, counter: u32, seal: sealed }),
  'room.beat': object<Events['room.beat']>({ room: id, data: live }),
  'room.tags': object<Events['room.tags']>({ room: id, account: id, data: live }),
  'room.say': object<Events['room.say']>({ room: id, account: id, data: talk }),
  'room.react': object<Events['room.react']>({
    room: id,
    list: list(object<{ account: string; data: string }>({ account: id, data: reaction }), 8, 1),
  }),
  'room.note': object<Events['room.note']>({ room: id, account: id, data: talk }),
  'room.pin': object<Events['room.pin']>({ room: id, account: id, data: talk }),
};

export const decoders: Decoders = {
  reply<K extends RequestName>(request: K, body: Record<string, unknown>): Requests[K][1] | null {
    const check: Check<Requests[K][1]> = replies[request];
    return check(body) ? body : null;
  },

  event({ ev, ...body }: Record<string, unknown>): Incoming | null {
    if (typeof ev !== 'string' || !Object.hasOwn(events, ev)) return null;
    return events[ev as EventName](body) ? ({ ev, ...body } as Incoming) : null;
  },

  error: (value) => (wireError(value) ? value : null),
};
