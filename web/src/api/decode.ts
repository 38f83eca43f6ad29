// Every reply and event is checked against docs/protocol.md before anything else of the client sees it:
// exact members, exact alphabets, bounded lengths. A value that does not fit is refused whole.

import type { Decoders, Incoming } from '../socket/socket.ts';
import type {
  ChainEntry,
  EventName,
  Events,
  Face,
  InviteInfo,
  LogHead,
  MediaReply,
  Person,
  RequestName,
  Requests,
  RoomCard,
  RosterChange,
  WireError,
} from './messages.ts';

type Check<T> = (value: unknown) => value is T;
type Members<T> = {
  [K in keyof T]-?: undefined extends T[K] ? Optional<Exclude<T[K], undefined>> : Check<T[K]>;
};
interface Optional<T> {
  optional: Check<T>;
}

// The server's bounds, see limits.h: a longer list than it may ever send is not a list.
const MOST_PEOPLE = 10_000;
const MOST_ROOMS = 10_000;
const MOST_STAGE_BYTES = 1024;

const maybe = <T>(optional: Check<T>): Optional<T> => ({ optional });

function object<T>(members: Members<T>): Check<T> {
  const rules = Object.entries(members) as [string, Check<unknown> | Optional<unknown>][];
  const names = new Set(rules.map(([name]) => name));
  return (value): value is T => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
    const has = value as Record<string, unknown>;
    return (
      Object.keys(has).every((name) => names.has(name)) &&
      rules.every(([name, rule]) => {
        if (typeof rule === 'function') return Object.hasOwn(has, name) && rule(has[name]);
        return !Object.hasOwn(has, name) || rule.optional(has[name]);
      })
    );
  };
}

function list<T>(of: Check<T>, most: number, least = 0): Check<T[]> {
  return (value): value is T[] =>
    Array.isArray(value) && value.length >= least && value.length <= most && value.every((one) => of(one));
}

function oneOf<T extends string>(...values: T[]): Check<T> {
  return (value): value is T => values.some((one) => one === value);
}

function integer(most: number): Check<number> {
  return (value): value is number =>
    Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= most;
}

function text(most: number): Check<string> {
  return (value): value is string => typeof value === 'string' && value.length <= most;
}

// base64url without padding. `exactly` bytes, or up to `most`.
function base64url(bytes: { exactly: number } | { most: number }): Check<string> {
  const exact = 'exactly' in bytes;
  const length = Math.ceil(((exact ? bytes.exactly : bytes.most) * 4) / 3);
  return (value): value is string =>
    typeof value === 'string' &&
    (exact ? value.length === length : value.length <= length && value.length % 4 !== 1) &&
    /^[A-Za-z0-9_-]*$/.test(value);
}

const bool: Check<boolean> = (value): value is boolean => typeof value === 'boolean';
const u16 = integer(0xffff);
const u32 = integer(0xffffffff);
const big = integer(Number.MAX_SAFE_INTEGER);
const id = base64url({ exactly: 16 });
const hash = base64url({ exactly: 32 });
const record = base64url({ most: 512 });
const sealed = base64url({ most: 1280 });
const live = base64url({ most: 1024 }); // a heartbeat or frame tags
const kem = base64url({ exactly: 1184 });
const stageList = base64url({ most: MOST_STAGE_BYTES });
const name = text(160);
const title = text(240);
const iceWord: Check<string> = (value): value is string =>
  typeof value === 'string' && /^[A-Za-z0-9+/]{4,256}$/.test(value); // RFC 8839 5.4: ice-char
const address: Check<string> = (value): value is string =>
  typeof value === 'string' && /^[0-9A-Fa-f.:]{2,45}$/.test(value);

const log = object<LogHead>({ size: big, head: hash });
const face = object<Face>({ account: id, name });
const club = oneOf('founder', 'admin', 'member');
const why = oneOf('self', 'removed', 'lost', 'elsewhere', 'banned', 'ended');

const card = object<RoomCard>({
  id,
  title,
  who: oneOf('everyone', 'picked'),
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
  hand: big,
  order: u32,
  leaf: record,
  slot: maybe(u16),
});

const media = object<MediaReply>({
  ufrag: iceWord,
  pwd: iceWord,
  fingerprint: hash,
  candidates: list(object<{ address: string; port: number }>({ address, port: integer(0xffff) }), 16, 1),
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
const freed: Check<null> = (value): value is null => value === null;
const change = object<RosterChange>({
  slot: u16,
  leaf: (value): value is string | null => hash(value) || freed(value),
});
const wireError = object<WireError>({ code: text(64), message: text(1024), retry_after_ms: maybe(u32) });
const nothing = object<Record<never, never>>({});
// Whose record it is, as in the reply of a redemption, may be said in the others too.
const appended = object<{ n: number; log: LogHead; account?: string; device?: string }>({
  n: big,
  log,
  account: maybe(id),
  device: maybe(id),
});

const replies: { [K in RequestName]: Check<Requests[K][1]> } = {
  'invite.look': object<Requests['invite.look'][1]>({
    kind: oneOf('founder', 'invite'),
    inviter: maybe(name),
    club: name,
    founder: maybe(id),
  }),
  'invite.redeem': object<Requests['invite.redeem'][1]>({ n: big, log, account: id, device: id }),
  hello: object<Requests['hello'][1]>({ account: id, name, role: club, log, founder: id }),
  'invite.create': appended,
  'invite.revoke': appended,
  'invite.list': object<Requests['invite.list'][1]>({ left: u32, invites: list(invite, 100_000) }),
  'chain.read': object<Requests['chain.read'][1]>({
    chains: list(
      object<{ account: string; entries: ChainEntry[] }>({ account: id, entries: list(entry, 160) }),
      64,
    ),
  }),
  'member.ban': appended,
  'member.unban': appended,
  'room.open': object<Requests['room.open'][1]>({ room: id }),
  'room.join': object<Requests['room.join'][1]>({
    room: card,
    people: list(person, MOST_PEOPLE),
    header: maybe(record),
    stage: maybe(stageList),
    gone: maybe(list(change, MOST_PEOPLE)),
    media,
  }),
  'room.leave': nothing,
  'room.hand': nothing,
  'room.mute': nothing,
  'room.bring': nothing,
  'room.answer': nothing,
  'room.send_back': nothing,
  'room.mute_other': nothing,
  'room.remove': nothing,
  'room.end': nothing,
  'room.keys': nothing,
  'room.seals': nothing,
  'room.beat': nothing,
  'room.tags': nothing,
  'room.kem': object<Requests['room.kem'][1]>({
    kems: list(object<{ account: string; kem: string }>({ account: id, kem }), 64),
  }),
};

const events: { [E in EventName]: Check<Events[E]> } = {
  challenge: object<Events['challenge']>({ nonce: hash, club: name, time: big, version: u32 }),
  error: object<Events['error']>({ error: wireError }),
  hall: object<Events['hall']>({ rooms: list(card, MOST_ROOMS) }),
  'hall.room': object<Events['hall.room']>({ room: card }),
  'hall.gone': object<Events['hall.gone']>({ room: id }),
  guest: object<Events['guest']>({ account: id, name, invite: hash }),
  log: object<Events['log']>({ log }),
  'room.person': object<Events['room.person']>({ room: id, person }),
  'room.left': object<Events['room.left']>({ room: id, account: id, why }),
  'room.called': object<Events['room.called']>({ room: id, by: face }),
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
