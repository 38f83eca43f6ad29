// What people do about their own account, in the words that the screens show.

import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { button, pause, press, reads, sees } from './evening.ts';
import { english, type Say } from './phrases.ts';

/** Opens one of the sheets about oneself, from the hallway. */
export async function oneself(page: Page, entry: string, say: Say = english): Promise<void> {
  await button(page, new RegExp(say('hall.me', { name: '.*' }).replaceAll(/\s/g, '\\s'))).click();
  await button(page.getByRole('dialog'), entry).click();
}

/** However many lie over each other. */
export async function closeSheets(page: Page): Promise<void> {
  const sheets = page.locator('dialog[open]');
  for (; (await sheets.count()) > 0; await pause(100)) await page.keyboard.press('Escape');
}

export const words = (page: Page): Promise<string[]> => page.locator('.words li').allTextContents();

/** Adds `fresh`, a browser at the door, to the account of `own`. */
export async function addDevice(own: Page, fresh: Page, say: Say = english): Promise<void> {
  await fresh.goto(new URL(own.url()).origin);
  await press(fresh, say('stranger.add'));
  const code = (await fresh.locator('.paper-code').textContent()) ?? '';
  await oneself(own, say('me.devices'), say);
  await own.getByLabel(say('devices.code')).fill(code);
  await press(own, say('devices.find'));
  await own.locator('.words li').first().waitFor();
  const shown = await words(own);
  expect(shown).toHaveLength(6);
  await press(own, say('devices.same'));
  await fresh.locator('.words li').first().waitFor();
  expect(await words(fresh), 'both screens show the same words').toEqual(shown);
  await press(fresh, say('devices.same'));
  await sees(fresh, say('hall.open'));
  await reads(own, say('devices.done'));
}
