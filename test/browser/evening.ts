// What people do at an Aparté, in the words that the screens show. The tests read like an evening.

import type { Locator, Page } from 'playwright-core';

const button = (page: Page | Locator, name: string | RegExp): Locator =>
  page.getByRole('button', { name, exact: typeof name === 'string' });

/** Opens a link (founder or invite), gives a name and joins; ends in the hallway. */
export async function join(page: Page, link: string, name: string): Promise<void> {
  await page.goto(link);
  await page.getByRole('textbox').fill(name);
  await button(page, 'Join').click();
  await button(page, 'Open a room').first().waitFor();
}

export async function openRoom(page: Page, title: string): Promise<void> {
  await button(page, 'Open a room').first().click();
  const sheet = page.getByRole('dialog');
  await sheet.getByRole('textbox').fill(title);
  await button(sheet, 'Open a room').click();
  await page.getByRole('heading', { level: 1, name: title }).waitFor();
}

/** Makes an invite link from the hallway. */
export async function invite(page: Page): Promise<string> {
  await button(page, 'Invite').first().click();
  await button(page, 'Make 1 link').click();
  const field = page.getByLabel('Invite link');
  await field.waitFor();
  const link = await field.inputValue();
  await page.keyboard.press('Escape');
  return link;
}

export async function enter(page: Page, title: string): Promise<void> {
  await button(page, new RegExp(title)).first().click();
  await page.getByRole('heading', { level: 1, name: title }).waitFor();
}

/** Waits until the lock says that so many people can hear. */
export async function lockSays(page: Page, n: number): Promise<void> {
  await button(page, new RegExp(`\\b${n}\\b.*hear`, 'i')).waitFor();
}

export const press = (page: Page, name: string): Promise<void> => button(page, name).first().click();
export const sees = (page: Page, name: string | RegExp): Promise<void> =>
  button(page, name).first().waitFor();

/** Opens the sheet of a person and presses one of its buttons. */
export async function withPerson(page: Page, name: string, action: string): Promise<void> {
  await button(page, new RegExp(`^${name}`))
    .first()
    .click();
  const sheet = page.getByRole('dialog');
  await button(sheet, action).click();
}

export const pause = (ms: number): Promise<void> => new Promise((r) => setTimeout(r, ms));
