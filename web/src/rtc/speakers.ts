// One <audio> element per slot: elements keep playing with the screen locked, which WebAudio does not.
// Only a person turned up beyond 100 % goes through WebAudio, for as long as that is so.

export class Speakers {
  #elements: HTMLAudioElement[];
  #boosts = new Map<number, GainNode>();
  #context: AudioContext | null = null;
  #onBlocked: (blocked: boolean) => void;

  constructor(slots: MediaStream[], onBlocked: (blocked: boolean) => void) {
    this.#onBlocked = onBlocked;
    this.#elements = slots.map((stream) => {
      const element = document.createElement('audio');
      element.autoplay = true;
      element.setAttribute('playsinline', '');
      element.srcObject = stream;
      document.body.append(element);
      return element;
    });
    void this.play();
  }

  // Browsers refuse sound before the first gesture on the page: called again from one.
  async play(): Promise<void> {
    const results = await Promise.allSettled(this.#elements.map((element) => element.play()));
    const refused = results.some((r) => r.status === 'rejected' && r.reason?.name === 'NotAllowedError');
    if (this.#elements.length > 0) this.#onBlocked(refused);
    if (!refused) await this.#context?.resume().catch(() => undefined);
  }

  setVolume(slot: number, volume: number): void {
    const element = this.#elements[slot];
    if (!element) return;
    const loud = volume > 1;
    element.volume = Math.min(1, Math.max(0, volume));
    element.muted = loud; // the boost alone is heard; Chromium needs the element to pull the track
    if (loud) this.#boost(slot, element).gain.value = Math.min(2, volume);
    else this.#boosts.get(slot)?.gain.setValueAtTime(0, 0);
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

  #boost(slot: number, element: HTMLAudioElement): GainNode {
    const known = this.#boosts.get(slot);
    if (known) return known;
    this.#context ??= new AudioContext();
    const gain = this.#context.createGain();
    this.#context
      .createMediaStreamSource(element.srcObject as MediaStream)
      .connect(gain)
      .connect(this.#context.destination);
    this.#boosts.set(slot, gain);
    return gain;
  }
}
