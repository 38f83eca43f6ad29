import { expect, test } from 'vitest';
import { alike, skeleton } from '../src/base/alike.ts';

const PAIRS = [
  ['Tom', 'Тоm'], // Cyrillic Т and о
  ['Inès Martin', 'ines  martin'],
  ['Inès', 'Ιnès'], // Greek Ι
  ['Ilona', 'llona'],
  ['Bill', 'Bi11'],
  ['HELEN', 'ΗΕLΕΝ'], // Greek capitals
  ['Tom', 'Ｔｏｍ'], // full width
  ['Tom', '𝐓𝐨𝐦'],
  ['Tom', 'T\u200do\u200dm'],
  ['Tom', 'Tom.'],
  ['Carmen', 'Carrnen'],
  ['Waltraud', 'VValtraud'],
  ['Øystein', 'Oystein'],
  ['scope', 'ѕсоре'],
] as const;

test.each(PAIRS)('%s is taken for %s', (a, b) => {
  expect(skeleton(a)).toBe(skeleton(b));
});

test('names that differ to the eye differ', () => {
  const names = [
    'Tom',
    'Tim',
    'Ada',
    'Zoé',
    'Léo',
    'Lea',
    'Иван',
    'Нина',
    'Ελένη',
    '李雷',
    '韩梅',
    '😀',
    '🎧',
    'مريم',
  ];
  expect(new Set(names.map(skeleton)).size).toBe(names.length);
});

test('a name of signs alone is itself', () => {
  expect(skeleton('★★')).toBe('★★');
  expect(skeleton(' ')).toBe('');
});

test('both of a pair are found, and a person is not like themselves', () => {
  const names: [number, string][] = [
    [1, 'Tom'],
    [2, 'Ada'],
    [3, 'Тоm'],
    [1, 'Tom'],
    [4, 'TOM'],
  ];
  expect(alike(names)).toEqual(new Set([1, 3, 4]));
  expect(alike([[2, 'Ada']])).toEqual(new Set());
});
