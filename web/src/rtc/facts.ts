// What the browser counts about one connection, all slots together. No address is among it.

export interface MediaFacts {
  path: { tcp: boolean; roundTripMs: number } | null; // null: no path was found, or it was lost
  received: number; // packets
  lost: number;
  concealed: number; // samples that were made up
  samples: number; // samples that were played
  sent: number; // packets
  mic: number; // 0..1 of what the microphone hears
}

// The frame worker's counters, since it was started.
export interface FrameStats {
  encrypted: number;
  decrypted: number;
  dropped: Record<string, number>; // by reason
}

type Stats = Record<string, unknown>;

export async function readFacts(pc: Pick<RTCPeerConnection, 'getStats'>): Promise<MediaFacts> {
  const all: Stats[] = [];
  (await pc.getStats()).forEach((stats: Stats) => {
    all.push(stats);
  });
  const sum = (type: string, counter: string): number =>
    all.reduce((n, stats) => n + (stats.type === type ? number(stats[counter]) : 0), 0);
  const of = (type: string): Stats[] => all.filter((stats) => stats.type === type);
  return {
    path: pathOf(of('candidate-pair'), of('transport'), of('local-candidate')),
    received: sum('inbound-rtp', 'packetsReceived'),
    lost: sum('inbound-rtp', 'packetsLost'),
    // Silence between words is made up too, and nobody misses anything then.
    concealed: sum('inbound-rtp', 'concealedSamples') - sum('inbound-rtp', 'silentConcealedSamples'),
    samples: sum('inbound-rtp', 'totalSamplesReceived'),
    sent: sum('outbound-rtp', 'packetsSent'),
    mic: Math.max(0, ...of('media-source').map((stats) => number(stats.audioLevel))),
  };
}

function pathOf(pairs: Stats[], transports: Stats[], candidates: Stats[]): MediaFacts['path'] {
  const chosen = transports[0]?.selectedCandidatePairId;
  const pair = pairs.find(({ id, selected }) => id === chosen || selected === true);
  if (pair?.state !== 'succeeded') return null;
  const local = candidates.find(({ id }) => id === pair.localCandidateId);
  return { tcp: local?.protocol === 'tcp', roundTripMs: number(pair.currentRoundTripTime) * 1000 };
}

const number = (value: unknown): number => (typeof value === 'number' ? value : 0);
