import { defineConfig } from 'vitest/config';

// One browser test at a time: they listen to real time audio, and two cores are all there is.
export default defineConfig({
  root: new URL('.', import.meta.url).pathname,
  cacheDir: new URL('../../build/.vite', import.meta.url).pathname,
  test: {
    include: ['*.test.ts'],
    environment: 'node',
    fileParallelism: false,
    sequence: { concurrent: false },
    testTimeout: 180_000,
    hookTimeout: 120_000,
  },
});
