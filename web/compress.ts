// Writes FILE.gz beside every file of the built client, so that the server never compresses.

import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { constants, gzipSync } from 'node:zlib';

const root = new URL('../build/web', import.meta.url).pathname;
for (const name of readdirSync(root, { recursive: true, encoding: 'utf8' })) {
  const path = join(root, name);
  if (name.endsWith('.gz') || !statSync(path).isFile()) continue;
  const raw = readFileSync(path);
  const small = gzipSync(raw, { level: constants.Z_BEST_COMPRESSION });
  if (small.length < raw.length * 0.95) writeFileSync(`${path}.gz`, small);
}
