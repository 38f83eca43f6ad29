// The keys can be changed and taken away; the screen stays on for who speaks; the lock screen knows of the room.

import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { faults } from './faults.ts';
import { Screens } from './screens.ts';

let screens: Screens;
beforeAll(async () => {
  screens = await Screens.open();
});
afterAll(async () => {
  await screens?.close();
});

const calls = (page: Page): Promise<string[]> =>
  page.evaluate(() => [...(window as unknown as { mock: { calls: string[] } }).mock.calls]);
const said = (page: Page): Promise<string[]> =>
  page.evaluate(() => (window as unknown as { __said: string[] }).__said);
const row = (page: Page, name: string): Locator =>
  page.getByRole('dialog').getByRole('listitem').filter({ hasText: name }).getByRole('button');

test('a key is changed, another taken away, and both are kept', async () => {
  const page = await screens.show('room-moderator');
  await page.keyboard.press('?');
  await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor();
  expect(await faults(page)).toEqual([]);
  await row(page, 'Mute or unmute').click();
  await page.getByText('Press the new key.').waitFor();
  await page.keyboard.press('F2'); // not a key to choose
  await page.keyboard.press('x');
  await row(page, 'Mute or unmute').getByText('X').waitFor();
  await row(page, 'Leave the room').click();
  await page.keyboard.press('Backspace');
  await row(page, 'Leave the room').getByText('None').waitFor();
  await row(page, 'Hold to talk').click();
  await page.keyboard.press('s'); // it had another meaning, which has none now
  await row(page, 'Who is speaking?').getByText('None').waitFor();
  await row(page, 'This help').click();
  await page.keyboard.press('Escape'); // this row alone
  await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  for (const key of ['m', 'l', 'x', 'x']) await page.keyboard.press(key);
  await page.keyboard.down('s');
  await page.getByText("You're live").waitFor();
  await page.keyboard.up('s');
  await page.getByText("You're muted. Tap to talk.").waitFor();
  expect(await calls(page)).toEqual(['mute false', 'mute true', 'mute false', 'mute true']);
  await page.reload();
  await page.getByText("You're muted. Tap to talk.").waitFor();
  await page.keyboard.press('x');
  await page.getByText("You're live").waitFor();
  await page.keyboard.press('?');
  await page.getByRole('button', { name: 'The usual keys' }).click();
  await row(page, 'Mute or unmute').getByText('M', { exact: true }).waitFor();
  await page.context().close();
  expect(screens.problems).toEqual([]);
});

/** In the page, before its own code: writes down what the system is asked for. */
function listen(): void {
  const said: string[] = [];
  const acts: Record<string, MediaSessionActionHandler | null> = {};
  Object.assign(window, { __said: said, __acts: acts });
  Object.defineProperty(navigator, 'wakeLock', {
    value: {
      request: async (what: string) => {
        said.push(`awake ${what}`);
        const lock = new EventTarget();
        return Object.assign(lock, {
          release: async () => {
            said.push('asleep');
            lock.dispatchEvent(new Event('release'));
          },
        });
      },
    },
  });
  navigator.mediaSession.setActionHandler = (action, act) => {
    acts[action] = act;
  };
}

const act = (page: Page, name: string): Promise<void> =>
  page.evaluate(
    (action) => (window as unknown as { __acts: Record<string, () => void> }).__acts[action]?.(),
    name,
  );
const session = (page: Page): Promise<unknown> =>
  page.evaluate(() => {
    const { metadata, playbackState } = navigator.mediaSession;
    return [metadata?.title ?? null, metadata?.artist ?? null, playbackState];
  });

test('the screen stays on for who speaks, and the system knows what plays and can stop it', async () => {
  const page = await screens.show('hall');
  await page.addInitScript(listen);
  await screens.turn(page, 'hall');
  expect(await session(page)).toEqual([null, null, 'none']);
  await screens.turn(page, 'room-moderator');
  const title = 'What we learnt from a winter without a phone';
  await expect.poll(() => session(page)).toEqual([title, 'Les Apartés du mardi', 'playing']);
  expect(await said(page)).toEqual([]);
  await act(page, 'togglemicrophone');
  await page.getByText("You're live").waitFor();
  await expect.poll(() => said(page)).toEqual(['awake screen']);
  await act(page, 'pause'); // silences both ways
  await page.getByRole('button', { name: 'Tap to listen' }).waitFor();
  await expect.poll(() => session(page)).toEqual([title, 'Les Apartés du mardi', 'paused']);
  await expect.poll(() => said(page)).toEqual(['awake screen', 'asleep']);
  await act(page, 'play');
  await page.getByRole('button', { name: 'Tap to listen' }).waitFor({ state: 'detached' });
  await act(page, 'hangup');
  await expect.poll(() => session(page)).toEqual([null, null, 'none']);
  expect(await calls(page)).toEqual(['mute false', 'mute true', 'holdSound', 'tapToListen', 'leaveRoom']);
  await page.context().close();
  expect(screens.problems).toEqual([]);
});

test('a room without a title is not named after the people in it', async () => {
  const page = await screens.show('room-alone');
  await page.evaluate(() => {
    const { mock } = window as unknown as {
      mock: { room: { value: { card: object } }; roomIs(more: object): void };
    };
    mock.roomIs({ card: { ...mock.room.value.card, title: '' } });
  });
  await expect.poll(() => session(page)).toEqual(['A room', 'Les Apartés du mardi', 'playing']);
  await page.context().close();
});
