import { defineConfig } from 'vitest/config';

// Those that need a browser, or long, are played by `make abuse` alone.
export default defineConfig({
  root: new URL('.', import.meta.url).pathname,
  cacheDir: new URL('../../build/.vite', import.meta.url).pathname,
  test: {
    include: ['*.test.ts'],
    exclude: process.env.APARTE_ABUSE === 'all' ? [] : ['*.slow.test.ts'],
    environment: 'node',
    maxWorkers: 2,
    testTimeout: 120_000,
    hookTimeout: 60_000,
  },
});
