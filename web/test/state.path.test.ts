import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Path } from '../src/rtc/connection.ts';
import { PathKeeper } from '../src/state/path.ts';

let asked: number;
let answer: () => Promise<void>;
let told: Path[];
let keeper: PathKeeper;

beforeEach(() => {
  vi.useFakeTimers();
  asked = 0;
  told = [];
  answer = async () => undefined;
  keeper = new PathKeeper({
    renew: () => {
      asked++;
      return answer();
    },
    path: (path) => told.push(path),
  });
});

afterEach(() => {
  vi.useRealTimers();
});

const pass = (ms: number): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);

test('what never was up is not renewed', async () => {
  keeper.changed();
  keeper.on('failed');
  await pass(60_000);
  expect(asked).toBe(0);
  expect(told).toEqual(['failed']);
});

test('a short silence heals by itself', async () => {
  keeper.on('up');
  keeper.on('down');
  await pass(999);
  keeper.on('up');
  await pass(60_000);
  expect(asked).toBe(0);
  expect(told).toEqual(['up', 'down', 'up']);
});

test('a longer one is renewed, three times, and then given up', async () => {
  keeper.on('up');
  keeper.on('down');
  await pass(1000);
  expect(asked).toBe(1);
  await pass(3999);
  expect(asked).toBe(1);
  await pass(1);
  expect(asked).toBe(2);
  await pass(4000);
  expect(asked).toBe(3);
  expect(told).toEqual(['up', 'down']);
  await pass(4000);
  expect(asked).toBe(3);
  expect(told).toEqual(['up', 'down', 'failed']);
});

test('what failed is renewed at once, and the room hears of an interruption only', async () => {
  keeper.on('up');
  keeper.on('failed');
  await pass(0);
  expect(asked).toBe(1);
  keeper.on('down'); // of the checks that begin anew
  keeper.on('up');
  await pass(60_000);
  expect(asked).toBe(1);
  expect(told).toEqual(['up', 'down', 'down', 'up']);
});

test('after a success there are three tries again', async () => {
  for (let round = 0; round < 5; round++) {
    keeper.on('up');
    keeper.on('down');
    await pass(5000);
  }
  expect(asked).toBe(10);
  expect(told).not.toContain('failed');
});

test('another network renews what still looks alive, and asks once at a time', async () => {
  let go: () => void = () => undefined;
  answer = () =>
    new Promise((resolve) => {
      go = resolve;
    });
  keeper.on('up');
  keeper.changed();
  keeper.changed();
  expect(asked).toBe(1);
  go();
  await pass(0);
  keeper.on('down'); // now it shows: the attempt is under way
  await pass(3999);
  expect(asked).toBe(1);
  await pass(1);
  expect(asked).toBe(2);
});

test('a refusal is final, unless the path still carries', async () => {
  answer = async () => {
    throw new Error('refused');
  };
  keeper.on('up');
  keeper.changed();
  await pass(60_000);
  expect(told).toEqual(['up']);
  keeper.on('down');
  await pass(1000);
  expect(told).toEqual(['up', 'down', 'failed']);
  expect(asked).toBe(2);
});

test('after close nothing is asked or told', async () => {
  keeper.on('up');
  keeper.on('down');
  keeper.close();
  await pass(60_000);
  keeper.changed();
  expect(asked).toBe(0);
  expect(told).toEqual(['up', 'down']);
});
