// Ways back, made while one is in: a printed code, and passkeys around it.

import { signal } from '@preact/signals';
import { wipe } from '../base/bytes.ts';
import { PasskeyError, type Passkeys, type SealedCode } from '../identity/passkey.ts';
import { makeCode, printCode, readCode, recoveryKey } from '../identity/recovery.ts';
import { RequestError } from '../socket/failure.ts';
import type { Core } from './core.ts';
import type { Outcome } from './model.ts';
import { attempt, failed } from './outcome.ts';

const LEAST = 2; // one passkey alone is one device that can get lost

export class Recovery {
  readonly has = signal<{ code: boolean; passkeys: number } | null>(null);
  readonly #core: Core;
  readonly #passkeys: Passkeys | null;
  readonly #club: () => string;

  constructor(core: Core, passkeys: Passkeys | null, club: () => string) {
    this.#core = core;
    this.#passkeys = passkeys;
    this.#club = club;
  }

  load(): Promise<Outcome> {
    return attempt(async () => {
      const [{ recovery }, { passkeys }] = await Promise.all([
        this.#core.request('device.list', {}),
        this.#core.request('passkey.list', {}),
      ]);
      this.has.value = { code: recovery, passkeys: passkeys.length };
    });
  }

  // The printed form; it is kept nowhere. Passkeys around the code before are of no use any more.
  makeCode(): Promise<Outcome<string>> {
    return attempt(async () => {
      const code = makeCode();
      try {
        const { device } = this.#core;
        const record = await device.recovery(await recoveryKey(code, device.founder), Date.now());
        await this.#core.request('log.append', { record });
        await this.#core.request('passkey.set', { passkeys: [] });
        this.has.value = { code: true, passkeys: 0 };
        return await printCode(code);
      } finally {
        wipe(code);
      }
    });
  }

  // All or none: nothing is stored before there are two.
  async addPasskeys(printed: string): Promise<Outcome> {
    const passkeys = this.#passkeys;
    const me = this.#core.me.value;
    const code = await readCode(printed);
    if (!passkeys || !me || !code) return failed('no_passkey');
    try {
      const made: SealedCode[] = [];
      const { account, name } = me;
      const who = { account, name, club: this.#club() };
      while (made.length < LEAST) {
        const others = made.map(({ credential }) => credential);
        made.push(await asked(() => passkeys.add(code, this.#core.device.founder, who, others)));
      }
      const outcome = await attempt(() => this.#core.request('passkey.set', { passkeys: made }));
      if (!outcome.ok) return outcome;
      this.has.value = { code: true, passkeys: made.length };
      return { ok: true, value: undefined };
    } catch (error) {
      return attempt(() => Promise.reject(error));
    } finally {
      wipe(code);
    }
  }

  dropPasskeys(): Promise<Outcome> {
    return attempt(async () => {
      await this.#core.request('passkey.set', { passkeys: [] });
      this.has.value = { code: this.has.value?.code ?? false, passkeys: 0 };
    });
  }
}

// What a browser or its person refuses is said as one thing: it did not work with a passkey.
export async function asked<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof PasskeyError || error instanceof DOMException)
      throw new RequestError({ code: 'no_passkey', message: error.message });
    throw error;
  }
}
