// Our own microphone in a room: asked for at the first unmute, heard once the server agreed, silent before the server
// is told to mute, and given back with the stage.

import { type Signal, signal } from '@preact/signals';
import type { Person, RequestName, Requests, RoomCard } from '../api/messages.ts';
import type { Microphone, MicState, MicWish } from '../rtc/microphone.ts';
import type { Join } from './join.ts';
import type { NoticeKey } from './keys.ts';
import type { Outcome, RoomView } from './model.ts';
import { failed } from './outcome.ts';
import type { Sound } from './sound.ts';
import type { Tracing } from './tracing.ts';
import type { StepEvent, Voice, VoicePorts } from './voice.ts';

export interface SpeechPorts extends Pick<VoicePorts, 'request' | 'mark'> {
  tracing: Pick<Tracing, 'newRun' | 'of'>;
  microphone(
    onState: (state: MicState) => void,
    wish: () => MicWish,
  ): Pick<Microphone, 'state' | 'track' | 'open' | 'renew' | 'live' | 'stop'>;
  sound: Pick<Sound, 'wish'>;
  notice(key: NoticeKey): void;
}

// Where we are, as the room knows it.
export interface Seat {
  readonly card: RoomCard;
  readonly me: Person | undefined;
  readonly join: Join | null;
  act<K extends RequestName>(name: K, members: Requests[K][0]): Promise<Outcome>;
  hushed(): void; // we are silent from now on
  changed(): void;
}

export class Speech {
  readonly talking: Signal<boolean> = signal(false); // we mean to be heard, and the server agreed
  traced = false; // the server committed to codewords
  readonly #ports: SpeechPorts;
  readonly #seat: Seat;
  readonly #mic: ReturnType<SpeechPorts['microphone']>;
  #voice: Voice | null = null; // marked, once there was something to mark; in a chunk of its own
  #loading: Promise<void> | null = null;
  #unmarked = false; // the chunk did not come
  #mutes = 0;
  #over = false;

  constructor(ports: SpeechPorts, seat: Seat) {
    this.#ports = ports;
    this.#seat = seat;
    this.#mic = ports.microphone(
      (state) => this.#onMic(state),
      () => ports.sound.wish(seat.card.sound),
    );
  }

  get view(): Pick<RoomView, 'mic' | 'tracing' | 'unmarked'> {
    return {
      mic: this.#mic.state,
      tracing: this.#tracing,
      unmarked: this.#voice?.unmarked ?? this.#unmarked,
    };
  }

  onStep(join: Join, event: StepEvent): void {
    this.#voice?.onStep(join, event);
  }

  async mute(muted: boolean): Promise<Outcome> {
    if (!this.#seat.me?.stage) return failed('forbidden');
    const run = ++this.#mutes; // a mute that comes meanwhile has the last word
    if (muted) {
      this.silence();
      return this.#seat.act('room.mute', { muted });
    }
    const track = await this.#mic.open();
    if (run !== this.#mutes) return { ok: true, value: undefined };
    if (!track) return failed(this.#mic.state === 'denied' ? 'mic_denied' : 'mic_missing');
    if (this.#seat.join) await this.#speak(this.#seat.join, track);
    const outcome = await this.#seat.act('room.mute', { muted });
    if (outcome.ok && run === this.#mutes && this.#seat.me?.stage && !this.#over) {
      this.#live(true);
      this.talking.value = true;
    }
    return outcome;
  }

  // Another device, or other wishes: only for a microphone that is open.
  async renew(): Promise<void> {
    if (!this.#mic.track) return;
    const track = await this.#mic.renew();
    if (track && !this.#over && this.#seat.join) await this.#speak(this.#seat.join, track);
  }

  // The server may have muted us with the old presence, or taken us from the stage.
  async restore(join: Join): Promise<void> {
    if (!this.talking.value) return;
    const { me } = this.#seat;
    const track = me?.stage ? await this.#mic.open() : null;
    if (!track || this.#seat.join !== join) {
      if (!me?.stage) this.offStage();
      return;
    }
    await this.#speak(join, track);
    if (!me?.muted) return;
    const outcome = await this.#seat.act('room.mute', { muted: false });
    if (outcome.ok || this.#seat.join !== join) return;
    this.silence();
    if (outcome.code === 'mics_full') this.#ports.notice('notice.mics_full');
  }

  silence(): void {
    this.#live(false);
    this.talking.value = false;
    this.#seat.hushed();
  }

  offStage(): void {
    this.silence();
    if (this.#voice) this.#voice.stop(this.#seat.join);
    else void this.#seat.join?.send(null);
    this.#mic.stop();
  }

  close(): void {
    this.#over = true;
    this.talking.value = false;
    this.#voice?.stop(null);
    this.#mic.stop();
  }

  get #tracing(): RoomView['tracing'] {
    return this.#ports.tracing.of(this.traced, this.#seat.card.sound);
  }

  #live(on: boolean): void {
    (this.#voice ?? this.#mic).live(on);
  }

  async #speak(join: Join, track: MediaStreamTrack): Promise<void> {
    const marked = this.#tracing === 'yes';
    if (marked) {
      this.#loading ??= this.#load();
      await this.#loading;
    }
    await (this.#voice ? this.#voice.speak(join, track, marked) : join.send(track));
  }

  async #load(): Promise<void> {
    const ports = { ...this.#ports, ...this.#ports.tracing };
    try {
      const { Voice } = await import('./voice.ts');
      this.#voice = new Voice(this.#seat.card.id, this.#mic, ports, () => this.#onMarked());
      if (this.talking.value) this.#voice.live(true);
    } catch (error) {
      console.error(error);
      this.#unmarked = true;
      this.#onMarked();
    }
  }

  #onMic(state: MicState): void {
    const lost = this.talking.value && (state === 'denied' || state === 'missing');
    if (state === 'ended' || lost) {
      this.silence();
      void this.#seat.act('room.mute', { muted: true });
      this.#ports.notice('notice.mic_ended');
    }
    this.#seat.changed();
  }

  #onMarked(): void {
    if (this.view.unmarked) this.#ports.notice('notice.unmarked');
    this.#seat.changed();
  }
}
