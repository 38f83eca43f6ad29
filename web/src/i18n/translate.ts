// The language that the screens speak. Components that call `t` are drawn again when it changes.

import { signal } from '@preact/signals';
import { en } from './en.ts';
import { fr } from './fr.ts';
import { format, type Language, locales, type Params } from './text.ts';

export type Key = keyof typeof en;

export const languages: { language: Language; name: string }[] = [
  { language: 'en', name: 'English' },
  { language: 'fr', name: 'Français' },
];
export const language = signal<Language>('en');
export const texts = { en, fr };

export const isKey = (key: string): key is Key => Object.hasOwn(en, key);

export function t(key: Key, params: Params = {}): string {
  return format(texts[language.value][key], params, language.value);
}

/** What the client or the server said by name; a name from a newer server is a fault we can only admit to. */
export function tell(key: string, params: Params = {}): string {
  return t(isKey(key) ? key : 'error.internal', params);
}

export const dayOf = (ms: number): string =>
  new Intl.DateTimeFormat(locales[language.value], { day: 'numeric', month: 'long' }).format(ms);

/** "Inès, Tom and Ada" */
export function listed(names: string[]): string {
  return new Intl.ListFormat(locales[language.value], { type: 'conjunction' }).format(names);
}
