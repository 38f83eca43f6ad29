// The page's side of the service worker: registers it, reads what it noted, and looks after it. What counts is computed
// here once more: the page does not take the worker's word, which could be another's by now.

import type { Signal } from '@preact/signals';
import { MANIFEST, readManifest, SIGNATURE, signedBy, WORKER_FILE } from '../base/bundle.ts';
import { unhex } from '../base/bytes.ts';
import { bytesOf, hashShelf, type Note, readNote, type TakeAnyway } from '../base/shelf.ts';
import shell from '../shell.worker.ts?worker&url';
import type { VersionView } from './house-model.ts';

const ANSWER_MS = 60_000; // a whole client has to come over the network

type View = Signal<VersionView | null>;

function show(view: View, note: Note | null, bundle: string | null = null): void {
  if (!note) return;
  const past = !navigator.serviceWorker.controller;
  const { key, since, refused } = note;
  view.value = { bundle, key, since, past, refused, replaced: view.value?.replaced ?? false };
}

/** Where it cannot be had (private windows, plain HTTP) the app works all the same, only not offline. */
export async function watchShell(view: View): Promise<void> {
  const { serviceWorker } = navigator;
  if (!serviceWorker) return;
  const note = await readNote();
  show(view, note);
  const known = await serviceWorker.getRegistration();
  if (known && note?.key) guard(known, note.key, note.worker, view);
  await serviceWorker.register(shell);
}

/**
 * The browser lets the server exchange the worker, whatever the one at hand thinks of it. Where releases are signed the
 * page sees through that: a new worker has to come with a signed bundle that names another one than before.
 */
function guard(registration: ServiceWorkerRegistration, key: string, worker: string, view: View): void {
  let before = worker;
  registration.addEventListener('updatefound', () => {
    const { installing } = registration;
    installing?.addEventListener('statechange', async () => {
      if (installing.state !== 'installed') return; // one that refuses what it was offered never is
      const signed = await signedWorker(key).catch(() => null);
      if (signed && signed !== before) before = signed;
      else if (view.value) view.value = { ...view.value, replaced: true };
    });
  });
}

/** The hash of the worker in the bundle that is offered. Null: it is not signed by this key. */
async function signedWorker(key: string): Promise<string | null> {
  const read = async (path: string) => bytesOf(await fetch(`/${path}`, { cache: 'no-cache' }));
  const [manifest, signature] = await Promise.all([read(MANIFEST), read(SIGNATURE)]);
  if (!(await signedBy(unhex(key), manifest, signature))) return null;
  return readManifest(manifest)?.get(WORKER_FILE) ?? null;
}

export async function loadShell(view: View): Promise<void> {
  const note = navigator.serviceWorker ? await readNote() : null;
  if (note) show(view, note, await hashShelf(note.bundle));
}

/** The worker brings it; the page believes it once every file adds up to that hash. */
export async function takeAnyway(bundle: string): Promise<boolean> {
  const { active } = await navigator.serviceWorker.ready;
  const { port1, port2 } = new MessageChannel();
  const answer = new Promise<boolean>((done) => {
    port1.onmessage = ({ data }) => done(data === true);
    setTimeout(done, ANSWER_MS, false);
  });
  active?.postMessage({ take: bundle } satisfies TakeAnyway, [port2]);
  return (await answer) && (await hashShelf(bundle)) === bundle;
}
