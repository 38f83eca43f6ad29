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
  processorOptions: { module: WebAssembly.Module; keystream: Uint8Array; firstHop: number };
}

interface Processor {
  process(inputs: Float32Array[][], outputs: Float32Array[][]): boolean;
}

class MarkProcessor extends AudioWorkletProcessor implements Processor {
  #mark: Mark;

  constructor({ processorOptions: { module, keystream, firstHop } }: WorkletOptions) {
    super();
    this.#mark = new Mark(module, keystream, firstHop);
    // The answer to any message is the time in the pattern: the session's timeline is made of it.
    this.port.onmessage = () => this.port.postMessage(this.#mark.hop);
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
    a.set(this.#mark.a.subarray(0, samples));
    b.set(this.#mark.b.subarray(0, samples));
    return true;
  }
}

registerProcessor('aparte-mark', MarkProcessor);
