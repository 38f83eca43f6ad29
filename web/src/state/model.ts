// The contract between the screens and the client: signals to read, actions to call.
// ui/ imports this and nothing below it. Actions never throw: what failed is said in `notice` or
// in the result. Only app.ts builds the real thing; ui tests use a plain object of this shape.

import type { ReadonlySignal } from '@preact/signals';
import type {
  ClubRole,
  DeviceInfo,
  Face,
  Id,
  InviteInfo,
  LeftWhy,
  ModEntry,
  Profile,
  RoomCard,
  RoomRole,
} from '../api/messages.ts';
import type { KeysTrouble } from '../e2ee/types.ts';

// Which screen the person sees.
export type Screen =
  | { at: 'starting' }
  | { at: 'unsupported'; missing: string } // a browser without what encryption needs: named, no fallback
  | { at: 'stranger' } // no account on this browser and no link: says how one gets in, or back in
  | { at: 'pairing'; pairing: NewDevice } // this browser asks a device of an account to add it
  | { at: 'recover'; recovery: RecoveryView } // back in by the printed code, or by passkeys
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
  handle?: string;
  bio?: string;
  picture?: string; // a blob: or data: URL made here
  held: boolean; // waits for an admin: may look around, and nothing else
  claim: Claim | null; // somebody is said to be our successor: we may object until then
}

export interface Claim {
  successor: Face;
  until: number;
}

// A browser without an account that wants to be a device of one.
export interface NewDevice {
  state: 'opening' | 'waiting' | 'offered' | 'adding' | 'expired' | 'offline';
  code: string; // what the other device types; '' until known
  link: string; // what it scans: the same, as a link
  words: string[] | null; // six, the same on both screens; with an offer
  account: Id | null; // whose offer
}

// On the device that adds: what it found under a link or a code.
export interface FoundDevice {
  key: string;
  words: string[]; // six, the same on both screens
  state: 'comparing' | 'offered' | 'done' | 'refused';
}

export interface RecoveryView {
  state: 'asking' | 'looking' | 'found' | 'working' | 'unknown' | 'mistyped' | 'offline';
  name: string; // whom the code belongs to, once found
  passkeys: boolean; // this browser could use one
}

// The proof that the server has two member logs: it never passes silently.
export interface Fork {
  size: number;
  ours: string;
  theirs: string;
  heard: 'server' | 'room'; // who showed us the other head: the server itself, or the signed header of a room
}

export interface ClaimView {
  id: string;
  by: Face;
  target: Face;
  successor: Face;
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
  picture: ReadonlySignal<string | null>; // a blob: URL, once it was asked for (loadPicture)
  chain: 'checking' | 'good' | 'bad';
  forged: boolean; // frames came under this name that the person did not sign
  unverified: boolean; // the signatures over this person's sound do not arrive
  chainNames: string[]; // "invited by" line, nearest first, where names are known; else []
}

export type RoomPhase = 'joining' | 'path' | 'keys' | 'live' | 'reconnecting' | 'trouble';

export interface RoomView {
  card: RoomCard;
  phase: RoomPhase; // path: still looking for a network path after 3 s
  people: ReadonlySignal<PersonView[]>; // stage first, then by order
  me: ReadonlySignal<PersonView | null>;
  hearers: number; // for the lock
  words: string[] | null; // four safety words of the current header, in the language of the screens
  checking: number; // people whose invitation chain was not verified yet
  hybrid: boolean; // the room's keys are post-quantum too
  quiet: boolean; // we are on stage, and held back until a steward shows a sign of life
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
  devices: ReadonlySignal<DeviceInfo[] | null>;
  found: ReadonlySignal<FoundDevice | null>; // a new device that we are about to add
  recovery: ReadonlySignal<{ code: boolean; passkeys: number } | null>; // what there is to come back by
  modLog: ReadonlySignal<ModEntry[] | null>;
  asks: ReadonlySignal<{ by: Face; target: Face; kind: string }[]>; // removals that need a second admin
  claims: ReadonlySignal<ClaimView[] | null>;
  fork: ReadonlySignal<Fork | null>;

  start(): Promise<void>; // reads the address bar, the vault, connects
  join(name: string): Promise<Outcome>; // redeem the invite at hand
  makeInvites(count: number, hours: number): Promise<Outcome<string[]>>; // links, each for one person
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
  remove(account: Id, forGood: boolean): Promise<Outcome>; // from the room, or from all that its host opens
  ban(account: Id, hold: boolean): Promise<Outcome>; // founder and admins; hold: review everybody below too
  endRoom(): Promise<Outcome>;
  setVolume(account: Id, volume: number): void; // 0..2, this browser only
  tapToListen(): void;

  // the account
  setProfile(change: {
    name?: string;
    handle?: string;
    bio?: string;
    picture?: Blob | null;
  }): Promise<Outcome>;
  readProfile(account: Id): Promise<Outcome<Omit<Profile, 'picture'> & { picture: string | null }>>;
  loadPicture(account: Id): void; // fills the person's `picture`, where there is one
  exportAccount(): Promise<Outcome<string>>; // JSON text, everything that is stored
  deleteAccount(): Promise<Outcome>; // also forgets the keys of this browser

  // devices: on the new one
  startPairing(): void; // the screen becomes `pairing`
  acceptPairing(): Promise<Outcome>; // the words are the same
  refusePairing(): void;
  // devices: on one that is in
  loadDevices(): Promise<Outcome>;
  findDevice(codeOrLink: string): Promise<Outcome>; // fills `found`
  addDevice(): Promise<Outcome>; // the words are the same: sign and offer
  dropFound(): void;
  revokeDevice(device: Id): Promise<Outcome>;

  // coming back
  makeRecoveryCode(): Promise<Outcome<string>>; // printed form, shown once; replaces the one before
  addPasskeys(code: string): Promise<Outcome>; // two, one after the other, around the code just made
  dropPasskeys(): Promise<Outcome>;
  loadRecovery(): Promise<Outcome>;
  startRecovery(): void; // the screen becomes `recover`
  recoverByCode(code: string): Promise<Outcome>; // looks; `found` names the account
  recoverByPasskey(): Promise<Outcome>;
  recover(): Promise<Outcome>; // makes this browser a device of the account found
  backToDoor(): void; // from pairing or recover

  // moderation
  readmit(account: Id): Promise<Outcome>;
  loadModLog(): Promise<Outcome>;
  undo(entry: ModEntry): Promise<Outcome>;
  unban(account: Id): Promise<Outcome>;
  hold(account: Id): Promise<Outcome>;
  release(account: Id, subtree: boolean): Promise<Outcome>;
  setRole(account: Id, role: 'admin' | 'member'): Promise<Outcome>; // the founder
  loadClaims(): Promise<Outcome>;
  claim(target: Id, successor: Id): Promise<Outcome>; // we vouch that these are one person; an admin signs too
  cosign(id: string): Promise<Outcome>;
  veto(): Promise<Outcome>; // we are still here
  succeed(target: Id): Promise<Outcome>; // after 72 h
  dismissNotice(): void;
}

export type { ClubRole, DeviceInfo, Face, Id, InviteInfo, LeftWhy, ModEntry, Profile, RoomCard, RoomRole };
