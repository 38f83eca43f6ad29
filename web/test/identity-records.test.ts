import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type Bytes, concat, hex, unhex } from '../src/base/bytes.ts';
import { verify } from '../src/base/sign.ts';
import { parseHeader, parseHeartbeat, parseLeaf, parseTags } from '../src/identity/keymsg.ts';
import { makeLink, parseLink } from '../src/identity/links.ts';
import { joinSigned, parseRecord, type Signed } from '../src/identity/records.ts';
import { GOLDEN, type GoldenCase, type GoldenLink, goldenText, goldenUrl } from './make-golden.ts';

const load = <T>(name: string): T => JSON.parse(readFileSync(goldenUrl(name), 'utf8')) as T;
const cases = [...load<GoldenCase[]>('records.json'), ...load<GoldenCase[]>('headers.json')];
const travelling = cases.filter((one) => one.bytes !== undefined);
const parsers: Record<string, (bytes: Bytes) => Signed | null> = {
  leaf: parseLeaf,
  header: parseHeader,
  heartbeat: parseHeartbeat,
  tags: parseTags,
};
const parserOf = (purpose: string): ((bytes: Bytes) => Signed | null) => parsers[purpose] ?? parseRecord;
// Record types of one shape differ by their byte alone; the purpose of the signature tells them apart.
const SHAPES = [
  [1, 3],
  [4, 10],
  [9, 14, 16, 19],
  [5, 7, 8, 11, 13, 17, 20],
];
const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

describe('golden files', () => {
  it.each(Object.keys(GOLDEN))('%s is what the generator writes', async (name) => {
    expect(readFileSync(goldenUrl(name), 'utf8')).toBe(await goldenText(name));
  });
});

describe.each(travelling)('$name', (golden) => {
  const bytes = unhex(golden.bytes as string);
  const parse = parserOf(golden.purpose);

  it('parses into its fields, body and signatures', () => {
    const { body, sigs, ...rest } = parse(bytes) as Signed & Record<string, unknown>;
    expect(hex(body)).toBe(golden.body);
    expect(hex(joinSigned(body, ...sigs))).toBe(golden.bytes);
    for (const [name, value] of Object.entries(rest)) {
      if (name === 'type') continue;
      const text = value instanceof Uint8Array ? hex(value as Bytes) : String(value);
      expect(text, name).toBe(String(golden.fields[snake(name)]));
    }
  });

  it('is signed by its keys in order', async () => {
    const { body, sigs } = parse(bytes) as Signed;
    expect(sigs.length).toBe(golden.keys.length);
    for (const [i, key] of golden.keys.entries()) {
      expect(await verify(unhex(key), golden.purpose, body, sigs[i] as Bytes)).toBe(true);
    }
  });

  it('is refused at every truncation, with a trailing byte and with another type or version', () => {
    for (let n = 0; n < bytes.length; n++) expect(parse(bytes.slice(0, n)), `${n} bytes`).toBeNull();
    expect(parse(concat(bytes, Uint8Array.of(0)))).toBeNull();
    for (let type = 0; type < 256; type++) {
      const flipped = concat(Uint8Array.of(type), bytes.slice(1));
      const parsed = parse(flipped);
      if (type === bytes[0]) expect(parsed).not.toBeNull();
      else if (parsed) expect(SHAPES.find((shape) => shape.includes(type)) ?? []).toContain(bytes[0]);
    }
  });
});

const bytesOf = (name: string): Bytes => unhex(cases.find((one) => one.name === name)?.bytes as string);
const withByte = (bytes: Bytes, at: number, value: number): Bytes => {
  const changed = bytes.slice();
  changed[at] = value;
  return changed;
};

it.each(['leaf', 'header'])('refuses an unknown suite in a %s', (name) => {
  for (const suite of [0, 3, 255]) expect(parserOf(name)(withByte(bytesOf(name), 1, suite))).toBeNull();
});

it('refuses an encapsulation key beside a leaf of suite 1', () => {
  expect(parseLeaf(withByte(bytesOf('hybrid leaf'), 1, 1))).toBeNull();
});

it('refuses a leaf whose role does not exist', () => {
  for (const role of [0, 4, 255])
    expect(parseLeaf(withByte(bytesOf('leaf'), 2 + 16 + 16 + 16 + 32 + 32 + 16, role))).toBeNull();
});

it.each([
  ['role', 1 + 48, [2, 3]],
  ['room-ban', 1 + 80, [1, 2]],
  ['release', 1 + 48, [0, 1]],
] as const)('takes only the values that exist in a %s', (name, at, good) => {
  for (let value = 0; value < 256; value++) {
    const parsed = parseRecord(withByte(bytesOf(name), at, value));
    expect(parsed !== null, `${value}`).toBe((good as readonly number[]).includes(value));
  }
});

it('refuses a list of no tags and of more than 200', () => {
  const bytes = bytesOf('tags');
  const place = bytes.slice(0, 30);
  const sig = bytes.slice(-64);
  for (const [n, good] of [
    [0, false],
    [1, true],
    [200, true],
    [201, false],
  ] as const) {
    const list = concat(place, Uint8Array.of(n), new Uint8Array(8 * n), sig);
    expect(parseTags(list) !== null, `${n} tags`).toBe(good);
  }
});

describe('links', () => {
  const links = load<GoldenLink[]>('links.json');

  it.each(links)('$name', async (golden) => {
    const parsed = await parseLink(`#${golden.payload}`);
    if (!golden.valid) return expect(parsed).toBe('mistyped');
    if (parsed === null || parsed === 'mistyped') throw new Error('not parsed');
    if (parsed.kind === 'device') expect(hex(parsed.key)).toBe(golden.public_key);
    else {
      expect(hex(parsed.seed)).toBe(golden.seed);
      expect(hex(parsed.fingerprint)).toBe(golden.fingerprint);
    }
    const link = await makeLink('https://talk.example', parsed);
    expect(link).toBe(`https://talk.example/#${golden.payload}`);
    expect(await parseLink(` ${link}\n`)).toEqual(parsed);
  });

  it('takes every single wrong letter for a typing error', async () => {
    const good = (links[0] as GoldenLink).payload;
    for (let i = 0; i < good.length; i++) {
      const wrong = `${good.slice(0, i)}${good[i] === 'k' ? 'l' : 'k'}${good.slice(i + 1)}`;
      expect(await parseLink(wrong)).toBe('mistyped');
    }
  });

  it('knows when there is no link', async () => {
    expect(await parseLink('')).toBeNull();
    expect(await parseLink('#')).toBeNull();
  });
});
