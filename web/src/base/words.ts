// Words for hashes that people compare by reading them aloud: the safety words of a room, the words of two
// devices that are being paired. 1024 common words of 4 to 8 letters in each language, ten bits a word. No two
// of a list differ by one letter only, accents aside. The lists are independent: people compare in one language.
// A list is loaded when words of it are first wanted.

import type { Bytes } from './bytes.ts';

export type WordsLang = 'en' | 'fr';

const BITS = 10;
const lists: Record<WordsLang, () => Promise<{ words: string }>> = {
  en: () => import('./words-en.ts'),
  fr: () => import('./words-fr.ts'),
};

// The first count x 10 bits of the hash, the highest bit first.
export async function wordsOf(hash: Bytes, count: number, lang: WordsLang): Promise<string[]> {
  if (count * BITS > hash.length * 8)
    throw new RangeError(`${hash.length} bytes are too few for ${count} words`);
  const list = await wordList(lang);
  return Array.from({ length: count }, (_, word) => {
    let value = 0;
    for (let bit = word * BITS; bit < (word + 1) * BITS; bit++) {
      value = value * 2 + (((hash[bit >> 3] ?? 0) >> (7 - (bit & 7))) & 1);
    }
    return list[value] as string;
  });
}

export async function wordList(lang: WordsLang): Promise<string[]> {
  return (await lists[lang]()).words.trim().split(/\s+/);
}
