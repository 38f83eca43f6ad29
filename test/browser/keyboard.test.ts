// The main path without a mouse: in by a link, a room, a voice, somebody invited, their hand and words, out again. Only keys
// are pressed here.

import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Person, person } from './browser.ts';
import { Server } from './server.ts';

const server = new Server();
let ines: Person;
let tom: Person;
let link = '';

beforeAll(async () => {
  await server.start();
  [ines, tom] = await Promise.all([person('Inès', server.origin, null), person('Tom', server.origin, null)]);
});

afterAll(async () => {
  await Promise.all([ines?.close(), tom?.close()]);
  expect(await server.stop(), server.log).toBe(0);
  server.forget();
});

const FAR = 80; // presses of Tab: nobody should have to press so often

/** What has the focus, by the name and the state that a screen reader has of it. */
const here = (page: Page): Promise<string> =>
  page.evaluate(() => {
    const element = document.activeElement;
    if (!(element instanceof HTMLElement)) return '';
    const labels = (element as HTMLInputElement).labels;
    const text = element.getAttribute('aria-label') ?? labels?.[0]?.textContent ?? element.textContent ?? '';
    return text.replace(/\s+/g, ' ').trim();
  });

/** What has the focus can be seen: it lies in the window, and the bar at the bottom does not cover it (WCAG 2.4.11). */
const seen = (page: Page): Promise<boolean> =>
  page.evaluate(() => {
    const element = document.activeElement;
    if (!element || element === document.body) return false;
    const box = element.getBoundingClientRect();
    const at = document.elementFromPoint(box.left + box.width / 2, box.top + Math.min(box.height / 2, 20));
    return at !== null && (element.contains(at) || at.contains(element));
  });

async function tabTo(page: Page, name: RegExp): Promise<void> {
  for (let i = 0; i < FAR; i++) {
    if (name.test(await here(page))) {
      // A sheet that is being drawn may take a moment to stand where it stands.
      await expect
        .poll(() => seen(page), { message: `${name} has the focus and is hidden`, timeout: 10_000 })
        .toBe(true);
      return;
    }
    await page.keyboard.press('Tab');
  }
  throw new Error(`${name} is not reached by Tab; at "${await here(page)}"`);
}

async function joins({ page, name }: Person, by: string): Promise<void> {
  await page.goto(by);
  await page.getByRole('textbox').waitFor();
  await tabTo(page, /^Your name/);
  await page.keyboard.type(name);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: 'Hallway' }).waitFor();
  await expect.poll(() => page.evaluate(() => document.activeElement?.tagName)).toBe('H1');
}

async function shut(page: Page): Promise<void> {
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
}

test('in by a link, to the hallway, and a link for somebody else', async () => {
  await joins(ines, server.founderLink);
  const { page } = ines;
  await tabTo(page, /^Invite$/);
  await page.keyboard.press('Enter');
  await page.getByRole('dialog', { name: 'Invite someone' }).waitFor();
  await tabTo(page, /^Make 1 link$/);
  await page.keyboard.press('Enter');
  const field = page.getByLabel('Invite link', { exact: true });
  await field.waitFor();
  link = await field.inputValue();
  await shut(page);
  expect(await here(page)).toBe('Invite');
});

test('a room is opened, and one speaks in it', async () => {
  const { page } = ines;
  await tabTo(page, /^Open a room$/);
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Open a room' });
  await dialog.waitFor();
  await tabTo(page, /^What about/);
  await page.keyboard.type('By hand');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: 'By hand' }).waitFor();
  await dialog.waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Unmute' }).waitFor(); // in, and on stage
  await page.keyboard.press('m');
  await page.getByText("You're live").waitFor();
  await page.keyboard.press('m');
  await page.getByText("You're muted.").first().waitFor();
});

test('a person is looked at, and the focus comes back', async () => {
  const { page } = ines;
  await tabTo(page, /^Inès, /);
  await page.keyboard.press('Enter');
  await page.getByRole('dialog', { name: 'Inès' }).waitFor();
  await shut(page);
  expect(await here(page)).toMatch(/^Inès, /);
});

test('somebody comes by the link, and into the room', async () => {
  await joins(tom, link);
  await tabTo(tom.page, /By hand/);
  await tom.page.keyboard.press('Enter');
  await tom.page.getByRole('heading', { level: 1, name: 'By hand' }).waitFor();
  await tom.page.getByRole('button', { name: 'Raise hand' }).waitFor();
  await ines.page.getByRole('button', { name: 'Tom, listener', exact: true }).waitFor();
});

test('a hand is raised, lowered, raised again and answered', async () => {
  await tom.page.keyboard.press('h');
  await tom.page.getByText('Your hand is up.').waitFor();
  await tom.page.keyboard.press('h');
  await tom.page.getByRole('button', { name: 'Raise hand' }).waitFor();
  await tabTo(tom.page, /^Raise hand$/);
  await tom.page.keyboard.press('Enter');
  await tom.page.getByText('Your hand is up.').waitFor();
  await ines.page
    .getByRole('region', { name: /^Raised hands/ })
    .getByText('Tom')
    .waitFor();
  await tabTo(ines.page, /^Bring to stage$/);
  await ines.page.keyboard.press('Enter');
  await tom.page.getByText("You're on stage, muted.").waitFor();
  expect(await here(ines.page)).toMatch(/^Raised hands/); // the answered row is gone, and its button with it
});

test('a message is written, and read', async () => {
  await tabTo(tom.page, /^Chat$/);
  await tom.page.keyboard.press('Enter');
  await tom.page.getByRole('dialog', { name: 'Chat' }).waitFor();
  await tabTo(tom.page, /^Message$/);
  await tom.page.keyboard.type('Good evening');
  await tom.page.keyboard.press('Enter');
  await tabTo(ines.page, /^Chat, something new$/);
  await ines.page.keyboard.press('Enter');
  await ines.page.getByRole('log').getByText('Good evening').waitFor();
  for (const { page } of [tom, ines]) {
    await shut(page);
    expect(await here(page)).toBe('Chat');
  }
});

test('the sound is looked after, and the way out asks who is live', async () => {
  const { page } = ines;
  await page.keyboard.press('Shift+Tab');
  await tabTo(page, /^More$/);
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor();
  await tabTo(page, /^Sound$/);
  await page.keyboard.press('Enter');
  await page.getByRole('dialog', { name: 'Sound' }).waitFor();
  await tabTo(page, /^Push to talk/);
  await page.keyboard.press('Space');
  expect(await page.getByRole('checkbox', { name: /Push to talk/ }).isChecked()).toBe(true);
  await shut(page);
  await page.keyboard.press('m');
  await page.getByText("You're live").waitFor();
  await page.keyboard.press('l');
  await page.getByRole('dialog').waitFor();
  await tabTo(page, /^Leave$/);
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Open a room' }).waitFor();
  await tom.page.keyboard.press('l'); // who is muted is not asked
  await tom.page.getByRole('button', { name: 'Open a room' }).waitFor();
  for (const p of [ines, tom]) expect(p.problems, p.name).toEqual([]);
});
