// The built client as one thing. bundle.txt names every file of it with its SHA-256, as sha256sum prints it, and the hash
// of that text is the hash of the bundle. Whoever signs their releases has the key among the files, in bundle.key, and the
// signature of bundle.txt beside them: docs/protocol.md, "The client". web/bundle.ts writes all three, the service worker
// lets nothing else in, the page of the club shows the hash.

import { type Bytes, hex, unhex, utf8 } from './bytes.ts';
import { KEY_BYTES, SIG_BYTES, sha256 } from './sign.ts';

export const MANIFEST = 'bundle.txt';
export const KEY_FILE = 'bundle.key';
export const SIGNATURE = 'bundle.sig';
export const PAGE_FILE = 'index.html';
export const WORKER_FILE = 'shell.js';
export const MOST_FILES = 256; // what a server holds
export const MOST_BYTES = 64 << 10; // of bundle.txt

export type Files = ReadonlyMap<string, string>; // path without the first "/", SHA-256 in hex

// Why an offered bundle does not replace the one at hand.
export type Refusal =
  | 'altered' // a file is not the one that bundle.txt names, or bundle.txt is none
  | 'unsigned' // it names a key that did not sign it, or none where the one at hand was signed
  | 'other_key'; // signed, by somebody else

// For tests, as in e2ee/weakness.ts.
export type BundleWeakness = 'bundle unchecked' | 'release key unpinned';

const LINE = /^([0-9a-f]{64}) {2}((?:[A-Za-z0-9_-][A-Za-z0-9._-]*\/)*[A-Za-z0-9_-][A-Za-z0-9._-]*)$/;

/** Strict, so that one set of files has one text and one hash. Null for everything else. */
export function readManifest(bytes: Bytes): Files | null {
  const lines = new TextDecoder().decode(bytes.subarray(0, MOST_BYTES + 1)).split('\n');
  if (bytes.length > MOST_BYTES || lines.pop() !== '' || lines.length > MOST_FILES) return null;
  const files = new Map<string, string>();
  let before = '';
  for (const line of lines) {
    const [, hash, path] = LINE.exec(line) ?? [];
    if (!hash || !path || path <= before || path === MANIFEST || path === SIGNATURE) return null;
    files.set(path, hash);
    before = path;
  }
  return files.has(PAGE_FILE) ? files : null;
}

export function manifestOf(files: Files): Bytes {
  const paths = [...files.keys()].sort((a, b) => (a < b ? -1 : 1));
  return utf8(paths.map((path) => `${files.get(path)}  ${path}\n`).join(''));
}

export const hashOf = async (bytes: Bytes): Promise<string> => hex(await sha256(bytes));

/** What bundle.key says: 64 hex digits and a line feed. */
export function readKey(bytes: Bytes): Bytes | null {
  const text = new TextDecoder().decode(bytes.subarray(0, 2 * KEY_BYTES + 2));
  return /^[0-9a-f]{64}\n$/.test(text) ? unhex(text.trimEnd()) : null;
}

/** The signature is over the bytes of bundle.txt alone: the key is for nothing else, and openssl can check it. */
export async function signedBy(key: Bytes, manifest: Bytes, signature: Bytes): Promise<boolean> {
  if (key.length !== KEY_BYTES || signature.length !== SIG_BYTES) return false;
  try {
    const verifier = await crypto.subtle.importKey('raw', key, 'Ed25519', false, ['verify']);
    return await crypto.subtle.verify('Ed25519', verifier, signature, manifest);
  } catch {
    return false;
  }
}

/** Once signed, always signed, and by the same key. Keys in hex; null: unsigned. */
export function refusalOf(pinned: string | null, signer: string | null): Refusal | null {
  if (pinned === null || pinned === signer) return null;
  return signer === null ? 'unsigned' : 'other_key';
}
