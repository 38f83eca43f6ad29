// Somebody on the network path: sees of every datagram when it came, how long it is and what of its headers is in the
// clear, and of the WebSocket, which is under TLS elsewhere, when a message came and how long it is.

import type { Page } from 'playwright-core';
import { LossyRelay, onCandidates } from './loss.ts';
import type { Server } from './server.ts';

export interface Sight {
  at: number; // wall clock, ms
  up: boolean;
  stream: string; // an SSRC, or 'control', 'socket', 'path'
  size: number;
  extension: number[]; // the bytes of an RTP header extension
}

/** RFC 7983, RFC 5761 and RFC 3550 5.1: what can be read without any key. */
export function read(data: Buffer): Pick<Sight, 'stream' | 'extension'> {
  const first = data[0] ?? 0;
  if (first < 128 || first > 191 || data.length < 12) return { stream: 'path', extension: [] };
  const type = data[1] ?? 0;
  if (type >= 192 && type <= 223) return { stream: 'control', extension: [] };
  const at = 12 + (first & 15) * 4;
  const extended = (first & 16) > 0 && data.length >= at + 4;
  const extension = extended ? [...data.subarray(at + 4, at + 4 + data.readUInt16BE(at + 2) * 4)] : [];
  return { stream: String(data.readUInt32BE(8)), extension };
}

export class Observer {
  readonly seen: Sight[] = [];
  readonly #relay: LossyRelay;

  private constructor(relay: LossyRelay) {
    this.#relay = relay;
  }

  /** Between this page and the server, from the page's next load on. */
  static async between(page: Page, server: Server): Promise<Observer> {
    const relay = new LossyRelay(server.port);
    const observer = new Observer(relay);
    const port = await relay.listen();
    relay.saw = (data, up) => observer.#note({ up, size: data.length, ...read(data) });
    await onCandidates(
      page,
      `(l) => (l.includes(' tcp ') ? null : l.replace(/ ${server.port} typ host/, ' ${port} typ host'))`,
    );
    page.on('websocket', (socket) => {
      const note = (up: boolean) => (frame: { payload: string | Buffer }) =>
        observer.#note({ up, size: frame.payload.length, stream: 'socket', extension: [] });
      socket.on('framesent', note(true));
      socket.on('framereceived', note(false));
    });
    return observer;
  }

  close(): void {
    this.#relay.close();
  }

  #note(sight: Omit<Sight, 'at'>): void {
    this.seen.push({ at: Date.now(), ...sight });
  }
}
