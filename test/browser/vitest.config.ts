import { defineConfig } from 'vitest/config';

const common = {
  root: new URL('.', import.meta.url).pathname,
  environment: 'node' as const,
  testTimeout: 180_000,
  hookTimeout: 120_000,
};
// Screens without a server and without a sound: nothing in them waits for real time.
const pages = ['axe', 'crowd', 'keys', 'pseudo', 'screens', 'screens-*'].map((name) => `${name}.test.ts`);

// The pages come first, as many files at a time as there are cores. Then one browser test at a time: they listen to
// real time audio, and two cores are all there is.
export default defineConfig({
  cacheDir: new URL('../../build/.vite', import.meta.url).pathname,
  test: {
    projects: [
      {
        test: {
          ...common,
          name: 'pages',
          include: pages,
          maxWorkers: 2,
          testTimeout: 900_000, // some walk through all screens, several at a time
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          ...common,
          name: 'evenings',
          include: ['*.test.ts'],
          exclude: pages,
          fileParallelism: false,
          maxWorkers: 1,
          sequence: { concurrent: false, groupOrder: 1 },
        },
      },
    ],
  },
});
