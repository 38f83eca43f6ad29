// A40: a server, or somebody before it, ships another client. Anybody with the source can build it again and compare; a
// browser that has a client takes another only whole, and where releases are signed only from who signed the first. What
// a first visit trusts, and what an exchanged service worker can do: docs/threat-model.md, "Limits, plainly".

import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  appendFileSync,
  cpSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build as viteBuild } from 'vite';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { Note } from '../../web/src/base/shelf.ts';
import { type Person, person } from '../browser/browser.ts';
import { join as joinClub } from '../browser/evening.ts';
import { Server } from '../browser/server.ts';
import { weakness } from './club.ts';
import { contents } from './process.ts';

const root = new URL('../..', import.meta.url).pathname;
let server = new Server();
const folders: string[] = [];
let client: string; // a folder with the built client, without its weakness or with it

const folder = (): string => {
  const made = mkdtempSync(join(tmpdir(), 'aparte-bundle-'));
  folders.push(made);
  return made;
};

beforeAll(async () => {
  client = `${root}build/web`;
  if (weakness) client = await weakened();
  for (const name of ['a', 'b'])
    execFileSync('openssl', ['genpkey', '-algorithm', 'ed25519', '-out', keyFile(name)], { stdio: 'ignore' });
});

const keys = folder();
const keyFile = (name: string): string => join(keys, `${name}.pem`);

afterEach(async () => {
  expect(await server.stop(), server.log).toBe(0);
  server.forget();
  server = new Server();
});

afterAll(() => {
  server.forget();
  for (const one of folders) rmSync(one, { recursive: true, force: true });
});

async function weakened(): Promise<string> {
  const outDir = folder();
  const from = 'const weakness = null as';
  const weaken = {
    name: 'weaken',
    enforce: 'pre' as const,
    transform: (code: string, id: string) =>
      id.includes('shell.worker') ? code.replace(from, `const weakness = '${weakness}' as`) : null,
  };
  expect(readFileSync(`${root}web/src/shell.worker.ts`, 'utf8')).toContain(from);
  await viteBuild({
    root: `${root}web`,
    build: { outDir },
    worker: { plugins: () => [weaken] },
    logLevel: 'error',
  });
  return outDir;
}

/** Names it anew, signed or not; gives its hash. */
function named(at: string, key = ''): string {
  const env = { ...process.env, APARTE_RELEASE_KEY: key && keyFile(key) };
  const said = execFileSync('node', [`${root}web/bundle.ts`, at], { env, encoding: 'utf8' });
  return /^client (\w{64}) /.exec(said)?.[1] ?? said;
}

const script = (at: string): string =>
  [...contents(at).keys()].find((file) => /assets\/later-en-[^/]*\.js$/.test(file)) ?? '';

/** Another version: its page says which, and one of its scripts is another. */
function release(version: string, key = ''): string {
  const at = folder();
  cpSync(client, at, { recursive: true, filter: (name) => !name.endsWith('.gz') });
  const page = readFileSync(join(at, 'index.html'), 'utf8');
  writeFileSync(join(at, 'index.html'), page.replace('<html ', `<html data-version="${version}" `));
  appendFileSync(script(at), `// ${version}`);
  named(at, key);
  return at;
}

const hashOf = (at: string): string =>
  createHash('sha256')
    .update(readFileSync(join(at, 'bundle.txt')))
    .digest('hex');

async function serve(at: string): Promise<void> {
  expect(await server.stop(), server.log).toBe(0);
  await server.start({ APARTE_WEB: at });
}

/** A start of the app, as on another day. */
async function start({ page }: Person): Promise<string | undefined> {
  await page.goto(server.origin);
  await page.locator('h1').first().waitFor();
  return page.evaluate(() => document.documentElement.dataset.version);
}

/** What is noted; after the worker has looked. */
const noteOf = ({ page }: Person): Promise<Note> =>
  page.evaluate(async () => {
    await navigator.serviceWorker.ready;
    return (await (await caches.open('notes')).match('/note'))?.json();
  });

/** The founder of a club whose server ships this client. */
async function ines(at: string): Promise<Person> {
  await serve(at);
  const one = await person('Inès', server.origin, null);
  await joinClub(one.page, server.founderLink, one.name);
  await noteOf(one);
  return one;
}

const keyIn = (at: string): string => readFileSync(join(at, 'bundle.key'), 'utf8').trim();

/** The club's page shows these, for two people to compare. */
const shows = async ({ page }: Person, ...hashes: string[]): Promise<void> => {
  await page.getByRole('button', { name: 'about this club' }).click();
  const shown = async (): Promise<string[]> =>
    (await page.locator('.hash').allTextContents()).map((text) => text.replaceAll(' ', ''));
  await expect.poll(shown, { timeout: 10_000 }).toEqual(hashes);
};

/** One byte of a script, after it was named. */
function alter(at: string): string {
  appendFileSync(script(at), ' ');
  return script(at).slice(at.length + 1);
}

test('anybody can build it again: another folder, the same bytes, and sha256sum computes the hash', () => {
  const again = folder();
  for (const part of ['web', 'src', 'scripts/wasm.sh', 'package.json'])
    cpSync(root + part, join(again, part), { recursive: true });
  symlinkSync(`${root}node_modules`, join(again, 'node_modules'));
  execFileSync(`${root}node_modules/.bin/vite`, ['build', 'web', '--logLevel', 'error'], { cwd: again });
  const built = join(again, 'build/web');
  const said = named(built);
  expect(readFileSync(join(built, 'bundle.txt'), 'utf8')).toBe(
    readFileSync(`${root}build/web/bundle.txt`, 'utf8'),
  );
  const recipe = "find . -type f ! -name '*.gz' ! -name bundle.txt ! -name bundle.sig -printf '%P\\n'";
  const sum = `LC_ALL=C; export LC_ALL; ${recipe} | sort | xargs sha256sum | sha256sum`;
  expect(execFileSync('sh', ['-c', sum], { cwd: built, encoding: 'utf8' })).toBe(`${said}  -\n`);
  alter(built);
  expect(named(built), 'control: one byte makes another hash').not.toBe(said);
});

test('the server serves those files and no others, and says which client that is', async () => {
  const at = release('served');
  await serve(at);
  for (const [name, bytes] of contents(at)) {
    const served = Buffer.from(await (await fetch(server.origin + name.slice(at.length))).arrayBuffer());
    expect(served.equals(bytes), name).toBe(true);
  }
  expect(server.log).toContain(`The client is ${hashOf(at)}`);
});

test('an ordinary upgrade is there at the next start, without a question', async () => {
  const [one, two] = [release('1'), release('2')];
  const her = await ines(one);
  try {
    expect(await noteOf(her)).toMatchObject({ bundle: hashOf(one), key: null, refused: null });
    await serve(two);
    expect(await start(her)).toBe('2');
    expect(await noteOf(her)).toMatchObject({ bundle: hashOf(two), key: null, refused: null });
    const signed = release('3', 'a');
    await serve(signed);
    expect(await start(her), 'and one that is signed from now on').toBe('3');
    expect((await noteOf(her)).key).toBe(keyIn(signed));
    await shows(her, hashOf(signed), keyIn(signed));
  } finally {
    await her.close();
  }
});

test('one byte of a script altered: the old client goes on, and takes the next whole one', async () => {
  const [one, two] = [release('1'), release('2')];
  const her = await ines(one);
  try {
    const file = alter(two);
    await serve(two);
    expect(await start(her)).toBe('1');
    const refused = { bundle: hashOf(two), why: 'altered', file };
    expect(await noteOf(her)).toMatchObject({ bundle: hashOf(one), refused });
    const told = her.page.getByText('It is not whole').first();
    await told.waitFor();
    await shows(her, hashOf(one), hashOf(two));
    const three = release('3');
    await serve(three);
    expect(await start(her)).toBe('3');
    expect(await noteOf(her)).toMatchObject({ bundle: hashOf(three), refused: null });
    await shows(her, hashOf(three));
    expect(await told.count()).toBe(0);
  } finally {
    await her.close();
  }
});

test('a page at an address that nobody knows is ours all the same', async () => {
  const her = await ines(release('1'));
  try {
    const evil = release('1');
    writeFileSync(join(evil, 'evil.html'), '<h1>Evil</h1>'); // beside its bundle
    await serve(evil);
    await her.page.goto(`${server.origin}/evil.html`);
    await her.page.getByRole('heading', { name: 'Hallway' }).waitFor();
  } finally {
    await her.close();
  }
});

test('once signed, always signed, and by the same key: nothing else replaces it without a yes', async () => {
  const one = release('1', 'a');
  const her = await ines(one);
  try {
    const second = release('2', 'a');
    await serve(second);
    expect(await start(her), 'one by the same key').toBe('2');

    const dropped = release('3', 'a');
    rmSync(join(dropped, 'bundle.sig'));
    const broken = release('4', 'a');
    writeFileSync(join(broken, 'bundle.sig'), Buffer.alloc(64, 1));
    const others = release('6', 'b');
    const offers: [string, string][] = [
      [dropped, 'unsigned'],
      [broken, 'unsigned'],
      [release('5'), 'unsigned'],
      [others, 'other_key'],
    ];
    for (const [at, why] of offers) {
      await serve(at);
      expect(await start(her), why).toBe('2');
      const refused = { bundle: hashOf(at), why };
      expect(await noteOf(her)).toMatchObject({ bundle: hashOf(second), refused });
    }

    // Whoever runs the club lost the key: a yes, and it is the other one that counts.
    await her.page.getByText('signed by another key').first().waitFor();
    await shows(her, hashOf(second), keyIn(second), hashOf(others));
    await her.page.getByRole('button', { name: 'Use the new version anyway' }).click();
    const ask = her.page.getByRole('dialog', { name: 'Use a version that your key did not sign?' });
    await ask.getByRole('button', { name: 'Use the new version anyway' }).click();
    await her.page.waitForFunction(() => document.documentElement.dataset.version === '6');
    expect((await noteOf(her)).key).toBe(keyIn(others));
    await serve(release('7', 'a'));
    expect(await start(her)).toBe('6');
    expect((await noteOf(her)).refused?.why).toBe('other_key');
  } finally {
    await her.close();
  }
});

test('a service worker that is exchanged beside a signed client: the page that still runs says so', async () => {
  const at = release('1', 'a');
  const her = await ines(at);
  const replaced = her.page.getByText('guards upgrades was exchanged').first();
  try {
    await serve(release('2', 'a')); // the same worker, and a start to see that nothing is said
    await start(her);
    await her.page.waitForTimeout(500);
    expect(await replaced.count()).toBe(0);
    const evil = release('3', 'a');
    writeFileSync(
      join(evil, 'shell.js'),
      `addEventListener('install', () => skipWaiting()); addEventListener('activate', (e) => e.waitUntil(clients.claim()));`,
    );
    await serve(evil);
    await start(her);
    await replaced.waitFor();
  } finally {
    await her.close();
  }
});
