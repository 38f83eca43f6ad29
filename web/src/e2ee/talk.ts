// What is said without speaking, sealed with the room's key and signed by who says it: docs/protocol.md, "Talk".
// Sans-I/O like the rest of e2ee: keys and messages are given in, and what a message says comes out, or nothing.

import type { Bytes64, Id } from '../api/messages.ts';
import { type Bytes, b64, concat, equal, Reader, random, unb64, utf8, Writer, wipe } from '../base/bytes.ts';
import { ID_BYTES, type Purpose, prefixed, SIG_BYTES, verify } from '../base/sign.ts';
import { idBytes } from './leaf.ts';
import type { TalkEpoch } from './types.ts';

const VERSION = 1;
const SIZES: readonly number[] = [256, 512, 1024, 2304]; // of the plaintext
const NONCE_BYTES = 12;
const LENGTH_BYTES = 2;
const KEPT = 3; // headers, as for frames
export const MOST_CHARS = 500;
const MOST_AGREED = 32; // a full stage

export const REACTIONS = ['clap', 'heart', 'laugh', 'yes', 'wonder'] as const; // 1 to 5 on the wire
export type Reaction = (typeof REACTIONS)[number];
export const RECORDINGS = ['over', 'asking', 'running', 'paused'] as const; // 0 to 3
export type RecordingState = (typeof RECORDINGS)[number];

export type Content =
  | { kind: 'chat'; text: string }
  | { kind: 'reaction'; reaction: Reaction }
  | { kind: 'removal'; author: Id; id: Id }
  | { kind: 'pin'; text: string }
  | { kind: 'recording'; recording: Id; state: RecordingState; agreed: Id[] }
  | { kind: 'answer'; recording: Id; yes: boolean };

export interface Said {
  account: Id;
  id: Id; // the same when it is sent again
  time: number;
  content: Content;
}

const KINDS = ['chat', 'reaction', 'removal', 'pin', 'recording', 'answer'] as const; // from 1

// The request that each kind travels by; under any other it is not accepted.
export const ROADS = {
  chat: 'room.say',
  reaction: 'room.react',
  removal: 'room.note',
  pin: 'room.pin',
  recording: 'room.note',
  answer: 'room.note',
} as const satisfies Record<Content['kind'], string>;
export type Road = (typeof ROADS)[Content['kind']];

export interface TalkOptions {
  room: Id;
  account: Id;
  device: Id;
  sign(purpose: Purpose, body: Bytes): Promise<Bytes>;
  // Of somebody in the room: their device by the server's list, and its key once the chain is proven.
  sender(account: Id): { device: Id; key: Bytes | null } | null;
}

interface Epoch {
  counter: number;
  header: Bytes;
  key: CryptoKey;
}

export class Talk {
  readonly #options: TalkOptions;
  readonly #room: Bytes;
  #epochs: Epoch[] = []; // newest first
  #number = 0; // of our next message; it may rise on across headers
  readonly #last = new Map<Id, { counter: number; number: number }>();

  constructor(options: TalkOptions) {
    this.#options = options;
    this.#room = idBytes(options.room);
  }

  async install({ counter, header, key: raw }: TalkEpoch): Promise<void> {
    const key = await crypto.subtle.importKey('raw', raw, 'AES-GCM', false, ['encrypt', 'decrypt']);
    wipe(raw);
    this.#epochs = [{ counter, header, key }, ...this.#epochs].slice(0, KEPT);
  }

  forget(): void {
    this.#epochs = [];
  }

  // Null: there is no key to seal with.
  async seal(id: Id, time: number, content: Content): Promise<Bytes64 | null> {
    const epoch = this.#epochs[0];
    if (!epoch) return null;
    const { account, device } = this.#options;
    const body = new Writer()
      .u8(VERSION)
      .bytes(this.#room)
      .bytes(epoch.header)
      .bytes(idBytes(account))
      .bytes(idBytes(device))
      .bytes(idBytes(id))
      .u32(this.#number++)
      .u64(time)
      .u8(KINDS.indexOf(content.kind) + 1)
      .bytes(writeContent(content))
      .done();
    const signed = concat(body, await this.#options.sign('talk', body));
    const nonce = random(NONCE_BYTES);
    const box = await crypto.subtle.encrypt(gcm(epoch, account, nonce), epoch.key, pad(signed));
    const head = new Writer().u8(VERSION).u32(epoch.counter).bytes(nonce).done();
    return b64(concat(head, new Uint8Array(box)));
  }

  // 'later': it names a header, or comes from somebody, that we do not know enough of yet. Null: not a message.
  async open(road: Road, account: Id, data: Bytes64): Promise<Said | 'later' | null> {
    const bytes = unb64(data);
    if (!bytes) return null;
    const r = new Reader(bytes);
    const version = r.u8();
    const counter = r.u32();
    const nonce = r.bytes(NONCE_BYTES);
    if (version !== VERSION || counter > (this.#epochs[0]?.counter ?? 0))
      return version === VERSION ? 'later' : null;
    const epoch = this.#epochs.find((one) => one.counter === counter);
    if (!epoch) return null;
    const head = 1 + 4 + NONCE_BYTES;
    const signed = await this.#unbox(epoch, account, nonce, bytes.slice(head));
    if (!signed || signed.length < SIG_BYTES) return null;
    return this.#check(road, account, epoch, signed);
  }

  async #unbox(epoch: Epoch, account: Id, nonce: Bytes, box: Bytes): Promise<Bytes | null> {
    try {
      return unpad(new Uint8Array(await crypto.subtle.decrypt(gcm(epoch, account, nonce), epoch.key, box)));
    } catch {
      return null;
    }
  }

  async #check(road: Road, account: Id, epoch: Epoch, signed: Bytes): Promise<Said | 'later' | null> {
    const body = signed.slice(0, signed.length - SIG_BYTES);
    const r = new Reader(body);
    const version = r.u8();
    const here = equal(r.bytes(ID_BYTES), this.#room) && equal(r.bytes(32), epoch.header);
    const author = b64(r.bytes(ID_BYTES));
    const device = b64(r.bytes(ID_BYTES));
    const id = b64(r.bytes(ID_BYTES));
    const [number, time] = [r.u32(), r.u64()];
    const content = readContent(r);
    if (version !== VERSION || !here || author !== account || !content) return null;
    if (ROADS[content.kind] !== road) return null;
    const sender = this.#options.sender(account);
    if (!sender?.key) return sender ? 'later' : null;
    if (sender.device !== device) return null;
    if (!(await verify(sender.key, 'talk', body, signed.slice(body.length)))) return null;
    const last = this.#last.get(account);
    const { counter } = epoch;
    if (last && (counter < last.counter || (counter === last.counter && number <= last.number))) return null;
    this.#last.set(account, { counter, number });
    return { account, id, time, content };
  }
}

// The sender is in the associated data, so a box cannot be handed on as somebody else's.
function gcm({ header }: Epoch, account: Id, iv: Bytes): AesGcmParams {
  const additionalData = prefixed('talk', Uint8Array.of(VERSION), header, idBytes(account));
  return { name: 'AES-GCM', iv, additionalData };
}

function pad(signed: Bytes): Bytes {
  const size = SIZES.find((one) => signed.length + LENGTH_BYTES <= one);
  if (size === undefined) throw new RangeError('more than a message holds');
  const padded = new Uint8Array(size);
  new DataView(padded.buffer).setUint16(0, signed.length);
  padded.set(signed, LENGTH_BYTES);
  return padded;
}

function unpad(padded: Bytes): Bytes | null {
  if (!SIZES.includes(padded.length)) return null;
  const end = LENGTH_BYTES + new DataView(padded.buffer).getUint16(0);
  if (end > padded.length || padded.subarray(end).some((byte) => byte !== 0)) return null;
  return padded.slice(LENGTH_BYTES, end);
}

function writeContent(content: Content): Bytes {
  const w = new Writer();
  switch (content.kind) {
    case 'chat':
    case 'pin':
      return utf8(content.text);
    case 'reaction':
      return w.u8(REACTIONS.indexOf(content.reaction) + 1).done();
    case 'removal':
      return w.bytes(idBytes(content.author)).bytes(idBytes(content.id)).done();
    case 'recording':
      w.bytes(idBytes(content.recording)).u8(RECORDINGS.indexOf(content.state)).u8(content.agreed.length);
      for (const one of content.agreed) w.bytes(idBytes(one));
      return w.done();
    case 'answer':
      return w
        .bytes(idBytes(content.recording))
        .u8(content.yes ? 1 : 0)
        .done();
  }
}

function readContent(r: Reader): Content | null {
  const content = readKind(KINDS[r.u8() - 1], r);
  return content && r.end() ? content : null;
}

function readKind(kind: (typeof KINDS)[number] | undefined, r: Reader): Content | null {
  switch (kind) {
    case 'chat':
    case 'pin': {
      const text = readText(r.rest());
      return text === null || (kind === 'chat' && text === '') ? null : { kind, text };
    }
    case 'reaction': {
      const reaction = REACTIONS[r.u8() - 1];
      return reaction ? { kind, reaction } : null;
    }
    case 'removal':
      return { kind, author: b64(r.bytes(ID_BYTES)), id: b64(r.bytes(ID_BYTES)) };
    case 'recording': {
      const recording = b64(r.bytes(ID_BYTES));
      const state = RECORDINGS[r.u8()];
      const n = r.u8();
      if (!state || n > MOST_AGREED) return null;
      return { kind, recording, state, agreed: Array.from({ length: n }, () => b64(r.bytes(ID_BYTES))) };
    }
    case 'answer': {
      const recording = b64(r.bytes(ID_BYTES));
      const yes = r.u8();
      return yes > 1 ? null : { kind, recording, yes: yes === 1 };
    }
    case undefined:
      return null;
  }
}

// Null: not UTF-8, or longer than anybody may write.
function readText(bytes: Bytes): string | null {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    return Array.from(text).length <= MOST_CHARS ? text : null;
  } catch {
    return null;
  }
}
