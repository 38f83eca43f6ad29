// Tracing leaks: whether a room's voices are marked, and the pattern of our own. What founder and admins do for a trace
// comes in a chunk of its own (leak.ts), as does the cryptography (e2ee/pattern.ts). docs/protocol.md, "Tracing".

import { signal } from '@preact/signals';
import type { Id } from '../api/messages.ts';
import type { Run, TraceSigner } from '../e2ee/pattern.ts';
import { idBytes } from '../identity/device.ts';
import type { Core } from './core.ts';
import type { Leak } from './leak.ts';
import type { Tracing as Actions, RoomCard, RoomView, TracingView } from './model.ts';

const HOLDERS = 2; // that a trace needs

export class Tracing implements Actions {
  readonly view = signal<TracingView | null>(null);
  readonly #core: Core;

  constructor(core: Core) {
    this.#core = core;
  }

  // Whether a room's voices are marked. Stereo music would lose a channel to the mark; and a pattern that no two people
  // could open would be for nothing.
  of = (committed: boolean, sound: RoomCard['sound']): RoomView['tracing'] => {
    if (!committed) return 'off';
    if (sound === 'music') return 'music';
    return accountsOf(this.#core).length < HOLDERS ? 'few' : 'yes';
  };

  // The pattern of our own voice, until we leave the stage.
  newRun = async (room: Id): Promise<Run | null> => {
    const { makeRun } = await import('../e2ee/pattern.ts');
    return makeRun(signerOf(this.#core, room), this.#core.book.traceKeys());
  };

  load: Actions['load'] = async () => (await this.#leak()).load();
  takePart: Actions['takePart'] = async () => (await this.#leak()).takePart();
  release: Actions['release'] = async (room) => (await this.#leak()).release(room);
  find: Actions['find'] = async (account) => (await this.#leak()).find(account);

  async #leak(): Promise<Leak> {
    return new (await import('./leak.ts')).Leak(this.#core, this.view);
  }
}

/** Who could help with a trace. */
export function accountsOf({ member }: Core): Id[] {
  return [...new Set((member?.book.traceKeys() ?? []).map(({ account }) => account))];
}

export function signerOf({ device }: Core, room: Id): TraceSigner {
  return {
    room: idBytes(room),
    account: idBytes(device.account),
    device: idBytes(device.device),
    sign: (purpose, body) => device.sign(purpose, body),
  };
}
