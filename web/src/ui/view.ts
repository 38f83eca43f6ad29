// What only the screens know: the app at hand, the open sheet, a sentence of our own, the passing of time.

import { signal } from '@preact/signals';
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import { tell } from '../i18n/translate.ts';
import type { App, Id, Notice, Outcome, RoomCard } from '../state/model.ts';

export type SheetAt =
  | { at: 'invite' }
  | { at: 'open' }
  | { at: 'me' }
  | { at: 'profile' }
  | { at: 'devices' }
  | { at: 'recovery' }
  | { at: 'data' }
  | { at: 'moderation' }
  | { at: 'prefs' }
  | { at: 'keys' }
  | { at: 'lock' }
  | { at: 'more' }
  | { at: 'end' }
  | { at: 'leave' }
  | { at: 'switch'; room: RoomCard }
  | { at: 'person'; account: Id };

export const sheet = signal<SheetAt | null>(null);
export const openSheet = (at: SheetAt): void => {
  sheet.value = at;
};
export const closeSheet = (): void => {
  sheet.value = null;
};

/** Our own sentences stand beside the client's: what failed here, what was copied, who speaks. */
export const said = signal<{ text: string; urgent: boolean; quiet: boolean } | null>(null);
export function say(text: string, how: { urgent?: boolean; quiet?: boolean } = {}): void {
  said.value = { text, urgent: how.urgent ?? false, quiet: how.quiet ?? false };
}

/** Runs an action and says so if it fails. True if it went well. */
export async function attempt(action: Promise<Outcome<unknown>>): Promise<boolean> {
  const outcome = await action;
  if (!outcome.ok) say(tell(`error.${outcome.code}`));
  return outcome.ok;
}

export const noticeText = (notice: Notice): string => tell(notice.key, notice.params);

/** Moves every ten seconds while somebody looks: waiting times need no more. */
export const now = signal(Date.now());
export function startClock(): void {
  setInterval(() => {
    if (document.visibilityState === 'visible') now.value = Date.now();
  }, 10_000);
}

const AppContext = createContext<App | null>(null);
export const AppProvider = AppContext.Provider;
export function useApp(): App {
  const app = useContext(AppContext);
  if (!app) throw new Error('a screen outside of its app');
  return app;
}
