// What founder and admins do when a recording of a room has turned up: take part with a device, release its shares of
// one room, and find whom the report names. docs/protocol.md, "Tracing". In a chunk of its own.

import type { Signal } from '@preact/signals';
import type { Face, Id, TraceRoom } from '../api/messages.ts';
import { equal, unb64 } from '../base/bytes.ts';
import { type KemPair, makeKemPair } from '../e2ee/hpke.ts';
import { makeRelease } from '../e2ee/pattern.ts';
import { idBytes } from '../identity/device.ts';
import { RequestError } from '../socket/failure.ts';
import type { Core } from './core.ts';
import type { Outcome, TracingView } from './model.ts';
import { attempt } from './outcome.ts';
import { accountsOf, signerOf } from './tracing.ts';

const PROFILES = 16; // per request

export class Leak {
  readonly #core: Core;
  readonly #view: Signal<TracingView | null>;

  constructor(core: Core, view: Signal<TracingView | null>) {
    this.#core = core;
    this.#view = view;
  }

  load(): Promise<Outcome> {
    return attempt(async () => {
      await this.#core.book.catchUp();
      const { rooms } = await this.#core.request('trace.list', {});
      const names = await this.#names([
        ...accountsOf(this.#core),
        ...rooms.flatMap(({ released }) => released),
      ]);
      const face = (account: Id): Face => ({ account, name: names.get(account) ?? '' });
      this.#view.value = {
        mine: (await this.#mine()) !== null,
        holders: accountsOf(this.#core).map(face),
        rooms: rooms.map((room: TraceRoom) => ({ ...room, released: room.released.map(face) })),
      };
    });
  }

  // This device can open shares from now on. A key that may have been published already is taken again.
  async takePart(): Promise<Outcome> {
    const outcome = await attempt(async () => {
      const { vault, device } = this.#core;
      if (!vault || (await this.#mine())) return;
      const { privateKey, publicKey } = (await vault.traceKey()) ?? (await makeKemPair());
      await vault.saveTraceKey({ privateKey, publicKey });
      const fields = { type: 'trace-key', traceKey: publicKey } as const;
      await this.#core.request('log.append', { record: await device.record(fields, Date.now()) });
    });
    if (outcome.ok) void this.load();
    return outcome;
  }

  // Our shares of one room, for `aparte trace`. The member log says that we gave them.
  async release(room: Id): Promise<Outcome<{ text: string; speakers: number; refused: number }>> {
    const outcome = await attempt(async () => {
      const pair = await this.#mine();
      if (!pair)
        throw new RequestError({ code: 'forbidden', message: 'this device takes no part in traces' });
      const { device, book } = this.#core;
      const fields = { type: 'trace-release', room: idBytes(room) } as const;
      await this.#core.request('log.append', { record: await device.record(fields, Date.now()) });
      const { patterns: texts } = await this.#core.request('trace.read', { room });
      const { release, speakers, refused } = await makeRelease(
        signerOf(this.#core, room),
        pair,
        texts,
        async (account, id) => {
          await book.prove([{ account, device: id }]);
          return book.provenKey(account, id);
        },
      );
      return { text: release, speakers: speakers.length, refused };
    });
    if (outcome.ok) void this.load();
    return outcome;
  }

  // Whom a report names, and how they came in.
  find(account: Id): Promise<Outcome<{ face: Face; inviters: Face[] }>> {
    return attempt(async () => {
      const { book } = this.#core;
      if (!unb64(account, 16)) throw new RequestError({ code: 'not_found', message: 'not an account' });
      await book.read([account]);
      const inviters = book.inviters(account) ?? [];
      const names = await this.#names([account, ...inviters]);
      if (!names.has(account)) throw new RequestError({ code: 'not_found', message: 'no such account' });
      const face = (id: Id): Face => ({ account: id, name: names.get(id) ?? '' });
      return { face: face(account), inviters: inviters.map(face) };
    });
  }

  // The key of this device, if the log has it.
  async #mine(): Promise<KemPair | null> {
    const pair = (await this.#core.vault?.traceKey()) ?? null;
    const {
      book,
      device: { device },
    } = this.#core;
    const listed = book.traceKeys().find((one) => one.device === device);
    return pair && listed && equal(pair.publicKey, listed.key) ? { ...pair, kem: null } : null;
  }

  async #names(accounts: Id[]): Promise<Map<Id, string>> {
    const open = [...new Set(accounts)];
    const names = new Map<Id, string>();
    for (let i = 0; i < open.length; i += PROFILES) {
      const { profiles } = await this.#core.request('profile.read', {
        accounts: open.slice(i, i + PROFILES),
      });
      for (const { account, name } of profiles) names.set(account, name);
    }
    return names;
  }
}
