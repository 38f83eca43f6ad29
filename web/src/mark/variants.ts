// One microphone becomes two tracks that sound alike: variants A and B, which differ by the speaker's secret pattern.
// Both go to their senders together, so that they stay in lockstep.

import wasmUrl from '../../../build/mark.wasm?url';
import { keystreamOf, SAMPLE_RATE } from './mark.ts';
import type { Question } from './worklet.ts';
import workletUrl from './worklet.ts?worker&url';

export interface Variants {
  readonly a: MediaStreamTrack;
  readonly b: MediaStreamTrack;
  /** Another microphone, or the same again: it takes the place of the one before. */
  listen(microphone: MediaStreamTrack): void;
  /** Fades in or out, so that nothing clicks. */
  live(on: boolean): void;
  /** When hop 0 of the pattern began or would have begun, in milliseconds since 1970, as the audio thread saw it. */
  start(): Promise<number>;
  /** No sample is made while `quiet` runs: whoever takes both tracks meanwhile has both from the same one. */
  still(quiet: () => Promise<void>): Promise<void>;
  stop(): Promise<void>;
}

const FADE_S = 0.012;
const WAIT_MS = 2_000; // for an answer of the audio thread

/** Rejects where a browser cannot: then nobody speaks unmarked by accident, the caller decides. */
export async function markMicrophone(
  microphone: MediaStreamTrack,
  patternKey: Uint8Array<ArrayBuffer>,
): Promise<Variants> {
  const context = new AudioContext({ sampleRate: SAMPLE_RATE, latencyHint: 'interactive' });
  try {
    const node = await embedder(context, patternKey);
    const gate = new GainNode(context, { gain: 0 });
    gate.connect(node);
    const source = new Source(context, gate);
    source.listen(microphone);
    const [a, b] = [0, 1].map((output) => {
      const destination = new MediaStreamAudioDestinationNode(context, { channelCount: 1 });
      node.connect(destination, output);
      return destination.stream.getAudioTracks()[0];
    });
    if (!a || !b) throw new Error('the browser made no track');
    await timely(context.resume());
    return {
      a,
      b,
      listen: (track) => source.listen(track),
      live: (on) => {
        const now = context.currentTime;
        gate.gain.cancelScheduledValues(now);
        gate.gain.setTargetAtTime(on ? 1 : 0, now, FADE_S / 4);
      },
      start: () => timely(ask(node)),
      still: async (quiet) => {
        await timely(context.suspend());
        try {
          await quiet();
        } finally {
          node.port.postMessage('stood still' satisfies Question);
          await timely(context.resume());
        }
      },
      stop: async () => {
        for (const track of [a, b]) track.stop();
        if (context.state !== 'closed') await context.close();
      },
    };
  } catch (error) {
    await context.close();
    throw error;
  }
}

async function embedder(
  context: AudioContext,
  patternKey: Uint8Array<ArrayBuffer>,
): Promise<AudioWorkletNode> {
  const [module, keystream] = await Promise.all([
    fetch(wasmUrl).then((r) => WebAssembly.compileStreaming(r)),
    keystreamOf(patternKey),
    context.audioWorklet.addModule(workletUrl),
  ]);
  const node = new AudioWorkletNode(context, 'aparte-mark', {
    numberOfInputs: 1,
    numberOfOutputs: 2,
    outputChannelCount: [1, 1],
    channelCount: 1,
    channelCountMode: 'explicit',
    processorOptions: { module, keystream },
  });
  keystream.fill(0); // the worklet has its own copy
  return node;
}

class Source {
  readonly #context: AudioContext;
  readonly #gate: GainNode;
  #node: MediaStreamAudioSourceNode | null = null;

  constructor(context: AudioContext, gate: GainNode) {
    this.#context = context;
    this.#gate = gate;
  }

  listen(microphone: MediaStreamTrack): void {
    this.#node?.disconnect();
    this.#node = this.#context.createMediaStreamSource(new MediaStream([microphone]));
    this.#node.connect(this.#gate);
  }
}

function ask(node: AudioWorkletNode): Promise<number> {
  return new Promise((answer) => {
    node.port.onmessage = ({ data }: MessageEvent<number>) => answer(data);
    node.port.postMessage('start' satisfies Question);
  });
}

// A browser that does not let the audio run never answers.
function timely<T>(answer: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('the audio thread does not run')), WAIT_MS);
  });
  return Promise.race([answer, late]).finally(() => clearTimeout(timer));
}
