// One <audio> element per slot: elements keep playing with the screen locked, which WebAudio does not.
// Only a person turned up beyond 100 % goes through WebAudio, for as long as that is so.

const QUIETEST = 0.01; // of an element: below that its own level tells nothing of the voice

interface Boost {
  gain: GainNode;
  meter: AnalyserNode;
}

export class Speakers {
  #elements: HTMLAudioElement[];
  #boosts = new Map<number, Boost>();
  #context: AudioContext | null = null;
  #device: string;
  #onBlocked: (blocked: boolean) => void;

  constructor(slots: MediaStream[], device: string, onBlocked: (blocked: boolean) => void) {
    this.#onBlocked = onBlocked;
    this.#device = device;
    this.#elements = slots.map((stream) => {
      const element = document.createElement('audio');
      element.autoplay = true;
      element.setAttribute('playsinline', '');
      element.srcObject = stream;
      document.body.append(element);
      return element;
    });
    if (device !== '') void this.useDevice(device);
    void this.play();
  }

  // Browsers refuse sound before the first gesture on the page: called again from one.
  async play(): Promise<void> {
    const results = await Promise.allSettled(this.#elements.map((element) => element.play()));
    const refused = results.some((r) => r.status === 'rejected' && r.reason?.name === 'NotAllowedError');
    if (this.#elements.length > 0) this.#onBlocked(refused);
    if (!refused) await this.#context?.resume().catch(() => undefined);
  }

  // Nothing is heard until play().
  hold(): void {
    for (const element of this.#elements) element.pause();
    void this.#context?.suspend().catch(() => undefined);
    this.#onBlocked(true);
  }

  // Through the device that was chosen; one that is gone or refused is replaced by the system's choice.
  async useDevice(device: string): Promise<void> {
    this.#device = device;
    await Promise.all(
      [...this.#elements, ...(this.#context ? [this.#context] : [])].map((one) => sink(one, device)),
    );
  }

  setVolume(slot: number, volume: number): void {
    const element = this.#elements[slot];
    if (!element) return;
    const loud = volume > 1;
    element.volume = Math.min(1, Math.max(0, volume));
    element.muted = loud; // the boost alone is heard; Chromium needs the element to pull the track
    if (loud) this.#boost(slot, element).gain.gain.value = Math.min(2, volume);
    else this.#boosts.get(slot)?.gain.gain.setValueAtTime(0, 0);
  }

  // How loud the voice in a slot is, whatever it was turned to: `played` is what the browser says of its element.
  voice(slot: number, played: number): number {
    const element = this.#elements[slot];
    if (!element) return played;
    if (!element.muted) return element.volume < QUIETEST ? 0 : Math.min(1, played / element.volume);
    const meter = this.#boosts.get(slot)?.meter;
    return meter ? peak(meter) : played;
  }

  close(): void {
    for (const element of this.#elements) {
      element.srcObject = null;
      element.remove();
    }
    this.#elements = [];
    this.#boosts.clear();
    void this.#context?.close().catch(() => undefined);
    this.#context = null;
  }

  #boost(slot: number, element: HTMLAudioElement): Boost {
    const known = this.#boosts.get(slot);
    if (known) return known;
    if (!this.#context) {
      this.#context = new AudioContext();
      if (this.#device !== '') void sink(this.#context, this.#device);
    }
    const context = this.#context;
    const boost = { gain: context.createGain(), meter: context.createAnalyser() };
    const source = context.createMediaStreamSource(element.srcObject as MediaStream);
    source.connect(boost.meter);
    source.connect(boost.gain).connect(context.destination);
    this.#boosts.set(slot, boost);
    return boost;
  }
}

// Choosing a device is there in some browsers only: TypeScript has it on elements, not on contexts.
export async function sink(one: object, device: string): Promise<void> {
  const { setSinkId } = one as { setSinkId?: (device: string) => Promise<void> };
  if (!setSinkId) return;
  try {
    await setSinkId.call(one, device);
  } catch {
    if (device !== '') await setSinkId.call(one, '').catch(() => undefined);
  }
}

export function peak(meter: AnalyserNode): number {
  const samples = new Float32Array(meter.fftSize);
  meter.getFloatTimeDomainData(samples);
  return samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
}
