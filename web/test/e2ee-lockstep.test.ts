import { describe, expect, it } from 'vitest';
import { type InStep, Lockstep } from '../src/e2ee/lockstep.ts';

const FRAME = 960;

// A microphone whose two encoders start at these timestamps. Times are those of a calm machine, unless said.
class Senders {
  readonly found: InStep[] = [];
  lost = 0;
  readonly step = new Lockstep(
    (step) => this.found.push(step),
    () => this.lost++,
  );
  a: number;
  b: number;
  now = 5_000;

  constructor(a = 7, b = 1_000_000) {
    this.a = a;
    this.b = b;
  }

  // One frame of both; `lag`: of B behind A. Whether both were given the same number.
  frame({ lag = 1, late = 0, without = null as null | 'a' | 'b' } = {}): boolean | null {
    this.now += 20;
    const at = this.now + late;
    const first = without === 'a' ? null : this.step.frame(0, this.a >>> 0, at);
    const second = without === 'b' ? null : this.step.frame(1, this.b >>> 0, at + lag);
    this.a += FRAME;
    this.b += FRAME;
    return first === null || second === null ? null : first === second;
  }

  frames(n: number, how: Parameters<Senders['frame']>[0] = {}): (boolean | null)[] {
    return Array.from({ length: n }, () => this.frame(how));
  }
}

describe('lockstep', () => {
  it('finds the distance, and gives both variants of a frame one number', () => {
    const s = new Senders();
    s.frames(10);
    expect(s.found.map(({ offset }) => offset)).toEqual([1_000_000 - 7]);
    expect(s.frames(100)).toEqual(Array(100).fill(true));
    expect(s.found.length).toBe(1);
  });

  it('of clocks that wrap, and with B in front of A', () => {
    const s = new Senders(0xffffffff - 20 * FRAME, 3 * FRAME);
    s.frames(9);
    expect(s.found).toEqual([]);
    s.frames(31);
    expect(s.found[0]?.offset).toBe((3 * FRAME - (0xffffffff - 20 * FRAME)) >>> 0);
    expect(s.frames(30)).toEqual(Array(30).fill(true));
  });

  it('tells when the frame would have come on a calm machine', () => {
    const s = new Senders();
    s.frame();
    for (let i = 0; i < 9; i++) s.frame({ late: 3 * i });
    const { timestamp, at } = s.found[0] as InStep;
    expect(timestamp).toBe(7 + 9 * FRAME);
    expect(at).toBe(5_000 + 10 * 20);
  });

  it('is found on a busy machine too, which mixes them up and delays them', () => {
    const s = new Senders();
    for (let i = 0; i < 5; i++) {
      const [a, b] = [s.a, s.b];
      s.step.frame(0, a, s.now);
      s.step.frame(0, a + FRAME, s.now);
      s.step.frame(1, b, s.now);
      s.step.frame(1, b + FRAME, s.now);
      s.a += 2 * FRAME;
      s.b += 2 * FRAME;
      s.now += 40;
    }
    expect(s.found[0]?.offset).toBe(1_000_000 - 7);
    let noise = 1;
    const some = (most: number): number => {
      noise = (noise * 16_807) % 2_147_483_647;
      return noise % most;
    };
    for (let i = 0; i < 1000; i++) s.frame({ late: some(40), lag: some(20) });
    s.frames(20, { late: 700 });
    expect(s.frames(50)).toEqual(Array(50).fill(true));
    expect(s.lost).toBe(0);
  });

  it('lives with frames that got lost, singly, and with late ones', () => {
    const s = new Senders();
    s.frames(10);
    for (let i = 0; i < 40; i++) {
      s.frame({ without: i % 2 ? 'a' : 'b' });
      s.frames(4, { late: 7 * (i % 3), lag: i % 3 });
    }
    expect(s.lost).toBe(0);
  });

  it.each(['a', 'b'] as const)('parts when %s stops', (without) => {
    const s = new Senders();
    s.frames(10);
    s.frames(50, { without });
    expect(s.lost).toBe(1);
    expect(s.frames(20)).toEqual(Array(20).fill(null)); // until both start again
    expect(s.lost).toBe(1);
  });

  it('parts when a clock jumps', () => {
    const s = new Senders();
    s.frames(10);
    s.b += 480;
    s.frames(50);
    expect(s.lost).toBe(1);
  });

  // Samples were dropped on one side: its timestamps go on, and each frame is complete 10 ms later than before.
  it('parts when one falls behind while the clocks go on', () => {
    for (const lag of [-9, 11]) {
      const s = new Senders();
      s.frames(60);
      expect(s.lost).toBe(0);
      s.frames(300, { lag });
      expect(s.lost).toBe(1);
    }
  });

  it('gives up a search that does not end', () => {
    const s = new Senders();
    for (let i = 0; i < 200; i++) {
      s.b += 31;
      s.frame();
    }
    expect(s.found).toEqual([]);
    expect(s.lost).toBe(1);
    const single = new Senders();
    single.frames(151, { without: 'b' });
    expect(single.lost).toBe(1);
    const ragged = new Senders();
    ragged.frames(200, { lag: 10 });
    expect(ragged.found).toEqual([]);
    expect(ragged.lost).toBe(1);
  });
});
