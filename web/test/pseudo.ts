// A language that nobody speaks: every letter accented, 40 % longer, between brackets. What does not look like it on a
// screen did not come through i18n; what does not fit would not fit in German.

import type { Text } from '../src/i18n/text.ts';

const ACCENTED: Record<string, string> = {
  a: 'á',
  c: 'ç',
  d: 'ð',
  e: 'é',
  i: 'í',
  l: 'ł',
  n: 'ñ',
  o: 'ó',
  r: 'ř',
  s: 'š',
  t: 'ť',
  u: 'ú',
  y: 'ý',
  z: 'ž',
};

function one(text: string): string {
  const parts = text.split(/(\{[a-z]+\})/);
  const accented = parts.map((part) =>
    part.startsWith('{') ? part : part.replace(/[a-z]/g, (c) => ACCENTED[c] ?? c),
  );
  const more = 'éłó '.repeat(Math.ceil((text.length * 0.4) / 4)).trim();
  return `⟦${accented.join('')} ${more}⟧`;
}

export function pseudo<T extends Record<string, Text>>(texts: T): T {
  const entries = Object.entries(texts).map(([key, text]) => [
    key,
    typeof text === 'string' ? one(text) : { one: one(text.one), other: one(text.other) },
  ]);
  return Object.fromEntries(entries) as T;
}
