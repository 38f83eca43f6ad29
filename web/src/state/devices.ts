// The devices of one's account: what there is, adding one that shows its code, revoking one.

import { signal } from '@preact/signals';
import type { DeviceInfo, Id } from '../api/messages.ts';
import { type Bytes, b64, unb64 } from '../base/bytes.ts';
import { wordsOf } from '../base/words.ts';
import { idBytes, pairHash } from '../identity/device.ts';
import { parseLink } from '../identity/links.ts';
import { RequestError } from '../socket/failure.ts';
import type { Core } from './core.ts';
import type { FoundDevice, Outcome } from './model.ts';
import { attempt, failed } from './outcome.ts';

const WORDS = 6;

export class Devices {
  readonly list = signal<DeviceInfo[] | null>(null);
  readonly found = signal<FoundDevice | null>(null);
  readonly #core: Core;
  #place = ''; // in our account, for the device that was found: what is signed once the words were compared

  constructor(core: Core) {
    this.#core = core;
  }

  load(): Promise<Outcome> {
    return attempt(async () => {
      this.list.value = (await this.#core.request('device.list', {})).devices;
    });
  }

  // The other device shows its words as soon as it has our offer, which is not signed yet.
  find(codeOrLink: string): Promise<Outcome> {
    return attempt(async () => {
      const { device } = this.#core;
      const key = await this.#keyOf(codeOrLink);
      this.#place = device.place(key, Date.now());
      await this.#core.request('pair.offer', { key: b64(key), body: this.#place, sig: '' });
      const hash = await pairHash(key, device.account, device.founder);
      const words = await wordsOf(hash, WORDS, this.#core.page.lang());
      this.found.value = { key: b64(key), words, state: 'comparing' };
    });
  }

  async add(): Promise<Outcome> {
    const found = this.found.value;
    if (!found) return failed('not_found');
    const outcome = await attempt(async () => {
      const sig = await this.#core.device.signPlace(this.#place);
      await this.#core.request('pair.offer', { key: found.key, body: this.#place, sig });
    });
    // Meanwhile the other device may have refused, or finished.
    if (this.found.value?.key === found.key && this.found.value.state === 'comparing')
      this.found.value = { ...found, state: outcome.ok ? 'offered' : 'refused' };
    return outcome;
  }

  drop(): void {
    const found = this.found.value;
    this.found.value = null;
    this.#place = '';
    if (found && found.state !== 'done')
      void attempt(() => this.#core.request('pair.offer', { key: found.key, body: '', sig: '' }));
  }

  // The other device signed too.
  onDone(): void {
    const found = this.found.value;
    if (found?.state === 'offered') this.found.value = { ...found, state: 'done' };
    void this.load();
  }

  onGone(key: string): void {
    const found = this.found.value;
    if (found?.key === key && found.state !== 'done') this.found.value = { ...found, state: 'refused' };
  }

  async revoke(device: Id): Promise<Outcome> {
    const outcome = await this.#core.append((own, now) =>
      own.record({ type: 'device-revoke', targetDevice: idBytes(device) }, now),
    );
    if (outcome.ok) void this.load();
    return outcome;
  }

  async #keyOf(codeOrLink: string): Promise<Bytes> {
    const text = codeOrLink.trim();
    const link = text.includes('#') ? await parseLink(text) : null;
    if (link && link !== 'mistyped' && link.kind === 'device') return link.key;
    const code = text.toUpperCase().replace(/[\s-]/g, '');
    if (link || !/^[0-9A-Z]{8}$/.test(code)) throw notFound();
    const key = unb64((await this.#core.request('pair.find', { code })).key, 32);
    if (!key) throw notFound();
    return key;
  }
}

const notFound = (): RequestError => new RequestError({ code: 'not_found', message: 'no such device' });
