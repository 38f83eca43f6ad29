// The service worker of the installed app. The shell opens without a network, and it is one that was built and, where
// releases are signed, signed: a bundle replaces the one at hand when every file of it is the one that bundle.txt names,
// and when no key is lost on the way. Until then what is here goes on. Each start asks the network for bundle.txt, so
// an old client never outlives a new server. Messages, audio and pictures never pass here.

import {
  type BundleWeakness,
  hashOf,
  KEY_FILE,
  MANIFEST,
  PAGE_FILE,
  type Refusal,
  readKey,
  readManifest,
  refusalOf,
  SIGNATURE,
  signedBy,
  WORKER_FILE,
} from './base/bundle.ts';
import { type Bytes, hex } from './base/bytes.ts';
import {
  bytesOf,
  clearShelves,
  filesOf,
  type Note,
  readNote,
  shelf,
  type TakeAnyway,
  writeNote,
} from './base/shelf.ts';

const scope = globalThis as unknown as ServiceWorkerGlobalScope;
const WAIT_MS = 5000; // for bundle.txt: a network that says nothing is none
// The page's own policies come with it. Nothing else that a server may say in a header is kept.
const HEADERS =
  /^(content-type|content-security-policy|x-content-type-options|referrer-policy|permissions-policy|cross-origin-.*)$/;
const weakness = null as BundleWeakness | null; // test/abuse builds others

class Refuse extends Error {
  readonly why: Refusal;
  readonly file: string;
  constructor(why: Refusal, file = '') {
    super(`${why} ${file}`);
    this.why = why;
    this.file = file;
  }
}

async function bring(path: string, cache: RequestCache, signal?: AbortSignal): Promise<Response> {
  const response = await fetch(`/${path}`, { cache, ...(signal && { signal }) });
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return response;
}

async function checked(response: Response | undefined, hash: string): Promise<Response | null> {
  if (!response) return null;
  const bytes = await bytesOf(response);
  if (weakness !== 'bundle unchecked' && (await hashOf(bytes)) !== hash) return null;
  const headers = [...response.headers].filter(([name]) => HEADERS.test(name));
  return new Response(bytes, { headers });
}

/** From here if it is here, from the browser's own cache, and past it if that has another. */
async function oneFile(path: string, hash: string): Promise<Response> {
  const found =
    (await checked(await caches.match(`/${path}`), hash)) ??
    (await checked(await bring(path, 'default'), hash)) ??
    (await checked(await bring(path, 'reload'), hash));
  if (!found) throw new Refuse('altered', path);
  return found;
}

/** Who signed it, in hex. Null: it does not claim to be signed. */
async function signerOf(manifest: Bytes, keyHash: string | undefined): Promise<string | null> {
  if (keyHash === undefined) return null;
  const key = readKey(await bytesOf(await oneFile(KEY_FILE, keyHash)));
  const response = await fetch(`/${SIGNATURE}`, { cache: 'no-cache' });
  const signature = response.ok ? await bytesOf(response) : new Uint8Array();
  if (!key || !(await signedBy(key, manifest, signature))) throw new Refuse('unsigned');
  return hex(key);
}

/** Brings a whole bundle. `anyway`: the person was told who signed it, or that nobody did. */
async function take(bundle: string, manifest: Bytes, note: Note | null, anyway: boolean): Promise<Note> {
  const files = readManifest(manifest);
  if (!files) throw new Refuse('altered', MANIFEST);
  const signer = await signerOf(manifest, files.get(KEY_FILE));
  const refusal = refusalOf(note?.key ?? null, signer);
  if (refusal && !anyway && weakness !== 'release key unpinned') throw new Refuse(refusal);
  const brought = [...files].map(async ([path, hash]) => [path, await oneFile(path, hash)] as const);
  const all = await Promise.all(brought);
  const cache = await shelf(bundle);
  await Promise.all(all.map(([path, response]) => cache.put(`/${path}`, response)));
  await cache.put(`/${MANIFEST}`, new Response(manifest));
  return { bundle, key: signer, since: Date.now(), worker: note?.worker ?? '', refused: null };
}

/** Holds what the server offers against what is here. Fails where there is no network. */
async function look(anyway: string): Promise<Note> {
  const manifest = await bytesOf(await bring(MANIFEST, 'no-cache', AbortSignal.timeout(WAIT_MS)));
  const bundle = await hashOf(manifest);
  const note = await readNote();
  if (note?.bundle === bundle) {
    if (note.refused) await writeNote({ ...note, refused: null });
    return note;
  }
  try {
    const taken = await take(bundle, manifest, note, anyway === bundle);
    await writeNote(taken); // from this moment on it is the one
    await clearShelves(bundle, note?.bundle ?? bundle);
    return taken;
  } catch (e) {
    if (!(e instanceof Refuse) || !note) throw e;
    const kept = { ...note, refused: { bundle, why: e.why, file: e.file } };
    await writeNote(kept);
    return kept;
  }
}

let looking: Promise<Note> | null = null;

function lookOnce(): Promise<Note> {
  looking ??= look('').finally(() => {
    looking = null;
  });
  return looking;
}

/** Whatever the address, the page is ours: a server could answer one that nobody knows with a page of its own. */
async function page(request: Request): Promise<Response> {
  const note = await lookOnce().catch(readNote);
  const kept = note && (await (await shelf(note.bundle)).match(`/${PAGE_FILE}`));
  return kept ?? fetch(request);
}

async function asset(request: Request): Promise<Response> {
  const note = await readNote();
  if (!note) return fetch(request);
  const kept = (await (await shelf(note.bundle)).match(request)) ?? (await caches.match(request));
  return kept ?? Response.error(); // no page that is kept names it
}

async function install(): Promise<void> {
  const note = await lookOnce();
  if (note.refused) throw new Refuse(note.refused.why, note.refused.file); // the worker at hand stays, too
  await writeNote({ ...note, worker: (await filesOf(note.bundle))?.get(WORKER_FILE) ?? '' });
  await scope.skipWaiting();
}

scope.addEventListener('install', (event) => event.waitUntil(install()));

scope.addEventListener('activate', (event) => event.waitUntil(scope.clients.claim()));

scope.addEventListener('message', (event) => {
  const { take: bundle } = event.data as TakeAnyway;
  const taken = look(bundle).then(
    (note) => note.bundle === bundle,
    () => false,
  );
  event.waitUntil(taken.then((done) => event.ports[0]?.postMessage(done)));
});

scope.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== scope.location.origin) return;
  if (request.mode === 'navigate') event.respondWith(page(request));
  else if (/^\/(assets\/|icon|manifest)/.test(url.pathname)) event.respondWith(asset(request));
});
