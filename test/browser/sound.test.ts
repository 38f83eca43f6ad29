// Sound in real browsers: a room for music, the sound check, the debug page, people turned up.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Person, person } from './browser.ts';
import { hearSpeakers, rms, timesAsked } from './ears.ts';
import { enter, invite, join, pause, press, sees } from './evening.ts';
import { Server } from './server.ts';
import { tone } from './speech.ts';

const server = new Server();
let ines: Person;
let tom: Person;

beforeAll(async () => {
  await server.start();
  ines = await person('Inès', server.origin, tone(server.dir, 1000));
  tom = await person('Tom', server.origin, null);
  for (const { page } of [ines, tom]) await page.addInitScript(keepConnections);
});

afterAll(async () => {
  await Promise.all([ines?.close(), tom?.close()]);
  expect(await server.stop(), server.log).toBe(0);
  server.forget();
});

function keepConnections(): void {
  const { RTCPeerConnection } = window;
  const all: RTCPeerConnection[] = [];
  Object.assign(window, {
    __connections: all,
    RTCPeerConnection: class extends RTCPeerConnection {
      constructor(configuration?: RTCConfiguration) {
        super(configuration);
        all.push(this);
      }
    },
  });
}

/** Bytes of every packet that came in for some seconds, on average. */
async function packetBytes({ page }: Person): Promise<number> {
  return page.evaluate(async () => {
    const { __connections } = window as unknown as { __connections: RTCPeerConnection[] };
    const count = async (): Promise<[number, number]> => {
      let [bytes, packets] = [0, 0];
      (await __connections.at(-1)?.getStats())?.forEach((stats: Record<string, number | string>) => {
        if (stats.type !== 'inbound-rtp') return;
        bytes += Number(stats.bytesReceived);
        packets += Number(stats.packetsReceived);
      });
      return [bytes, packets];
    };
    const [bytes, packets] = await count();
    await new Promise((done) => setTimeout(done, 2000));
    const [more, later] = await count();
    return (more - bytes) / (later - packets);
  });
}

const openSound = async ({ page }: Person): Promise<void> => {
  await press(page, 'More');
  await press(page, 'Sound');
};
const close = ({ page }: Person): Promise<void> => page.keyboard.press('Escape');

test('a room for music: one size of packet, the next one up, and it is heard', async () => {
  await join(ines.page, server.founderLink, ines.name);
  const link = await invite(ines.page);
  await press(ines.page, 'Open a room');
  const dialog = ines.page.getByRole('dialog');
  await dialog.getByRole('textbox').fill('Strings');
  await dialog.getByRole('radio', { name: 'Music' }).check();
  await dialog.getByRole('button', { name: 'Open a room' }).click();
  await ines.page.getByText('Please wear headphones').waitFor();
  await press(ines.page, 'Unmute');
  await sees(ines.page, 'Mute');
  await join(tom.page, link, tom.name);
  await tom.page.getByRole('button', { name: /Strings.*Music/ }).waitFor();
  await enter(tom.page, 'Strings');
  await tom.page.locator('[data-speaking]').waitFor();
  expect(await packetBytes(tom)).toBe(276);
  expect(rms(await hearSpeakers(tom.page, 2000))).toBeGreaterThan(0.05);
});

test('the debug page says that all is well, on both sides', async () => {
  for (const [one, sentence] of [
    [tom, 'Sound arrives, is decrypted and played.'],
    [ines, 'Your microphone hears you, and your sound is encrypted and sent.'],
  ] as const) {
    await openSound(one);
    await press(one.page, 'Something is wrong with the sound');
    await one.page.getByText(sentence).waitFor();
    await one.page.getByText('All is well.').waitFor();
    await close(one);
  }
});

test('who only listens is asked for no microphone, until the test asks', async () => {
  await openSound(tom);
  await press(tom.page, 'Play a chord');
  await tom.page.getByText('Did you hear it?').waitFor();
  expect(await timesAsked(tom.page)).toBe(0);
  await press(tom.page, 'Test the microphone');
  await tom.page.getByText('The microphone hears you.').waitFor(); // Chromium's own beeps
  expect(await timesAsked(tom.page)).toBe(1);
  await press(tom.page, 'Stop the test');
  await close(tom);
});

test('the ring follows somebody who is turned up or down', async () => {
  const ring = tom.page.locator('[data-speaking]');
  for (const key of ['End', 'Home', 'ArrowRight', 'ArrowRight']) {
    await tom.page.getByRole('button', { name: /^Inès/ }).click();
    const volume = tom.page.getByRole('slider');
    await volume.press(key);
    if (key === 'ArrowRight') await volume.press(key);
    await close(tom);
    if (key === 'Home')
      await ring.waitFor({ state: 'detached' }); // not heard, not shown
    else await ring.waitFor();
    await pause(500);
  }
  expect([ines.problems, tom.problems]).toEqual([[], []]);
});
