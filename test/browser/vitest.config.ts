import { defineConfig } from 'vitest/config';

const common = {
  root: new URL('.', import.meta.url).pathname,
  environment: 'node' as const,
  testTimeout: 180_000,
  hookTimeout: 120_000,
};
const files = (names: string[]): string[] => names.map((name) => `${name}.test.ts`);

// Screens without a server and without a sound: nothing in them waits for real time. Walks go through all of them.
const walks = files(['axe', 'pseudo']);
const pages = files(['crowd', 'keys', 'screens', 'screens-*']);
// What takes long, because it listens long or plays a whole evening: `make test-long`.
const long = files([
  'bad-input',
  'consent',
  'door',
  'elsewhere',
  'evening-*',
  'hall',
  'leak',
  'loss',
  'path',
  'restart',
  'sound',
  'tcp',
  'trace',
]);

const project = (name: string, options: object): object => ({ test: { ...common, name, ...options } });
// As many files at a time as there are cores.
const still = (name: string, include: string[], groupOrder: number): object =>
  project(name, { include, maxWorkers: 2, testTimeout: 900_000, sequence: { groupOrder } });
// One browser test at a time: they listen to real time audio, and two cores are all there is.
const live = (name: string, options: object, groupOrder: number): object =>
  project(name, {
    ...options,
    fileParallelism: false,
    maxWorkers: 1,
    sequence: { concurrent: false, groupOrder },
  });

export default defineConfig({
  cacheDir: new URL('../../build/.vite', import.meta.url).pathname,
  test: {
    projects: [
      still('pages', pages, 0),
      still('long pages', walks, 1),
      live('evenings', { include: ['*.test.ts'], exclude: [...pages, ...walks, ...long] }, 2),
      live('long evenings', { include: long }, 3),
    ],
  },
});
