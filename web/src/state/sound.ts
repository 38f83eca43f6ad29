// How one wants to hear and be heard: kept in this browser, for every room. The rooms ask here; a change reaches the
// room one is in at once, but for `mono`, which is agreed upon when a room is entered.

import { type Signal, signal } from '@preact/signals';
import type { Id, Sound as RoomSound } from '../api/messages.ts';
import { keep, kept, keptObject } from '../base/kept.ts';
import type { MicWish } from '../rtc/microphone.ts';
import type { Finding, Outcome, SoundControls, SoundDevice, SoundSettings } from './model.ts';
import { failed } from './outcome.ts';
import type { Room } from './room.ts';

export type DevicesEdge = Pick<MediaDevices, 'enumerateDevices' | 'addEventListener'>;

const NORMAL: SoundSettings = {
  microphone: '',
  speaker: '',
  echo: true,
  noise: true,
  gain: true,
  mono: false,
  level: true,
  pushToTalk: false,
};
const PEOPLE_KEPT = 200; // with a volume, and muted for us; who was changed longest ago is forgotten first
const LOOK_MS = 2500; // between two looks: the frame worker tells its counters once a second

export class Sound implements SoundControls {
  readonly settings: Signal<SoundSettings> = signal(keptObject('sound', NORMAL));
  readonly microphones: Signal<SoundDevice[]> = signal([]);
  readonly speakers: Signal<SoundDevice[]> = signal([]);
  readonly unheard: Signal<ReadonlySet<Id>> = signal(new Set(readList('unheard').filter(isId)));
  #room: () => Room | null;
  #edge: DevicesEdge | null;
  #volumes = readVolumes();

  constructor(room: () => Room | null, edge: DevicesEdge | null) {
    this.#room = room;
    this.#edge = edge;
    // Something was plugged in or out: the choice may count again, or no more.
    edge?.addEventListener('devicechange', () => {
      void this.loadDevices();
      this.#room()?.useSpeaker(this.settings.value.speaker);
    });
  }

  set(change: Partial<SoundSettings>): void {
    const before = this.settings.value;
    const now = { ...before, ...change };
    this.settings.value = now;
    keep('sound', JSON.stringify(now));
    const differs = (...names: (keyof SoundSettings)[]): boolean =>
      names.some((name) => before[name] !== now[name]);
    if (differs('microphone', 'echo', 'noise', 'gain')) void this.#room()?.renewMicrophone();
    if (differs('speaker')) this.#room()?.useSpeaker(now.speaker);
    if (differs('level')) this.#room()?.volumesChanged();
  }

  // A music room gets what the microphone hears, untouched.
  wish(sound: RoomSound): MicWish {
    const { microphone, echo, noise, gain } = this.settings.value;
    const voice = sound === 'voice';
    return {
      device: microphone,
      echo: voice && echo,
      noise: voice && noise,
      gain: voice && gain,
      stereo: !voice,
    };
  }

  get volumes(): Record<Id, number> {
    return Object.fromEntries(this.#volumes);
  }

  keepVolume(account: Id, volume: number): void {
    this.#volumes.delete(account);
    if (volume !== 1) this.#volumes.set(account, volume);
    const [oldest] = this.#volumes.keys();
    if (this.#volumes.size > PEOPLE_KEPT && oldest !== undefined) this.#volumes.delete(oldest);
    keep('volumes', JSON.stringify([...this.#volumes]));
  }

  muteForMe(account: Id, on: boolean): void {
    const rest = [...this.unheard.value].filter((one) => one !== account);
    this.#setUnheard(on ? [...rest, account].slice(-PEOPLE_KEPT) : rest);
    this.#room()?.volumeChanged(account);
  }

  #setUnheard(accounts: Id[]): void {
    this.unheard.value = new Set(accounts);
    keep('unheard', JSON.stringify(accounts));
  }

  // With the account goes what is kept about other people.
  forget(): void {
    this.#setUnheard([]);
    this.#volumes.clear();
    keep('volumes', '[]');
  }

  // Names are there once the microphone was allowed; before that a browser tells only that there are devices.
  async loadDevices(): Promise<void> {
    const all = (await this.#edge?.enumerateDevices().catch(() => [])) ?? [];
    const of = (kind: MediaDeviceKind): SoundDevice[] =>
      all
        .filter((one) => one.kind === kind && one.deviceId !== '' && one.deviceId !== 'default')
        .map(({ deviceId, label }) => ({ id: deviceId, name: label }));
    this.microphones.value = of('audioinput');
    this.speakers.value =
      'setSinkId' in (globalThis.HTMLMediaElement?.prototype ?? {}) ? of('audiooutput') : [];
  }

  async playChord(): Promise<Outcome> {
    try {
      const { playChord } = await import('../rtc/check.ts');
      await playChord(this.settings.value.speaker);
      return { ok: true, value: undefined };
    } catch {
      return failed('no_sound');
    }
  }

  async meter(onLevel: (level: number) => void): Promise<Outcome<() => void>> {
    try {
      const { meter } = await import('../rtc/check.ts');
      const stop = await meter(this.wish('voice'), onLevel);
      void this.loadDevices(); // now they have names
      return { ok: true, value: stop };
    } catch (error) {
      const refused = error instanceof Error && error.name === 'NotAllowedError';
      return failed(refused ? 'mic_denied' : 'mic_missing');
    }
  }

  async debug(): Promise<Finding[]> {
    const room = this.#room();
    if (!room) return [{ kind: 'note', key: 'sound.no_room', params: {} }];
    const { diagnose } = await import('./diagnosis.ts');
    const before = await room.lookAtSound();
    await new Promise((done) => setTimeout(done, LOOK_MS));
    return diagnose(before, await room.lookAtSound(), room.view.value, this.unheard.value);
  }
}

const isId = (one: unknown): one is Id => typeof one === 'string';

function readVolumes(): Map<Id, number> {
  const pair = (one: unknown): one is [Id, number] =>
    Array.isArray(one) && isId(one[0]) && typeof one[1] === 'number';
  return new Map(readList('volumes').filter(pair));
}

function readList(key: string): unknown[] {
  try {
    const found: unknown = JSON.parse(kept(key) ?? '[]');
    return Array.isArray(found) ? found : [];
  } catch {
    return []; // somebody else's, or cut off
  }
}
