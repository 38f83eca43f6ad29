// The contract between the screens and the client: signals to read, actions to call.
// ui/ imports this and nothing below it. Actions never throw: what failed is said in `notice` or
// in the result. Only app.ts builds the real thing; ui tests use a plain object of this shape.

import type { ReadonlySignal } from '@preact/signals';
import type { ClubRole, Face, Id, InviteInfo, LeftWhy, RoomCard, RoomRole } from '../api/messages.ts';
import type { KeysTrouble } from '../e2ee/types.ts';

// Which screen the person sees.
export type Screen =
  | { at: 'starting' }
  | { at: 'unsupported'; missing: string } // a browser without what encryption needs: named, no fallback
  | { at: 'stranger' } // no account on this browser and no link: says how one gets in
  | { at: 'invite'; invite: InviteView } // S1
  | { at: 'hall' } // S3
  | { at: 'room' }; // S5; also while a room keeps playing the hall may be shown with a mini-bar

export interface InviteView {
  state:
    | 'checking'
    | 'valid'
    | 'used'
    | 'expired'
    | 'revoked'
    | 'unknown'
    | 'mistyped'
    | 'member_already'
    | 'offline';
  kind: 'founder' | 'invite';
  club: string;
  inviter: string;
}

export type Link = 'connecting' | 'online' | 'offline' | 'refused';

export interface Me {
  account: Id;
  name: string;
  role: ClubRole;
}

export interface PersonView {
  account: Id;
  name: string;
  me: boolean;
  role: RoomRole;
  club: ClubRole;
  stage: boolean;
  muted: boolean;
  away: boolean;
  leaving: boolean; // gone, the key not yet changed
  keyed: boolean; // holds the key of the current header
  called: boolean;
  hand: number; // 0 = down, else since when (ms)
  order: number;
  level: ReadonlySignal<number>; // 0..1, for the speaking ring; changes often, alone
  chain: 'checking' | 'good' | 'bad';
  chainNames: string[]; // "invited by" line, nearest first, where names are known; else []
}

export type RoomPhase = 'joining' | 'path' | 'keys' | 'live' | 'reconnecting' | 'trouble';

export interface RoomView {
  card: RoomCard;
  phase: RoomPhase; // path: still looking for a network path after 3 s
  people: ReadonlySignal<PersonView[]>; // stage first, then by order
  me: ReadonlySignal<PersonView | null>;
  hearers: number; // for the lock
  trouble: KeysTrouble | null;
  troubleWith: string | null; // a name
  mic: 'idle' | 'asking' | 'on' | 'denied' | 'missing' | 'ended';
  calledBy: string | null; // an invitation to speak is open
  tapToListen: boolean; // autoplay was blocked
  volume: ReadonlySignal<Record<Id, number>>;
}

// A sentence for the person, by key of i18n, with its parameters.
export interface Notice {
  key: string;
  params: Record<string, string | number>;
  urgent: boolean; // assertive live region
}

export type Outcome<T = void> = { ok: true; value: T } | { ok: false; code: string; retryAfterMs?: number };

export interface App {
  screen: ReadonlySignal<Screen>;
  link: ReadonlySignal<Link>;
  club: ReadonlySignal<string>;
  me: ReadonlySignal<Me | null>;
  rooms: ReadonlySignal<RoomCard[]>;
  room: ReadonlySignal<RoomView | null>;
  notice: ReadonlySignal<Notice | null>;
  invites: ReadonlySignal<{ left: number; list: InviteInfo[] } | null>;
  known: ReadonlySignal<Face[]>; // people this browser has met: whom one can pick

  start(): Promise<void>; // reads the address bar, the vault, connects
  join(name: string): Promise<Outcome>; // redeem the invite at hand
  makeInvite(): Promise<Outcome<string>>; // a link
  revokeInvite(invite: string): Promise<Outcome>;
  loadInvites(): Promise<Outcome>;
  openRoom(title: string, picked: Id[] | null): Promise<Outcome>; // opens and enters
  enterRoom(room: Id): Promise<Outcome>;
  leaveRoom(): Promise<void>;
  showHall(show: boolean): void; // mini-bar
  raiseHand(up: boolean): Promise<Outcome>;
  mute(muted: boolean): Promise<Outcome>; // the first unmute asks for the microphone
  answerCall(accept: boolean): Promise<Outcome>;
  bring(account: Id): Promise<Outcome>;
  sendBack(account: Id): Promise<Outcome>;
  muteOther(account: Id): Promise<Outcome>;
  remove(account: Id): Promise<Outcome>;
  ban(account: Id): Promise<Outcome>; // founder and admins
  endRoom(): Promise<Outcome>;
  setVolume(account: Id, volume: number): void; // 0..2, this browser only
  tapToListen(): void;
  dismissNotice(): void;
}

export type { ClubRole, Face, Id, InviteInfo, LeftWhy, RoomCard, RoomRole };
