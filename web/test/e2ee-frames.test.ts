import { describe, expect, it } from 'vitest';
import { type Bytes, random, utf8 } from '../src/base/bytes.ts';
import { Frames, ReplayWindow } from '../src/e2ee/frames.ts';
import { senderKey } from '../src/e2ee/secrets.ts';
import { encodeHeader, parseHeader, sealFrame, sframeKey } from '../src/e2ee/sframe.ts';
import { HeardTags, SentTags } from '../src/e2ee/tags.ts';
import type { FrameEpoch, FromWorker, TagList } from '../src/e2ee/types.ts';
import type { Weakness } from '../src/e2ee/weakness.ts';

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

function side(weakness: Weakness | null = null) {
  const heard: FromWorker[] = [];
  const clock = { now: 0 };
  const frames = new Frames(
    () => clock.now,
    (event) => heard.push(event),
    weakness,
  );
  return { heard, clock, frames, dropped: () => frames.stats().dropped };
}

async function pair(base = random(32), weakness: Weakness | null = null) {
  const [a, b] = [side(weakness), side(weakness)];
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

  it.each([
    [false, 148],
    [true, 276],
  ])('in a sensitive room have one size, and what is too long for it goes out empty', async (music, size) => {
    const { a, b } = await pair();
    a.frames.constant(music);
    for (const n of [0, 1, size - 50, size, 2000]) {
      const frame = random(n);
      const sealed = (await a.frames.encrypt(frame)) as Bytes;
      expect(sealed.length).toBe(size);
      const fits = n > 0 && n < size;
      expect(await b.frames.decrypt(0, sealed)).toEqual(fits ? frame : null);
    }
    expect([a.dropped(), b.dropped()]).toEqual([{}, {}]);
  });

  it('have one size, whatever they hold, and larger ones where they must', async () => {
    const { a, b } = await pair();
    const sizes = new Set<number>();
    for (let n = 1; n <= 120; n++) {
      const frame = random(n);
      const sealed = (await a.frames.encrypt(frame)) as Bytes;
      sizes.add(sealed.length);
      expect(await b.frames.decrypt(0, sealed)).toEqual(frame);
    }
    for (let n = 0; n < 400; n++) sizes.add((await sent(a, 'the header grows')).length);
    expect([...sizes]).toEqual([148]);
    for (const [n, size] of [
      [200, 276],
      [500, 532],
      [1100, 1172],
      [1149, 1172],
    ] as const)
      expect((await a.frames.encrypt(new Uint8Array(n)))?.length).toBe(size);
    expect(await a.frames.encrypt(new Uint8Array(1172))).toBeNull();
    expect(a.dropped()).toEqual({ size: 1 });
  });
});

// A frame of sender 1 under counter 1 with a plaintext of any kind: what a member with the key can make.
async function crafted(base: Bytes, ctr: bigint, plain: Bytes): Promise<Bytes> {
  const kid = BigInt(256 + 1);
  return sealFrame(await sframeKey(await senderKey(base, 1), kid, 'encrypt'), kid, ctr, plain);
}

async function paddingChecked(weakness: Weakness | null): Promise<void> {
  const { b, base } = await pair(random(32), weakness);
  const room = 148 - encodeHeader(257n, 0n).length - 16;
  const plain = (length: number, size = room): Bytes => {
    const out = new Uint8Array(size);
    out.set([length >> 8, length & 255].slice(0, size));
    return out;
  };
  const hidden = plain(10);
  hidden[room - 1] = 1;
  const bad = [hidden, plain(room - 1), plain(0xffff), plain(10, room - 1), plain(4, 6), plain(0, 1)];
  for (const [i, one] of bad.entries())
    expect(
      await b.frames.decrypt(0, await crafted(base, BigInt(i), one)),
      `expected ${i} to be dropped`,
    ).toBeNull();
  expect(b.dropped()).toEqual({ padding: bad.length });
  expect(await b.frames.decrypt(0, await crafted(base, 6n, plain(0))), 'nothing but rhythm').toBeNull();
  expect(b.dropped()).toEqual({ padding: bad.length });
  expect(await b.frames.decrypt(0, await crafted(base, 7n, plain(room - 2)))).toEqual(
    new Uint8Array(room - 2),
  );
}

const tags = async (from: ReturnType<typeof side>): Promise<TagList[]> => {
  from.heard.length = 0;
  from.frames.tick();
  return from.heard.flatMap((event) => (event.ev === 'sent' ? event.lists : []));
};

async function tagsChecked(weakness: Weakness | null): Promise<void> {
  const { a, b, base } = await pair(random(32), weakness);
  for (const text of ['one', 'two']) expect(await b.frames.decrypt(0, await sent(a, text))).not.toBeNull();
  for (const list of await tags(a)) b.frames.listed(list);
  expect(b.heard.some(({ ev }) => ev === 'forged')).toBe(false);
  const plain = new Uint8Array(148 - encodeHeader(257n, 2n).length - 16);
  plain.set([0, 1]);
  expect(await b.frames.decrypt(0, await crafted(base, 2n, plain)), 'who could know yet').not.toBeNull();
  const real = await sent(a, 'three');
  expect(await b.frames.decrypt(0, real)).toBeNull();
  for (const list of await tags(a)) b.frames.listed(list);
  expect(b.heard.at(-1), 'expected the imitated sender to be named').toEqual({
    ev: 'forged',
    index: 1,
    counter: 1,
  });
  expect(await b.frames.decrypt(0, await crafted(base, 3n, plain))).toBeNull();
  expect(await b.frames.decrypt(1, await sent(a, 'four'))).toBeNull();
  expect(b.dropped()).toEqual({ replay: 1, forged: 2 });
  const next = random(32);
  await b.frames.install(epoch(2, next, 2));
  await a.frames.install(epoch(2, next, 1));
  expect(await b.frames.decrypt(0, await sent(a, 'under the next header'))).not.toBeNull();
}

describe('what a key holder could forge', () => {
  it('padding that is not as it must be', () => paddingChecked(null));
  it("frames under another's name", () => tagsChecked(null));
  it.each([
    ['padding unchecked', paddingChecked],
    ['tags unchecked', tagsChecked],
  ] as const)('%s: the test fails', async (weakness, property) => {
    await expect(property(weakness)).rejects.toThrow(/expected/);
  });

  it('a frame that contradicts a list which came before it', async () => {
    const { a, b, base } = await pair();
    await sent(a, 'lost on its way');
    for (const list of await tags(a)) b.frames.listed(list);
    const plain = new Uint8Array(148 - encodeHeader(257n, 0n).length - 16);
    plain.set([0, 1]);
    expect(await b.frames.decrypt(0, await crafted(base, 0n, plain))).toBeNull();
    expect(b.heard).toEqual([{ ev: 'forged', index: 1, counter: 1 }]);
  });

  it('frames that nobody signed are told after 5 s, until signatures come', async () => {
    const { a, b } = await pair();
    await b.frames.decrypt(0, await sent(a, 'x'));
    b.clock.now = 5_000;
    b.frames.tick();
    expect(b.heard.map(({ ev }) => ev)).toEqual(['heard']);
    b.clock.now = 5_001;
    b.frames.tick();
    expect(b.heard.at(-1)).toEqual({ ev: 'unverified', index: 1, counter: 1, is: true });
    for (const list of await tags(a)) b.frames.listed(list);
    b.clock.now = 10_100;
    b.frames.tick();
    expect(b.heard.at(-1)).toEqual({ ev: 'unverified', index: 1, counter: 1, is: false });
  });
});

describe('tags', () => {
  it('are listed in runs of at most 200, with the header they belong to', async () => {
    const { a } = await pair();
    for (let i = 0; i < 230; i++) await sent(a, 'x');
    await a.frames.install(epoch(2, random(32), 1));
    await sent(a, 'y');
    const lists = (await tags(a)).map(({ counter, index, first, tags }) => [
      counter,
      index,
      first,
      tags.length / 8,
    ]);
    expect(lists).toEqual([
      [1, 1, 0, 200],
      [1, 1, 200, 30],
      [2, 1, 0, 1],
    ]);
    expect(await tags(a)).toEqual([]);
  });

  it('leave out frames that were never sent', async () => {
    const sentTags = new SentTags();
    for (const ctr of [3n, 1n, 0n, 7n]) sentTags.add(1, 1, ctr, new Uint8Array(8));
    expect(sentTags.take().map(({ first, tags }) => [first, tags.length / 8])).toEqual([
      [0, 2],
      [3, 1],
      [7, 1],
    ]);
  });

  it('wait for the other variant of the last frame, once', () => {
    const sentTags = new SentTags();
    const take = () => sentTags.take().map(({ first, tags }) => [first, tags.length / 8]);
    for (const ctr of [0n, 1n, 3n]) sentTags.add(1, 1, ctr, new Uint8Array(8));
    expect(take()).toEqual([[0, 2]]);
    for (const ctr of [2n, 4n, 6n]) sentTags.add(1, 1, ctr, new Uint8Array(8));
    expect(take()).toEqual([[2, 3]]);
    expect(take()).toEqual([[6, 1]]);
    expect(take()).toEqual([]);
  });

  it('take bounded memory, and what falls out of it counts as unsigned', () => {
    const heard = new HeardTags();
    for (let i = 0n; i < 1024n; i++) heard.frame(i, new Uint8Array(8), 0);
    expect(heard.unverified(0)).toBe(false);
    heard.frame(1024n, new Uint8Array(8), 0);
    expect(heard.unverified(0)).toBe(true);
    for (let i = 0; i < 5000; i += 100) expect(heard.list(i, new Uint8Array(800))).toBe(true);
    expect(heard.frame(4999n, new Uint8Array(8).fill(1), 0)).toBe(false);
  });
});

describe('a pause', () => {
  it('is silence that keeps its place in the frame counter', async () => {
    const { a } = await pair();
    await sent(a, 'x');
    a.frames.pause(true);
    expect(await a.frames.encrypt(utf8('x'))).toBeNull();
    a.frames.pause(false);
    expect(parseHeader(await sent(a, 'x'))?.ctr).toBe(1n);
    expect(a.dropped()).toEqual({ paused: 1 });
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
