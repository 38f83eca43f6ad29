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
    // Of the microphone a clone: what is said at it is known also while it is muted.
    const mouth = what === 'mic' ? (w.__mic as MediaStream | undefined)?.clone() : undefined;
    for (const track of mouth?.getTracks() ?? []) track.enabled = true;
    const streams =
      what === 'mic'
        ? [mouth]
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
    // A page's own clock starts from the wall clock's time and never looks at it again: if that was set since, two
    // pages would differ.
    const origin = Date.now() - performance.now();
    const starts: number[] = [];
    await new Promise<void>((done) => {
      processor.onaudioprocess = (e) => {
        const now = origin + performance.now();
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
    for (const track of mouth?.getTracks() ?? []) track.stop();
    const step = 48000 / outRate;
    const data = Array.from({ length: n }, (_, track) => {
      const all = new Float32Array(blocks.length * 1024);
      for (const [i, b] of blocks.entries()) all.set(b[track] ?? [], i * 1024);
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
  second: number; // r of the word that came second best: two that came are no coincidence, whatever was lost
}

const WORD = 0.4 * rate; // short: a jitter buffer may stretch or squeeze what lies between two words
const SILENCE = 1e-3; // energy under a word at -65 dBFS: less is no voice
const REACH = rate; // words are looked for up to a second after they were said
const energyOf = (a: Float32Array): number => a.reduce((e, s) => e + s * s, 0);
const median = (a: number[]): number => a.sort((x, y) => x - y)[a.length >> 1] ?? 0;

/** Where the loudest words of a microphone begin, of those that end `rest` samples before the recording does. */
function loudest(mic: Float32Array, words: number, rest: number): number[] {
  const loud = (at: number): number => energyOf(mic.subarray(at, at + WORD));
  return Array.from({ length: Math.max(0, Math.floor((mic.length - rest) / WORD)) }, (_, i) => i * WORD)
    .sort((a, b) => loud(b) - loud(a))
    .slice(0, words);
}

/** Where and how well one word is found in a track, if it begins there between `first` and `last`. */
function find(
  word: Float32Array,
  track: Float32Array,
  first: number,
  last: number,
): { r: number; at: number } {
  const wordEnergy = energyOf(word);
  const end = Math.min(last, track.length - word.length);
  let found = { r: 0, at: Number.NaN };
  let at = Math.max(0, first);
  let energy = energyOf(track.subarray(at, at + word.length)); // of what is under the word
  for (; wordEnergy > SILENCE && at <= end; at++) {
    if (energy > SILENCE) {
      let dot = 0;
      for (let i = 0; i < word.length; i++) dot += (track[at + i] as number) * (word[i] as number);
      const r = dot / Math.sqrt(energy * wordEnergy);
      if (r > found.r) found = { r, at };
    }
    energy += (track[at + word.length] ?? 0) ** 2 - (track[at] as number) ** 2;
  }
  return found;
}

/**
 * Finds the loudest words of `said` in `heard`, from 100 ms before they were said to a second after. Each in the slot that
 * has it best: a speaker may change slots between two words, and somebody else talks in another one at the same time.
 * Words of somebody else score about 0.4.
 */
export function match(said: Recording, heard: Recording, words = 5): Match {
  const mic = said.samples[0] ?? new Float32Array(0);
  const offset = Math.round(((said.startMs - heard.startMs) / 1000) * rate);
  const found = loudest(mic, words, REACH).map((start) => {
    const word = mic.subarray(start, start + WORD);
    const from = start + offset;
    const slots = heard.samples.map((track) => find(word, track, from - rate / 10, from + REACH));
    const { r, at } = slots.reduce((best, slot) => (slot.r > best.r ? slot : best));
    return { r, lagMs: ((at - from) / rate) * 1000 };
  });
  const [, second = 0] = found.map(({ r }) => r).sort((a, b) => b - a);
  return { r: median(found.map((m) => m.r)), lagMs: median(found.map((m) => m.lagMs)), second };
}

/** How well the loudest words of `said` are found anywhere in a track: as r of a match. */
export function holds(track: Float32Array, said: Recording, words = 5): number {
  const mic = said.samples[0] ?? new Float32Array(0);
  return median(
    loudest(mic, words, 0).map((at) => find(mic.subarray(at, at + WORD), track, 0, track.length).r),
  );
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
