// The language that the screens speak. Components that call `t` are drawn again when it changes. Nobody needs more
// than one at a time, so each comes in a chunk of its own: `speak` before the first `t`.

import { computed, signal } from '@preact/signals';
import type { en } from './en.ts';
import type { laterEn } from './later-en.ts';
import { format, type Language, locales, type Params, type SameAs } from './text.ts';

type Texts = SameAs<typeof en>;
type Later = SameAs<typeof laterEn>;
export type Key = keyof Texts | keyof Later;

export const languages: { language: Language; name: string }[] = [
  { language: 'en', name: 'English' },
  { language: 'fr', name: 'Français' },
];
const load: Record<Language, () => Promise<Texts>> = {
  en: () => import('./en.ts').then((m) => m.en),
  fr: () => import('./fr.ts').then((m) => m.fr),
};
const loadLater: Record<Language, () => Promise<Later>> = {
  en: () => import('./later-en.ts').then((m) => m.laterEn),
  fr: () => import('./later-fr.ts').then((m) => m.laterFr),
};
export const spoken = signal<{ language: Language; texts: Texts & Partial<Later> } | null>(null);
export const language = computed<Language>(() => spoken.value?.language ?? 'en');

export const isLanguage = (code: string): code is Language => Object.hasOwn(load, code);

let wanted: Language = 'en';

let more = false; // somebody has asked for the texts of the parts that come later

/** Fails where the texts cannot be loaded; then the language stays what it was. */
export async function speak(to: Language): Promise<void> {
  wanted = to;
  const [texts, later] = await Promise.all([load[to](), more ? loadLater[to]() : {}]);
  if (wanted === to) spoken.value = { language: to, texts: { ...texts, ...later } }; // else somebody has changed their mind
}

/** Before a part of the screens that comes later is drawn (lazy.tsx). */
export async function speakMore(): Promise<void> {
  if (more) return;
  await loadLater[wanted](); // no language is lost where it cannot be had
  more = true;
  await speak(wanted);
}

export const isKey = (key: string): key is Key =>
  spoken.value !== null && Object.hasOwn(spoken.value.texts, key);

export function t(key: Key, params: Params = {}): string {
  const now = spoken.value;
  if (!now) throw new Error('no language yet');
  const text = now.texts[key];
  if (text !== undefined) return format(text, params, now.language);
  void speakMore().catch(() => undefined); // asked for too early: drawn again once it is here
  return '';
}

/** What the client or the server said by name; a name from a newer server is a fault we can only admit to. */
export function tell(key: string, params: Params = {}): string {
  return t(isKey(key) ? key : 'error.internal', params);
}

export const dayOf = (ms: number): string =>
  new Intl.DateTimeFormat(locales[language.value], { day: 'numeric', month: 'long' }).format(ms);

/** "3 December 2025" */
export const sinceOf = (ms: number): string =>
  new Intl.DateTimeFormat(locales[language.value], { dateStyle: 'long' }).format(ms);

/** "Thu 3 December, 20:30" */
export const whenOf = (ms: number): string =>
  new Intl.DateTimeFormat(locales[language.value], {
    weekday: 'short',
    day: 'numeric',
    month: 'long',
    hour: '2-digit',
    minute: '2-digit',
  }).format(ms);

/** "Inès, Tom and Ada" */
export function listed(names: string[]): string {
  return new Intl.ListFormat(locales[language.value], { type: 'conjunction' }).format(names);
}

export type { Language };
