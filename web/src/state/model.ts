// The contract between the screens and the client: signals to read, actions to call.
// ui/ imports this and nothing below it. Actions never throw: what failed is said in `notice` or
// in the result. Only app.ts builds the real thing; ui tests use a plain object of this shape.

import type { ReadonlySignal } from '@preact/signals';
import type {
  ClubRole,
  DeviceInfo,
  EventCard,
  Face,
  HandsPolicy,
  Id,
  InviteInfo,
  LeftWhy,
  ModEntry,
  Profile,
  Report,
  ReportReason,
  Requests,
  RoomCard,
  RoomRole,
} from '../api/messages.ts';
import type { Reaction } from '../e2ee/talk.ts';
import type { KeysTrouble } from '../e2ee/types.ts';
import type { AdminControls } from './admin-model.ts';
import type { HouseControls } from './house-model.ts';

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
    | 'full' // the server answers nobody more just now
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
  pronouns?: string;
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
  moderates: boolean; // has the role, or is founder or admin of the club
  stage: boolean;
  muted: boolean;
  away: boolean;
  leaving: boolean; // gone, the key not yet changed
  keyed: boolean; // holds the key of the current header
  called: boolean;
  hand: number; // 0 = down, else since when (ms)
  order: number;
  followed: boolean; // in the audience, and somebody on stage follows them
  level: ReadonlySignal<number>; // 0..1, for the speaking ring; changes often, alone
  picture: ReadonlySignal<string | null>; // a blob: URL, once it was asked for (loadPicture)
  silent: boolean; // may not chat in this room
  reaction: ReadonlySignal<{ is: Reaction; n: number } | null>; // for a few seconds; n tells one from the next
  chain: 'checking' | 'good' | 'bad';
  forged: boolean; // frames came under this name that the person did not sign
  unverified: boolean; // the signatures over this person's sound do not arrive
  unmarked: boolean; // this person's voice comes without a mark
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
  tracing: 'yes' | 'few' | 'music' | 'off'; // few: fewer than two who could; music: stereo is not marked; off: by the operator
  unmarked: boolean; // the room can be traced, and our own voice in it cannot
  mic: 'idle' | 'asking' | 'on' | 'paused' | 'denied' | 'missing' | 'ended';
  calledBy: string | null; // an invitation to speak is open
  tapToListen: boolean; // autoplay was blocked
  volume: ReadonlySignal<Record<Id, number>>;
  departed: ReadonlySignal<Face[]>; // who left: moderators can still remove them
  talk: ReadonlySignal<TalkView | null>; // null until its part of the client is here
}

// One chat message. What could not be sent stays, and says why.
export interface TalkLine {
  id: Id;
  author: Id;
  name: string;
  mine: boolean;
  text: string; // fit for a screen
  time: number;
  state: 'sent' | 'sending' | 'unsent';
  why: string | null; // an error code, if unsent
  removed: 'author' | 'host' | null;
  removable: boolean; // by us
}

export interface RecordingView {
  by: Id;
  name: string;
  mine: boolean;
  state: 'asking' | 'running' | 'paused';
  waiting: string[]; // on stage, and have not agreed
  asked: boolean; // we are on stage and have not answered
  agreed: boolean; // we have agreed
  wronged: boolean; // it runs in our name, but we did not agree
}

// Talking without speaking, and the consent to record: sealed for the room, gone with it.
export interface TalkView {
  lines: ReadonlySignal<TalkLine[]>; // since we came
  unread: ReadonlySignal<boolean>;
  pin: ReadonlySignal<string>; // '' is none
  recording: ReadonlySignal<RecordingView | null>;
  reading(shown: boolean): void; // the chat is on the screen
  say(text: string): Promise<Outcome>;
  retry(id: Id): Promise<Outcome>;
  drop(id: Id): void; // one that was not sent
  remove(id: Id): Promise<Outcome>;
  react(reaction: Reaction): Promise<Outcome>;
  pinLine(text: string): Promise<Outcome>;
  silence(account: Id, silent: boolean): Promise<Outcome>;
  askToRecord(): Promise<Outcome>;
  answerRecording(yes: boolean): Promise<Outcome>; // also to take a yes back
  stopRecording(): void; // our own
}

// Tracing leaks, for founder and admins.
export interface Tracing {
  readonly view: ReadonlySignal<TracingView | null>;
  load(): Promise<Outcome>;
  takePart(): Promise<Outcome>; // with this device
  release(room: Id): Promise<Outcome<{ text: string; speakers: number; refused: number }>>;
  find(account: Id): Promise<Outcome<{ face: Face; inviters: Face[] }>>; // nearest inviter first
}

export interface TracingView {
  mine: boolean; // this device can open shares
  holders: Face[]; // who has at least one such device
  rooms: {
    room: Id;
    title: string;
    opened: number;
    patterns: number; // of speakers' voices
    released: Face[];
  }[];
}

// A sentence for the person, by key of i18n, with its parameters.
export interface Notice {
  key: string;
  params: Record<string, string | number>;
  urgent: boolean; // assertive live region
}

// How one wants to hear and be heard: kept in this browser.
export interface SoundSettings {
  microphone: string; // a device; '': the system's choice
  speaker: string;
  echo: boolean; // echo is cancelled; like the next two for voice only
  noise: boolean; // noise is suppressed
  gain: boolean; // the microphone's gain is set for us
  mono: boolean; // from the next room on
  level: boolean; // loud people are turned down
  pushToTalk: boolean; // the microphone is live while a button is held
}

export interface SoundDevice {
  id: string;
  name: string; // '' before the microphone was allowed
}

// A sentence about the sound, by key of i18n.
export interface Finding {
  kind: 'good' | 'note' | 'bad';
  key: string;
  params: Record<string, string | number>;
}

export interface SoundControls {
  settings: ReadonlySignal<SoundSettings>;
  microphones: ReadonlySignal<SoundDevice[]>;
  speakers: ReadonlySignal<SoundDevice[]>; // none where the browser lets nobody choose
  unheard: ReadonlySignal<ReadonlySet<Id>>; // whom we have muted for ourselves; their volume is kept for later
  muteForMe(account: Id, on: boolean): void; // this browser only
  set(change: Partial<SoundSettings>): void;
  loadDevices(): Promise<void>;
  playChord(): Promise<Outcome>; // until it has faded
  meter(onLevel: (level: number) => void): Promise<Outcome<() => void>>; // opens the microphone, until called
  debug(): Promise<Finding[]>; // takes some seconds
}

// Somebody asks us to come into a room.
export interface Ping {
  room: Id;
  title: string;
  by: Face;
}

// Somebody would like to come into the locked room that we moderate.
export interface Knock {
  room: Id;
  by: Face;
}

// Where our other devices are: one room at a time holds for all of them together.
export interface ElsewhereControls {
  room: ReadonlySignal<Id | null>; // that we are in on another device
  asked: ReadonlySignal<{ to: Id | null } | null>; // before we go into a room here; null: into a new one
  moved: ReadonlySignal<Moved | null>; // what went on elsewhere
  answer(yes: boolean): void; // to what is asked
  comeBack(): Promise<Outcome>;
  dropMoved(): void;
}

export interface Moved {
  room: Id;
  device: boolean; // on another one; else in another window
}

// A room that had no place for us.
export interface FullRoom {
  room: Id;
  title: string;
  why: 'room_full' | 'server_full';
  place: boolean; // there is one again
}

// What moderators decide about the room we are in; asking somebody in is for everybody.
export interface HostControls {
  pinged: ReadonlySignal<Ping | null>;
  full: ReadonlySignal<FullRoom | null>; // the one we stand before
  knocks: ReadonlySignal<Knock[]>; // the first one first; asking them in answers them
  setModerator(account: Id, moderator: boolean): Promise<Outcome>;
  lock(locked: boolean): Promise<Outcome>;
  setTitle(title: string): Promise<Outcome>;
  setHands(hands: HandsPolicy): Promise<Outcome>;
  lower(account: Id): Promise<Outcome>; // not now
  lowerAll(): Promise<Outcome>;
  ping(account: Id): Promise<Outcome>; // not_found: they cannot come, whatever the reason
  dropPing(): void;
  dropFull(): void; // of a room that is full one is still told when there is a place
  knock(room: Id): Promise<Outcome>; // out_of_state: the lock does not stop us
  dropKnock(account: Id): void; // not now: nobody is told
}

// Whom we follow and block. Others do not get to know.
export interface TieControls {
  follows: ReadonlySignal<Face[] | null>; // null: not read yet
  blocks: ReadonlySignal<Face[] | null>;
  load(): Promise<Outcome>;
  follow(face: Face, on: boolean): Promise<Outcome>;
  block(face: Face, on: boolean): Promise<Outcome>;
}

// What is announced for later.
export interface EventControls {
  list: ReadonlySignal<EventCard[]>; // the next one first
  reminders: ReadonlySignal<ReadonlySet<Id>>; // events; this browser only
  announce(event: NewEvent): Promise<Outcome>;
  cancel(event: Id): Promise<Outcome>;
  remind(event: Id, on: boolean): void;
  calendar(event: EventCard, neutral: string): string; // the text of a calendar file; `neutral` is the title of what is sensitive
}
export interface NewEvent {
  title: string;
  start: number;
  sensitive: boolean;
  picked: Picked;
}

export type NewReport = Omit<Requests['report'][0], 'time' | 'sig'>;
export interface ReportControls {
  waiting: ReadonlySignal<number>; // for us, as founder or admin
  list: ReadonlySignal<Report[] | null>;
  make(report: NewReport): Promise<Outcome>;
  load(): Promise<Outcome>;
  close(report: Report, untrue: boolean): Promise<Outcome>;
}

export type Outcome<T = void> = { ok: true; value: T } | { ok: false; code: string; retryAfterMs?: number };

export type Picked = Id[] | 'followed' | null; // null: everyone here

export interface NewRoom {
  title: string;
  picked: Picked;
  sound: RoomCard['sound'];
  sensitive: boolean;
  hands: HandsPolicy;
}

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
  lookAgain(): void; // at the invite at hand, which the server was too full to look at
  join(name: string): Promise<Outcome>; // redeem the invite at hand
  makeInvites(count: number, hours: number): Promise<Outcome<string[]>>; // links, each for one person
  revokeInvite(invite: string): Promise<Outcome>;
  loadInvites(): Promise<Outcome>;
  openRoom(room: NewRoom): Promise<Outcome>; // opens and enters
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
  readonly hosting: HostControls;
  readonly elsewhere: ElsewhereControls;
  setVolume(account: Id, volume: number): void; // 0..2, this browser only
  tapToListen(): void;
  holdSound(): void; // silence until tapToListen
  readonly sound: SoundControls;
  readonly ties: TieControls;
  readonly events: EventControls;
  readonly reports: ReportControls;
  readonly house: HouseControls;
  readonly admin: AdminControls;

  // the account
  setProfile(change: {
    name?: string;
    handle?: string;
    pronouns?: string;
    bio?: string;
    picture?: Blob | null;
  }): Promise<Outcome>;
  readProfile(account: Id): Promise<Outcome<Omit<Profile, 'picture'> & { picture: string | null }>>;
  loadPicture(account: Id): void; // fills the person's `picture`, where there is one
  exportAccount(): Promise<Outcome<string>>; // JSON text, everything that is stored
  deleteAccount(): Promise<Outcome>; // also forgets the keys of this browser

  // devices: on the new one
  startPairing(): Promise<Outcome>; // the screen becomes `pairing`
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
  startRecovery(): Promise<Outcome>; // the screen becomes `recover`
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

  tracing: Tracing;
}

export type {
  ClubRole,
  DeviceInfo,
  EventCard,
  Face,
  HandsPolicy,
  Id,
  InviteInfo,
  LeftWhy,
  ModEntry,
  Profile,
  Reaction,
  Report,
  ReportReason,
  RoomCard,
  RoomRole,
};
