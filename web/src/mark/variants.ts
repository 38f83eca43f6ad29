// One microphone becomes two tracks that sound alike: variants A and B, which differ by the speaker's secret pattern.
// Both go to their senders together, so that they stay in lockstep.

import wasmUrl from '../../../build/mark.wasm?url';
import { keystreamOf, SAMPLE_RATE } from './mark.ts';
import workletUrl from './worklet.ts?worker&url';

export interface Variants {
  readonly a: MediaStreamTrack;
  readonly b: MediaStreamTrack;
  /** The hop of the pattern that is being made right now. */
  hop(): Promise<number>;
  stop(): Promise<void>;
}

/** Throws where a browser cannot: then nobody speaks unmarked by accident, the caller decides. */
export async function markMicrophone(
  microphone: MediaStreamTrack,
  patternKey: Uint8Array<ArrayBuffer>,
  firstHop = 0,
): Promise<Variants> {
  const context = new AudioContext({ sampleRate: SAMPLE_RATE, latencyHint: 'interactive' });
  try {
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
      processorOptions: { module, keystream, firstHop },
    });
    const source = context.createMediaStreamSource(new MediaStream([microphone]));
    source.connect(node);
    const [a, b] = [0, 1].map((output) => {
      const destination = new MediaStreamAudioDestinationNode(context, { channelCount: 1 });
      node.connect(destination, output);
      return destination.stream.getAudioTracks()[0];
    });
    if (!a || !b) throw new Error('the browser made no track');
    await context.resume();
    return {
      a,
      b,
      hop: () =>
        new Promise((answer) => {
          node.port.onmessage = ({ data }: MessageEvent<number>) => answer(data);
          node.port.postMessage(null);
        }),
      stop: async () => {
        for (const track of [a, b]) track.stop();
        await context.close();
      },
    };
  } catch (error) {
    await context.close();
    throw error;
  }
}
