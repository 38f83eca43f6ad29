// The screens of talking without speaking: chat, reactions, the pinned line, the consent to record. See screens.test.ts.

import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { faults } from './faults.ts';
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

async function chat(page: Page): Promise<Locator> {
  await button(page, /^Chat/).click();
  return page.getByRole('dialog', { name: 'Chat' });
}

describe('chat', () => {
  test('is a log, says what is new by its name, and sends by keyboard', () =>
    on('room-talk', async (page) => {
      await button(page, 'Chat, something new').press('Enter');
      const sheet = page.getByRole('dialog', { name: 'Chat' });
      const log = sheet.getByRole('log', { name: 'Messages' });
      await log.getByText('<b>markup</b> is text here').waitFor();
      await log.getByText('Removed by a host').waitFor();
      const field = sheet.getByLabel('Message', { exact: true });
      await field.fill('Bonsoir');
      await field.press('Enter');
      await log.getByText('Bonsoir').waitFor();
      expect(await field.inputValue()).toBe('');
      await page.keyboard.press('Escape');
      await button(page, 'Chat').waitFor();
    }));

  test('opens at its end', () =>
    on('room-talk', async (page) => {
      await mock(page, (app) => {
        for (let i = 0; i < 30; i++) app.talk.value.line(i % 3, `Line ${i}`);
      });
      const sheet = await chat(page);
      await expect
        .poll(() =>
          sheet.getByRole('log').evaluate((log) => log.scrollHeight - log.scrollTop - log.clientHeight),
        )
        .toBeLessThan(2);
    }));

  test('keeps what was begun, and what could not be sent', () =>
    on('room-talk', async (page) => {
      let sheet = await chat(page);
      await sheet.getByLabel('Message', { exact: true }).fill('half a sent');
      await page.keyboard.press('Escape');
      sheet = await chat(page);
      expect(await sheet.getByLabel('Message', { exact: true }).inputValue()).toBe('half a sent');
      await mock(page, (app) => {
        app.fails = 'silenced';
      });
      await button(sheet, 'Send').click();
      await sheet.getByText('A host has asked you to pause in the chat of this room.').waitFor();
      await sheet
        .getByRole('listitem')
        .filter({ hasText: 'half a sent' })
        .getByRole('button', { name: 'Send again' })
        .click();
      await expect.poll(async () => (await calls(page)).some((call) => call.startsWith('retry'))).toBe(true);
      await sheet
        .getByRole('listitem')
        .filter({ hasText: 'too fast' })
        .getByRole('button', { name: 'Discard' })
        .click();
      await expect.poll(() => sheet.getByText('too fast').count()).toBe(0);
    }));

  test('takes 500 characters and says when they end', () =>
    on('room-talk', async (page) => {
      const sheet = await chat(page);
      await sheet.getByLabel('Message', { exact: true }).fill('🎧'.repeat(600));
      await sheet.getByText('0 characters left').waitFor();
      await button(sheet, 'Send').click();
      await expect.poll(async () => (await calls(page)).at(-1)).toBe(`say ${'🎧'.repeat(500)}`);
    }));

  test('asks before a link is opened, and fetches nothing before that', () =>
    on('room-talk', async (page) => {
      const asked: string[] = [];
      page.context().on('request', (request) => asked.push(new URL(request.url()).host));
      const sheet = await chat(page);
      await button(sheet, 'https://example.org/notes').click();
      const ask = page.getByRole('dialog', { name: 'Open example.org?' });
      const link = ask.getByRole('link', { name: 'Open' });
      expect(await link.getAttribute('rel')).toBe('noopener noreferrer');
      expect(await link.getAttribute('href')).toBe('https://example.org/notes');
      await button(ask, 'Cancel').click();
      await page.getByRole('dialog', { name: 'Chat' }).waitFor();
      expect(asked.filter((host) => !host.startsWith('localhost'))).toEqual([]);
    }));

  test('removes what one may remove', () =>
    on('room-talk', async (page) => {
      const sheet = await chat(page);
      await button(sheet, `Remove the message of Maëlle Le Goff`).click();
      await expect.poll(async () => (await calls(page)).at(-1)).toMatch(/^remove/);
      await expect.poll(() => sheet.getByText('<b>markup</b>').count()).toBe(0);
    }));

  test('tells who was paused, and lets a moderator take it back', () =>
    on('room-silent', async (page) => {
      const sheet = await chat(page);
      await sheet.getByText(/^A host has asked you to pause in the chat/).waitFor();
      expect(await sheet.getByLabel('Message', { exact: true }).count()).toBe(0);
      await page.keyboard.press('Escape');
      await screens.turn(page, 'room-talk');
      await button(page, /^Priya Raman/).click();
      await button(page.getByRole('dialog'), 'Pause in the chat').click();
      await expect.poll(async () => (await calls(page)).at(-1)).toMatch(/^silence .* true$/);
    }));
});

describe('reactions and the pinned line', () => {
  test('a reaction rises at the person, without motion where none is wanted', () =>
    on('room-talk', async (page) => {
      const rising = page.locator('[data-reaction=clap]');
      await rising.waitFor();
      expect(await rising.evaluate((e) => getComputedStyle(e).animationDuration)).toBe('0.001s');
      await button(page, 'React').click();
      await button(page.getByRole('dialog', { name: 'React' }), 'Heart').click();
      await expect.poll(() => calls(page)).toContain('react heart');
    }));

  test('the pinned line stands above the room; moderators change it', () =>
    on('room-talk', async (page) => {
      await page.getByRole('main').getByText('Pinned').waitFor();
      await button(page, 'https://example.org/agenda').click();
      await button(page.getByRole('dialog', { name: 'Open example.org?' }), 'Cancel').click();
      const sheet = await chat(page);
      await button(sheet, 'Pin a line').click();
      const pin = page.getByRole('dialog', { name: 'Pinned line' });
      await pin.getByLabel('A line or a link for everyone').fill('New');
      await button(pin, 'Pin it').click();
      await page.getByRole('main').getByText('New').waitFor();
      await button(await chat(page), 'Pin a line').click();
      await button(pin, 'Take it down').click();
      await expect.poll(() => page.getByRole('main').getByText('Pinned').count()).toBe(0);
    }));
});

describe('recording', () => {
  test('is asked of who is on stage, with the names that are missing', () =>
    on('room-recording-asked', async (page) => {
      const banner = page.getByRole('region', { name: 'Record this conversation' });
      await banner.getByText('Still to agree: Inès Martin and Youssef Haddad').waitFor();
      await button(banner, 'I agree').click();
      await expect.poll(() => calls(page)).toContain('answerRecording true');
      await mock(page, (app) => {
        const talk = app.talk.value;
        const now = talk.recording.value;
        talk.recording.value = now && { ...now, state: 'running', waiting: [], asked: false, agreed: true };
      });
      await banner.getByText('Tom Okafor is recording, with the consent of everyone on stage.').waitFor();
      await button(banner, 'I don’t agree any more').click();
      await expect.poll(() => calls(page)).toContain('answerRecording false');
    }));

  test('shows to everybody that it runs, and says when it is over', () =>
    on('room-recording', async (page) => {
      const banner = page.getByRole('region', { name: 'Record this conversation' });
      await banner.getByText(/^Tom Okafor is recording/).waitFor();
      expect(await banner.getByRole('button').count()).toBe(0);
      await mock(page, (app) => {
        app.talk.value.recording.value = null;
      });
      await page.getByRole('status').filter({ hasText: 'The recording is over.' }).waitFor();
      expect(await banner.count()).toBe(0);
    }));

  test('is asked for after the honest sentence', () =>
    on('room-talk', async (page) => {
      await button(page, 'More').click();
      await button(page.getByRole('dialog'), 'Record, if everyone agrees').click();
      const sheet = page.getByRole('dialog', { name: 'Record this conversation' });
      await sheet.getByText(/cannot prevent somebody from recording in secret/).waitFor();
      await button(sheet, 'Ask everyone on stage').click();
      await expect.poll(() => calls(page)).toContain('askToRecord');
    }));
});

test.each(['light', 'dark'] as const)('axe finds nothing on these sheets, %s', async (colorScheme) => {
  const page = await screens.show('room-talk', { colorScheme, viewport: { width: 320, height: 640 } });
  const found: Record<string, string[]> = {};
  const look = async (name: string, part: Locator = page.getByRole('dialog')): Promise<void> => {
    await part.waitFor(); // it may come in a chunk of its own
    const here = await faults(page);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    if (here.length > 0 || wide > 320) found[name] = [...here, `${wide}`];
  };
  const sheet = await chat(page);
  await look('chat');
  await button(sheet, 'https://example.org/notes').click();
  await look('link', page.getByRole('dialog', { name: 'Open example.org?' }));
  await button(page.getByRole('dialog'), 'Cancel').click();
  await button(sheet, 'Pin a line').click();
  await look('pin', page.getByRole('dialog', { name: 'Pinned line' }));
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  await button(page, 'React').click();
  await look('react');
  await page.keyboard.press('Escape');
  await button(page, 'More').click();
  await button(page.getByRole('dialog'), 'Record, if everyone agrees').click();
  await look('record', page.getByRole('dialog', { name: 'Record this conversation' }));
  await page.context().close();
  expect(found).toEqual({});
});
