import { beforeEach, expect, test, vi } from 'vitest';
import type { Variants } from '../src/rtc/mark.ts';
import { RequestError } from '../src/socket/failure.ts';
import { Voice, type VoicePorts } from '../src/state/voice.ts';

const settle = async (): Promise<void> => {
  for (let i = 0; i < 10; i++) await new Promise((resolve) => setImmediate(resolve));
};
const track = (id: string): MediaStreamTrack => ({ id }) as MediaStreamTrack;
const step = (timestamp = 1, at = 5_000) => ({ ev: 'step', offset: 7, timestamp, at }) as const;

let did: string[];
let asked: Record<string, unknown>[];
let failing: { run?: 'none'; mark?: boolean; request?: boolean };
let voice: Voice;
let changes: number;

class Mark implements Variants {
  a = track('A');
  b = track('B');
  listen(microphone: MediaStreamTrack): void {
    did.push(`listen ${microphone.id}`);
  }
  live(on: boolean): void {
    did.push(`fade ${on ? 'in' : 'out'}`);
  }
  async start(): Promise<number> {
    return 1_000;
  }
  still = async (quiet: () => Promise<void>): Promise<void> => {
    did.push('still');
    await quiet();
    did.push('runs');
  };
  async stop(): Promise<void> {
    did.push('mark stops');
  }
}

const join = (name: string) => ({
  send: async (a: MediaStreamTrack | null, b: MediaStreamTrack | null = null): Promise<void> => {
    did.push(`${name} sends ${a?.id ?? '-'}${b ? ` ${b.id}` : ''}`);
  },
});
const one = join('one');
const mic = { live: (on: boolean): void => void did.push(`mic ${on ? 'on' : 'off'}`) };
const key = new Uint8Array(32).fill(9);

beforeEach(() => {
  did = [];
  asked = [];
  failing = {};
  changes = 0;
  const ports: VoicePorts = {
    request: async (_, members) => {
      asked.push({ ...members });
      if (failing.request) throw new RequestError({ code: 'internal', message: '' });
      return {} as never;
    },
    newRun: async () => (failing.run === 'none' ? null : { key: key.slice(), pattern: 'P' }),
    mark: async (microphone, bytes) => {
      if (failing.mark) throw new Error('no worklet');
      did.push(`mark ${microphone.id} ${bytes[0]}`);
      return new Mark();
    },
  };
  voice = new Voice('R', mic, ports, () => changes++);
});

test('goes out in two variants, given while no sample is made, and the server is told of the step', async () => {
  const microphone = track('m');
  await voice.speak(one, microphone, true);
  expect(did).toEqual(['mark m 9', 'fade out', 'still', 'one sends -', 'one sends A B', 'runs']);
  voice.onStep(one, step());
  await settle();
  expect(asked).toEqual([{ room: 'R', live: true, offset: 7, timestamp: 1, hop: 396, pattern: 'P' }]);
  await voice.speak(one, microphone, true);
  expect(did.length).toBe(6); // it is sent already
  expect(voice.unmarked).toBe(false);
});

test('is plain where the room is not traced, or nobody could read the pattern', async () => {
  await voice.speak(one, track('m'), false);
  failing.run = 'none';
  await voice.speak(one, track('m'), true);
  expect(did).toEqual(['one sends m', 'one sends m']);
  expect(voice.unmarked).toBe(false);
  voice.live(true);
  voice.live(false);
  expect(did.slice(2)).toEqual(['mic on', 'mic off']);
});

test('is unmarked, and said to be so, where the browser cannot', async () => {
  const quiet = vi.spyOn(console, 'error').mockImplementation(() => undefined);
  failing.mark = true;
  await voice.speak(one, track('m'), true);
  expect(did).toEqual(['one sends m']);
  expect(voice.unmarked).toBe(true);
  expect(changes).toBe(1);
  await voice.speak(one, track('m'), true);
  expect(changes).toBe(1);
  voice.stop(one);
  expect(voice.unmarked).toBe(false);
  quiet.mockRestore();
});

test('fades: the microphone is on before and off after', async () => {
  vi.useFakeTimers();
  await voice.speak(one, track('m'), true);
  did = [];
  voice.live(true);
  voice.live(false);
  expect(did).toEqual(['fade in', 'mic on', 'fade out']);
  vi.advanceTimersByTime(15);
  expect(did.at(-1)).toBe('mic off');
  voice.live(false);
  voice.live(true);
  vi.advanceTimersByTime(100);
  expect(did.at(-1)).toBe('mic on'); // a mute that was taken back mutes nothing
  vi.useRealTimers();
});

test('starts both again when they part, and tells the server at once', async () => {
  await voice.speak(one, track('m'), true);
  voice.onStep(one, step());
  await settle();
  did = [];
  voice.onStep(one, { ev: 'apart' });
  await settle();
  expect(asked[1]).toEqual({ room: 'R', live: false });
  expect(did).toEqual(['still', 'one sends -', 'one sends A B', 'runs']);
  voice.onStep(one, step(2));
  await settle();
  // After live: false the server wants the pattern again.
  expect(asked[2]).toEqual({ room: 'R', live: true, offset: 7, timestamp: 2, hop: 396, pattern: 'P' });
});

test('gives up when they part again and again, and says so', async () => {
  await voice.speak(one, track('m'), true);
  for (let i = 0; i < 6; i++) voice.onStep(one, { ev: 'apart' });
  await settle();
  expect(did.filter((what) => what === 'one sends A B').length).toBe(6);
  expect(did.at(-1)).toBe('one sends A');
  expect(voice.unmarked).toBe(true);
});

test('tries once more a minute after it gave up, and a minute after that', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  await voice.speak(one, track('m'), true);
  for (let i = 0; i < 6; i++) voice.onStep(one, { ev: 'apart' });
  await settle();
  for (let i = 0; i < 2; i++) {
    did = [];
    vi.advanceTimersByTime(60_000);
    await settle();
    expect(did).toEqual(['still', 'one sends -', 'one sends A B', 'runs']);
    voice.onStep(one, { ev: 'apart' });
    await settle();
    expect(did.at(-1)).toBe('one sends A');
    expect(voice.unmarked).toBe(true);
  }
  vi.advanceTimersByTime(60_000);
  await settle();
  voice.onStep(one, step());
  await settle();
  expect(voice.unmarked).toBe(false);
  did = [];
  for (let i = 0; i < 6; i++) voice.onStep(one, { ev: 'apart' });
  await settle();
  voice.stop(one);
  did = [];
  vi.advanceTimersByTime(120_000);
  await settle();
  expect(did).toEqual([]); // off the stage nothing is tried
  vi.useRealTimers();
});

test('goes over to another join with the same pattern, and to another microphone', async () => {
  const two = join('two');
  await voice.speak(one, track('m'), true);
  voice.onStep(one, step());
  await settle();
  did = [];
  await voice.speak(two, track('n'), true);
  voice.onStep(one, step()); // too late
  voice.onStep(two, step(3));
  await settle();
  expect(did).toEqual(['listen n', 'still', 'two sends -', 'two sends A B', 'runs']);
  expect(asked.length).toBe(2);
  expect(asked[1]).toMatchObject({ timestamp: 3, pattern: 'P' });
});

test('ends with the stage, also while it begins', async () => {
  const begun = voice.speak(one, track('m'), true);
  voice.stop(one);
  await begun;
  await settle();
  expect(did.filter((what) => what.startsWith('one sends'))).toEqual(['one sends -']);
  await voice.speak(one, track('m'), true);
  expect(did.slice(-6)).toEqual(['mark m 9', 'fade out', 'still', 'one sends -', 'one sends A B', 'runs']);
  voice.stop(one);
  await settle();
  expect(did.slice(-2)).toEqual(['mark stops', 'one sends -']);
});

test('is unmarked while the server does not take the step', async () => {
  await voice.speak(one, track('m'), true);
  failing.request = true;
  voice.onStep(one, step());
  await settle();
  expect(voice.unmarked).toBe(true);
  failing.request = false;
  voice.onStep(one, step());
  await settle();
  expect(voice.unmarked).toBe(false);
});
