import { beforeEach, describe, expect, test } from 'vitest';
import { speak } from '../src/i18n/translate.ts';
import type { RoomCard } from '../src/state/model.ts';
import { faces, seedOf } from '../src/ui/avatar.tsx';
import {
  countCharacters,
  firstCharacters,
  handsQueue,
  initials,
  knownFirst,
  matches,
  minutesWaiting,
  personLabel,
  roomTitle,
  waiting,
  whoIsThere,
} from '../src/ui/people.ts';
import { person } from './mock-app.ts';

beforeEach(() => speak('en'));

const card = (more: Partial<RoomCard> = {}): RoomCard => ({
  id: 'r',
  host: 'a',
  title: 'Jazz',
  who: 'everyone',
  sound: 'voice',
  opened: 0,
  people: 14,
  speakers: 2,
  faces: [
    { account: 'a', name: 'Inès' },
    { account: 'b', name: 'Tom' },
    { account: 'c', name: 'Ada' },
  ],
  ...more,
});

describe("a person's accessible name", () => {
  const ines = { name: 'Inès Martin', me: false };
  test.each([
    [{ role: 'moderator', stage: true, muted: true }, 'Inès Martin, moderator, muted'],
    [{ role: 'speaker', stage: true, muted: false }, 'Inès Martin, speaker'],
    [{ role: 'listener', stage: false, muted: true }, 'Inès Martin, listener'],
    [{ role: 'listener', hand: 5 }, 'Inès Martin, listener, hand raised'],
    [{ role: 'listener', called: true }, 'Inès Martin, listener, invited to speak'],
    [{ role: 'listener', keyed: false }, 'Inès Martin, listener, waiting for the key'],
    [{ role: 'listener', away: true, keyed: false }, 'Inès Martin, listener, connection lost'],
    [{ role: 'listener', away: true, leaving: true }, 'Inès Martin, listener, leaving'],
    [{ role: 'listener', chain: 'bad' }, 'Inès Martin, listener, not verified'],
    [{ role: 'listener', me: true }, 'Inès Martin, you, listener'],
  ] as const)('%j', (more, name) => {
    expect(personLabel(person(1, { ...ines, ...more }))).toBe(name);
  });

  test('in French', async () => {
    await speak('fr');
    const p = person(1, { ...ines, role: 'moderator', stage: true, muted: true });
    expect(personLabel(p)).toBe('Inès Martin, modération, micro coupé');
  });
});

describe('raised hands', () => {
  test('who waits longest first; equal times by order; nobody on stage or leaving', () => {
    const list = [
      person(1, { hand: 30, order: 1 }),
      person(2, { hand: 10, order: 9 }),
      person(3, { hand: 10, order: 2 }),
      person(4),
      person(5, { hand: 5, stage: true }),
      person(6, { hand: 5, leaving: true }),
    ];
    const before = [...list];
    expect(handsQueue(list).map((p) => p.order)).toEqual([2, 9, 1]);
    expect(list).toEqual(before);
  });

  test.each([
    [0, 'just now'],
    [59_999, 'just now'],
    [60_000, 'waiting 1 minute'],
    [179_999, 'waiting 2 minutes'],
    [-5_000, 'just now'], // the server's clock is ahead of ours
  ])('after %i ms: %s', (ms, text) => {
    expect(waiting(1_000_000, 1_000_000 + ms)).toBe(text);
    expect(minutesWaiting(1_000_000, 1_000_000 + ms)).toBeGreaterThanOrEqual(0);
  });
});

describe('a card', () => {
  test('known faces first, the others as they came', () => {
    const { faces: list } = card();
    expect(knownFirst(list, new Set(['c'])).map((f) => f.account)).toEqual(['c', 'a', 'b']);
    expect(list.map((f) => f.account)).toEqual(['a', 'b', 'c']);
  });

  test.each([
    [card(), 'Inès, Tom and 12 others'],
    [card({ people: 3 }), 'Inès, Tom and 1 other'],
    [card({ people: 2, faces: card().faces.slice(0, 2) }), 'Inès and Tom'],
    [card({ people: 1, faces: card().faces.slice(0, 1) }), 'Inès'],
    [card({ people: 0, faces: [] }), 'Nobody yet'],
    [card({ people: 4, faces: [] }), '4 people'],
  ])('%#: %s', (c, text) => {
    expect(whoIsThere(c, c.faces)).toBe(text);
  });

  test('a room without a title is somebody’s room', () => {
    expect(roomTitle(card())).toBe('Jazz');
    expect(roomTitle(card({ title: '' }))).toBe("Inès's room");
    expect(roomTitle(card({ title: '', faces: [] }))).toBe('A room');
  });
});

describe('text as people count and type it', () => {
  test('characters, not code units', () => {
    expect(countCharacters('né👋')).toBe(3);
    expect(firstCharacters('👋👋👋', 2)).toBe('👋👋');
    expect(firstCharacters('abc', 3)).toBe('abc');
  });

  test.each([
    ['Inès Martin', 'IM'],
    ['Zoé', 'Z'],
    ['  jean  de la   tour ', 'JT'],
    ['👋 hello', '👋H'],
    ['', ''],
  ])('initials of %j', (name, letters) => {
    expect(initials(name)).toBe(letters);
  });

  test('finding a name forgives accents and case', () => {
    expect(matches('Zoé Lefèvre', ' LEFE ')).toBe(true);
    expect(matches('Zoé', 'x')).toBe(false);
    expect(matches('Zoé', '')).toBe(true);
  });
});

test('faces: the same id, the same looks; many ids, all looks', () => {
  expect(seedOf('acct')).toBe(seedOf('acct'));
  const used = new Set(Array.from({ length: 400 }, (_, i) => seedOf(`account-${i}`) % faces.length));
  expect(used.size).toBe(faces.length);
});
