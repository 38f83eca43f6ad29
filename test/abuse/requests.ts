// One well-formed sample of every request of the protocol: the golden messages.

import { readdirSync, readFileSync } from 'node:fs';

const folders = ['messages', 'operator'].map((name) => new URL(`../golden/${name}/`, import.meta.url));

export function sampleRequests(): Map<string, Record<string, unknown>> {
  const samples = new Map<string, Record<string, unknown>>();
  for (const [folder, file] of folders.flatMap((one) =>
    readdirSync(one)
      .sort()
      .map((name) => [one, name] as const),
  )) {
    const [name] = file.split('.request');
    if (!name || !file.includes('.request') || !file.endsWith('.json') || samples.has(name)) continue;
    const { json } = JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as {
      json: Record<string, unknown>;
    };
    samples.set(name, json);
  }
  return samples;
}
