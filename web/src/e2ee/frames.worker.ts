// The worker of one join: one TransformStream per sender and receiver, the crypto awaited inside it so that
// frames keep their order. Whatever goes wrong costs one frame, never the stream, and never secrecy.

import type { Bytes } from '../base/bytes.ts';
import { Frames } from './frames.ts';
import type { FromWorker, ToWorker, TransformOptions } from './types.ts';

const TICK_MS = 1_000;

const scope = globalThis as unknown as DedicatedWorkerGlobalScope;
const post = (message: FromWorker): void => scope.postMessage(message);
// Times leave this worker on the clock that the audio thread has too.
const tell = (message: FromWorker): void =>
  post(message.ev === 'step' ? { ...message, at: Date.now() - (performance.now() - message.at) } : message);
const frames = new Frames(() => performance.now(), tell);

scope.onmessage = ({ data }: MessageEvent<ToWorker>) => {
  if (data.do === 'epoch') void frames.install(data.epoch);
  else if (data.do === 'stop') frames.stop();
  else if (data.do === 'pause') frames.pause(data.paused);
  else if (data.do === 'listed') frames.listed(data.list);
  else if (data.do === 'constant') frames.constant(data.music);
  else if (data.do === 'twins') frames.twins(data.are);
  else {
    frames.close();
    scope.close();
  }
};

let reported = '';
setInterval(() => {
  frames.tick();
  const stats = frames.stats();
  const text = JSON.stringify(stats);
  if (text !== reported) post(stats);
  reported = text;
}, TICK_MS);

scope.onrtctransform = (event: RTCTransformEvent) => {
  const { readable, writable } = event.transformer;
  const options = event.transformer.options as TransformOptions;
  const convert = (data: Bytes, frame: RTCEncodedAudioFrame): Promise<Bytes | null> =>
    options.side === 'send'
      ? frames.encrypt(data, options.variant, frame.getMetadata().rtpTimestamp)
      : frames.decrypt(options.slot, data);
  const transform = new TransformStream<RTCEncodedAudioFrame, RTCEncodedAudioFrame>({
    async transform(frame, controller) {
      try {
        const data = await convert(new Uint8Array(frame.data), frame);
        if (!data) return;
        frame.data = data.buffer;
        controller.enqueue(frame);
      } catch {
        frames.failed();
      }
    },
  });
  readable
    .pipeThrough(transform)
    .pipeTo(writable)
    .catch(() => undefined); // the track ended
};
