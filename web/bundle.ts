// Names what was built: bundle.txt with the SHA-256 of every file, and prints the hash of that, the bundle's. With the
// private key of a release in APARTE_RELEASE_KEY (openssl genpkey -algorithm ed25519 -out FILE) the public half goes into
// the bundle and bundle.sig beside it. docs/protocol.md, "The client", says how to recompute it without this program.

import { createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto';
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hashOf, KEY_FILE, MANIFEST, manifestOf, readManifest, SIGNATURE } from './src/base/bundle.ts';

const root = process.argv[2] ?? new URL('../build/web', import.meta.url).pathname;

function fail(sentence: string): never {
  console.error(sentence);
  process.exit(1);
}

function releaseKey(): KeyObject | null {
  const file = process.env.APARTE_RELEASE_KEY;
  if (!file) return null;
  try {
    const key = createPrivateKey(readFileSync(file));
    if (key.asymmetricKeyType === 'ed25519') return key;
  } catch {
    // not there, or something else
  }
  return fail(`APARTE_RELEASE_KEY: ${file} holds no private Ed25519 key in PEM.`);
}

const rawPublic = (key: KeyObject): Buffer =>
  Buffer.from(createPublicKey(key).export({ format: 'jwk' }).x ?? '', 'base64url');

const key = releaseKey();
for (const name of [MANIFEST, KEY_FILE, SIGNATURE]) rmSync(join(root, name), { force: true });
if (key) writeFileSync(join(root, KEY_FILE), `${rawPublic(key).toString('hex')}\n`);
const files = new Map<string, string>();
for (const name of readdirSync(root, { recursive: true, encoding: 'utf8' })) {
  if (statSync(join(root, name)).isFile() && !name.endsWith('.gz'))
    files.set(name, await hashOf(new Uint8Array(readFileSync(join(root, name)))));
}
const manifest = manifestOf(files);
if (!readManifest(manifest))
  fail(`${root} holds files that no client has, too many of them, or no index.html.`);
writeFileSync(join(root, MANIFEST), manifest);
if (key) writeFileSync(join(root, SIGNATURE), sign(null, manifest, key));
console.log(
  `client ${await hashOf(manifest)} (${key ? `signed by ${rawPublic(key).toString('hex')}` : 'unsigned'})`,
);
