// The screens of sound: the check, the choices, what is wrong, push to talk.

import type { BrowserContextOptions, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { faults } from './faults.ts';
import { button, calls, onNarrow } from './mock.ts';
import { Screens } from './screens.ts';

let screens: Screens;
beforeAll(async () => {
  screens = await Screens.open();
});
afterAll(async () => {
  await screens?.close();
});

const on = (scene: string, look: (page: Page) => Promise<void>, options?: BrowserContextOptions) =>
  onNarrow(screens, scene, look, options);

async function openSound(page: Page): Promise<Locator> {
  await button(page, 'More').click();
  await button(page, 'Sound').click();
  return page.getByRole('dialog', { name: 'Sound' });
}

describe('the sound check', () => {
  test('plays a chord and asks; a no has advice', () =>
    on('room', async (page) => {
      const sheet = await openSound(page);
      await button(sheet, 'Play a chord').click();
      await sheet.getByText('Did you hear it?').waitFor();
      await button(sheet, 'No').click();
      await sheet.getByText(/silent mode/).waitFor();
      await button(sheet, 'Play a chord').click();
      await button(sheet, 'Yes').click();
      await sheet.getByText('Then you will hear the rooms too.').waitFor();
      expect(await calls(page)).toEqual(['playChord', 'playChord']);
    }));

  test('opens the microphone when asked, says that it hears, and closes it with the sheet', () =>
    on('room', async (page) => {
      const sheet = await openSound(page);
      expect(await calls(page)).toEqual([]);
      await button(sheet, 'Test the microphone').click();
      await sheet.getByText('The microphone hears you.').waitFor();
      const meter = sheet.getByRole('meter', { name: 'Level of the microphone' });
      expect(await meter.evaluate((element: HTMLMeterElement) => element.value)).toBeCloseTo(0.4);
      expect(await faults(page)).toEqual([]);
      await page.keyboard.press('Escape');
      await expect.poll(() => calls(page)).toEqual(['meter', 'meter off']);
    }));

  test('a microphone that is refused is said', () =>
    on('room', async (page) => {
      const sheet = await openSound(page);
      await page.evaluate(() => {
        (window as unknown as { mock: { fails: string } }).mock.fails = 'mic_denied';
      });
      await button(sheet, 'Test the microphone').click();
      await sheet.getByText('The browser is blocking your microphone.').waitFor();
      await button(sheet, 'Test the microphone').waitFor();
    }));

  test('devices and switches', () =>
    on('room', async (page) => {
      const sheet = await openSound(page);
      await sheet.getByLabel('Speakers').selectOption({ label: 'Headset' });
      await sheet.getByLabel('Microphone', { exact: true }).selectOption({ label: 'Device 2' });
      await sheet.getByRole('checkbox', { name: 'Play in mono' }).check();
      await sheet.getByRole('checkbox', { name: 'Cancel echo' }).uncheck();
      expect(await calls(page)).toEqual([
        'sound {"speaker":"s1"}',
        'sound {"microphone":"m2"}',
        'sound {"mono":true}',
        'sound {"echo":false}',
      ]);
    }));
});

describe('what is wrong', () => {
  test.each([
    [
      'en-GB',
      'Something is wrong with the sound',
      ['nothing of it arrives', 'TCP: 41 ms', 'encrypted and sent'],
    ],
    ['fr-FR', 'Il y a un problème de son', ["rien n'en arrive", 'TCP\u202f: 41 ms', 'chiffré et envoyé']],
  ])('is said in words, the worst first (%s)', (locale, way, sentences) =>
    on(
      'room',
      async (page) => {
        await page.locator('.room-head button').last().click();
        await page
          .getByRole('dialog')
          .locator('button', { has: page.locator('.icon-sound') })
          .click();
        await button(page, way).click();
        const found = page.getByRole('dialog').getByRole('listitem');
        await found.first().waitFor();
        const texts = await found.allTextContents();
        expect(texts.map((text, i) => text.includes(sentences[i] ?? '?'))).toEqual([true, true, true]);
      },
      { locale },
    ),
  );
});

describe('a room for music, and push to talk', () => {
  test('says so, offers the microphone back, and is live while the button is held', () =>
    on('room-music', async (page) => {
      await page.getByText(/Please wear headphones/).waitFor();
      await button(page, 'Turn the microphone on').waitFor();
      const talk = button(page, 'Hold to talk');
      await talk.hover();
      await page.mouse.down();
      await page.getByText("You're live").waitFor();
      await page.mouse.move(5, 5);
      await page.mouse.up();
      await page.getByText("You're live").waitFor({ state: 'detached' });
      await talk.press('Enter'); // a keyboard presses, and it toggles
      await page.getByText("You're live").waitFor();
      expect((await calls(page)).filter((call) => call.startsWith('mute'))).toEqual([
        'mute false',
        'mute true',
        'mute false',
      ]);
    }));

  test('in a sensitive room a microphone is on or off, whatever one chose: holding would show when one talks', () =>
    on('room-sensitive', async (page) => {
      await page.getByText("You're muted. Tap to talk.").waitFor();
      await page.keyboard.down(' ');
      await page.getByText('In a sensitive room a microphone is on or off').waitFor();
      await page.keyboard.up(' ');
      expect(await button(page, 'Hold to talk').count()).toBe(0);
      await button(page, 'Unmute').click();
      await button(page, 'Mute').waitFor();
      expect((await calls(page)).filter((call) => call.startsWith('mute'))).toEqual(['mute false']);
      await button(page, /12 people can hear/).click();
      await page.getByText('That takes about 90 kbit/s for each of them, 360 at most.').waitFor();
    }));

  test('is opened in two more taps', () =>
    on('hall-empty', async (page) => {
      await button(page, 'Open a room').click();
      const dialog = page.getByRole('dialog');
      await dialog.getByRole('checkbox', { name: /^Sensitive.*about 90 kbit/ }).waitFor();
      await dialog.getByRole('radio', { name: 'Music' }).check();
      await dialog.getByRole('checkbox', { name: /^Sensitive.*about 140 kbit/ }).waitFor();
      await button(dialog, 'Open a room').click();
      await expect.poll(() => calls(page)).toEqual(['openRoom  everyone music']);
    }));
});
