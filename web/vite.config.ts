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
    rolldownOptions: {
      input: {
        index: new URL('index.html', import.meta.url).pathname,
        shell: new URL('src/shell.worker.ts', import.meta.url).pathname,
      },
      // The service worker stands at the root, under a name that stays.
      output: { entryFileNames: ({ name }) => (name === 'shell' ? 'shell.js' : 'assets/[name]-[hash].js') },
    },
  },
  worker: { format: 'es' },
});
