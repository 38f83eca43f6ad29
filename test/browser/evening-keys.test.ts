// An evening of six, and a ban in the middle of a sentence: who is banned is deaf within a second, and nobody else
// misses a word.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Person, person } from './browser.ts';
import { hearMic, hearSpeakers, lastSoundMs, longestGapMs, match, type Recording } from './ears.ts';
import { enter, invite, join, lockSays, openRoom, pause, press, sees, withPerson } from './evening.ts';
import { Server } from './server.ts';
import { speech } from './speech.ts';

const names = ['Inès Martin', 'Tom', 'Zoé', 'Amir', 'Lou', 'Noor'];
const server = new Server();
const people: Person[] = [];
const banned: string[] = [];
const one = (i: number): Person => people[i] as Person;
const LISTEN_MS = 8000;

beforeAll(async () => {
  await server.start();
  const file = speech(server.dir, 0, 1, 60);
  for (const [i, name] of names.entries())
    people.push(await person(name, server.origin, i === 0 ? file : null));
});

afterAll(async () => {
  await Promise.all(people.map((p) => p.close()));
  expect(await server.stop(), server.log).toBe(0);
  server.forget();
});

/** Each of them hears the host's words, in one of three tries. */
async function hear(listeners: Person[]): Promise<void> {
  const best = new Map<string, number>();
  const deaf = () => listeners.filter(({ name }) => (best.get(name) ?? 0) < 0.8);
  for (let i = 0; i < 3 && deaf().length > 0; i++) {
    const [said, ...heard] = await Promise.all([
      hearMic(one(0).page, 4000),
      ...listeners.map(({ page }) => hearSpeakers(page, 4000)),
    ]);
    for (const [k, { name }] of listeners.entries())
      best.set(
        name,
        Math.max(best.get(name) ?? 0, match(said, heard[k] as NonNullable<(typeof heard)[0]>).r),
      );
  }
  expect(
    deaf().map(({ name }) => name),
    JSON.stringify([...best]),
  ).toEqual([]);
}

test('six are in one room, and five hear the host', async () => {
  await join(one(0).page, server.founderLink, one(0).name);
  const links: string[] = [];
  for (let i = 1; i < names.length; i++) links.push(await invite(one(0).page));
  await openRoom(one(0).page, 'Soirée');
  await press(one(0).page, 'Unmute');
  await sees(one(0).page, 'Mute');
  for (const [i, link] of links.entries()) {
    await join(one(i + 1).page, link, one(i + 1).name);
    await enter(one(i + 1).page, 'Soirée');
    await lockSays(one(i + 1).page, i + 2);
  }
  await hear(people.slice(1));
});

interface Ban {
  deafAfter: number; // milliseconds
  gaps: number[]; // the longest of each of the others
}

/** The host bans that person while everybody listens. */
async function ban(name: string): Promise<Ban> {
  const others = people.filter((p, i) => i > 0 && p.name !== name && !banned.includes(p.name));
  const victim = one(names.indexOf(name));
  const listening = Promise.all(
    [one(0), victim, ...others].map(({ page }, i) => (i ? hearSpeakers : hearMic)(page, LISTEN_MS)),
  );
  await pause(2500);
  await withPerson(one(0).page, name, 'Ban from the club');
  const button = one(0).page.getByRole('button', { name: `Ban ${name}`, exact: true });
  await button.waitFor();
  const bannedAt = Date.now();
  await button.click();
  banned.push(name);
  const [said, deaf, ...heard] = (await listening) as [Recording, Recording, ...Recording[]];
  const deafAfter = lastSoundMs(deaf) - bannedAt;
  console.log(`${name} hears nothing from ${deafAfter.toFixed(0)} ms after the ban`);
  const gaps = heard.map((ears, i) => {
    const { r, lagMs } = match(said, ears);
    const gap = longestGapMs(said, ears, lagMs);
    console.log(`${others[i]?.name}: r ${r.toFixed(2)}, ${lagMs.toFixed(0)} ms late, longest gap ${gap} ms`);
    return gap;
  });
  return { deafAfter, gaps };
}

// Six browsers share the machine: one that stands still for a moment is not the product's doing, twice in a row is.
test('a ban in the middle of a sentence', async () => {
  const good = ({ deafAfter, gaps }: Ban): boolean => deafAfter < 1000 && gaps.every((gap) => gap <= 200);
  let last = await ban('Tom');
  if (!good(last)) last = await ban('Zoé');
  expect(last.deafAfter).toBeLessThan(1000);
  for (const gap of last.gaps) expect(gap, 'nobody else misses a word').toBeLessThanOrEqual(200);
  await lockSays(one(0).page, names.length - banned.length);
});

test('and it stays so: the others hear on, the banned one is out of the club', async () => {
  await hear(people.slice(1).filter(({ name }) => !banned.includes(name)));
  await one(1).page.reload();
  await pause(1000);
  expect(
    await one(1)
      .page.getByRole('button', { name: /Soirée/ })
      .count(),
  ).toBe(0);
});
