// Real recorded speech for the microphones of the tests: Debian's recorded telephone prompts, one voice, strung
// together into a file per person, so that each person says other words.

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';

const folder = '/usr/share/asterisk/sounds/en_US_f_Allison';
const rate = 8000;

/** The samples of a 16-bit mono PCM wav file; throws on any other kind. */
export function readWav(path: string): Int16Array {
  const b = readFileSync(path);
  if (b.toString('latin1', 0, 4) !== 'RIFF' || b.readUInt16LE(20) !== 1 || b.readUInt16LE(34) !== 16) {
    throw new Error(`${path}: not a 16-bit PCM wav file`);
  }
  let at = 12;
  while (b.toString('latin1', at, at + 4) !== 'data') at += 8 + b.readUInt32LE(at + 4);
  const length = Math.min(b.readUInt32LE(at + 4), b.length - at - 8) & ~1;
  return new Int16Array(b.buffer.slice(b.byteOffset + at + 8, b.byteOffset + at + 8 + length));
}

export function writeWav(path: string, samples: Int16Array, sampleRate: number): void {
  const b = Buffer.alloc(44 + samples.length * 2);
  b.write('RIFF', 0, 'latin1');
  b.writeUInt32LE(36 + samples.length * 2, 4);
  b.write('WAVEfmt ', 8, 'latin1');
  b.writeUInt32LE(16, 16);
  b.writeUInt16LE(1, 20);
  b.writeUInt16LE(1, 22);
  b.writeUInt32LE(sampleRate, 24);
  b.writeUInt32LE(sampleRate * 2, 28);
  b.writeUInt16LE(2, 32);
  b.writeUInt16LE(16, 34);
  b.write('data', 36, 'latin1');
  b.writeUInt32LE(samples.length * 2, 40);
  for (const [i, s] of samples.entries()) b.writeInt16LE(s, 44 + i * 2);
  writeFileSync(path, b);
}

/** A wav file of about `seconds` of speech; `person` chooses which prompts. Returns its path. */
export function speech(dir: string, person: number, people: number, seconds = 30): string {
  mkdirSync(dir, { recursive: true });
  const names = readdirSync(folder)
    .filter((n) => n.endsWith('.wav'))
    .sort();
  const samples: number[] = [];
  for (let i = person; samples.length < seconds * rate; i += people) {
    const name = names[i % names.length];
    if (!name) throw new Error(`no recorded speech in ${folder}`);
    const words = readWav(`${folder}/${name}`);
    if (words.length > rate) for (const s of words) samples.push(s); // whole sentences only
  }
  const path = `${dir}/speech-${person}.wav`;
  writeWav(path, Int16Array.from(samples), rate);
  return path;
}

/** A pure tone, for the test that looks for it in the server. */
export function tone(dir: string, hertz: number, seconds = 10): string {
  mkdirSync(dir, { recursive: true });
  const path = `${dir}/tone-${hertz}.wav`;
  const n = seconds * 48000;
  writeWav(
    path,
    Int16Array.from({ length: n }, (_, i) => 12000 * Math.sin((2 * Math.PI * hertz * i) / 48000)),
    48000,
  );
  return path;
}
