// What people do at an Aparté, in the words that the screens show: English ones, unless `say` has another language's.
// The tests read like an evening.

import type { Locator, Page } from 'playwright-core';
import { english, type Say } from './phrases.ts';

export const button = (page: Page | Locator, name: string | RegExp): Locator =>
  page.getByRole('button', { name, exact: typeof name === 'string' });

/** Opens a link (founder or invite), gives a name and joins; ends in the hallway. */
export async function join(page: Page, link: string, name: string, say: Say = english): Promise<void> {
  await page.goto(link);
  await accept(page, name, say);
}

export async function accept(page: Page, name: string, say: Say = english): Promise<void> {
  await page.getByRole('textbox').fill(name);
  await button(page, say('invite.join')).click();
  await button(page, say('hall.open')).first().waitFor();
}

export async function openRoom(page: Page, title: string, say: Say = english): Promise<void> {
  await button(page, say('hall.open')).first().click();
  const sheet = page.getByRole('dialog');
  await sheet.getByRole('textbox').fill(title);
  await button(sheet, say('open.submit')).click();
  await inRoom(page, title);
}

/** Makes an invite link from the hallway. */
export async function invite(page: Page, say: Say = english): Promise<string> {
  await button(page, say('hall.invite')).first().click();
  await button(page, say('invites.make', { n: 1 })).click();
  const field = page.getByLabel(say('invites.link'), { exact: true });
  await field.waitFor();
  const link = await field.inputValue();
  await page.keyboard.press('Escape');
  return link;
}

export async function enter(page: Page, title: string): Promise<void> {
  await button(page, new RegExp(title)).first().click();
  await inRoom(page, title);
}

export const inRoom = (page: Page, title: string): Promise<void> =>
  page.getByRole('heading', { level: 1, name: title }).waitFor();

/** Waits until the lock says that so many people can hear. */
export const lockSays = (page: Page, n: number, say: Say = english): Promise<void> =>
  button(page, say('lock.size', { n })).waitFor();

export const press = (page: Page | Locator, name: string | RegExp): Promise<void> =>
  button(page, name).first().click();
export const sees = (page: Page | Locator, name: string | RegExp): Promise<void> =>
  button(page, name).first().waitFor();
export const reads = (page: Page | Locator, text: string | RegExp): Promise<void> =>
  page.getByText(text).first().waitFor();

/** Opens the sheet of a person and presses one of its buttons. */
export async function withPerson(page: Page, name: string, action: string): Promise<void> {
  await button(page, new RegExp(`^${name}`))
    .first()
    .click();
  const sheet = page.getByRole('dialog');
  await button(sheet, action).click();
}

export const pause = (ms: number): Promise<void> => new Promise((r) => setTimeout(r, ms));
