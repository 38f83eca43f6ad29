import { beforeEach, describe, expect, test } from 'vitest';
import { en } from '../src/i18n/en.ts';
import { fr } from '../src/i18n/fr.ts';
import { laterEn } from '../src/i18n/later-en.ts';
import { laterFr } from '../src/i18n/later-fr.ts';
import { format, type Text, typesetFrench } from '../src/i18n/text.ts';
import { isKey, listed, speak, speakMore, t, tell } from '../src/i18n/translate.ts';
import { KEYS } from '../src/state/keys.ts';

const english: Record<string, Text> = { ...en, ...laterEn };
const french: Record<string, Text> = { ...fr, ...laterFr };
const forms = (text: Text | undefined): string[] =>
  text === undefined ? [] : typeof text === 'string' ? [text] : [text.one, text.other];
const parameters = (text: Text | undefined): string[] =>
  [...new Set(forms(text).flatMap((s) => [...s.matchAll(/\{([a-z]+)\}/g)].map((m) => m[1] ?? '')))].sort();

beforeEach(() => speak('en'));

describe('both languages', () => {
  test('have the same keys', () => {
    expect(Object.keys(french).sort()).toEqual(Object.keys(english).sort());
  });

  test('have texts of the same shape with the same parameters', () => {
    const differs = (key: string): boolean =>
      typeof french[key] !== typeof english[key] ||
      parameters(french[key]).join() !== parameters(english[key]).join();
    expect(Object.keys(english).filter(differs)).toEqual([]);
  });

  test('leave no text empty or with space around it', () => {
    const untidy = (key: string): boolean =>
      [...forms(english[key]), ...forms(french[key])].some((s) => s === '' || s.trim() !== s);
    expect(Object.keys(english).filter(untidy)).toEqual([]);
  });

  test('say everything that the client may have to say', () => {
    expect(KEYS.filter((key) => !isKey(key))).toEqual([]);
  });
});

test('texts of later parts come in the language that is spoken, and change with it', async () => {
  expect(isKey('talk.title')).toBe(false);
  expect(t('talk.title')).toBe(''); // nothing yet, and on its way
  await speakMore();
  expect(t('talk.title')).toBe('Chat');
  await speak('fr');
  expect(t('talk.title')).toBe('Discussion');
});

describe('French typography', () => {
  test('thin no-break spaces before ? ! : ; % and inside guillemets', () => {
    expect(typesetFrench({ a: 'Quitter « Jazz » ?', b: { one: '1 %', other: 'ah ! ; : oh' } })).toEqual({
      a: 'Quitter «\u202fJazz\u202f»\u202f?',
      b: { one: '1\u202f%', other: 'ah\u202f!\u202f;\u202f: oh' },
    });
  });

  test.each([
    ['tall punctuation stands apart', /[^\u202f][?!;»]|[^\u202f]:(?!\/\/)|«[^\u202f]/],
    ['nobody is called "tu"', /(?<!\p{L})(tu|toi|ton|ta|tes)(?!\p{L})/iu],
    ['ellipses are one character', /\.\.\./],
  ])('%s', (_, never) => {
    expect(
      Object.values(french)
        .flatMap(forms)
        .filter((s) => never.test(s)),
    ).toEqual([]);
  });
});

describe('plurals and parameters', () => {
  test.each([
    [0, '0 people can hear this room', '0 personne entend ce salon'],
    [1, '1 person can hear this room', '1 personne entend ce salon'],
    [2, '2 people can hear this room', '2 personnes entendent ce salon'],
    [5000, '5,000 people can hear this room', '5\u202f000 personnes entendent ce salon'],
    [1_000_000, '1,000,000 people can hear this room', '1\u202f000\u202f000 personnes entendent ce salon'],
  ])('%i', async (n, inEnglish, inFrench) => {
    expect(t('lock.size', { n })).toBe(inEnglish);
    await speak('fr');
    expect(t('lock.size', { n })).toBe(inFrench);
  });

  test('a parameter is taken as it is, and only once', () => {
    expect(format('{name} and {name}', { name: '{n} $& <b>' }, 'en')).toBe('{n} $& <b> and {n} $& <b>');
    expect(format('{name}', {}, 'en')).toBe('{name}');
  });

  test('names in a row', async () => {
    expect(listed(['Ada', 'Tom', 'Zoé'])).toBe('Ada, Tom and Zoé');
    await speak('fr');
    expect(listed(['Ada', 'Tom', 'Zoé'])).toBe('Ada, Tom et Zoé');
  });

  test('an unknown key is an honest fault, even one that objects have by nature', () => {
    expect(tell('error.of_next_year')).toBe(t('error.internal'));
    expect(tell('constructor')).toBe(t('error.internal'));
    expect(tell('error.stage_full')).toBe('The stage is full.');
  });
});
