// The screens of membership: profile, devices, coming back, invitations, moderation. See screens.test.ts.

import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { button, calls, mock, onScene } from './mock.ts';
import { Screens } from './screens.ts';

let screens: Screens;
beforeAll(async () => {
  screens = await Screens.open();
});
afterAll(async () => {
  await screens?.close();
});

const on = (scene: string, look: (page: Page) => Promise<void>): Promise<void> =>
  onScene(screens, scene, look);

async function me(page: Page, entry: string): Promise<Locator> {
  await button(page, /^Inès Martin: your account/).click();
  await button(page.getByRole('dialog', { name: 'You' }), entry).click();
  return page.getByRole('dialog', { name: entry });
}

describe('oneself', () => {
  test('a profile: only what changed is sent, a refusal is said in place', () =>
    on('hall', async (page) => {
      const sheet = await me(page, 'Name and picture');
      await sheet.getByLabel('Handle').fill('INES_m');
      await sheet.getByLabel('Pronouns').fill('elle'.repeat(10));
      expect(await sheet.getByLabel('Pronouns').inputValue()).toHaveLength(30);
      await sheet.getByLabel('About you').fill('Bread and radio');
      await button(sheet, 'Save').click();
      await expect.poll(() => calls(page)).toContain('setProfile handle pronouns bio');
      await mock(page, (app) => {
        app.fails = 'handle_taken';
      });
      await sheet.getByLabel('Handle').fill('tom');
      await button(sheet, 'Save').click();
      await sheet.getByRole('alert').getByText('Somebody else has that handle.').waitFor();
    }));

  test('a picture is made small here; what is none is refused here', () =>
    on('hall', async (page) => {
      const sheet = await me(page, 'Name and picture');
      const file = sheet.locator('input[type=file]');
      await file.setInputFiles({
        name: 'x.png',
        mimeType: 'image/png',
        buffer: Buffer.from('<svg onload=x>'),
      });
      await sheet.getByRole('alert').getByText('This file is not a picture that can be shown.').waitFor();
      expect(await calls(page)).not.toContain('setProfile picture');
      const shot = await page.screenshot();
      await file.setInputFiles({ name: 'x.png', mimeType: 'image/png', buffer: shot });
      await expect.poll(() => calls(page)).toContain('setProfile picture');
    }));

  test('devices: the list, a revocation after a question, adding by code and six words', () =>
    on('hall', async (page) => {
      const sheet = await me(page, 'Devices');
      await sheet.getByText('This device').waitFor();
      expect(await button(sheet, 'Revoke').count()).toBe(2);
      await button(sheet, 'Revoke').last().click();
      await button(page.getByRole('dialog', { name: 'Revoke this device?' }), 'Revoke').click();
      await expect.poll(() => calls(page)).toContain('revokeDevice d3');
      await sheet.getByLabel('Code of the new device').fill('7kq2 m4xd');
      await button(sheet, 'Find it').click();
      expect(await sheet.getByRole('list').getByRole('listitem').allTextContents()).toEqual([
        'amber',
        'kettle',
        'meadow',
        'pencil',
        'saddle',
        'winter',
      ]);
      await button(sheet, 'They are the same').click();
      await sheet.getByText('Now confirm on the new device.').waitFor();
      expect((await calls(page)).slice(-2)).toEqual(['findDevice 7kq2 m4xd', 'addDevice']);
    }));

  test('a recovery code is shown once, with passkeys beside it', () =>
    on('hall', async (page) => {
      const sheet = await me(page, 'If you lose this device');
      await button(sheet, 'Make a recovery code').click();
      await sheet.getByText('K7QX-9M2D-0RTF-W4HB-6ZNE-1CVS-8G3A').waitFor();
      await button(sheet, 'Add two passkeys').click();
      await expect.poll(() => calls(page)).toContain('addPasskeys');
      await button(sheet, 'I have it on paper').click();
      await sheet.getByText('You have a recovery code.').waitFor();
      expect(await sheet.getByText('K7QX').count()).toBe(0);
      await sheet.getByText('2 passkeys are set up.').waitFor();
    }));

  test('deleting the account needs the name typed; a founder is told why not', () =>
    on('hall', async (page) => {
      const sheet = await me(page, 'Your data');
      await button(sheet, 'Delete my account and everything about me').click();
      const ask = page.getByRole('dialog', { name: 'Delete your account?' });
      expect(await button(ask, 'Delete everything').isDisabled()).toBe(true);
      await ask.getByRole('textbox').fill('Inès Martin');
      await button(ask, 'Delete everything').click();
      await page.getByRole('heading', { level: 1, name: 'By invitation only' }).waitFor();
      expect(await calls(page)).toContain('deleteAccount');
    }));
});

describe('invitations', () => {
  test('a batch for a group, good for a week, one link per line', () =>
    on('hall', async (page) => {
      await button(page, 'Invite').click();
      const sheet = page.getByRole('dialog');
      await sheet.getByText('For a group').click();
      await sheet.getByLabel('How many links?').fill('3');
      await sheet.getByLabel('Good for').selectOption({ label: '7 days' });
      await button(sheet, 'Make 3 links').click();
      const field = sheet.getByLabel('Invite links, one for each person');
      expect((await field.inputValue()).split('\n').length).toBe(3);
      expect(await calls(page)).toContain('makeInvites 3 168');
    }));

  test('one link can be scanned', () =>
    on('hall', async (page) => {
      await button(page, 'Invite').click();
      const sheet = page.getByRole('dialog');
      await button(sheet, 'Make 1 link').click();
      await sheet.getByText('Show as a picture to scan').click();
      await sheet.getByRole('img', { name: 'Invitation to scan' }).waitFor();
      expect(await calls(page)).toContain('makeInvites 1 72');
    }));
});

describe('coming in as a member', () => {
  test('from the door to a new device: code, picture, words, in', () =>
    on('stranger', async (page) => {
      await button(page, 'Use my account from another device').click();
      await page.getByText('7KQ2-M4XD').waitFor();
      await page.getByRole('img', { name: 'Code to scan with your other device' }).waitFor();
      await mock(page, (app) =>
        app.pairing({ state: 'offered', words: ['a', 'b', 'c', 'd', 'e', 'f'], account: 'x' }),
      );
      await button(page, 'They are the same').click();
      await button(page, 'Open a room').waitFor();
    }));

  test('with the printed code', () =>
    on('stranger', async (page) => {
      await button(page, 'I have a recovery code or a passkey').click();
      await page.getByLabel('Recovery code').fill('K7QX 9M2D');
      await button(page, 'Go on').click();
      await page.getByRole('heading', { level: 1, name: 'Welcome back, Inès Martin.' }).waitFor();
      await button(page, 'Come back').click();
      await button(page, 'Open a room').waitFor();
      expect(await calls(page)).toEqual(['startRecovery', 'recoverByCode K7QX 9M2D', 'recover']);
    }));

  test('a wrong code is an alert', () =>
    on('recover-unknown', async (page) => {
      await page.getByRole('alert').getByText('This code belongs to no account here.').waitFor();
    }));
});

describe('moderation', () => {
  test('the log says who did what, and undoes it', () =>
    on('hall-founder', async (page) => {
      const sheet = await me(page, 'Moderation');
      await sheet.getByText('Inès Martin: banned, Magnus Friis-Andersen').waitFor();
      await button(sheet, 'Undo').last().click();
      await expect.poll(() => calls(page)).toContain('undo ban');
      expect(await button(sheet, 'Undo').count()).toBe(1);
      await sheet.getByText(/^Tom Okafor wants to remove Ada Lindqvist/).waitFor();
      await button(sheet, 'Remove them').click();
      await button(sheet, 'I agree').click();
      await expect.poll(() => calls(page)).toContain('cosign claim');
    }));

  test('out for the evening or for good; a ban may hold those below', () =>
    on('room-moderator', async (page) => {
      await button(page, /^Jun Watanabe/).click();
      await button(page.getByRole('dialog'), 'Remove').click();
      await button(page.getByRole('dialog', { name: 'Remove Jun Watanabe?' }), 'For good').click();
      await button(page, /^Carla Ruiz/).click();
      await button(page.getByRole('dialog'), 'Ban from the club').click();
      await page.getByRole('checkbox', { name: /^Also review everybody/ }).check();
      await button(page, 'Ban Carla Ruiz').click();
      const did = await calls(page);
      expect(did.find((c) => c.startsWith('remove '))).toMatch(/ for good$/);
      expect(did.find((c) => c.startsWith('ban '))).toMatch(/ hold$/);
    }));

  test('who is said to have a successor can object at once', () =>
    on('hall-claim', async (page) => {
      await page.getByRole('alert').getByText('Zoé is said to be you').waitFor();
      await button(page, 'I am still here').click();
      expect(await calls(page)).toContain('veto');
    }));

  test('a fork of the member log is an alert that stays', () =>
    on('hall-fork', async (page) => {
      await page.getByRole('alert').getByText('This club shows different lists of members').waitFor();
    }));

  test('the lock has four words to read aloud, and says what is not checked yet', () =>
    on('room-checking', async (page) => {
      await button(page, /can hear this room/).click();
      const sheet = page.getByRole('dialog');
      await sheet.getByText('The invitation chains of 4,200 people are still being checked.').waitFor();
      expect(
        await sheet.getByRole('list', { name: 'Safety words' }).getByRole('listitem').allTextContents(),
      ).toEqual(['harbour', 'velvet', 'lantern', 'orchard']);
    }));
});
