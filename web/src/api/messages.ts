// The JSON of docs/protocol.md as types: what goes over the WebSocket, nothing else.
// Bytes are base64url strings here; `Id` is 22 characters, `Hash` and `Key` 43.

export type Id = string;
export type Hash = string;
export type Key = string;
export type Bytes64 = string;

export type ClubRole = 'founder' | 'admin' | 'member';
export type RoomRole = 'moderator' | 'speaker' | 'listener';
export type LeftWhy = 'self' | 'removed' | 'lost' | 'elsewhere' | 'banned' | 'ended';
export type InviteState = 'open' | 'used' | 'expired' | 'revoked';

export interface LogHead {
  size: number;
  head: Hash;
}

export interface Face {
  account: Id;
  name: string;
}

export interface RoomCard {
  id: Id;
  title: string;
  who: 'everyone' | 'picked';
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

export interface MediaReply {
  ufrag: string;
  pwd: string;
  fingerprint: Hash;
  candidates: { address: string; port: number }[];
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
}

export interface InviteInfo {
  invite: Key;
  state: InviteState;
  time: number;
  expires: number;
  guest?: Face;
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
    { account: Id; name: string; role: ClubRole; log: LogHead; founder: Id },
  ];
  'invite.create': [{ record: Bytes64 }, { n: number; log: LogHead }];
  'invite.revoke': [{ record: Bytes64 }, { n: number; log: LogHead }];
  'invite.list': [Record<never, never>, { left: number; invites: InviteInfo[] }];
  'chain.read': [{ accounts: Id[] }, { chains: { account: Id; entries: ChainEntry[] }[] }];
  'member.ban': [{ record: Bytes64 }, { n: number; log: LogHead }];
  'member.unban': [{ record: Bytes64 }, { n: number; log: LogHead }];
  'room.open': [{ title: string; who: 'everyone' | 'picked'; picked?: Id[] }, { room: Id }];
  'room.join': [
    { room: Id; leaf: Bytes64; media: MediaRequest },
    // gone: slots of the current header whose leaf is nobody's any more (they left, or came back with another)
    {
      room: RoomCard;
      people: Person[];
      header?: Bytes64;
      stage?: Bytes64;
      gone?: RosterChange[];
      media: MediaReply;
    },
  ];
  'room.leave': [Record<never, never>, Record<never, never>];
  'room.hand': [{ up: boolean }, Record<never, never>];
  'room.mute': [{ muted: boolean }, Record<never, never>];
  'room.bring': [{ account: Id }, Record<never, never>];
  'room.answer': [{ accept: boolean }, Record<never, never>];
  'room.send_back': [{ account: Id }, Record<never, never>];
  'room.mute_other': [{ account: Id }, Record<never, never>];
  'room.remove': [{ account: Id }, Record<never, never>];
  'room.end': [Record<never, never>, Record<never, never>];
  'room.keys': [{ room: Id } & KeyMessage, Record<never, never>];
}

// One row per event (beside `ev`).
export interface Events {
  challenge: { nonce: Bytes64; club: string; time: number; version: number };
  error: { error: WireError };
  hall: { rooms: RoomCard[] };
  'hall.room': { room: RoomCard };
  'hall.gone': { room: Id };
  guest: { account: Id; name: string; invite: Key };
  log: { log: LogHead };
  'room.person': { room: Id; person: Person };
  'room.left': { room: Id; account: Id; why: LeftWhy };
  'room.called': { room: Id; by: Face };
  'room.out': { room: Id; why: LeftWhy; by?: string };
  'room.keys': {
    room: Id;
    header: Bytes64;
    stage: Bytes64;
    changes: RosterChange[];
    welcome?: Bytes64;
    seal?: Bytes64;
    wrap?: Bytes64;
  };
}

export interface WireError {
  code: string;
  message: string;
  retry_after_ms?: number;
}

export type RequestName = keyof Requests;
export type EventName = keyof Events;
