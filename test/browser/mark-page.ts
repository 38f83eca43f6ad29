// What mark.test.ts runs in Chromium: noise as a microphone, through the worklet, both variants measured.

import { markMicrophone, type Variants } from '../../web/src/mark/variants.ts';

export interface Measured {
  loud: [number, number]; // energy of A and of B
  apart: number; // energy of A - B per energy of A: the least of many looks
  started: [number, number]; // when the pattern began, asked twice
}

const LOOKS = 40;
let variants: Variants | null = null;
let noise: AudioBufferSourceNode | null = null;

const pause = (): Promise<void> => new Promise((done) => setTimeout(done, 50));

async function open(): Promise<Measured> {
  const audio = new AudioContext({ sampleRate: 48_000 });
  const buffer = audio.createBuffer(1, 48_000, 48_000);
  const samples = buffer.getChannelData(0);
  for (let i = 0; i < samples.length; i++) samples[i] = (Math.random() - 0.5) / 4;
  noise = new AudioBufferSourceNode(audio, { buffer, loop: true });
  const microphone = audio.createMediaStreamDestination();
  noise.connect(microphone);
  noise.start();
  await audio.resume();
  const track = microphone.stream.getAudioTracks()[0];
  if (!track) throw new Error('no track');
  variants = await markMicrophone(track, crypto.getRandomValues(new Uint8Array(32)));
  variants.live(true);
  const first = await variants.start();
  const ears = [variants.a, variants.b].map((variant) => {
    const ear = new AnalyserNode(audio, { fftSize: 16_384 });
    audio.createMediaStreamSource(new MediaStream([variant])).connect(ear);
    return ear;
  });
  return { ...(await look(ears)), started: [first, await variants.start()] };
}

// The two ears are read one after the other, so a look may fall on a border between two blocks: the best counts.
async function look(ears: AnalyserNode[]): Promise<Omit<Measured, 'started'>> {
  let best: Omit<Measured, 'started'> = { loud: [0, 0], apart: Number.POSITIVE_INFINITY };
  for (let i = 0; i < LOOKS; i++) {
    await pause();
    const [a, b] = ears.map((ear) => {
      const x = new Float32Array(ear.fftSize);
      ear.getFloatTimeDomainData(x);
      return x;
    });
    if (!a || !b || a.some((x) => x === 0)) continue; // not full yet
    const energy = (f: (i: number) => number): number => a.reduce((sum, _, i) => sum + f(i) ** 2, 0);
    const loud: [number, number] = [energy((i) => a[i] ?? 0), energy((i) => b[i] ?? 0)];
    const apart = energy((i) => (a[i] ?? 0) - (b[i] ?? 0)) / loud[0];
    if (apart < best.apart) best = { loud, apart };
  }
  return best;
}

async function close(): Promise<string[]> {
  await variants?.stop();
  return [variants?.a.readyState ?? '', variants?.b.readyState ?? ''];
}

export interface Tapped {
  variant: 0 | 1;
  rtp: number;
  hash: string;
}

// Two senders of one connection, with the same sound in both and every frame told. `together`: they are given their
// tracks while the context stands still; else while it runs.
async function encode(together: boolean): Promise<Tapped[]> {
  const audio = new AudioContext({ sampleRate: 48_000 });
  const buffer = audio.createBuffer(1, 48_000, 48_000);
  const samples = buffer.getChannelData(0);
  for (let i = 0; i < samples.length; i++) samples[i] = (Math.random() - 0.5) / 4;
  const source = new AudioBufferSourceNode(audio, { buffer, loop: true });
  const tracks = [0, 1].map(() => {
    const destination = new MediaStreamAudioDestinationNode(audio, { channelCount: 1 });
    source.connect(destination);
    return destination.stream.getAudioTracks()[0] ?? null;
  });
  source.start();
  await audio.resume();
  const worker = new Worker(new URL('./mark-tap.worker.ts', import.meta.url), { type: 'module' });
  const frames: Tapped[] = [];
  worker.onmessage = ({ data }: MessageEvent<Tapped>) => frames.push(data);
  const [here, there] = [new RTCPeerConnection(), new RTCPeerConnection()];
  here.onicecandidate = ({ candidate }) => candidate && there.addIceCandidate(candidate);
  there.onicecandidate = ({ candidate }) => candidate && here.addIceCandidate(candidate);
  const senders = [0, 1].map((variant) => {
    const { sender } = here.addTransceiver('audio', { direction: 'sendonly' });
    sender.transform = new RTCRtpScriptTransform(worker, { variant });
    return sender;
  });
  await here.setLocalDescription();
  await there.setRemoteDescription(here.localDescription as RTCSessionDescription);
  await there.setLocalDescription();
  await here.setRemoteDescription(there.localDescription as RTCSessionDescription);
  while (here.connectionState !== 'connected') await pause();
  if (together) await audio.suspend();
  const give = (i: number) => senders[i]?.replaceTrack(tracks[i] ?? null);
  if (together) await Promise.all([give(0), give(1)]);
  else {
    await give(0);
    await pause();
    await give(1);
  }
  await audio.resume();
  while (frames.length < 150) await pause();
  here.close();
  there.close();
  worker.terminate();
  await audio.close();
  return frames;
}

Object.assign(globalThis, { mark: { open, close, encode } });
