// What the screens say about people, as plain functions: names for buttons, orders of lists, waiting times.

import { listed, t } from '../i18n/translate.ts';
import type { Face, Id, PersonView, RoomCard } from '../state/model.ts';
import { alike } from './view.ts';

/** How loud is "speaking": below this the ring stays away. */
export const SPEAKING = 0.06;

/** The accessible name of a person's one button: "Inès Martin, moderator, muted". */
export function personLabel(p: PersonView, unheard = false): string {
  const parts = [p.name];
  if (p.me) parts.push(t('person.you'));
  parts.push(t(`person.${p.role}`));
  if (p.stage && p.muted) parts.push(t('person.muted'));
  if (unheard) parts.push(t('person.unheard'));
  if (p.hand > 0) parts.push(t('person.hand'));
  if (p.called) parts.push(t('person.called'));
  if (p.leaving) parts.push(t('person.leaving'));
  else if (p.away) parts.push(t('person.away'));
  else if (!p.keyed) parts.push(t('person.unkeyed'));
  if (p.chain === 'bad' || p.forged) parts.push(t('person.unverified'));
  else if (p.unverified) parts.push(t('person.unsigned'));
  if (alike.value.has(p.account)) parts.push(t('alike.label'));
  return parts.join(', ');
}

/** Nobody acts on a peer or a superior: founder, admins, who opened the room, its other moderators, the others. */
export function rankOf(p: PersonView, host: Id): number {
  if (p.club === 'founder') return 5;
  if (p.club === 'admin') return 4;
  if (p.account === host) return 3;
  return p.role === 'moderator' ? 2 : 1;
}

/** May end the room and make moderators of it. */
export const hosts = (p: PersonView, host: Id): boolean => rankOf(p, host) >= 3;

/** Whole minutes since `since`; the clocks of server and browser may differ, so never below zero. */
export function minutesWaiting(since: number, now: number): number {
  return Math.max(0, Math.floor((now - since) / 60_000));
}

export function waiting(since: number, now: number): string {
  const n = minutesWaiting(since, now);
  return n === 0 ? t('person.waiting_new') : t('person.waiting', { n });
}

/** Raised hands, who waits longest first. */
export function handsQueue(people: PersonView[]): PersonView[] {
  return people
    .filter((p) => p.hand > 0 && !p.stage && !p.leaving)
    .sort((a, b) => a.hand - b.hand || a.order - b.order);
}

/** The faces of a card, the ones we know first; otherwise the server's order. */
export function knownFirst(faces: Face[], known: ReadonlySet<Id>): Face[] {
  return [...faces].sort((a, b) => Number(known.has(b.account)) - Number(known.has(a.account)));
}

/** "Inès, Tom and 12 others" */
export function whoIsThere(card: RoomCard, faces: Face[]): string {
  const names = faces.slice(0, 2).map((f) => f.name);
  const rest = card.people - names.length;
  if (names.length === 0) return card.people > 0 ? t('hall.people', { n: card.people }) : t('hall.nobody');
  return rest > 0 ? t('hall.others', { names: names.join(', '), n: rest }) : listed(names);
}

export function roomTitle(card: RoomCard): string {
  if (card.title) return card.title;
  const first = card.faces[0];
  return first ? t('hall.untitled', { name: first.name }) : t('hall.untitled_nobody');
}

/** Length as a person counts it: characters, not code units. */
export const countCharacters = (text: string): number => [...text].length;

export function firstCharacters(text: string, limit: number): string {
  return countCharacters(text) <= limit ? text : [...text].slice(0, limit).join('');
}

/** The letters on an avatar: first and last word's first letter. */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/).filter(Boolean);
  const first = words[0] ?? '';
  const last = words.length > 1 ? (words.at(-1) ?? '') : '';
  return [first, last]
    .map((w) => [...w][0] ?? '')
    .join('')
    .toLocaleUpperCase();
}

const fold = (s: string): string => s.normalize('NFD').replace(/\p{M}/gu, '').toLocaleLowerCase();

/** Does a name fit what was typed, accents and case aside? */
export const matches = (name: string, typed: string): boolean => fold(name).includes(fold(typed.trim()));
