import { execFileSync } from 'node:child_process';
import { defineConfig, type Plugin } from 'vite';

// The embedder that src/mark/variants.ts loads; its source is C.
function embedder(): Plugin {
  const script = new URL('../scripts/wasm.sh', import.meta.url).pathname;
  return { name: 'embedder', buildStart: () => void execFileSync(script, { stdio: 'inherit' }) };
}

process.env.NODE_ENV = 'production'; // the same bytes whatever the environment says

// One page, no external host, no inline script or style: the server's CSP allows none.
export default defineConfig({
  base: '/',
  plugins: [embedder()],
  build: {
    target: 'es2023',
    outDir: '../build/web',
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    sourcemap: false,
    rolldownOptions: {
      // What every part needs is one chunk: a dozen small ones would compress worse.
      output: {
        codeSplitting: {
          groups: [
            {
              name: 'base',
              test: /node_modules\/@?preact|src\/(base\/(bytes|kept|sign)|i18n\/(text|translate))\.ts/,
            },
          ],
        },
      },
    },
  },
  worker: {
    format: 'es',
    // The service worker stands at the root, under a name that stays.
    rolldownOptions: {
      output: {
        entryFileNames: ({ name }) => (name === 'shell.worker' ? 'shell.js' : 'assets/[name]-[hash].js'),
      },
    },
  },
});
