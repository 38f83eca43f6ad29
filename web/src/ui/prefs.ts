// The choices that stay in this browser: theme, language, keyboard shortcuts, whether the welcome still waits.

import { effect, signal } from '@preact/signals';
import { keep, kept } from '../base/kept.ts';
import { isLanguage, type Language, language, speak } from '../i18n/translate.ts';

export type Theme = 'auto' | 'light' | 'dark';

export const theme = signal<Theme>('auto');
export const shortcuts = signal(true);
export const welcome = signal(false);

/** Reads what was chosen before and keeps the page's attributes in step from then on. Nothing is drawn before it is done. */
export async function startPrefs(): Promise<void> {
  const wished = [kept('language') ?? '', ...navigator.languages].map((l) => l.slice(0, 2).toLowerCase());
  await speak(wished.find(isLanguage) ?? 'en');
  const chosen = kept('theme');
  if (chosen === 'light' || chosen === 'dark') theme.value = chosen;
  shortcuts.value = kept('shortcuts') !== 'off';
  welcome.value = kept('welcome') === 'due';
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
  keep('theme', value);
}

export async function chooseLanguage(value: Language): Promise<void> {
  await speak(value);
  keep('language', value);
}

export function chooseShortcuts(on: boolean): void {
  shortcuts.value = on;
  keep('shortcuts', on ? 'on' : 'off');
}

/** Due from the moment one has joined, until it was gone through or declined: then for good. */
export function chooseWelcome(due: boolean): void {
  welcome.value = due;
  keep('welcome', due ? 'due' : 'over');
}
