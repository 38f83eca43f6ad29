// What a first visit costs: the built client, as the server sends it.

import { existsSync, readFileSync, statSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

const LIMIT = 90_000; // bytes on the wire
const root = new URL('../../build/web', import.meta.url).pathname;
const page = readFileSync(`${root}/index.html`, 'utf8');

const weight = (path: string): number =>
  statSync(existsSync(`${root}${path}.gz`) ? `${root}${path}.gz` : `${root}${path}`).size;
const sum = (paths: string[]): number => paths.reduce((n, path) => n + weight(path), 0);

const links = [...page.matchAll(/<(?:link|script)\b[^>]*>/g)].map(([tag]) => ({
  path: /(?:src|href)="(\/[^"]*)"/.exec(tag)?.[1] ?? '',
  rel: /rel="([^"]*)"/.exec(tag)?.[1] ?? 'script',
}));
const at = (...rels: string[]): string[] =>
  links.filter(({ rel }) => rels.includes(rel)).map(({ path }) => path);
const later = [...readFileSync(`${root}/bundle.txt`, 'utf8').matchAll(/ {2}(assets\/.*)$/gm)]
  .map(([, path]) => `/${path}`)
  .filter((path) => !page.includes(path));
const named = (name: RegExp): string[] => later.filter((path) => name.test(path));

describe('the first load', () => {
  // To the first sound in a room, in the longer of the languages.
  const start = ['/index.html', ...at('script', 'modulepreload', 'stylesheet')];
  const worker = named(/\/frames\.worker-/);
  const languages = named(/\/(en|fr)-[^/]*\.js$/);

  test('is at most 90 KB with the language and the worker that decrypts', () => {
    expect(start.length).toBeGreaterThanOrEqual(3);
    expect([languages.length, worker.length]).toEqual([2, 1]);
    const total = sum(start) + sum(worker) + Math.max(...languages.map(weight));
    expect(total).toBeLessThanOrEqual(LIMIT);
  });

  test('has no sheet in it: each is a chunk of its own, which bundle.txt names for the service worker', () => {
    for (const name of ['prefs-sheet', 'person-sheet', 'lock', 'qr', 'words-en', 'words-fr'])
      expect(named(new RegExp(`/${name}-`)), name).not.toEqual([]);
    for (const path of later) expect(existsSync(root + path), path).toBe(true);
  });
});
