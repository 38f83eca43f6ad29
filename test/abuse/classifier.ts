// Guesses from what an observer sees in a window of time which of two things happened in it: naive Bayes over the
// usual features of encrypted traffic, learned from one half of the windows and judged by the other.

import type { Sight } from '../browser/wire.ts';

export interface Window {
  features: number[];
  label: boolean;
}

export interface Verdict {
  accuracy: number; // balanced: the mean of the shares that are right in each class
  judged: number; // windows of the rarer class
  band: number; // about 0.5: further goes one tossed coin in 4000
}

const DEVIATIONS = 3.5;
const MOST = 3; // features

const sum = (list: number[]): number => list.reduce((a, b) => a + b, 0);
const mean = (list: number[]): number => (list.length > 0 ? sum(list) / list.length : 0);

function variance(list: number[]): number {
  const middle = mean(list);
  return mean(list.map((one) => (one - middle) ** 2));
}

/** Of each stream: packets, bytes, the spread of their sizes, extension bytes, the audio level in them, the longest gap. */
export function features(streams: Sight[][], from: number, ms: number): number[] {
  return streams.flatMap((stream) => {
    const seen = stream.filter(({ at }) => at >= from && at < from + ms);
    const sizes = seen.map(({ size }) => size);
    const extensions = seen.map(({ extension }) => extension);
    const levels = extensions.map((bytes) => (bytes[1] ?? 0) & 127); // RFC 6464: the lower seven bits
    const times = [from, ...seen.map(({ at }) => at), from + ms];
    const gaps = times.slice(1).map((at, i) => at - (times[i] ?? at));
    return [
      seen.length,
      sum(sizes),
      variance(sizes),
      extensions.flat().length,
      mean(levels),
      Math.max(...gaps),
    ];
  });
}

type Model = { middle: number; spread: number }[]; // of each feature

const learn = (windows: Window[]): Model =>
  (windows[0]?.features ?? []).map((_, i) => {
    const column = windows.map(({ features: f }) => f[i] ?? 0);
    return { middle: mean(column), spread: variance(column) };
  });

/** The features that tell the two best apart, by what was learned. */
function best(one: Model, other: Model): number[] {
  const apart = (i: number): number => {
    const [a, b] = [one[i], other[i]];
    return a && b ? (a.middle - b.middle) ** 2 / (a.spread + b.spread + 1e-9) : 0;
  };
  return [...one.keys()].sort((i, k) => apart(k) - apart(i)).slice(0, MOST);
}

/** `all`: no feature is taken for more certain than a tenth of its deviation over all windows. */
const likelihood = (model: Model, all: Model, use: number[], at: number[]): number =>
  sum(
    use.map((i) => {
      const wide = (model[i]?.spread ?? 0) + (all[i]?.spread ?? 0) / 100 + 1e-9;
      return -(((at[i] ?? 0) - (model[i]?.middle ?? 0)) ** 2) / (2 * wide) - Math.log(wide) / 2;
    }),
  );

/** Every second window of each class is for learning. */
export function judge(windows: Window[]): Verdict {
  const half = (label: boolean, rest: number): Window[] =>
    windows.filter((one) => one.label === label).filter((_, i) => i % 2 === rest);
  const [talk, silence, all] = [learn(half(true, 0)), learn(half(false, 0)), learn(windows)];
  const use = best(talk, silence);
  const guess = ({ features: at }: Window): boolean =>
    likelihood(talk, all, use, at) > likelihood(silence, all, use, at);
  const share = (label: boolean): number => {
    const tried = half(label, 1);
    return tried.filter((one) => guess(one) === label).length / Math.max(1, tried.length);
  };
  const judged = Math.max(1, Math.min(half(true, 1).length, half(false, 1).length));
  // Each share of a coin deviates by 0.5 / sqrt(n); so the mean of both by sqrt(2 / n) / 4.
  return {
    accuracy: (share(true) + share(false)) / 2,
    judged,
    band: (DEVIATIONS * Math.sqrt(2 / judged)) / 4,
  };
}
