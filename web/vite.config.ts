import { defineConfig } from 'vite';

// One page, no external host, no inline script or style: the server's CSP allows none.
export default defineConfig({
  base: '/',
  build: {
    target: 'es2023',
    outDir: '../build/web',
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    sourcemap: false,
  },
  worker: { format: 'es' },
});
