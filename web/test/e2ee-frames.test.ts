import { describe, expect, it } from 'vitest';
import { type Bytes, random, utf8 } from '../src/base/bytes.ts';
import { Frames, ReplayWindow } from '../src/e2ee/frames.ts';
import { senderKey } from '../src/e2ee/secrets.ts';
import { encodeHeader, parseHeader, sealFrame, sframeKey } from '../src/e2ee/sframe.ts';
import type { FrameEpoch, FromWorker } from '../src/e2ee/types.ts';

const senders = [
  { index: 1, account: 'a' },
  { index: 2, account: 'b' },
];
const epoch = (counter: number, base: Bytes, mine: number, sendAfterMs = 0): FrameEpoch => ({
  counter,
  base: base.slice(),
  senders,
  mine,
  sendAfterMs,
});

function side() {
  const heard: FromWorker[] = [];
  const clock = { now: 0 };
  const frames = new Frames(
    () => clock.now,
    (event) => heard.push(event),
  );
  return { heard, clock, frames, dropped: () => frames.stats().dropped };
}

async function pair(base = random(32)) {
  const [a, b] = [side(), side()];
  await a.frames.install(epoch(1, base, 1));
  await b.frames.install(epoch(1, base, 2));
  return { a, b, base };
}

const sent = async (from: ReturnType<typeof side>, text: string): Promise<Bytes> => {
  const frame = await from.frames.encrypt(utf8(text));
  if (!frame) throw new Error('not sent');
  return frame;
};

describe('frames', () => {
  it('arrive as they were sent, and never in clear', async () => {
    const { a, b } = await pair();
    const frame = await sent(a, 'hello hello');
    expect(Buffer.from(frame).includes('hello')).toBe(false);
    expect(await b.frames.decrypt(0, frame)).toEqual(utf8('hello hello'));
    expect(b.heard).toEqual([{ ev: 'heard', slot: 0, index: 1, counter: 1 }]);
    expect(await b.frames.decrypt(0, await sent(a, 'more'))).toEqual(utf8('more'));
    expect(b.heard.length).toBe(1);
    await b.frames.decrypt(3, await sent(a, 'in another slot'));
    expect(b.heard.length).toBe(2);
  });

  it('never leave without a key', async () => {
    const a = side();
    expect(await a.frames.encrypt(utf8('x'))).toBeNull();
    await a.frames.install(epoch(1, random(32), 0));
    expect(await a.frames.encrypt(utf8('x'))).toBeNull();
    expect(a.dropped()).toEqual({ no_key: 1, off_stage: 1 });
    expect(await a.frames.decrypt(0, utf8('clear text, not a frame'))).toBeNull();
  });

  it('share one counter over all tracks', async () => {
    const { a } = await pair();
    const frames = await Promise.all(['1', '2', '3'].map((text) => sent(a, text)));
    expect(frames.map((frame) => parseHeader(frame)?.ctr)).toEqual([0n, 1n, 2n]);
  });

  it('are dropped when they come twice, concurrently too', async () => {
    const { a, b } = await pair();
    const frame = await sent(a, 'x');
    const both = await Promise.all([b.frames.decrypt(0, frame), b.frames.decrypt(1, frame)]);
    expect(both.filter(Boolean).length).toBe(1);
    expect(await b.frames.decrypt(0, frame)).toBeNull();
    expect(b.dropped().replay).toBe(2);
  });

  it('are dropped when they are older than the window', async () => {
    const { a, b } = await pair();
    const first = await sent(a, 'first');
    let last = first;
    for (let i = 0; i < 128; i++) last = await sent(a, String(i));
    expect(await b.frames.decrypt(0, last)).not.toBeNull();
    expect(await b.frames.decrypt(0, first)).toBeNull();
    expect(b.dropped()).toEqual({ replay: 1 });
  });

  it('are dropped when a bit is changed, and do not move the window then', async () => {
    const { a, b } = await pair();
    const frame = await sent(a, 'x');
    for (let i = 0; i < frame.length; i++) {
      const forged = frame.slice();
      forged[i] = (forged[i] as number) ^ 0x80;
      expect(await b.frames.decrypt(0, forged)).toBeNull();
    }
    for (let n = 1; n < frame.length; n++) expect(await b.frames.decrypt(0, frame.slice(0, n))).toBeNull();
    expect(await b.frames.decrypt(0, frame)).toEqual(utf8('x'));
  });

  it('are dropped from who is not on the stage list, and from ourselves', async () => {
    const { b, base } = await pair();
    for (const index of [2, 3]) {
      const kid = BigInt(index * 256 + 1);
      const key = await sframeKey(await senderKey(base, index), kid, 'encrypt');
      expect(await b.frames.decrypt(0, await sealFrame(key, kid, 0n, utf8('x')))).toBeNull();
    }
    expect(b.dropped()).toEqual({ unknown_sender: 2 });
  });

  it('with an unknown or too large KID are dropped; padding is not counted', async () => {
    const { b } = await pair();
    expect(await b.frames.decrypt(0, new Uint8Array(0))).toBeNull();
    expect(b.dropped()).toEqual({});
    await b.frames.decrypt(0, new Uint8Array([...encodeHeader(0x0102n, 0n), ...random(20)]));
    await b.frames.decrypt(0, new Uint8Array([...encodeHeader(0x10101n, 0n), ...random(20)]));
    expect(b.dropped()).toEqual({ unknown_key: 1, header: 1 });
  });

  it('are refused when too large', async () => {
    const { a } = await pair();
    expect(await a.frames.encrypt(new Uint8Array(1161))).toBeNull();
    expect(await a.frames.encrypt(new Uint8Array(1160))).not.toBeNull();
  });
});

describe('epochs', () => {
  it('take over for sending when their time has come', async () => {
    const { a, b } = await pair();
    const next = random(32);
    await b.frames.install(epoch(2, next, 2));
    await a.frames.install(epoch(2, next, 1, 300));
    const counterOf = async () => Number(parseHeader(await sent(a, 'x'))?.kid ?? 0n) & 255;
    expect(await counterOf()).toBe(1);
    a.clock.now = 299;
    expect(await counterOf()).toBe(1);
    a.clock.now = 300;
    expect(await counterOf()).toBe(2);
    expect(await b.frames.decrypt(0, await sent(a, 'y'))).toEqual(utf8('y'));
  });

  it('are kept for receiving: three of them, 10 s after they were replaced', async () => {
    const { a, b } = await pair();
    const frames = [await sent(a, '1'), await sent(a, '1')];
    await b.frames.install(epoch(2, random(32), 2));
    b.clock.now = 9_999;
    expect(await b.frames.decrypt(0, frames[0] as Bytes)).not.toBeNull();
    b.clock.now = 10_000;
    expect(await b.frames.decrypt(0, frames[1] as Bytes)).toBeNull();
    const many = await pair();
    const old = await sent(many.a, 'old');
    for (const counter of [2, 3]) await many.b.frames.install(epoch(counter, random(32), 2));
    expect(await many.b.frames.decrypt(0, old)).not.toBeNull();
    const older = await sent(many.a, 'older');
    await many.b.frames.install(epoch(4, random(32), 2));
    expect(await many.b.frames.decrypt(0, older)).toBeNull();
  });

  it('are taken once: a counter never starts again', async () => {
    const { a, base } = await pair();
    await sent(a, 'x');
    await a.frames.install(epoch(1, base, 1));
    expect(parseHeader(await sent(a, 'x'))?.ctr).toBe(1n);
  });

  it('stop for ever, also while their keys are being derived', async () => {
    const { a, base } = await pair();
    const pending = a.frames.install(epoch(2, base, 1));
    a.frames.stop();
    await pending;
    expect(await a.frames.encrypt(utf8('x'))).toBeNull();
    await a.frames.install(epoch(2, base, 1));
    expect(await a.frames.encrypt(utf8('x'))).toBeNull();
    await a.frames.install(epoch(3, base, 1));
    expect(await a.frames.encrypt(utf8('x'))).not.toBeNull();
    const late = a.frames.encrypt(utf8('x'));
    a.frames.stop();
    expect(await late).toBeNull();
    a.frames.close();
    await a.frames.install(epoch(4, base, 1));
    expect(await a.frames.encrypt(utf8('x'))).toBeNull();
  });

  it('forget their base key', async () => {
    const a = side();
    const one = epoch(1, random(32), 1);
    await a.frames.install(one);
    expect(one.base).toEqual(new Uint8Array(32));
  });
});

it('the replay window accepts each counter once', () => {
  const window = new ReplayWindow();
  const once = (ctr: bigint): boolean => window.mark(ctr);
  expect([once(0n), once(0n), once(5n), once(3n), once(3n), once(132n), once(5n), once(4n)]).toEqual([
    true,
    false,
    true,
    true,
    false,
    true,
    false,
    false,
  ]);
  expect(once(6n)).toBe(true);
  expect(once(1n << 63n)).toBe(true);
  expect(once(132n)).toBe(false);
});
