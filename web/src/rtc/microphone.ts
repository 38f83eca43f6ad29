// The microphone of one room. It is opened on the first unmute and not before (the audience never sees a
// permission prompt), stays open while muted, and the device is released when the person leaves the stage.

export type MicState = 'idle' | 'asking' | 'on' | 'paused' | 'denied' | 'missing' | 'ended';

// What the person chose. Only wishes, so that a device that is gone is replaced by the system's choice.
export interface MicWish {
  device: string; // '': the system's choice
  echo: boolean;
  noise: boolean;
  gain: boolean;
  stereo: boolean;
}

export function constraintsOf({ device, echo, noise, gain, stereo }: MicWish): MediaStreamConstraints {
  const audio: MediaTrackConstraints = {
    echoCancellation: echo,
    noiseSuppression: noise,
    autoGainControl: gain,
    channelCount: stereo ? 2 : 1,
  };
  if (device !== '') audio.deviceId = device;
  return { audio, video: false };
}

export class Microphone {
  #state: MicState = 'idle';
  #track: MediaStreamTrack | null = null;
  #asking: Promise<MediaStreamTrack | null> | null = null;
  #live = false;
  #run = 0; // rises with every stop(): an answer to an older question is let go
  #onState: (state: MicState) => void;
  #wish: () => MicWish;
  #devices: Pick<MediaDevices, 'getUserMedia'>;

  constructor(
    onState: (state: MicState) => void,
    wish: () => MicWish,
    devices: Pick<MediaDevices, 'getUserMedia'>,
  ) {
    this.#onState = onState;
    this.#wish = wish;
    this.#devices = devices;
  }

  get state(): MicState {
    return this.#state;
  }

  get track(): MediaStreamTrack | null {
    return this.#track;
  }

  // The open track, silent until live(true), or null: the state says why.
  open(): Promise<MediaStreamTrack | null> {
    if (this.#track && this.#state === 'on') return Promise.resolve(this.#track);
    return this.renew();
  }

  // A track by the wishes of now, in place of the one there is, and live if that one was.
  renew(): Promise<MediaStreamTrack | null> {
    if (this.#asking) return this.#asking;
    const asking = this.#ask().finally(() => {
      if (this.#asking === asking) this.#asking = null; // an older question clears no newer one
    });
    this.#asking = asking;
    return asking;
  }

  live(on: boolean): void {
    this.#live = on;
    if (this.#track) this.#track.enabled = on;
  }

  stop(): void {
    this.#run++;
    this.#asking = null;
    this.#live = false;
    this.#release();
    this.#become('idle');
  }

  async #ask(): Promise<MediaStreamTrack | null> {
    const run = this.#run;
    this.#become('asking');
    try {
      const stream = await this.#devices.getUserMedia(constraintsOf(this.#wish()));
      const track = stream.getAudioTracks()[0] ?? null;
      if (run !== this.#run || !track) {
        for (const one of stream.getTracks()) one.stop();
        if (run === this.#run) this.#fail('missing');
        return null;
      }
      this.#release();
      track.enabled = this.#live;
      track.addEventListener('ended', () => this.#ended(track));
      track.addEventListener('mute', () => this.#pausedIs(track, true));
      track.addEventListener('unmute', () => this.#pausedIs(track, false));
      this.#track = track;
      this.#become('on');
      return track;
    } catch (error) {
      if (run === this.#run) this.#fail(isRefusal(error) ? 'denied' : 'missing');
      return null;
    }
  }

  // Nothing came in the place of the track there was, so that one goes too: nobody is heard by surprise.
  #fail(state: MicState): void {
    this.#release();
    this.#become(state);
  }

  // The device was unplugged, or the system took it away (a phone in the background).
  #ended(track: MediaStreamTrack): void {
    if (track !== this.#track) return;
    this.#release();
    this.#become('ended');
  }

  // The system holds the device for a while (a call comes in), and may give it back by itself.
  #pausedIs(track: MediaStreamTrack, paused: boolean): void {
    if (track !== this.#track) return;
    if (this.#state === (paused ? 'on' : 'paused')) this.#become(paused ? 'paused' : 'on');
  }

  #release(): void {
    this.#track?.stop();
    this.#track = null;
  }

  #become(state: MicState): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#onState(state);
  }
}

function isRefusal(error: unknown): boolean {
  return error instanceof Error && (error.name === 'NotAllowedError' || error.name === 'SecurityError');
}
