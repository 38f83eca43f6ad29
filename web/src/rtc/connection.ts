// One RTCPeerConnection per join, negotiated once: see docs/protocol.md "Media". Every sender and receiver
// has its transform before anything is negotiated, so no frame ever passes in the clear: a frame that the
// worker has no key for is dropped there.

import type { MediaReply, MediaRequest } from '../api/messages.ts';
import type { FrameEpoch, FromWorker, TagList, ToWorker, TransformOptions } from '../e2ee/types.ts';
import { askAgain, readOffer, SENDERS, SLOTS, writeAnswer } from './sdp.ts';

export type Path = 'looking' | 'up' | 'down' | 'failed';

export interface ConnectionEvents {
  path(path: Path): void; // down: interrupted, may heal by itself; failed: join again
  frames(event: FromWorker): void; // what the frame worker says
}

export interface Levels {
  slots: number[]; // 0..1 of what is being played
  mine: number; // 0..1 of what the microphone hears
}

export interface Connection {
  readonly request: MediaRequest;
  readonly slots: MediaStream[];
  answer(reply: MediaReply): Promise<void>;
  install(epoch: FrameEpoch): void;
  stop(): void; // sending keys are forgotten: silence until the next install
  pause(paused: boolean): void; // silence until it is taken back
  listed(list: TagList): void; // tags that a sender signed
  send(track: MediaStreamTrack | null): Promise<void>;
  levels(): Promise<Levels>;
  close(): void;
}

const PATHS: Partial<Record<RTCPeerConnectionState, Path>> = {
  connected: 'up',
  disconnected: 'down',
  failed: 'failed',
};
const WORKER_GRACE_MS = 1000;

export async function connect(events: ConnectionEvents): Promise<Connection> {
  const worker = new Worker(new URL('../e2ee/frames.worker.ts', import.meta.url), { type: 'module' });
  const pc = new RTCPeerConnection({ bundlePolicy: 'max-bundle' });
  const tell = (message: ToWorker): void => worker.postMessage(message);
  const transform = (options: TransformOptions): RTCRtpScriptTransform =>
    new RTCRtpScriptTransform(worker, options);

  const senders = Array.from({ length: SENDERS }, (_, variant) => {
    const { sender } = pc.addTransceiver('audio', { direction: 'sendonly' });
    sender.transform = transform({ side: 'send', variant: variant === 0 ? 0 : 1 });
    return sender;
  });
  const receivers = Array.from({ length: SLOTS }, (_, slot) => {
    const { receiver } = pc.addTransceiver('audio', { direction: 'recvonly' });
    receiver.transform = transform({ side: 'receive', slot });
    return receiver;
  });

  const close = (): void => {
    pc.onconnectionstatechange = null;
    worker.onmessage = null;
    worker.onerror = null;
    pc.close();
    tell({ do: 'close' });
    setTimeout(() => worker.terminate(), WORKER_GRACE_MS);
  };
  worker.onmessage = ({ data }: MessageEvent<FromWorker>) => events.frames(data);
  let broken = false; // the worker's script did not load or threw: nothing can be encrypted or decrypted
  worker.onerror = () => {
    broken = true;
    events.path('failed');
  };
  pc.onconnectionstatechange = () => {
    const path = PATHS[pc.connectionState];
    if (path) events.path(path);
  };

  try {
    const { sdp = '' } = await pc.createOffer();
    await pc.setLocalDescription({ type: 'offer', sdp: askAgain(sdp) });
    const offer = readOffer(pc.localDescription?.sdp ?? '');
    return {
      request: offer.request,
      slots: receivers.map((receiver) => new MediaStream([receiver.track])),
      answer: async (reply) => {
        if (broken) throw new Error('the frame worker does not run');
        await pc.setRemoteDescription({ type: 'answer', sdp: writeAnswer(offer, reply) });
      },
      install: (epoch) => {
        tell({ do: 'epoch', epoch });
        epoch.base.fill(0); // the worker has its own copy
      },
      stop: () => tell({ do: 'stop' }),
      pause: (paused) => tell({ do: 'pause', paused }),
      listed: (list) => tell({ do: 'listed', list }),
      // Variant B stays without a track until rooms are watermarked.
      send: async (track) => senders[0]?.replaceTrack(track),
      levels: () => readLevels(pc, receivers),
      close,
    };
  } catch (error) {
    close();
    throw error;
  }
}

// From the decoder's own output, never from the RTP header: the server could write anything there.
async function readLevels(pc: RTCPeerConnection, receivers: RTCRtpReceiver[]): Promise<Levels> {
  const levels: Levels = { slots: receivers.map(() => 0), mine: 0 };
  const report = await pc.getStats();
  report.forEach((stats: Record<string, unknown>) => {
    const level = typeof stats.audioLevel === 'number' ? stats.audioLevel : 0;
    if (stats.type === 'media-source') levels.mine = Math.max(levels.mine, level);
    if (stats.type !== 'inbound-rtp') return;
    const slot = receivers.findIndex((receiver) => receiver.track.id === stats.trackIdentifier);
    if (slot >= 0) levels.slots[slot] = level;
  });
  return levels;
}
