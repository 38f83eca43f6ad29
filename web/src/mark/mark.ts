// The embedder, compiled from src/mark (mark.wasm). Used by the AudioWorklet beside this file and by tests in Node.

// As in src/mark/pattern.h, which says what they mean.
export const PATTERN_BYTES = 2 << 18;
export const PATTERN_KEY_BYTES = 32;
export const SAMPLE_RATE = 48_000;

const BLOCK = 512; // samples per call at most

interface Exports {
  memory: WebAssembly.Memory;
  keystream(): number;
  input(): number;
  output(variant: number): number;
  start(firstHop: number): void;
  hop(): number;
  run(samples: number): void;
}

export class Mark {
  readonly input: Float32Array;
  readonly a: Float32Array;
  readonly b: Float32Array;
  #exports: Exports;

  constructor(module: WebAssembly.Module, keystream: Uint8Array, firstHop = 0) {
    if (keystream.length !== PATTERN_BYTES) throw new RangeError('a keystream of another length');
    const exports = new WebAssembly.Instance(module).exports as unknown as Exports;
    const { buffer } = exports.memory; // never grows
    new Uint8Array(buffer, exports.keystream(), PATTERN_BYTES).set(keystream);
    this.input = new Float32Array(buffer, exports.input(), BLOCK);
    this.a = new Float32Array(buffer, exports.output(0), BLOCK);
    this.b = new Float32Array(buffer, exports.output(1), BLOCK);
    this.#exports = exports;
    exports.start(firstHop);
  }

  /** The number of the hop that is being filled: what time is in the pattern. */
  get hop(): number {
    return this.#exports.hop();
  }

  /** `samples` of `input` become as many of `a` and `b`, 20 ms late. */
  run(samples: number): void {
    this.#exports.run(samples);
  }
}

/** The chips of a speaker's pattern: AES-256-CTR of zeros. The key never leaves the device unsealed. */
export async function keystreamOf(patternKey: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const key = await crypto.subtle.importKey('raw', patternKey, 'AES-CTR', false, ['encrypt']);
  const counter = new Uint8Array(16);
  const zeros = new Uint8Array(PATTERN_BYTES);
  return new Uint8Array(await crypto.subtle.encrypt({ name: 'AES-CTR', counter, length: 128 }, key, zeros));
}
