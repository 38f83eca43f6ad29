// Looks for a tone in bytes that may or may not be Opus, with the browser's own decoder.

import type { Page } from 'playwright-core';

/**
 * Share of the decoded sound's energy that lies at `hertz`; 0 where nothing decodes. Every window counts alike: of noise
 * a single loud one may well lie there, and must not speak for all.
 */
export async function toneShare(page: Page, frames: Uint8Array[], hertz: number): Promise<number> {
  const packed = frames.map((f) => Buffer.from(f).toString('base64'));
  return page.evaluate(
    async ([list, tone]) => {
      const samples: number[] = [];
      let decoder: AudioDecoder | undefined;
      const fresh = () => {
        const d = new AudioDecoder({
          output: (a) => {
            const plane = new Float32Array(a.numberOfFrames);
            a.copyTo(plane, { planeIndex: 0, format: 'f32-planar' });
            for (const s of plane) samples.push(s);
            a.close();
          },
          error: () => {
            decoder = undefined; // not Opus: go on with the next frame
          },
        });
        d.configure({ codec: 'opus', sampleRate: 48000, numberOfChannels: 1 });
        return d;
      };
      for (const [i, text] of list.entries()) {
        const data = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
        if (decoder?.state !== 'configured') decoder = fresh();
        try {
          decoder.decode(new EncodedAudioChunk({ type: 'key', timestamp: i * 20000, data }));
          if (i % 10 === 9) await decoder.flush();
        } catch {
          decoder = undefined;
        }
      }
      try {
        await decoder?.flush();
      } catch {
        // counted by its absence
      }
      // Goertzel over windows of 20 ms
      const n = 960;
      const k = 2 * Math.cos((2 * Math.PI * tone) / 48000);
      const shares: number[] = [];
      for (let start = 0; start + n <= samples.length; start += n) {
        let a = 0;
        let b = 0;
        let total = 0;
        for (let i = 0; i < n; i++) {
          const s = samples[start + i] ?? 0;
          [a, b] = [s + k * a - b, a];
          total += s * s;
        }
        if (total > 0) shares.push((2 * (a * a + b * b - k * a * b)) / n / total);
      }
      return shares.reduce((sum, share) => sum + share, 0) / Math.max(1, shares.length);
    },
    [packed, hertz] as const,
  );
}

/** The control: a real tone through a real Opus encoder. */
export async function opusTone(page: Page, hertz: number, frames: number): Promise<Uint8Array[]> {
  const out = await page.evaluate(
    async ([tone, count]) => {
      const chunks: string[] = [];
      const encoder = new AudioEncoder({
        output: (c) => {
          const data = new Uint8Array(c.byteLength);
          c.copyTo(data);
          chunks.push(btoa(String.fromCharCode(...data)));
        },
        error: (e) => {
          throw e;
        },
      });
      encoder.configure({ codec: 'opus', sampleRate: 48000, numberOfChannels: 1, bitrate: 32000 });
      for (let i = 0; i < count; i++) {
        const data = Float32Array.from(
          { length: 960 },
          (_, j) => 0.4 * Math.sin((2 * Math.PI * tone * (i * 960 + j)) / 48000),
        );
        const frame = {
          format: 'f32-planar' as const,
          sampleRate: 48000,
          numberOfFrames: 960,
          numberOfChannels: 1,
        };
        encoder.encode(new AudioData({ ...frame, timestamp: i * 20000, data }));
      }
      await encoder.flush();
      return chunks;
    },
    [hertz, frames] as const,
  );
  return out.map((c) => new Uint8Array(Buffer.from(c, 'base64')));
}

/** Parses the server's tap file: u32 length, u32 SSRC, payload. */
export function readTap(file: Buffer): { ssrc: number; payload: Uint8Array }[] {
  const out = [];
  for (let at = 0; at + 8 <= file.length; ) {
    const length = file.readUInt32BE(at);
    if (at + 8 + length > file.length) break; // the last one is still being written
    out.push({
      ssrc: file.readUInt32BE(at + 4),
      payload: new Uint8Array(file.subarray(at + 8, at + 8 + length)),
    });
    at += 8 + length;
  }
  return out;
}
