// The welcome of who has just joined, and Aparté as an app.

import type { BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { button, calls, focused, onNarrow } from './mock.ts';
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
const card = (page: Page) => page.getByRole('region', { name: /^(Welcome|Bienvenue), / });

describe('the welcome', () => {
  test('comes once, after joining, in front of no room; a no is for good', () =>
    on('invite-valid', async (page) => {
      await page.getByText('Ask before you quote, record, transcribe or share.').waitFor();
      await page.getByRole('textbox', { name: 'Your name' }).fill('Inès Martin');
      await button(page, 'Join').click();
      await card(page).waitFor();
      expect(await page.getByRole('dialog').count()).toBe(0);
      const kept = (): Promise<string | null> => page.evaluate(() => localStorage.getItem('aparte.welcome'));
      expect(await kept()).toBe('due');
      await button(card(page), 'No, thanks').click();
      await card(page).waitFor({ state: 'detached' });
      expect(await kept()).toBe('over');
      await expect.poll(() => focused(page)).toBe('Hallway');
    }));

  test('is not for who was here before', () =>
    on('hall', async (page) => {
      await button(page, 'Open a room').waitFor();
      expect(await card(page).count()).toBe(0);
    }));

  test('has three steps, forth and back, by the keyboard alone', () =>
    on('hall-welcome', async (page) => {
      await button(card(page), 'Begin').press('Enter');
      const sheet = page.getByRole('dialog', { name: 'Getting settled' });
      await sheet.getByRole('heading', { name: '1 of 3: Your picture' }).waitFor();
      await button(sheet, 'Go on').press('Enter');
      await expect.poll(() => focused(page)).toBe('2 of 3: Can you hear us?');
      await button(sheet, 'Play a chord').press('Enter');
      await button(sheet, 'Yes').press('Enter');
      await sheet.getByText('Then you will hear the rooms too.').waitFor();
      await button(sheet, 'Go on').press('Enter');
      await expect.poll(() => focused(page)).toBe('3 of 3: Aparté as an app');
      await button(sheet, 'Back').press('Enter');
      await expect.poll(() => focused(page)).toBe('2 of 3: Can you hear us?');
      await button(sheet, 'Go on').press('Enter');
      await expect.poll(() => focused(page)).toBe('3 of 3: Aparté as an app'); // else it takes the focus from the button
      await button(sheet, 'Done').press('Enter');
      await sheet.waitFor({ state: 'detached' });
      expect(await card(page).count()).toBe(0);
      await expect.poll(() => focused(page)).toBe('Hallway');
      expect(await calls(page)).toEqual(['playChord']);
    }));

  test('whose sheet was closed still waits, and the focus is where it was; in French', () =>
    on(
      'hall-welcome',
      async (page) => {
        await button(card(page), 'Commencer').click();
        await page.getByRole('heading', { name: '1 sur 3\u202f: Votre image' }).waitFor();
        await page.keyboard.press('Escape');
        await page.getByRole('dialog').waitFor({ state: 'detached' });
        await card(page).waitFor();
        expect(await focused(page)).toBe('Commencer');
      },
      { locale: 'fr-FR' },
    ));
});

const PHONES = {
  ios: 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1',
  android: 'Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0',
  none: 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
};

describe('Aparté as an app', () => {
  test.each([
    [PHONES.ios, ['Press Share in the bar', 'Add to Home Screen', 'starts as a new device']],
    [PHONES.android, ['Open the menu of the browser.', 'Add to Home screen']],
    [PHONES.none, ['A bookmark does as well']],
  ])('has its own way in %s', (userAgent, sentences) =>
    on(
      'sheet-install',
      async (page) => {
        const sheet = page.getByRole('dialog', { name: 'Aparté as an app' });
        for (const sentence of sentences) await sheet.getByText(sentence).waitFor();
        expect(await button(sheet, 'Install').count()).toBe(0);
      },
      { userAgent },
    ),
  );

  test('is a press where the browser offers it, and only once', () =>
    on('hall', async (page) => {
      const prevented = await page.evaluate(() => {
        const offer = Object.assign(new Event('beforeinstallprompt', { cancelable: true }), {
          prompt: async () => {
            document.body.dataset.asked = `${Number(document.body.dataset.asked ?? 0) + 1}`;
            return { outcome: 'accepted' };
          },
        });
        window.dispatchEvent(offer);
        return offer.defaultPrevented;
      });
      expect(prevented, 'no banner of the browser').toBe(true);
      await button(page, /your account and preferences/).click();
      await button(page, 'Aparté as an app').click();
      const sheet = page.getByRole('dialog', { name: 'Aparté as an app' });
      await button(sheet, 'Install').click();
      await button(sheet, 'Install').waitFor({ state: 'detached' });
      expect(await page.evaluate(() => document.body.dataset.asked)).toBe('1');
    }));
});
