// The two tones of a recording, as they leave the page for the speakers, each upwards or downwards.

import type { Page } from 'playwright-core';

/**
 * Runs in the page before anything else: keeps the last seconds of what each audio context gives to the speakers, and
 * looks for the two notes when the context is closed. The browser's own thread keeps them, so that a busy page
 * misses nothing.
 */
function install(): void {
  const KEPT = 32768; // samples, the most that one analyser keeps
  const ROWS = 4;
  const FRAME = 1024; // samples: 21 ms at 48 kHz, enough to tell 440 Hz from 660 Hz
  const LOUD = 0.02;
  const PURE = 0.9; // of the energy: a voice has none that is
  const { connect } = AudioNode.prototype as unknown as { connect: (...to: unknown[]) => unknown };
  const { close } = AudioContext.prototype;
  const heard: string[] = [];
  const kept = new Map<BaseAudioContext, AnalyserNode[]>(); // the oldest first

  const keeperOf = (context: BaseAudioContext): AnalyserNode[] => {
    const known = kept.get(context);
    if (known) return known;
    const rows = Array.from({ length: ROWS }, () => new AnalyserNode(context, { fftSize: KEPT }));
    for (const [i, row] of rows.entries()) {
      const older = rows[i - 1];
      if (!older) continue;
      const delay = new DelayNode(context, { maxDelayTime: 1, delayTime: KEPT / context.sampleRate });
      connect.call(connect.call(row, delay), older);
    }
    kept.set(context, rows);
    return rows;
  };
  /** 0 where there is no such tone, or not that alone. */
  const strength = (samples: Float32Array, hertz: number, rate: number): number => {
    const turn = (2 * Math.PI * hertz) / rate;
    let [re, im, energy] = [0, 0, 0];
    for (const [i, s] of samples.entries()) {
      re += s * Math.cos(turn * i);
      im += s * Math.sin(turn * i);
      energy += s * s;
    }
    const amplitude = (2 * Math.hypot(re, im)) / samples.length;
    return (amplitude ** 2 * samples.length) / 2 > PURE * energy ? amplitude : 0;
  };
  const notes = (rows: AnalyserNode[], rate: number): number[] => {
    const samples = new Float32Array(KEPT * ROWS);
    for (const [i, row] of rows.entries()) {
      const part = new Float32Array(KEPT); // a view into `samples` is not taken
      row.getFloatTimeDomainData(part);
      samples.set(part, i * KEPT);
    }
    const list: number[] = [];
    for (let at = 0; at < samples.length; at += FRAME) {
      const frame = samples.subarray(at, at + FRAME);
      const is = [440, 660].find((hertz) => strength(frame, hertz, rate) > LOUD);
      if (is && list.at(-1) !== is) list.push(is);
    }
    return list;
  };
  Object.assign(AudioNode.prototype, {
    connect(this: AudioNode, ...to: unknown[]): unknown {
      if (to[0] instanceof AudioDestinationNode && this.context instanceof AudioContext)
        connect.call(this, keeperOf(this.context).at(-1));
      return connect.apply(this, to);
    },
  });
  Object.assign(AudioContext.prototype, {
    close(this: AudioContext): Promise<void> {
      const rows = kept.get(this);
      const list = rows ? notes(rows, this.sampleRate).join() : '';
      if (list !== '') heard.push(list === '440,660' ? 'up' : list === '660,440' ? 'down' : list);
      kept.delete(this);
      return close.call(this);
    },
  });
  Object.assign(window, { __tones: heard });
}

export const giveToneEars = (page: Page): Promise<unknown> => page.addInitScript(install);

/** What was heard so far: up, down, or the notes if they are something else. */
export const tones = (page: Page): Promise<string[]> =>
  page.evaluate(() => (window as unknown as { __tones: string[] }).__tones);
