// The three choices that stay in this browser: theme, language, keyboard shortcuts. Storage may be
// forbidden (private windows): then they last as long as the page.

import { effect, signal } from '@preact/signals';
import { language, languages } from '../i18n/translate.ts';

export type Theme = 'auto' | 'light' | 'dark';

const stored = (key: string): string | null => {
  try {
    return localStorage.getItem(`aparte.${key}`);
  } catch {
    return null;
  }
};

function store(key: string, value: string): void {
  try {
    localStorage.setItem(`aparte.${key}`, value);
  } catch {
    // kept for this page only
  }
}

export const theme = signal<Theme>('auto');
export const shortcuts = signal(true);

/** Reads what was chosen before and keeps the page's attributes, and the storage, in step from then on. */
export function startPrefs(): void {
  const kept = stored('theme');
  if (kept === 'light' || kept === 'dark') theme.value = kept;
  shortcuts.value = stored('shortcuts') !== 'off';
  const wished = [stored('language') ?? '', ...navigator.languages].map((l) => l.slice(0, 2).toLowerCase());
  const spoken = wished.map((w) => languages.find((l) => l.language === w)).find((l) => l);
  if (spoken) language.value = spoken.language;

  const root = document.documentElement;
  effect(() => {
    root.lang = language.value;
  });
  effect(() => {
    if (theme.value === 'auto') root.removeAttribute('data-theme');
    else root.setAttribute('data-theme', theme.value);
  });
}

export function chooseTheme(value: Theme): void {
  theme.value = value;
  store('theme', value);
}

export function chooseLanguage(value: (typeof languages)[number]['language']): void {
  language.value = value;
  store('language', value);
}

export function chooseShortcuts(on: boolean): void {
  shortcuts.value = on;
  store('shortcuts', on ? 'on' : 'off');
}
