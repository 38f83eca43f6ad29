// Which key does what in a room: the person's own choice, kept in this browser (WCAG 2.1.4). '' is no key.

import { signal } from '@preact/signals';
import { keep, keptObject } from '../base/kept.ts';

const NORMAL = { mute: 'm', talk: ' ', hand: 'h', leave: 'l', speaking: 's', help: '?' };

export type Action = keyof typeof NORMAL;
export const actions = Object.keys(NORMAL) as Action[];
export const keymap = signal(keptObject('keys', NORMAL));

export const actionOf = (key: string): Action | null =>
  actions.find((action) => keymap.value[action] === key.toLowerCase()) ?? null;

/** A key does one thing: whatever had it before has none now. False: not a key that can be chosen. */
export function chooseKey(action: Action, key: string): boolean {
  const wanted = key.toLowerCase();
  if ([...wanted].length > 1) return false; // Tab, Enter and the arrows belong to everybody
  const others = actions.filter((one) => wanted !== '' && one !== action && keymap.value[one] === wanted);
  const taken = Object.fromEntries(others.map((one) => [one, '']));
  keymap.value = { ...keymap.value, ...taken, [action]: wanted };
  keep('keys', JSON.stringify(keymap.value));
  return true;
}

export function resetKeys(): void {
  keymap.value = NORMAL;
  keep('keys', JSON.stringify(NORMAL));
}
