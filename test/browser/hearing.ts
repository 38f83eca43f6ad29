// Who hears whom, of all who are there, at the same time.

import { expect } from 'vitest';
import type { Person } from './browser.ts';
import { hearMic, hearSpeakers, match, type Recording, rms } from './ears.ts';
import { pause } from './evening.ts';

const LISTEN_MS = 4000;
const PLAYED_MS = 1500; // what is on its way is heard by then
const TRIES = 4; // a busy machine may drop a word; it must be able to bring one
// Of the second best word of five, in any of the tries: who hears whom is asked here, and main.test.ts asks how well.
const HEARD = 0.8;
const NOT_HEARD = 0.6; // words of somebody else have about 0.4

export interface Listening {
  speakers: Person[]; // their words
  hear: Person[]; // arrive at each of these, but for one's own
  muted?: Person[]; // what these say at their microphones arrives nowhere
  deaf?: Person[]; // and these hear nothing at all
}

interface Pair {
  ear: Person;
  mouth: Person;
  best: number;
}

const pairs = (ears: Person[], mouths: Person[]): Pair[] =>
  ears.flatMap((ear) => mouths.filter((mouth) => mouth !== ear).map((mouth) => ({ ear, mouth, best: 0 })));

const recorded = async (
  people: Person[],
  how: (page: Person['page'], ms: number) => Promise<Recording>,
): Promise<Map<Person, Recording>> =>
  new Map(await Promise.all(people.map(async (p) => [p, await how(p.page, LISTEN_MS)] as const)));

export async function listening({ speakers, hear, muted = [], deaf = [] }: Listening): Promise<void> {
  const heard = pairs(hear, speakers);
  const missing = () => heard.filter(({ best }) => best < HEARD);
  for (let i = 0; i < TRIES && (i === 0 || missing().length > 0); i++) {
    const [said, sound] = await Promise.all([
      recorded([...speakers, ...muted], hearMic),
      recorded([...hear, ...deaf], hearSpeakers),
    ]);
    const score = ({ ear, mouth }: Pair): number =>
      match(said.get(mouth) as Recording, sound.get(ear) as Recording).second;
    for (const pair of missing()) pair.best = Math.max(pair.best, score(pair));
    for (const p of muted)
      expect(rms(said.get(p) as Recording), `control: ${p.name} speaks`).toBeGreaterThan(0.005);
    for (const pair of pairs(hear, muted))
      expect(score(pair), `${pair.ear.name} must not hear ${pair.mouth.name}`).toBeLessThan(NOT_HEARD);
    for (const p of deaf)
      expect(rms(sound.get(p) as Recording), `${p.name} must hear nothing`).toBeLessThan(0.001);
  }
  const told = heard.map(({ ear, mouth, best }) => `${ear.name} hears ${mouth.name}: ${best.toFixed(2)}`);
  console.log(told.join('; '));
  expect(missing().length, told.join('; ')).toBe(0);
}

/** Nothing but silence, once what was said before is played: also no stray burst. */
export async function silence(...people: Person[]): Promise<void> {
  await pause(PLAYED_MS);
  for (const [p, sound] of await recorded(people, hearSpeakers))
    expect(rms(sound), `${p.name} must hear nothing`).toBeLessThan(0.001);
}
