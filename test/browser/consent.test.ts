// The consent to record: it runs only while all on stage have agreed; everybody in the room sees and hears that it begins,
// pauses and ends; and in the file is what was said while it ran, and nothing else.

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { Download, Locator } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Person, person } from './browser.ts';
import { hearMic, holds, type Recording, rate } from './ears.ts';
import { button, enter, invite, join, lockSays, openRoom, press, reads, sees } from './evening.ts';
import { Server } from './server.ts';
import { speech } from './speech.ts';
import { giveToneEars, tones } from './tones.ts';

const server = new Server();
const SAID_MS = 3000;
const IN_IT = 0.8; // correlation, see hearing.ts
const NOT_IN_IT = 0.6;
let ines: Person; // records
let tom: Person; // on stage
let zoe: Person; // in the audience, at first
const everyone = () => [ines, tom, zoe];
const said: { when: string; words: Recording; kept: boolean }[] = [];

beforeAll(async () => {
  await server.start();
  [ines, tom, zoe] = await Promise.all(
    ['Inès Martin', 'Tom', 'Zoé'].map((name, i) =>
      person(name, server.origin, i < 2 ? speech(server.dir, i, 2, 90) : null),
    ) as [Promise<Person>, Promise<Person>, Promise<Person>],
  );
  for (const { page } of everyone()) await giveToneEars(page);
  await join(ines.page, server.founderLink, ines.name);
  const links = [await invite(ines.page), await invite(ines.page)];
  await openRoom(ines.page, 'Soirée');
  for (const [i, p] of [tom, zoe].entries()) {
    await join(p.page, links[i] as string, p.name);
    await enter(p.page, 'Soirée');
  }
  for (const { page } of everyone()) await lockSays(page, 3);
  await bringUp(tom);
  await speaks(tom);
});

afterAll(async () => {
  await Promise.all(everyone().map((p) => p?.close()));
  expect(await server.stop(), server.log).toBe(0);
  server.forget();
});

async function bringUp(p: Person): Promise<void> {
  await press(p.page, 'Raise hand');
  await press(ines.page, 'Bring to stage');
  await sees(p.page, 'Unmute');
}

const banner = ({ page }: Person): Locator => page.getByRole('region', { name: 'Record this conversation' });
const says = (p: Person, text: string | RegExp): Promise<void> => banner(p).getByText(text).waitFor();
async function speaks({ page }: Person): Promise<void> {
  await press(page, 'Unmute');
  await sees(page, 'Mute');
}

/** Somebody, who speaks alone, goes on for a while. */
async function goesOn({ name, page }: Person, when: string, kept: boolean): Promise<void> {
  said.push({ when: `${name} ${when}`, words: await hearMic(page, SAID_MS), kept });
}

/** The tones that each has heard until now, once there are so many. */
async function allHeard(...expected: ('up' | 'down')[]): Promise<void> {
  for (const { name, page } of everyone())
    await expect.poll(() => tones(page), { message: name, timeout: 10_000 }).toEqual(expected);
}

async function ask(): Promise<void> {
  await press(ines.page, 'More');
  await press(ines.page.getByRole('dialog'), 'Record, if everyone agrees');
  await press(ines.page.getByRole('dialog'), 'Ask everyone on stage');
}

test('who is on stage is asked, and says no: nothing has run, and no tone was heard', async () => {
  await ask();
  for (const p of [tom, zoe]) await says(p, /^Inès Martin asks to record/);
  await says(ines, 'Still to agree: Tom');
  expect(await button(zoe.page, 'I agree').count(), 'the audience is not asked').toBe(0);
  await press(banner(tom), 'No');
  for (const p of everyone()) await banner(p).waitFor({ state: 'detached' });
  await allHeard();
});

test('all on stage agree: everybody sees that it runs, and hears it begin', async () => {
  await ask();
  await sees(banner(tom), 'I agree');
  await goesOn(tom, 'before it ran', false);
  await press(banner(tom), 'I agree');
  for (const p of [tom, zoe]) await says(p, /^Inès Martin is recording/);
  await says(ines, /^You are recording/);
  await allHeard('up');
  await goesOn(tom, 'while it ran', true);
});

test('somebody comes up: it pauses until they agree too', async () => {
  await bringUp(zoe);
  for (const p of [tom, zoe]) await says(p, 'The recording of Inès Martin is paused.');
  await says(ines, 'Your recording is paused.');
  for (const p of everyone()) await says(p, 'Still to agree: Zoé');
  await allHeard('up', 'down');
  await goesOn(tom, 'in the pause', false);
  await press(tom.page, 'Mute');
  await speaks(ines);
  await press(banner(zoe), 'I agree');
  for (const p of [tom, zoe]) await says(p, /^Inès Martin is recording/);
  await allHeard('up', 'down', 'up');
  await goesOn(ines, 'when it ran again', true);
});

let file: Download;

test('one withdraws: it is over for everybody, who see it and hear it', async () => {
  const download = ines.page.waitForEvent('download');
  await press(banner(tom), 'I don’t agree any more');
  file = await download;
  for (const p of everyone()) await reads(p.page, 'The recording is over.');
  for (const p of everyone()) expect(await banner(p).count(), p.name).toBe(0);
  await allHeard('up', 'down', 'up', 'down');
});

test('in the file is what was said while it ran, and nothing of the rest', async () => {
  expect(file.suggestedFilename()).toMatch(/^aparte-[\d-]+\.webm$/);
  const path = await file.path();
  expect(readFileSync(path).subarray(0, 4).toString('hex')).toBe('1a45dfa3'); // EBML, RFC 8794
  const decode = ['-v', 'error', '-i', path, '-ac', '1', '-ar', String(rate), '-f', 'f32le', '-'];
  const bytes = execFileSync('ffmpeg', decode, { maxBuffer: 1 << 26 });
  const recorded = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
  for (const { when, words, kept } of said) {
    const r = holds(recorded, words);
    console.log(`${when}: ${r.toFixed(2)}`);
    if (kept) expect(r, when).toBeGreaterThan(IN_IT);
    else expect(r, when).toBeLessThan(NOT_IN_IT);
  }
});

test('no console error, no request to anywhere else', () => {
  for (const p of everyone()) expect(p.problems, p.name).toEqual([]);
});
