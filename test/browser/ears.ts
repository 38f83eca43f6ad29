// What a browser's microphone gives and what its speakers get, as samples with wall-clock times, and the comparison
// of the two by cross-correlation: whose words arrive where, how late, and how intact.

import type { Page } from 'playwright-core';

export const rate = 8000; // of the recordings; the speech is 8 kHz too

export interface Recording {
  startMs: number; // wall clock of the first sample
  samples: Float32Array[]; // one track per stream: the microphone, or each slot of the speakers
}

/** Runs in the page before anything else: remembers the microphone stream and can record it or the speakers. */
export function install(): void {
  const w = window as unknown as Record<string, unknown>;
  const media = navigator.mediaDevices;
  const ask = media.getUserMedia.bind(media);
  w.__asked = 0;
  media.getUserMedia = async (c) => {
    w.__asked = (w.__asked as number) + 1;
    const stream = await ask(c);
    w.__mic = stream;
    return stream;
  };
  let context: AudioContext | undefined;
  w.__record = async (what: 'mic' | 'speakers', ms: number, outRate: number) => {
    context ??= new AudioContext({ sampleRate: 48000 });
    const audio = context;
    await audio.resume();
    const streams =
      what === 'mic'
        ? [w.__mic as MediaStream | undefined]
        : [...document.querySelectorAll('audio')].map((a) =>
            a.muted ? undefined : (a.srcObject as MediaStream),
          );
    const tracks = streams.filter((s): s is MediaStream => !!s && s.getAudioTracks().length > 0);
    const n = Math.max(1, tracks.length);
    const merger = audio.createChannelMerger(n);
    const processor = audio.createScriptProcessor(1024, n, 1);
    const sources = tracks.map((s) => audio.createMediaStreamSource(s));
    for (const [i, s] of sources.entries()) s.connect(merger, 0, i);
    merger.connect(processor);
    const blocks: Float32Array[][] = [];
    const starts: number[] = [];
    await new Promise<void>((done) => {
      processor.onaudioprocess = (e) => {
        const now = performance.timeOrigin + performance.now();
        // A block cannot come early, only late: the earliest estimate of the start is the truest.
        starts.push(now - ((blocks.length + 1) * 1024 * 1000) / 48000);
        blocks.push(Array.from({ length: n }, (_, i) => new Float32Array(e.inputBuffer.getChannelData(i))));
        if (blocks.length * 1024 >= (ms / 1000) * 48000) done();
      };
      processor.connect(audio.destination);
    });
    processor.onaudioprocess = null;
    processor.disconnect();
    merger.disconnect();
    for (const s of sources) s.disconnect();
    const step = 48000 / outRate;
    const data = Array.from({ length: n }, (_, track) => {
      const all = blocks.flatMap((b) => [...(b[track] ?? [])]);
      const out = new Int16Array(Math.floor(all.length / step));
      for (let i = 0; i < out.length; i++) {
        let sum = 0;
        for (let k = 0; k < step; k++) sum += all[i * step + k] ?? 0; // a box filter is enough of an anti-alias here
        out[i] = Math.max(-32768, Math.min(32767, (sum / step) * 32767));
      }
      let text = '';
      for (const b of new Uint8Array(out.buffer)) text += String.fromCharCode(b);
      return btoa(text);
    });
    return { startMs: Math.min(...starts), data };
  };
}

export async function giveEars(page: Page): Promise<void> {
  // tsx-like helpers are not in the page: the function must stand alone, which it does.
  await page.addInitScript(install);
}

async function record(page: Page, what: 'mic' | 'speakers', ms: number): Promise<Recording> {
  const r = (await page.evaluate(
    ([w, m, o]) =>
      (window as unknown as { __record: (...a: unknown[]) => Promise<unknown> }).__record(w, m, o),
    [what, ms, rate] as const,
  )) as { startMs: number; data: string[] };
  const samples = r.data.map((text) => {
    const bytes = Buffer.from(text, 'base64');
    return Float32Array.from({ length: bytes.length / 2 }, (_, i) => bytes.readInt16LE(i * 2) / 32768);
  });
  return { startMs: r.startMs, samples };
}

export const hearMic = (page: Page, ms: number) => record(page, 'mic', ms);
export const hearSpeakers = (page: Page, ms: number) => record(page, 'speakers', ms);
/** How often the page asked for a microphone. */
export const timesAsked = (page: Page) =>
  page.evaluate(() => (window as unknown as { __asked: number }).__asked);

export function rms(r: Recording): number {
  let sum = 0;
  for (const track of r.samples) for (const s of track) sum += s * s;
  return Math.sqrt(sum / Math.max(1, r.samples[0]?.length ?? 0));
}

export interface Match {
  r: number; // correlation coefficient at the best lag, 0..1; the median of several words
  lagMs: number; // how much later `heard` has it than `said`, by wall clock; their median
}

const WORD = 0.4 * rate; // short: a jitter buffer may stretch or squeeze what lies between two words
const REACH = rate; // words are looked for up to a second after they were said
const energyOf = (a: Float32Array): number => a.reduce((e, s) => e + s * s, 0);
const median = (a: number[]): number => a.sort((x, y) => x - y)[a.length >> 1] ?? 0;

/** Where and how well one word is found in a track, from 100 ms before `from` to a second after. */
function find(word: Float32Array, track: Float32Array, from: number): Match {
  const wordEnergy = energyOf(word);
  let found: Match = { r: 0, lagMs: Number.NaN };
  for (let lag = -rate / 10; lag <= REACH; lag++) {
    const at = from + lag;
    if (at < 0 || at + word.length > track.length) continue;
    let dot = 0;
    let energy = 0;
    for (let i = 0; i < word.length; i++) {
      const h = track[at + i] ?? 0;
      dot += h * (word[i] ?? 0);
      energy += h * h;
    }
    const r = energy > 0 && wordEnergy > 0 ? dot / Math.sqrt(energy * wordEnergy) : 0;
    if (r > found.r) found = { r, lagMs: (lag / rate) * 1000 };
  }
  return found;
}

/**
 * Finds the loudest words of `said` in the best slot of `heard`. Slots are compared one by one, so that somebody
 * else talking at the same time does not matter. Words of somebody else score about 0.4.
 */
export function match(said: Recording, heard: Recording, words = 5): Match {
  const mic = said.samples[0] ?? new Float32Array(0);
  const starts = Array.from(
    { length: Math.max(0, Math.floor((mic.length - REACH) / WORD)) },
    (_, i) => i * WORD,
  )
    .sort((a, b) => energyOf(mic.subarray(b, b + WORD)) - energyOf(mic.subarray(a, a + WORD)))
    .slice(0, words);
  const offset = Math.round(((said.startMs - heard.startMs) / 1000) * rate);
  const matches = heard.samples.map((track) => {
    const found = starts.map((at) => find(mic.subarray(at, at + WORD), track, at + offset));
    return { r: median(found.map((m) => m.r)), lagMs: median(found.map((m) => m.lagMs)) };
  });
  return matches.reduce((best, m) => (m.r > best.r ? m : best), { r: 0, lagMs: Number.NaN });
}

const FRAME = 0.02 * rate;
const SOUND = 0.004; // of a frame: less is silence, or the last of a fade
const SPEECH = 0.02; // of a frame of the microphone: certainly a part of a word

function frames(r: Recording): number[] {
  const length = Math.floor(Math.min(...r.samples.map((track) => track.length)) / FRAME);
  return Array.from({ length }, (_, i) =>
    Math.max(...r.samples.map((t) => Math.sqrt(energyOf(t.subarray(i * FRAME, (i + 1) * FRAME)) / FRAME))),
  );
}

/** By wall clock, when the last frame ended that was not silent; the start of the recording if all were. */
export function lastSoundMs(r: Recording): number {
  return r.startMs + (frames(r).findLastIndex((loud) => loud > SOUND) + 1) * 20;
}

/** The longest stretch in which words were said and nothing was heard. */
export function longestGapMs(said: Recording, heard: Recording, lagMs: number): number {
  const ears = frames(heard);
  const offset = Math.round((said.startMs - heard.startMs + lagMs) / 20);
  let longest = 0;
  let run = 0;
  for (const [i, loud] of frames(said).entries()) {
    const at = ears[i + offset];
    run = at !== undefined && loud > SPEECH && at < SOUND ? run + 1 : 0;
    longest = Math.max(longest, run);
  }
  return longest * 20;
}
