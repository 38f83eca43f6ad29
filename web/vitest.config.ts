import { defineConfig } from 'vitest/config';

export default defineConfig({
  root: new URL('.', import.meta.url).pathname,
  cacheDir: new URL('../build/.vite', import.meta.url).pathname,
  test: { include: ['test/**/*.test.ts', 'test/**/*.test.tsx'], environment: 'node' },
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
});
