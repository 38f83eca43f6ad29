// The one WebSocket of docs/protocol.md "Transport": requests with their replies, events in order, and
// a connection that comes back by itself. It knows the shape of a message's envelope and nothing else;
// what is inside is judged by the decoders it was given, so a server that lies is a failed request or a
// dropped event, never a crash.

import type { EventName, Events, RequestName, Requests, WireError } from '../api/messages.ts';
import { RequestError } from './failure.ts';

export type Incoming = { [E in EventName]: { ev: E } & Events[E] }[EventName];

export interface Decoders {
  reply<K extends RequestName>(name: K, body: Record<string, unknown>): Requests[K][1] | null;
  event(message: Record<string, unknown>): Incoming | null;
  error(value: unknown): WireError | null;
}

export type SocketState = 'connecting' | 'open' | 'waiting' | 'closed';

export interface SocketOptions {
  url: string;
  decoders: Decoders;
  onState(state: SocketState): void;
  onEvent(event: Incoming): void;
  WebSocket?: typeof WebSocket;
  wake?: EventTarget[]; // whose 'online' and 'visibilitychange' end the waiting at once
  random?: () => number;
}

interface Pending {
  name: RequestName;
  resolve(reply: never): void;
  reject(error: RequestError): void;
  timer: ReturnType<typeof setTimeout>;
}

const FIRST_WAIT_MS = 300;
const LONGEST_WAIT_MS = 10_000;
const STABLE_MS = 10_000; // a connection that lasted so long starts the back-off anew
const REPLY_MS = 10_000;
const HURRIED: Partial<Record<RequestName, number>> = { 'room.path': 3000 }; // nothing is heard meanwhile
const LARGEST_MESSAGE = 8 << 20; // characters; the server's own bound is 2 MiB a message

export class Socket {
  dropped = 0; // messages that were not understood
  #options: SocketOptions;
  #ws: WebSocket | null = null;
  #state: SocketState = 'closed';
  #pending = new Map<number, Pending>();
  #nextId = 1;
  #failures = 0;
  #openedAt = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: SocketOptions) {
    this.#options = options;
  }

  get state(): SocketState {
    return this.#state;
  }

  open(): void {
    if (this.#state !== 'closed') return;
    for (const target of this.#options.wake ?? []) {
      target.addEventListener('online', this.#wake);
      target.addEventListener('visibilitychange', this.#wake);
    }
    this.#connect();
  }

  // For good: nothing reconnects until open() is called again.
  close(): void {
    for (const target of this.#options.wake ?? []) {
      target.removeEventListener('online', this.#wake);
      target.removeEventListener('visibilitychange', this.#wake);
    }
    clearTimeout(this.#timer);
    this.#abandon();
    this.#become('closed');
  }

  // Give this connection up and make another: for a new challenge, or because the line is dead.
  reconnect(): void {
    if (this.#state === 'closed' || this.#state === 'waiting') return;
    this.#lost();
  }

  request<K extends RequestName>(
    name: K,
    members: Requests[K][0],
    timeoutMs = HURRIED[name] ?? REPLY_MS,
  ): Promise<Requests[K][1]> {
    const ws = this.#ws;
    if (this.#state !== 'open' || !ws)
      return Promise.reject(RequestError.local('offline', `${name}: not connected`));
    const id = this.#nextId;
    this.#nextId = id === 0x7fffffff ? 1 : id + 1;
    return new Promise<Requests[K][1]>((resolve, reject) => {
      const timer = setTimeout(() => this.#late(id), timeoutMs);
      this.#pending.set(id, { name, resolve, reject, timer });
      ws.send(JSON.stringify({ id, do: name, ...members }));
    });
  }

  // Best effort and unanswered: for a page that is going away.
  tell<K extends RequestName>(name: K, members: Requests[K][0]): void {
    if (this.#state !== 'open' || !this.#ws) return;
    const id = this.#nextId;
    this.#nextId = id === 0x7fffffff ? 1 : id + 1;
    this.#ws.send(JSON.stringify({ id, do: name, ...members }));
  }

  #connect(): void {
    this.#become('connecting');
    const ws = new (this.#options.WebSocket ?? WebSocket)(this.#options.url, 'aparte.v1');
    this.#ws = ws;
    this.#openedAt = Number.POSITIVE_INFINITY;
    ws.onopen = () => {
      if (ws !== this.#ws) return;
      this.#openedAt = performance.now();
      this.#become('open');
    };
    ws.onmessage = (message: MessageEvent<unknown>) => {
      if (ws === this.#ws) this.#onMessage(message.data);
    };
    ws.onclose = () => {
      if (ws === this.#ws) this.#lost();
    };
  }

  #wake = (): void => {
    if (this.#state !== 'waiting') return;
    if (typeof document !== 'undefined' && document.visibilityState === 'hidden') return;
    clearTimeout(this.#timer);
    this.#connect();
  };

  // An unanswered request means that the line is dead, whatever the browser thinks of it.
  #late(id: number): void {
    const pending = this.#take(id);
    if (!pending) return;
    pending.reject(RequestError.local('timeout', `${pending.name}: no reply`));
    this.reconnect();
  }

  #lost(): void {
    this.#failures = performance.now() - this.#openedAt > STABLE_MS ? 0 : this.#failures;
    const longest = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** this.#failures);
    this.#failures = Math.min(this.#failures + 1, 10);
    const wait = longest * (0.5 + (this.#options.random ?? Math.random)() / 2);
    this.#timer = setTimeout(() => this.#connect(), wait);
    this.#become('waiting');
    this.#abandon();
  }

  #abandon(): void {
    const ws = this.#ws;
    this.#ws = null;
    ws?.close();
    const pending = [...this.#pending.values()];
    this.#pending.clear();
    for (const one of pending) {
      clearTimeout(one.timer);
      one.reject(RequestError.local('offline', `${one.name}: the connection was lost`));
    }
  }

  #become(state: SocketState): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#options.onState(state);
  }

  #take(id: number): Pending | undefined {
    const pending = this.#pending.get(id);
    if (!pending) return undefined;
    clearTimeout(pending.timer);
    this.#pending.delete(id);
    return pending;
  }

  #onMessage(data: unknown): void {
    const message = parse(data);
    if (!message) this.dropped++;
    else if ('re' in message) this.#onReply(message);
    else {
      const event = this.#options.decoders.event(message);
      if (event) this.#options.onEvent(event);
      else this.dropped++;
    }
  }

  #onReply({ re, ok, error, ...body }: Record<string, unknown>): void {
    const pending = typeof re === 'number' ? this.#take(re) : undefined;
    if (!pending) {
      this.dropped++;
      return;
    }
    const refused = error === undefined ? null : this.#options.decoders.error(error);
    if (refused && ok === undefined && Object.keys(body).length === 0) {
      pending.reject(new RequestError(refused));
      return;
    }
    const reply =
      ok === true && error === undefined ? this.#options.decoders.reply(pending.name, body) : null;
    if (reply) pending.resolve(reply as never);
    else pending.reject(RequestError.local('bad_reply', `${pending.name}: the reply is not understood`));
  }
}

function parse(data: unknown): Record<string, unknown> | null {
  if (typeof data !== 'string' || data.length > LARGEST_MESSAGE) return null;
  try {
    const value: unknown = JSON.parse(data);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null;
  } catch {
    return null;
  }
}
