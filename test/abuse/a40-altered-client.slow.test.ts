// A40: does the server ship what was built from this source? Anybody with the source can build it again and compare; that
// an operator serves one person something else is not prevented by that: docs/threat-model.md, "Limits, plainly".

import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Server } from '../browser/server.ts';
import { contents } from './process.ts';

const root = new URL('../..', import.meta.url).pathname;
const server = new Server();
const folders: string[] = [];

beforeAll(() => server.start());

afterAll(async () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  expect(await server.stop(), server.log).toBe(0);
  server.forget();
});

/** One hash over every file and its name. */
function hashOf(files: Map<string, Buffer>): string {
  const sums = [...files].map(
    ([name, bytes]) => `${createHash('sha256').update(bytes).digest('hex')}  ${name}\n`,
  );
  return createHash('sha256').update(sums.sort().join('')).digest('hex');
}

/** Relative to its folder; what the server compresses apart is left out. */
function bundle(folder: string): Map<string, Buffer> {
  const files = new Map<string, Buffer>();
  for (const [file, bytes] of contents(folder))
    if (!file.endsWith('.gz')) files.set(file.slice(folder.length), bytes);
  return files;
}

function build(): Map<string, Buffer> {
  const folder = mkdtempSync(join(tmpdir(), 'aparte-bundle-'));
  folders.push(folder);
  const args = ['build', 'web', '--outDir', folder, '--emptyOutDir', '--logLevel', 'error'];
  execFileSync(`${root}node_modules/.bin/vite`, args, { cwd: root, stdio: 'ignore' });
  return bundle(folder);
}

test('two builds of one source are the same, byte for byte', () => {
  const [one, two] = [build(), build()];
  expect(one.size).toBeGreaterThan(5);
  expect(hashOf(one)).toBe(hashOf(two));
  const altered = new Map(one).set(
    '/index.html',
    Buffer.concat([one.get('/index.html') as Buffer, Buffer.from(' ')]),
  );
  expect(hashOf(altered), 'control: one space makes another hash').not.toBe(hashOf(one));
});

test('the server serves those files and no others', async () => {
  const built = bundle(`${root}build/web`);
  for (const [name, bytes] of built) {
    const served = Buffer.from(await (await fetch(server.origin + name)).arrayBuffer());
    expect(served.equals(bytes), name).toBe(true);
  }
  const page = readFileSync(`${root}build/web/index.html`, 'utf8');
  const scripts = [...page.matchAll(/(?:src|href)="(\/[^"]*)"/g)].map(([, path]) => path as string);
  expect(
    scripts.filter((path) => !built.has(path)),
    'what the page names is in the bundle',
  ).toEqual([]);
});
