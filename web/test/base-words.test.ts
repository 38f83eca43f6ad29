import { describe, expect, it } from 'vitest';
import { unhex } from '../src/base/bytes.ts';
import { sha256 } from '../src/base/sign.ts';
import { type WordsLang, wordList, wordsOf } from '../src/base/words.ts';

const bare = (word: string): string => word.replaceAll('œ', 'oe').normalize('NFD').replace(/\p{M}/gu, '');

// One letter more, less or another one.
function near(a: string, b: string): boolean {
  if (a.length > b.length) return near(b, a);
  if (b.length - a.length > 1) return false;
  let i = 0;
  while (i < a.length && a[i] === b[i]) i++;
  return a.slice(a.length === b.length ? i + 1 : i) === b.slice(i + 1);
}

describe.each(['en', 'fr'] as WordsLang[])('the words, %s', (lang) => {
  it('are 1024 of 4 to 8 letters, small and sorted', async () => {
    const words = await wordList(lang);
    expect(words.length).toBe(1024);
    for (const word of words) {
      expect(word).toMatch(/^\p{Ll}+$/u);
      expect(bare(word).length).toBeGreaterThanOrEqual(4);
      expect(bare(word).length).toBeLessThanOrEqual(8);
    }
    expect([...words].sort((a, b) => (bare(a) < bare(b) ? -1 : 1))).toEqual(words);
  });

  it('cannot be taken for one another: no two within one letter', async () => {
    const words = (await wordList(lang)).map(bare);
    const close = words.flatMap((a, i) =>
      words.slice(i + 1).flatMap((b) => (near(a, b) ? [`${a} ${b}`] : [])),
    );
    expect(close).toEqual([]);
  });
});

describe('words of a hash', () => {
  it('are ten bits each, from the highest bit', async () => {
    const [en, fr] = [await wordList('en'), await wordList('fr')];
    expect(await wordsOf(unhex('000005ffc0'), 4, 'en')).toEqual([0, 0, 0x17f, 0x3c0].map((n) => en[n]));
    expect(await wordsOf(unhex('0040'), 1, 'fr')).toEqual([fr[1]]);
    await expect(wordsOf(new Uint8Array(4), 4, 'en')).rejects.toThrow(RangeError);
  });

  it('change with it', async () => {
    const of = async (byte: number) => (await wordsOf(await sha256(Uint8Array.of(byte)), 4, 'fr')).join(' ');
    expect(await of(1)).toBe(await of(1));
    expect(await of(1)).not.toBe(await of(2));
  });
});
