// The server is killed in the middle of a sentence and started again: the room is there, everybody comes back to it by
// themselves and has the place they had, under new keys, and words are heard again.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Person, person } from './browser.ts';
import { hearMic, hearSpeakers, match, rms } from './ears.ts';
import { enter, invite, join, lockSays, openRoom, press, sees, withPerson } from './evening.ts';
import { Server } from './server.ts';
import { speech } from './speech.ts';

const server = new Server();
let ines: Person;
let tom: Person;
let zoe: Person;
const everyone = () => [ines, tom, zoe];

beforeAll(async () => {
  await server.start();
  const files = [0, 1, 2].map((i) => speech(server.dir, i, 3));
  [ines, tom, zoe] = await Promise.all([
    person('Inès', server.origin, files[0] ?? null),
    person('Tom', server.origin, files[1] ?? null),
    person('Zoé', server.origin, files[2] ?? null),
  ]);
});

afterAll(async () => {
  await Promise.all(everyone().map((p) => p?.close()));
  expect(await server.stop(), server.log).toBe(0);
  server.forget();
});

async function hears(listener: Person, speaker: Person): Promise<void> {
  let best = 0;
  for (let i = 0; i < 6 && best < 0.8; i++) {
    const [said, heard] = await Promise.all([hearMic(speaker.page, 3000), hearSpeakers(listener.page, 3000)]);
    best = Math.max(best, match(said, heard).r);
  }
  expect(best, `${listener.name} hears ${speaker.name}`).toBeGreaterThan(0.8);
}

test('three talk in a locked room', async () => {
  await join(ines.page, server.founderLink, ines.name);
  const links = [await invite(ines.page), await invite(ines.page)];
  await openRoom(ines.page, 'Soirée');
  for (const [i, p] of [tom, zoe].entries()) {
    await join(p.page, links[i] ?? '', p.name);
    await enter(p.page, 'Soirée');
  }
  await withPerson(ines.page, 'Tom', 'Make a moderator');
  await press(tom.page, 'Raise hand');
  await ines.page
    .getByRole('region', { name: /^Raised hands/ })
    .getByRole('button', { name: 'Bring to stage' })
    .click();
  await press(zoe.page, 'Raise hand');
  for (const p of [ines, tom]) {
    await press(p.page, 'Unmute');
    await sees(p.page, 'Mute');
  }
  await press(ines.page, 'More');
  await ines.page.getByRole('dialog').getByRole('button', { name: 'Lock the room' }).click();
  await ines.page.keyboard.press('Escape');
  for (const p of everyone()) await lockSays(p.page, 3);
  await expect
    .poll(async () => rms(await hearSpeakers(zoe.page, 500)), { timeout: 60_000 })
    .toBeGreaterThan(0.005);
});

test('killed and started again: the same words, the same places', { timeout: 300_000 }, async () => {
  const killed = Date.now();
  await server.kill();
  await server.start();
  const up = Date.now();
  for (;;) {
    const heard = await hearSpeakers(zoe.page, 200);
    if (heard.startMs > up && rms(heard) > 0.005) break;
    expect(Date.now() - up, 'sound comes back').toBeLessThan(60_000);
  }
  const sound = Date.now();
  console.log(`killed for ${up - killed} ms; sound ${sound - up} ms after the server was ready again`);
  for (const p of everyone()) await lockSays(p.page, 3);
  for (const p of everyone()) await p.page.getByText('Locked: nobody new comes in').first().waitFor();
  for (const p of everyone()) await p.page.getByRole('heading', { level: 1, name: 'Soirée' }).waitFor(); // brought back by a moderator
  await sees(zoe.page, 'Lower hand');
  await sees(zoe.page, /^Tom, moderator/);
  for (const p of [ines, tom]) await sees(p.page, 'Mute'); // their microphones are on, as they left them
  await hears(zoe, ines);
});
