import { execFileSync } from 'node:child_process';
import { defineConfig, type Plugin } from 'vite';

// Names the chunks that are loaded later in the page, under a relation that browsers do not know and so do not follow:
// src/shell.worker.ts keeps what the page names, and with it every part works without a network.
function nameChunks(): Plugin {
  return {
    name: 'name-chunks',
    transformIndexHtml: {
      order: 'post',
      handler: (html, { bundle }) =>
        Object.keys(bundle ?? {})
          .filter((name) => name.startsWith('assets/') && !html.includes(name))
          .map((name) => ({ tag: 'link', attrs: { rel: 'later', href: `/${name}` }, injectTo: 'head' })),
    },
  };
}

// The embedder that src/mark/variants.ts loads; its source is C.
function embedder(): Plugin {
  const script = new URL('../scripts/wasm.sh', import.meta.url).pathname;
  return { name: 'embedder', buildStart: () => void execFileSync(script, { stdio: 'inherit' }) };
}

// One page, no external host, no inline script or style: the server's CSP allows none.
export default defineConfig({
  base: '/',
  plugins: [embedder(), nameChunks()],
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
        entryFileNames: ({ name }) => (name === 'shell' ? 'shell.js' : 'assets/[name]-[hash].js'),
      },
    },
  },
  worker: { format: 'es' },
});
