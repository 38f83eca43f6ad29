// Where the service worker keeps the client, and what it notes about it: read by the worker and by the page. A shelf holds
// one bundle, whole and checked; the note, one entry, says which is in use, so that nothing is ever half replaced.

import { type Files, hashOf, MANIFEST, manifestOf, type Refusal, readManifest } from './bundle.ts';
import type { Bytes } from './bytes.ts';

const NOTES = 'notes';
const NOTE = '/note';
const SHELF = 'shell-';

export interface Refused {
  bundle: string;
  why: Refusal;
  file: string; // the first that was altered; else ''
}

export interface Note {
  bundle: string; // its hash, hex
  key: string | null; // who signed it, hex: from then on nobody else may
  since: number; // when it came here
  worker: string; // the hash of the service worker that was the last to be installed
  refused: Refused | null; // what the server offers instead
}

/** What the page asks the worker for. */
export interface TakeAnyway {
  take: string; // the hash of the bundle that was refused
}

export async function readNote(): Promise<Note | null> {
  const found = await (await caches.open(NOTES)).match(NOTE);
  return found ? ((await found.json()) as Note) : null;
}

export async function writeNote(note: Note): Promise<void> {
  await (await caches.open(NOTES)).put(NOTE, Response.json(note));
}

export const shelf = (bundle: string): Promise<Cache> => caches.open(SHELF + bundle);

/** Forgets all but these: the one in use, and the one before, which other tabs may still show. */
export async function clearShelves(...bundles: string[]): Promise<void> {
  const stay = new Set([NOTES, ...bundles.map((bundle) => SHELF + bundle)]);
  for (const name of await caches.keys()) if (!stay.has(name)) await caches.delete(name);
}

export const bytesOf = async (response: Response): Promise<Bytes> =>
  new Uint8Array(await response.arrayBuffer());

/** What bundle.txt of that bundle names. */
export async function filesOf(bundle: string): Promise<Files | null> {
  const manifest = await (await shelf(bundle)).match(`/${MANIFEST}`);
  return manifest ? readManifest(await bytesOf(manifest)) : null;
}

/** The hash of what lies there, computed from every file anew. */
export async function hashShelf(bundle: string): Promise<string> {
  const cache = await shelf(bundle);
  const files = new Map<string, string>();
  for (const request of await cache.keys()) {
    const path = new URL(request.url).pathname.slice(1);
    const response = path === MANIFEST ? undefined : await cache.match(request);
    if (response) files.set(path, await hashOf(await bytesOf(response)));
  }
  return hashOf(manifestOf(files));
}
