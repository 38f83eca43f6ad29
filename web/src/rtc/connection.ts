// One RTCPeerConnection per join, negotiated once, its ICE as often as the network changes: see docs/protocol.md "Media". Every sender and receiver
// has its transform before anything is negotiated, so no frame ever passes in the clear: a frame that the
// worker has no key for is dropped there.

import type { MediaReply, MediaRequest, PathReply } from '../api/messages.ts';
import type { FrameEpoch, FromWorker, TagList, ToWorker, TransformOptions } from '../e2ee/types.ts';
import { type MediaFacts, readFacts } from './facts.ts';
import {
  askAgain,
  hearStereo,
  type Kind,
  type Offer,
  readOffer,
  SENDERS,
  SLOTS,
  writeAnswer,
} from './sdp.ts';

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
  answer(reply: MediaReply, kind: Kind): Promise<void>;
  // Another path for the same connection: `ask` gets our new user name to the server.
  renew(ask: (ufrag: string) => Promise<PathReply>): Promise<void>;
  install(epoch: FrameEpoch): void;
  stop(): void; // sending keys are forgotten: silence until the next install
  pause(paused: boolean): void; // silence until it is taken back
  listed(list: TagList): void; // tags that a sender signed
  send(a: MediaStreamTrack | null, b?: MediaStreamTrack | null): Promise<void>; // variants: one, or both at once
  levels(): Promise<Levels>;
  facts(): Promise<MediaFacts>;
  close(): void;
}

const PATHS: Partial<Record<RTCPeerConnectionState, Path>> = {
  connected: 'up',
  disconnected: 'down',
  failed: 'failed',
};
const WORKER_GRACE_MS = 1000;

export async function connect(events: ConnectionEvents, stereo: boolean): Promise<Connection> {
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
    const offer = await makeOffer(pc, stereo);
    let answered: { reply: MediaReply; kind: Kind } | null = null;
    return {
      request: offer.request,
      slots: receivers.map((receiver) => new MediaStream([receiver.track])),
      answer: async (reply, kind) => {
        if (broken) throw new Error('the frame worker does not run');
        if (kind.sensitive) tell({ do: 'constant', music: kind.sound === 'music' }); // before any frame
        await pc.setRemoteDescription({ type: 'answer', sdp: writeAnswer(offer, reply, kind) });
        answered = { reply, kind };
      },
      renew: async (ask) => {
        if (broken || !answered) throw new Error('there is nothing to renew');
        const anew = await makeOffer(pc, stereo, { iceRestart: true }); // RFC 8829 5.2.3.1
        const reply = { ...answered.reply, ...(await ask(anew.request.ufrag)) };
        await pc.setRemoteDescription({ type: 'answer', sdp: writeAnswer(anew, reply, answered.kind) });
      },
      install: (epoch) => {
        tell({ do: 'epoch', epoch });
        epoch.base.fill(0); // the worker has its own copy
      },
      stop: () => tell({ do: 'stop' }),
      pause: (paused) => tell({ do: 'pause', paused }),
      listed: (list) => tell({ do: 'listed', list }),
      // Both are given in one go, so that a context that stands still meanwhile lets both begin with one sample.
      send: async (a, b = null) => {
        tell({ do: 'twins', are: a !== null && b !== null });
        await Promise.all([senders[0]?.replaceTrack(a), senders[1]?.replaceTrack(b)]);
      },
      levels: () => readLevels(pc, receivers),
      facts: () => readFacts(pc),
      close,
    };
  } catch (error) {
    close();
    throw error;
  }
}

// To itself; an earlier one that nobody answered is void.
async function makeOffer(
  pc: RTCPeerConnection,
  stereo: boolean,
  options: RTCOfferOptions = {},
): Promise<Offer> {
  const { sdp = '' } = await pc.createOffer(options);
  await pc.setLocalDescription({ type: 'offer', sdp: hearStereo(askAgain(sdp), stereo) });
  return readOffer(pc.localDescription?.sdp ?? '');
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
