// What the room's key machine needs from, and gives to, the rest of the client.
// `keys.ts` (class RoomKeys) is sans-I/O: it holds roster, slots and secrets, acts as listener
// and, where eligible, as steward; sockets, clock and the frame worker are behind these ports.

import type { ChainEntry, Events, Id, KeyMessage, LeftWhy, Person, Requests } from '../api/messages.ts';

// One header's worth of frame keys, handed to the worker. Secrets go only to the worker.
export interface FrameEpoch {
  counter: number;
  base: Uint8Array<ArrayBuffer>; // 32 bytes: see docs/protocol.md "Room keys", base
  senders: { index: number; account: Id }[]; // the header's stage list
  mine: number; // my sender index, 0 = not on stage
  sendAfterMs: number; // switch sending to it so long after it was installed
}

export type KeysTrouble =
  | 'signature' // a header or leaf whose signature fails
  | 'chain' // somebody's chain does not reach our founder
  | 'roster' // root or count differ from our table
  | 'order' // counter, prev or log head out of order
  | 'fork' // the header's head of the member log is not ours at that size
  | 'secret'; // our part does not open, or the commitment fails

export interface KeysState {
  ready: boolean; // we hold the key of the current header
  hearers: number; // people who hold it, ourselves included
  leaving: Id[]; // gone or removed, but the key they hold is still in use
  trouble: KeysTrouble | null; // sending stops while set
  troubleWith: Id | null;
  epoch: { counter: number; epoch: number; generation: number };
  steward: Id | null; // who signed the current header
}

export interface KeysPorts {
  nowMs(): number;
  after(ms: number, f: () => void): () => void; // a timer; returns its cancel
  send(message: KeyMessage): Promise<void>; // room.keys; rejects with a WireError
  chains(accounts: Id[]): Promise<Map<Id, ChainEntry[]>>; // chain.read
  install(epoch: FrameEpoch): void; // to the worker
  stop(): void; // the worker forgets every sending key: silence
  changed(state: KeysState): void;
}

export interface RoomKeys {
  readonly leaf: string; // base64url, made for this join
  joined(reply: Requests['room.join'][1]): Promise<void>;
  person(p: Person): Promise<void>; // room.person
  left(account: Id, why?: LeftWhy): Promise<void>; // room.left; removed and banned are rekeyed at once, unsaid too
  keys(e: Events['room.keys']): Promise<void>;
  close(): void; // wipe
}

// Messages to and from the frame worker (frames.worker.ts). One worker per join.
export type ToWorker =
  | { do: 'epoch'; epoch: FrameEpoch }
  | { do: 'stop' } // stop sending until the next epoch
  | { do: 'close' };
export type FromWorker =
  | { ev: 'heard'; slot: number; index: number; counter: number } // first good frame of this sender in this slot
  | { ev: 'stats'; encrypted: number; decrypted: number; dropped: Record<string, number> };
// `options` of RTCRtpScriptTransform
export type TransformOptions = { side: 'send'; variant: 0 | 1 } | { side: 'receive'; slot: number };
