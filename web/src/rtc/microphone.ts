// The microphone of one room. It is opened on the first unmute and not before (the audience never sees a
// permission prompt), stays open while muted, and the device is released when the person leaves the stage.

export type MicState = 'idle' | 'asking' | 'on' | 'denied' | 'missing' | 'ended';

const CONSTRAINTS: MediaStreamConstraints = {
  audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true, channelCount: 1 },
  video: false,
};

export class Microphone {
  #state: MicState = 'idle';
  #track: MediaStreamTrack | null = null;
  #asking: Promise<MediaStreamTrack | null> | null = null;
  #run = 0; // rises with every stop(): an answer to an older question is let go
  #onState: (state: MicState) => void;
  #devices: Pick<MediaDevices, 'getUserMedia'>;

  constructor(onState: (state: MicState) => void, devices: Pick<MediaDevices, 'getUserMedia'>) {
    this.#onState = onState;
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
    if (this.#track) return Promise.resolve(this.#track);
    if (this.#asking) return this.#asking;
    const asking = this.#ask().finally(() => {
      if (this.#asking === asking) this.#asking = null; // an older question clears no newer one
    });
    this.#asking = asking;
    return asking;
  }

  live(on: boolean): void {
    if (this.#track) this.#track.enabled = on;
  }

  stop(): void {
    this.#run++;
    this.#asking = null;
    this.#release();
    this.#become('idle');
  }

  async #ask(): Promise<MediaStreamTrack | null> {
    const run = this.#run;
    this.#become('asking');
    try {
      const stream = await this.#devices.getUserMedia(CONSTRAINTS);
      const track = stream.getAudioTracks()[0] ?? null;
      if (run !== this.#run || !track) {
        for (const one of stream.getTracks()) one.stop();
        if (run === this.#run) this.#become('missing');
        return null;
      }
      track.enabled = false;
      track.addEventListener('ended', () => this.#ended(track));
      this.#track = track;
      this.#become('on');
      return track;
    } catch (error) {
      if (run === this.#run) this.#become(isRefusal(error) ? 'denied' : 'missing');
      return null;
    }
  }

  // The device was unplugged, or the system took it away (a phone in the background).
  #ended(track: MediaStreamTrack): void {
    if (track !== this.#track) return;
    this.#release();
    this.#become('ended');
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
