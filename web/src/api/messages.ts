// The JSON of docs/protocol.md as types: what goes over the WebSocket, nothing else.
// Bytes are base64url strings here; `Id` is 22 characters, `Hash` and `Key` 43.

import type { Account, Alert, Health, OpenInvite } from './admin.ts';

export type Id = string;
export type Hash = string;
export type Key = string;
export type Bytes64 = string;

export type ClubRole = 'founder' | 'admin' | 'member';
export type RoomRole = 'moderator' | 'speaker' | 'listener';
export type LeftWhy = 'self' | 'removed' | 'lost' | 'elsewhere' | 'banned' | 'ended';
export type HandsPolicy = 'everyone' | 'followed' | 'off'; // who may raise a hand; followed: by somebody on stage
export type Act = 'muted' | 'sent_back' | 'lowered' | 'moderator' | 'no_moderator'; // by a moderator, to us
export type InviteState = 'open' | 'used' | 'expired' | 'revoked';

export interface LogHead {
  size: number;
  head: Hash;
}

export interface Face {
  account: Id;
  name: string;
}

// What a room is for: speech, or music in stereo, as the microphone hears it.
export type Sound = 'voice' | 'music';

export interface RoomCard {
  id: Id;
  host: Id; // who opened it
  title: string;
  who: 'everyone' | 'picked';
  sound: Sound;
  sensitive?: boolean; // its title is shown in the club alone, and its sound is sent evenly
  locked?: boolean; // absent: no
  hands?: HandsPolicy; // absent: everyone
  opened: number;
  people: number;
  speakers: number;
  faces: Face[];
}

export interface Person {
  account: Id;
  device: Id;
  name: string;
  club: ClubRole;
  role: RoomRole;
  stage: boolean;
  muted: boolean;
  away: boolean;
  called: boolean;
  silent?: boolean; // may not chat; absent: may
  hand: number;
  order: number;
  leaf: Bytes64;
  slot?: number;
}

export interface ChainEntry {
  n: number;
  record: Bytes64;
}

export interface MediaRequest {
  ufrag: string;
  fingerprint: Hash;
  pt: number;
  level: number;
  ssrc: [number, number];
}

// The server's half of ICE, in the reply to a join and to a request for another path.
export interface PathReply {
  ufrag: string;
  pwd: string;
  candidates: { address: string; port: number; tcp?: boolean }[]; // tcp: passive, RFC 6544
}

export interface MediaReply extends PathReply {
  fingerprint: Hash;
  slots: number[];
  setup: 'passive';
}

export interface KeyPart {
  slot: number;
  data: Bytes64;
}

export interface RosterChange {
  slot: number;
  leaf: Hash | null;
}

export interface KeyMessage {
  header: Bytes64;
  stage: Bytes64;
  changes: RosterChange[];
  welcomes: KeyPart[];
  seals: KeyPart[];
  wraps: Bytes64[];
  split?: KeySplit[];
}

export interface InviteInfo {
  invite: Key;
  state: InviteState;
  time: number;
  expires: number;
  guest?: Face;
}

export interface Appended {
  n: number;
  log: LogHead;
}

export interface Profile {
  account: Id;
  name: string;
  handle?: string;
  pronouns?: string;
  bio?: string;
  picture?: Bytes64;
  role: ClubRole;
}

export interface DeviceInfo {
  device: Id;
  time: number;
  online: boolean;
  this: boolean;
}

export interface ModEntry {
  kind: string; // the record's purpose
  n?: number; // absent: never stored, only this evening
  time: number;
  by: Face;
  target: Face;
  undone: boolean;
  room?: string; // its title
  evening: boolean;
}

// What is known of somebody who is said to succeed us.
export interface HelloClaim {
  successor: Id;
  name: string;
  until: number;
}

export interface ClaimInfo {
  body: Bytes64;
  sig: Bytes64;
  by: Face;
  target: Face;
  successor: Face;
}

export interface KeySplit {
  account: Id;
  first: number;
  last: number;
  seal: Bytes64;
}

export type Who = 'everyone' | 'picked' | 'followed';
export type ReportReason = 'harassment' | 'hate' | 'recording' | 'impersonation' | 'spam' | 'other';

// Something announced for later.
export interface EventCard {
  id: Id;
  by: Face;
  title: string;
  start: number;
  sensitive: boolean; // no title outside of the club
  who: 'everyone' | 'picked';
}

export interface Report {
  id: Id;
  by: Face;
  device: Id; // which signed it
  target: Face;
  room?: Id;
  title?: string; // of that room
  reason: ReportReason;
  time: number;
  text: string;
  evidence: string;
  sig: Bytes64;
  until: number; // then it is deleted
  untrue: number; // earlier ones by the same that were marked as such
}

// A speaker's two variants: docs/protocol.md, Tracing.
export type Twin =
  | { live: false }
  | { live: true; offset: number; timestamp: number; hop: number; pattern?: Bytes64 };

// A room that the ledger still has.
export interface TraceRoom {
  room: Id;
  title: string;
  opened: number;
  patterns: number;
  released: Id[]; // who signed a trace-release for it
}

// What a club says of itself; the texts as its operator wrote them.
export interface ClubPage {
  about?: string;
  about_fr?: string;
  contact?: string;
  since: number;
  members: number;
  trace_days: number;
}

// One row per request: what it takes and what its reply brings (beside `id`, `do`, `re`, `ok`).
export interface Requests {
  'invite.look': [
    { invite: Key; sig: Bytes64 },
    { kind: 'founder' | 'invite'; inviter?: string; club: string; founder?: Id },
  ];
  'invite.redeem': [{ record: Bytes64; name: string }, { n: number; log: LogHead; account: Id; device: Id }];
  hello: [
    { account: Id; device: Id; sig: Bytes64; log: LogHead },
    {
      account: Id;
      name: string;
      role: ClubRole;
      log: LogHead;
      founder: Id;
      held: boolean;
      elsewhere?: Id; // the room that the account is in on another device
      claim?: HelloClaim;
    },
  ];
  'pair.open': [{ key: Key }, { code: string; until: number }];
  'pair.accept': [{ record: Bytes64 }, Appended & { account: Id; device: Id }];
  'recovery.look': [{ key: Key; sig: Bytes64 }, { account: Id; name: string }];
  'recovery.use': [{ record: Bytes64 }, Appended & { account: Id; device: Id }];
  'passkey.look': [{ credential: Bytes64 }, { data: Bytes64 }];
  'log.append': [{ record: Bytes64 }, Appended];
  'log.read': [{ from: number }, { from: number; entries: Bytes64; records: ChainEntry[]; log: LogHead }];
  'invite.list': [Record<never, never>, { left: number; invites: InviteInfo[] }];
  'chain.read': [{ accounts: Id[] }, { chains: { account: Id; entries: ChainEntry[] }[] }];
  'device.list': [Record<never, never>, { devices: DeviceInfo[]; recovery: boolean }];
  'pair.find': [{ code: string }, { key: Key }];
  'pair.offer': [{ key: Key; body: Bytes64; sig: Bytes64 }, Record<never, never>];
  'passkey.set': [{ passkeys: { credential: Bytes64; data: Bytes64 }[] }, Record<never, never>];
  'passkey.list': [Record<never, never>, { passkeys: { credential: Bytes64 }[] }];
  'club.read': [Record<never, never>, ClubPage];
  'profile.read': [{ accounts: Id[] }, { profiles: Profile[] }];
  'profile.set': [
    { name?: string; handle?: string; pronouns?: string; bio?: string; picture?: Bytes64 },
    Record<never, never>,
  ];
  'account.export': [Record<never, never>, { export: Record<string, unknown> }];
  'mod.list': [Record<never, never>, { entries: ModEntry[] }];
  'admin.health': [Record<never, never>, Health];
  'admin.invites': [{ after: number }, { open: number; invites: OpenInvite[]; next?: number }];
  'admin.find': [{ handle: string } | { account: Id } | { invite: Key }, { member: Account }];
  'admin.alerts': [Record<never, never>, { alerts: Alert[]; newest: number }];
  'claim.open': [{ body: Bytes64; sig: Bytes64 }, Record<never, never>];
  'claim.list': [Record<never, never>, { claims: ClaimInfo[] }];
  'people.follow': [{ account: Id; on: boolean }, Record<never, never>];
  'people.block': [{ account: Id; on: boolean }, Record<never, never>];
  'people.list': [Record<never, never>, { follows: Face[]; blocks: Face[] }];
  'event.new': [{ title: string; start: number; sensitive: boolean; who: Who; picked?: Id[] }, { event: Id }];
  'event.cancel': [{ event: Id }, Record<never, never>];
  report: [
    {
      account: Id;
      room?: Id;
      reason: ReportReason;
      time: number;
      text: string;
      evidence: string;
      sig: Bytes64;
    },
    Record<never, never>,
  ];
  'report.list': [Record<never, never>, { reports: Report[] }];
  'report.close': [{ report: Id; by: Id; untrue: boolean }, Record<never, never>];
  'room.open': [
    { title: string; who: Who; picked?: Id[]; sound?: Sound; sensitive?: boolean; hands?: HandsPolicy },
    { room: Id },
  ];
  'room.join': [
    { room: Id; leaf: Bytes64; kem?: Bytes64; media: MediaRequest },
    // gone: slots of the current header whose leaf is nobody's any more (they left, or came back with another)
    {
      room: RoomCard;
      people: Person[];
      header?: Bytes64;
      stage?: Bytes64;
      gone?: RosterChange[];
      trace?: Hash; // what the server committed to; absent: this room cannot be traced
      untitled?: boolean; // the server came back from a restart without its title: a moderator tells it
      media: MediaReply;
    },
  ];
  'room.path': [{ room: Id; ufrag: string }, PathReply];
  'room.leave': [Record<never, never>, Record<never, never>];
  'room.hand': [{ up: boolean }, Record<never, never>];
  'room.mute': [{ muted: boolean }, Record<never, never>];
  'room.bring': [{ account: Id }, Record<never, never>];
  'room.answer': [{ accept: boolean }, Record<never, never>];
  'room.send_back': [{ account: Id }, Record<never, never>];
  'room.mute_other': [{ account: Id }, Record<never, never>];
  'room.remove': [{ record: Bytes64 }, Record<never, never>];
  'room.readmit': [{ account: Id }, Record<never, never>];
  'room.end': [Record<never, never>, Record<never, never>];
  'room.role': [{ account: Id; moderator: boolean }, Record<never, never>];
  'room.lock': [{ locked: boolean }, Record<never, never>];
  'room.title': [{ title: string }, Record<never, never>];
  'room.hands': [{ hands: HandsPolicy }, Record<never, never>];
  'room.lower': [{ account: Id }, Record<never, never>];
  'room.lower_all': [Record<never, never>, Record<never, never>];
  'room.ping': [{ account: Id }, Record<never, never>];
  'room.knock': [{ room: Id }, Record<never, never>];
  'room.keys': [{ room: Id } & KeyMessage, Record<never, never>];
  'room.seals': [{ room: Id; counter: number; seals: KeyPart[] }, Record<never, never>];
  'room.beat': [{ room: Id; data: Bytes64 }, Record<never, never>];
  'room.tags': [{ room: Id; data: Bytes64 }, Record<never, never>];
  'room.twin': [{ room: Id } & Twin, Record<never, never>];
  'trace.list': [Record<never, never>, { rooms: TraceRoom[] }];
  'trace.read': [{ room: Id }, { patterns: Bytes64[] }];
  'room.kem': [{ room: Id; accounts: Id[] }, { kems: { account: Id; kem: Bytes64 }[] }];
  // data: sealed, see docs/protocol.md "Talk"
  'room.say': [{ room: Id; data: Bytes64 }, Record<never, never>];
  'room.react': [{ room: Id; data: Bytes64 }, Record<never, never>];
  'room.note': [{ room: Id; data: Bytes64 }, Record<never, never>];
  'room.pin': [{ room: Id; data: Bytes64; again: boolean }, Record<never, never>]; // again: for newcomers
  'room.silence': [{ account: Id; silent: boolean }, Record<never, never>];
}

// One row per event (beside `ev`).
export interface Events {
  challenge: { nonce: Bytes64; club: string; time: number; version: number; founder?: Id };
  error: { error: WireError };
  hall: { rooms: RoomCard[] };
  'hall.room': { room: RoomCard };
  'hall.gone': { room: Id };
  'hall.events': { events: EventCard[] };
  'hall.event': { event: EventCard };
  'hall.event_gone': { event: Id };
  reports: { count: number };
  alerts: { newest: number }; // its number
  guest: { account: Id; name: string; invite: Key };
  log: { log: LogHead };
  profile: Face;
  held: { held: boolean };
  role: { role: ClubRole };
  elsewhere: { room?: Id }; // none: not any more
  'pair.offer': { account: Id; founder: Id; body: Bytes64; sig: Bytes64 };
  'pair.done': { device: Id };
  'pair.gone': { key: Key };
  'mod.ask': { by: Face; target: Face; kind: string };
  claim: { by: Face; target: Face; successor: Face };
  claimed: { successor: Face; until: number };
  'room.person': { room: Id; person: Person };
  'room.followed': { room: Id; orders: number[] };
  'room.left': { room: Id; account: Id; why: LeftWhy; record?: Bytes64 };
  'room.news': { room: Id; people: Person[]; left: { account: Id; why: LeftWhy }[] }; // taken apart by the session
  'room.called': { room: Id; by: Face };
  'room.act': { room: Id; act: Act; by: Face };
  'room.hands_down': { room: Id; by: Face };
  'room.knocked': { room: Id; by: Face };
  pinged: { room: Id; title: string; by: Face };
  'room.out': { room: Id; why: LeftWhy; by?: string };
  'room.keys': {
    room: Id;
    header: Bytes64;
    stage: Bytes64;
    changes: RosterChange[];
    welcome?: Bytes64;
    seal?: Bytes64;
    wrap?: Bytes64;
    split?: Omit<KeySplit, 'account'>; // my share of the seals
  };
  'room.seal': { room: Id; counter: number; seal: Bytes64 };
  'room.beat': { room: Id; data: Bytes64 };
  'room.tags': { room: Id; account: Id; data: Bytes64 };
  'room.say': { room: Id; account: Id; data: Bytes64 };
  'room.react': { room: Id; list: { account: Id; data: Bytes64 }[] };
  'room.note': { room: Id; account: Id; data: Bytes64 };
  'room.pin': { room: Id; account: Id; data: Bytes64 };
}

export interface WireError {
  code: string;
  message: string;
  retry_after_ms?: number;
}

export type RequestName = keyof Requests;
export type EventName = keyof Events;
