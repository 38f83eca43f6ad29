// What only the screens know: the app at hand, the open sheet, a sentence of our own, the passing of time.

import { signal } from '@preact/signals';
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import { tell } from '../i18n/translate.ts';
import { MOST_PEOPLE } from '../state/keys.ts';
import type { App, Face, Id, Notice, Outcome, RoomCard } from '../state/model.ts';

export const TITLE_CHARACTERS = 60;
export const FILTER_FROM = 9; // a list this long gets a search field

export type SheetAt =
  | { at: 'invite' }
  | { at: 'open' }
  | { at: 'me' }
  | { at: 'house' }
  | { at: 'anyway' }
  | { at: 'welcome' }
  | { at: 'install' }
  | { at: 'profile' }
  | { at: 'devices' }
  | { at: 'recovery' }
  | { at: 'data' }
  | { at: 'moderation' }
  | { at: 'trace' }
  | { at: 'prefs' }
  | { at: 'keys' }
  | { at: 'search' }
  | { at: 'events' }
  | { at: 'event'; event: Id }
  | { at: 'ties' }
  | { at: 'reports' }
  | { at: 'admin' }
  | { at: 'face'; face: Face }
  | { at: 'sound' }
  | { at: 'debug' }
  | { at: 'chat' }
  | { at: 'react' }
  | { at: 'pin' }
  | { at: 'record' }
  | { at: 'lock' }
  | { at: 'more' }
  | { at: 'ping' }
  | { at: 'end' }
  | { at: 'leave' }
  | { at: 'switch'; room: RoomCard }
  | { at: 'knock'; room: RoomCard }
  | { at: 'person'; account: Id };

export const sheet = signal<SheetAt | null>(null);
export const openSheet = (at: SheetAt): void => {
  sheet.value = at;
};
export const closeSheet = (): void => {
  sheet.value = null;
};

/** A new screen is announced by its heading. */
export function focusHeading(): void {
  if (!document.querySelector('dialog[open]'))
    document.querySelector<HTMLElement>('h1')?.focus({ preventScroll: true });
}

/** Our own sentences stand beside the client's: what failed here, what was copied, who speaks. */
export const said = signal<{ text: string; urgent: boolean; quiet: boolean } | null>(null);
export function say(text: string, how: { urgent?: boolean; quiet?: boolean } = {}): void {
  said.value = { text, urgent: how.urgent ?? false, quiet: how.quiet ?? false };
}

/** In the room or at its door, and with a name that looks like somebody else's: background.ts looks for them. */
export const alike = signal<ReadonlySet<Id>>(new Set());

/** Runs an action and says so if it fails. True if it went well. */
export async function attempt(action: Promise<Outcome<unknown>>): Promise<boolean> {
  const outcome = await action;
  if (!outcome.ok) say(tell(`error.${outcome.code}`, { n: MOST_PEOPLE }));
  return outcome.ok;
}

/** A room that is full says so in a sheet of its own. */
export async function goIn(app: App, room: Id): Promise<void> {
  const entering = app.enterRoom(room);
  if ((await entering).ok || !app.hosting.full.value) await attempt(entering);
}

/** Not the host, and not who is in it already, on another device. */
const lockStops = (app: App, { id, locked, host }: RoomCard): boolean =>
  (locked ?? false) && host !== app.me.value?.account && id !== app.elsewhere.room.value;

/** What a tap on a room's card does: one room at a time, and at a locked one one knocks. */
export function enter(app: App, card: RoomCard): void {
  const current = app.room.value?.card;
  if (current?.id === card.id) app.showHall(false);
  else if (lockStops(app, card)) openSheet({ at: 'knock', room: card });
  else if (current) openSheet({ at: 'switch', room: card });
  else void goIn(app, card.id);
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
