// What the room's key machine needs from, and gives to, the rest of the client.
// `keys.ts` (class RoomKeys) is sans-I/O: it holds roster, slots and secrets, acts as listener
// and, where eligible, as steward; sockets, clock and the frame worker are behind these ports.

import type { Bytes64, Events, Id, KeyMessage, LeftWhy, Requests } from '../api/messages.ts';
import type { Bytes } from '../base/bytes.ts';

// One header's worth of frame keys, handed to the worker. Secrets go only to the worker.
export interface FrameEpoch {
  counter: number;
  base: Uint8Array<ArrayBuffer>; // 32 bytes: see docs/protocol.md "Room keys", base
  senders: { index: number; account: Id }[]; // the header's stage list
  mine: number; // my sender index, 0 = not on stage
  sendAfterMs: number; // switch sending to it so long after it was installed
}

// The same header's key for what is said without speaking: talk.ts.
export interface TalkEpoch {
  counter: number;
  header: Uint8Array<ArrayBuffer>; // H
  key: Uint8Array<ArrayBuffer>;
}

// Tags of consecutive frames of one sender: see identity/keymsg.ts, FrameTags.
export interface TagList {
  counter: number;
  index: number;
  first: number;
  tags: Bytes;
}

export type KeysTrouble =
  | 'signature' // a header or leaf whose signature fails
  | 'chain' // somebody's chain does not reach our founder
  | 'roster' // root or count differ from our table
  | 'order' // counter, prev or log head out of order
  | 'suite' // the room was post-quantum, and would no longer be
  | 'fork' // the header names another member log than ours
  | 'secret'; // our part does not open, or the commitment fails

export interface KeysState {
  ready: boolean; // we hold the key of the current header
  hearers: number; // people who hold it, ourselves included
  leaving: Id[]; // gone or removed, but the key they hold is still in use
  trouble: KeysTrouble | null; // sending stops while set
  troubleWith: Id | null;
  epoch: { counter: number; epoch: number; generation: number };
  steward: Id | null; // who signed the current header
  hash: Bytes64 | null; // of the current header: the safety words are made of it (base/words.ts)
  hybrid: boolean; // post-quantum too
  checking: number; // people in the key list whose chain was not verified yet
  quiet: boolean; // on stage, but no sign of life of a steward for 15 s: nothing is sent meanwhile
  forged: Id[]; // somebody else spoke under their name, and is not heard any more
  unverified: Id[]; // heard, but no signature covered it for 5 s
  unmarked: Id[]; // heard in one variant alone: single.ts
}

export interface KeysPorts {
  nowMs(): number;
  after(ms: number, f: () => void): () => void; // a timer; returns its cancel
  send(message: KeyMessage): Promise<void>; // room.keys; rejects with a WireError
  seals(counter: number, seals: KeyMessage['seals']): Promise<void>; // room.seals
  beat(data: Bytes64): Promise<void>; // room.beat
  tags(data: Bytes64): Promise<void>; // room.tags
  kems(accounts: Id[]): Promise<Map<Id, Bytes64>>; // room.kem, at most 64
  install(epoch: FrameEpoch, talk: TalkEpoch): void; // to the worker, and to talk.ts
  stop(): void; // the worker forgets every sending key: silence
  pause(paused: boolean): void; // silence, until it is taken back
  listed(list: TagList): void; // to the worker: what a sender signed
  changed(state: KeysState): void;
}

export interface RoomKeys {
  readonly leaf: Bytes64; // made for this join
  readonly kem: Bytes64 | undefined; // beside a leaf of suite 2
  joined(reply: Requests['room.join'][1]): Promise<void>;
  person(p: Events['room.person']['person']): Promise<void>; // room.person
  left(account: Id, why?: LeftWhy): Promise<void>; // room.left; removed and banned are rekeyed at once, unsaid too
  keys(e: Events['room.keys']): Promise<void>;
  seal(e: Events['room.seal']): Promise<void>;
  beat(e: Events['room.beat']): Promise<void>;
  tags(e: Events['room.tags']): Promise<void>;
  frames(e: FromWorker): Promise<void>; // what the worker says
  deviceKey(account: Id): Bytes | null; // of somebody here who is proven; null: not, or not yet
  close(): void; // wipe
}

// Messages to and from the frame worker (frames.worker.ts). One worker per join.
export type ToWorker =
  | { do: 'epoch'; epoch: FrameEpoch }
  | { do: 'stop' } // stop sending until the next epoch
  | { do: 'pause'; paused: boolean }
  | { do: 'listed'; list: TagList } // signed by the sender
  | { do: 'twins'; are: boolean } // both senders start now; or: there is one variant only
  | { do: 'constant'; music: boolean } // every frame of one size: a sensitive room
  | { do: 'close' };
export type FromWorker =
  | { ev: 'heard'; slot: number; index: number; counter: number } // first good frame of this sender in this slot
  | { ev: 'step'; offset: number; timestamp: number; at: number } // both variants run in step: lockstep.ts
  | { ev: 'apart' } // they do not any more: A alone goes out until both start again
  | { ev: 'sent'; lists: TagList[] } // ours, to be signed
  | { ev: 'forged'; index: number; counter: number } // somebody else spoke under this sender's key; silenced
  | { ev: 'unverified'; index: number; counter: number; is: boolean } // no signed list covers what was heard
  | { ev: 'unmarked'; index: number; counter: number; is: boolean } // it comes in one variant alone, or no longer
  | { ev: 'stats'; encrypted: number; decrypted: number; dropped: Record<string, number> };
// `options` of RTCRtpScriptTransform
export type TransformOptions = { side: 'send'; variant: 0 | 1 } | { side: 'receive'; slot: number };
