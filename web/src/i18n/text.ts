// A text is a sentence, or two of them where the language counts. `{name}` stands for a parameter.

export interface Plural {
  one: string;
  other: string;
}
export type Text = string | Plural;
export type Params = Record<string, string | number>;
export type Language = 'en' | 'fr';

/** The same keys in another language; what counts in English counts there too. */
export type SameAs<T extends Record<string, Text>> = {
  [K in keyof T]: T[K] extends string ? string : Plural;
};

/** For lists and dates: English without its many variants has to settle on one. */
export const locales: Record<Language, string> = { en: 'en-GB', fr: 'fr-FR' };

const rules: Record<Language, Intl.PluralRules> = {
  en: new Intl.PluralRules('en'),
  fr: new Intl.PluralRules('fr'),
};
const numbers: Record<Language, Intl.NumberFormat> = {
  en: new Intl.NumberFormat('en'),
  fr: new Intl.NumberFormat('fr'),
};

/** Picks the form for `params.n` and fills in the parameters; a missing one stays visible as `{name}`. */
export function format(text: Text, params: Params, language: Language): string {
  let sentence: string;
  if (typeof text === 'string') sentence = text;
  else {
    const n = typeof params.n === 'number' ? params.n : 0;
    sentence = rules[language].select(n) === 'one' ? text.one : text.other;
  }
  return sentence.replace(/\{([a-z]+)\}/g, (whole, name: string) => {
    const value = params[name];
    if (value === undefined) return whole;
    return typeof value === 'number' ? numbers[language].format(value) : value;
  });
}

/** French puts a thin no-break space before tall punctuation and inside guillemets: sources stay legible this way. */
export function typesetFrench<T extends Record<string, Text>>(texts: T): T {
  const set = (s: string): string => s.replace(/ ([?!:;»%])/g, '\u202f$1').replace(/« /g, '«\u202f');
  const out: Record<string, Text> = {};
  for (const [key, text] of Object.entries(texts)) {
    out[key] = typeof text === 'string' ? set(text) : { one: set(text.one), other: set(text.other) };
  }
  return out as T;
}
