// Firefox ESR in a room with Chromium: it gets the keys, hears the words, and is heard.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Person, person } from './browser.ts';
import { hearMic, hearSpeakers, match } from './ears.ts';
import { invite, join, lockSays, openRoom, pause, press, sees } from './evening.ts';
import { Firefox, networkAddress } from './firefox.ts';
import { Server } from './server.ts';
import { speech } from './speech.ts';

const server = new Server();
let ines: Person;
let fox: Firefox;

beforeAll(async () => {
  await server.start({ APARTE_MEDIA_ADDRESS: networkAddress() });
  ines = await person('Inès', server.origin, speech(server.dir, 0, 2));
  fox = await Firefox.launch(speech(server.dir, 1, 2));
});

afterAll(async () => {
  await Promise.all([ines?.close(), fox?.close()]);
  expect(await server.stop(), server.log).toBe(0);
  server.forget();
});

async function hears(listener: Person['page'], speaker: Person['page']): Promise<void> {
  let best = 0;
  for (let i = 0; i < 4 && best < 0.8; i++) {
    const [said, heard] = await Promise.all([hearMic(speaker, 4000), hearSpeakers(listener, 4000)]);
    best = Math.max(best, match(said, heard).r);
  }
  expect(best).toBeGreaterThan(0.8);
}

test('it joins by an invitation and hears the words', async () => {
  await join(ines.page, server.founderLink, ines.name);
  const link = await invite(ines.page);
  await openRoom(ines.page, 'Soirée');
  await press(ines.page, 'Unmute');
  await sees(ines.page, 'Mute');
  await fox.goto(link);
  await fox.type('Renard');
  await fox.press('Join');
  await fox.press('Soirée');
  await fox.sees('2 people can hear this room');
  await lockSays(ines.page, 2);
  await pause(1000);
  await hears(fox.page, ines.page);
});

test('it comes on stage and is heard', async () => {
  await fox.press('Raise hand');
  await press(ines.page, 'Bring to stage');
  await fox.press('Unmute');
  await fox.sees("You're live");
  await pause(1000);
  await hears(ines.page, fox.page);
  await hears(fox.page, ines.page);
});
