// What the screens say, from the client's own texts: the tests of an evening find buttons and sentences by it, in both
// languages.

import { en } from '../../web/src/i18n/en.ts';
import { fr } from '../../web/src/i18n/fr.ts';
import { laterEn } from '../../web/src/i18n/later-en.ts';
import { laterFr } from '../../web/src/i18n/later-fr.ts';
import { format, type Language, locales, type Params, type SameAs } from '../../web/src/i18n/text.ts';

type Texts = SameAs<typeof en & typeof laterEn>;
export type Key = keyof Texts;
export type Say = (key: Key, params?: Params) => string;

const texts: Record<Language, Texts> = { en: { ...en, ...laterEn }, fr: { ...fr, ...laterFr } };

export const phrases =
  (language: Language): Say =>
  (key, params = {}) =>
    format(texts[language][key], params, language);

export const english = phrases('en');
export const localeOf = (language: Language): string => locales[language];
