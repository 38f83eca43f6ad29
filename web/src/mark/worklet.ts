// The AudioWorklet between microphone and encoders: mono in, variants A and B out, 20 ms late. It runs on the audio
// thread; nothing here allocates once it is built.

import { Mark } from './mark.ts';

// What lib.dom does not know: the scope of an AudioWorklet.
declare const registerProcessor: (
  name: string,
  processor: new (options: WorkletOptions) => Processor,
) => void;
declare const AudioWorkletProcessor: new () => { readonly port: MessagePort };

interface WorkletOptions {
  processorOptions: { module: WebAssembly.Module; keystream: Uint8Array };
}

interface Processor {
  process(inputs: Float32Array[][], outputs: Float32Array[][]): boolean;
}

// When did the pattern begin (the room's timeline is made of it); or: the context stood still, its time is another.
export type Question = 'start' | 'stood still';

const HOP_MS = 10;
const WINDOW_HOPS = 100; // in which one is taken to be on time

class MarkProcessor extends AudioWorkletProcessor implements Processor {
  #mark: Mark;
  #hop = -1;
  #asked = false;
  #start = Number.POSITIVE_INFINITY; // when hop 0 began, by the earliest hop of this window
  #before = Number.POSITIVE_INFINITY; // and of the one before

  constructor({ processorOptions: { module, keystream } }: WorkletOptions) {
    super();
    this.#mark = new Mark(module, keystream);
    this.port.onmessage = ({ data }: MessageEvent<Question>) => {
      if (data === 'start') this.#asked = true;
      else this.#start = this.#before = Number.POSITIVE_INFINITY;
    };
  }

  // Audio is made in bursts, and late: the least delay of some seconds is the best there is.
  #note(): void {
    if (this.#mark.hop === this.#hop) return;
    this.#hop = this.#mark.hop;
    if (this.#hop % WINDOW_HOPS === 0) {
      this.#before = this.#start;
      this.#start = Number.POSITIVE_INFINITY;
    }
    this.#start = Math.min(this.#start, Date.now() - this.#hop * HOP_MS);
    if (this.#asked) this.port.postMessage(Math.min(this.#start, this.#before));
    this.#asked = false;
  }

  // Without an input (the microphone is not connected yet) time goes on: the pattern stays in step with the clock.
  process(inputs: Float32Array[][], outputs: Float32Array[][]): boolean {
    const a = outputs[0]?.[0];
    const b = outputs[1]?.[0];
    if (!a || !b) return true;
    const microphone = inputs[0]?.[0];
    const samples = a.length;
    if (microphone) this.#mark.input.set(microphone);
    else this.#mark.input.fill(0, 0, samples);
    this.#mark.run(samples);
    this.#note();
    a.set(this.#mark.a.subarray(0, samples));
    b.set(this.#mark.b.subarray(0, samples));
    return true;
  }
}

registerProcessor('aparte-mark', MarkProcessor);
