import { expect, it } from 'vitest';
import { type Bytes, random, utf8 } from '../src/base/bytes.ts';
import { Frames } from '../src/e2ee/frames.ts';
import { parseHeader } from '../src/e2ee/sframe.ts';
import { Single } from '../src/e2ee/single.ts';
import type { FrameEpoch, FromWorker } from '../src/e2ee/types.ts';

const FRAME = 960;
const [A, B] = [50_000, 9_000];

function epoch(counter: number, base: Bytes, mine: number, sendAfterMs = 0): FrameEpoch {
  const senders = [
    { index: 1, account: 'a' },
    { index: 2, account: 'b' },
  ];
  return { counter, base: base.slice(), senders, mine, sendAfterMs };
}

async function speaker() {
  const base = random(32);
  const told: FromWorker[] = [];
  const clock = { now: 0 };
  const make = () =>
    new Frames(
      () => clock.now,
      (event) => told.push(event),
    );
  const [frames, listener] = [make(), make()];
  await frames.install(epoch(1, base, 1));
  await listener.install(epoch(1, base, 2));
  frames.twins(true);
  let n = 0;
  const both = async (text = `${n}`): Promise<[Bytes | null, Bytes | null]> => {
    clock.now += 20;
    const at = FRAME * n++;
    return Promise.all([
      frames.encrypt(utf8(`A ${text}`), 0, A + at),
      frames.encrypt(utf8(`B ${text}`), 1, B + at),
    ]);
  };
  const inStep = async (): Promise<void> => {
    for (let i = 0; i < 10; i++) await both();
  };
  return { frames, listener, told, clock, base, both, inStep };
}

const ctrOf = (frame: Bytes | null): number => Number(frame && parseHeader(frame)?.ctr);

it('A alone goes out until both are in step, then both, two counters a frame', async () => {
  const { both, told, frames } = await speaker();
  for (let i = 0; i < 9; i++) {
    const [a, b] = await both();
    expect(ctrOf(a)).toBe(i);
    expect(b).toBeNull();
  }
  await both();
  expect(told).toEqual([{ ev: 'step', offset: (B - A) >>> 0, timestamp: A + 9 * FRAME, at: 200 }]);
  expect(frames.stats().dropped).toEqual({ alone: 9 });
  const used = new Set<number>();
  const parity = new Set<number>();
  const first = Math.min(...(await both()).map(ctrOf));
  for (let i = 1; i < 60; i++) {
    const [a, b] = (await both()).map(ctrOf) as [number, number];
    expect(Math.abs(a - b)).toBe(1);
    expect(Math.min(a, b)).toBe(first + 2 * i);
    for (const ctr of [a, b]) {
      expect(used.has(ctr)).toBe(false);
      used.add(ctr);
    }
    parity.add(a - Math.min(a, b));
  }
  expect(used.size).toBe(118);
  expect([...parity].sort()).toEqual([0, 1]); // the counter does not say which variant it is
});

it('a listener takes either variant, whichever comes, and the tags cover both', async () => {
  const { both, inStep, listener, frames, told } = await speaker();
  await inStep();
  await both();
  frames.tick();
  const before = told.length;
  const heard: string[] = [];
  for (let i = 0; i < 40; i++) {
    const frame = (await both(`${i}`))[i % 5 === 0 ? 1 : 0];
    const plain = frame && (await listener.decrypt(0, frame));
    heard.push(plain ? new TextDecoder().decode(plain) : '-');
  }
  expect(heard).toEqual(Array.from({ length: 40 }, (_, i) => `${i % 5 === 0 ? 'B' : 'A'} ${i}`));
  frames.tick();
  const lists = told.slice(before).flatMap((event) => (event.ev === 'sent' ? event.lists : []));
  expect(lists.map(({ tags }) => tags.length / 8)).toEqual([80]);
  for (const list of lists) listener.listed(list);
  listener.tick();
  expect(told.some(({ ev }) => ev === 'forged' || ev === 'unverified')).toBe(false);
});

it('all frames of both have one size', async () => {
  const { frames, inStep, clock } = await speaker();
  await inStep();
  const sizes = new Set<number>();
  for (let i = 0; i < 300; i++) {
    clock.now += 20;
    const at = FRAME * (10 + i);
    for (const [variant, rtp] of [
      [0, A + at],
      [1, B + at],
    ] as const)
      sizes.add((await frames.encrypt(random(80), variant, rtp))?.length ?? 0);
  }
  expect([...sizes]).toEqual([148]);
});

it('a frame that comes twice is sent once', async () => {
  const { frames, inStep } = await speaker();
  await inStep();
  const again = () => frames.encrypt(utf8('x'), 1, B + 30 * FRAME);
  expect(await again()).not.toBeNull();
  expect(await again()).toBeNull();
});

it('both variants of a frame are under one key, also while it changes', async () => {
  const { frames, inStep, clock } = await speaker();
  await inStep();
  await frames.install(epoch(2, random(32), 1, 5));
  const a = await frames.encrypt(utf8('x'), 0, A + 10 * FRAME);
  clock.now += 10;
  const b = await frames.encrypt(utf8('x'), 1, B + 10 * FRAME);
  const next = await frames.encrypt(utf8('x'), 0, A + 11 * FRAME);
  const kids = [a, b, next].map((frame) => Number(frame && parseHeader(frame)?.kid));
  expect(kids).toEqual([0x101, 0x101, 0x102]);
  frames.stop();
  expect(await frames.encrypt(utf8('x'), 1, B + 11 * FRAME)).toBeNull();
});

it('parted, A alone goes on, with counters of its own', async () => {
  const { frames, inStep, told, clock } = await speaker();
  await inStep();
  let last = -1;
  for (let i = 10; i < 80; i++) {
    clock.now += 20;
    const ctr = ctrOf(await frames.encrypt(utf8('x'), 0, A + i * FRAME));
    expect(ctr).toBeGreaterThan(last);
    last = ctr;
  }
  expect(told.at(-1)).toEqual({ ev: 'apart' });
  expect(await frames.encrypt(utf8('x'), 1, B + 80 * FRAME)).toBeNull();
  expect(ctrOf(await frames.encrypt(utf8('x'), 0, A + 80 * FRAME))).toBe(last + 1);
});

// Every frame k of a voice, as somebody hears it who loses a share of them.
function heard(single: Single, frames: number, marked: boolean, loss: number): void {
  let next = 0n;
  for (let k = 0; k < frames; k++) {
    const ctr = next + (marked && Math.random() < 0.5 ? 1n : 0n);
    next += marked ? 2n : 1n;
    if (Math.random() >= loss) single.frame(ctr);
  }
}

it('a marked voice is never taken for one that is not, whatever is lost', () => {
  for (const loss of [0, 0.02, 0.1, 0.3, 0.6]) {
    const single = new Single();
    for (let i = 0; i < 100; i++) {
      heard(single, 30, true, loss);
      expect(single.is).not.toBe(true);
    }
  }
});

it('a voice without a mark is found out in some seconds, and found marked again', () => {
  for (const loss of [0, 0.02, 0.1]) {
    const single = new Single();
    heard(single, 150, false, loss);
    expect(single.is).toBeNull(); // every voice begins alone
    heard(single, 1000, false, loss);
    expect(single.is).toBe(true);
    heard(single, 2000, true, loss);
    expect(single.is).toBe(false);
  }
});

it('a listener says whose voice comes in one variant alone', async () => {
  const { frames, listener, told, clock } = await speaker();
  frames.twins(false);
  for (let i = 0; i < 300; i++) {
    clock.now += 20;
    const frame = await frames.encrypt(utf8('x'), 0, A + FRAME * i);
    if (frame) await listener.decrypt(0, frame);
    if (i % 50 === 49) listener.tick();
  }
  const said = told.filter(({ ev }) => ev === 'unmarked');
  expect(said).toEqual([{ ev: 'unmarked', index: 1, counter: 1, is: true }]);
});
