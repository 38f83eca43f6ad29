// What those who help with a trace do, in the words that the screens show.

import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { closeSheets, oneself } from './account.ts';
import { press } from './evening.ts';

export async function openLeak(page: Page): Promise<void> {
  await oneself(page, 'A leak');
  await page.getByRole('heading', { name: 'Who can help with a trace' }).waitFor();
}

export async function takePart(page: Page): Promise<void> {
  await openLeak(page);
  await press(page, 'Take part with this device');
  await page.getByText('This device takes part.').waitFor();
  await closeSheets(page);
}

/** Releases the share of the one room in which one voice was marked; what the saved file has. */
export async function releaseShare(page: Page): Promise<string> {
  await openLeak(page);
  await page.getByText('1 voice').waitFor();
  await press(page, 'Release my share');
  await page.getByRole('dialog').getByRole('button', { name: 'Release my share' }).click();
  await page.getByText('It has the share of 1 voice.').waitFor();
  const [download] = await Promise.all([page.waitForEvent('download'), press(page, 'Save the file')]);
  const text = readFileSync(await download.path(), 'utf8');
  await press(page, 'Done');
  await closeSheets(page);
  return text;
}

/** What the lock of a room says to somebody in it. */
export async function lockText(page: Page): Promise<string> {
  await page.getByRole('button', { name: /can hear/ }).click();
  const text = await page.getByRole('dialog').innerText();
  await closeSheets(page);
  return text;
}
