// A room of 5,000 names: what is drawn stays small, and everybody can be reached.

import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Screens } from './screens.ts';

let screens: Screens;
beforeAll(async () => {
  screens = await Screens.open();
});
afterAll(async () => {
  await screens?.close();
});

const MOST = 300; // people in the document at once, on any screen
const drawn = (page: Page): Promise<number> => page.locator('.person').count();
const place = (page: Page): Promise<number> =>
  page.evaluate(() => Number(document.activeElement?.closest('li')?.getAttribute('aria-posinset')));

// The widest band of the window, below the heading of the list, in which nobody is drawn.
function gap(): number {
  const bottom = document.querySelector('.bar')?.getBoundingClientRect().top ?? innerHeight;
  const top = Math.max(0, document.querySelector('.crowd')?.getBoundingClientRect().top ?? 0);
  const rows = [...document.querySelectorAll('.crowd .person')]
    .map((one) => one.getBoundingClientRect())
    .filter((one) => one.bottom > top && one.top < bottom)
    .sort((a, b) => a.top - b.top);
  let end = top;
  let widest = 0;
  for (const row of rows) {
    widest = Math.max(widest, row.top - end);
    end = Math.max(end, row.bottom);
  }
  return Math.max(widest, bottom - end);
}

async function on(width: number, look: (page: Page) => Promise<void>): Promise<void> {
  const page = await screens.show('room-crowd', { viewport: { width, height: 800 } });
  try {
    await page.getByRole('button', { name: /^Tom Okafor 1,/ }).waitFor();
    await page.locator('li[aria-posinset]').first().waitFor();
    await look(page);
  } finally {
    await page.context().close();
  }
  expect(screens.problems).toEqual([]);
}

describe.each([320, 390, 1280])('at %i px', (width) => {
  test('the list is whole, and few of it are drawn, at the top, in the middle and at the end', () =>
    on(width, async (page) => {
      await page.getByRole('heading', { name: 'Others in the room 4996' }).waitFor();
      const height = await page.evaluate(() => document.documentElement.scrollHeight);
      expect(height).toBeGreaterThan((4996 / 14) * 100);
      for (const [share, who] of [
        [0, 0],
        [0.5, null],
        [1, 4999],
      ] as const) {
        await page.evaluate((y) => scrollTo(0, y), height * share);
        if (who !== null) await page.getByRole('button', { name: new RegExp(` ${who},? `) }).waitFor();
        await expect.poll(() => page.evaluate(gap)).toBeLessThan(150);
        expect(await drawn(page)).toBeLessThan(MOST);
      }
      const last = page.locator('li[aria-posinset="4996"][aria-setsize="4996"]');
      expect(await last.count()).toBe(1);
    }));
});

test('the Tab key walks on, row by row, and who has the focus stays when one scrolls away', () =>
  on(390, async (page) => {
    await page.locator('li[aria-posinset="1"] button').focus();
    for (let i = 0; i < 60; i++) await page.keyboard.press('Tab');
    expect(await place(page)).toBe(61);
    await page.evaluate(() => scrollTo(0, 60_000));
    const first = (): Promise<number> =>
      page.evaluate(() => Number(document.querySelector('.crowd li')?.getAttribute('aria-posinset')));
    await expect.poll(first).toBeGreaterThan(1000);
    expect(await place(page)).toBe(61);
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Escape');
    await expect.poll(() => place(page)).toBe(61);
  }));

test('nobody is drawn anew when somebody talks or arrives', () =>
  on(390, async (page) => {
    const changes = await page.evaluate(async () => {
      const { mock } = window as unknown as {
        mock: {
          crowd: {
            people: { level(a: string): { value: number }; person(p: object): void };
            one(i: number): { account: string };
          };
        };
      };
      const { people, one } = mock.crowd;
      const list = document.querySelector('.crowd');
      let nodes = 0;
      new MutationObserver((all) => {
        nodes += all.filter(({ type }) => type === 'childList').length;
      }).observe(list as Element, { childList: true, subtree: true });
      for (let i = 0; i < 20; i++) {
        for (const speaker of [1, 2, 3, 4]) people.level(one(speaker).account).value = (i % 5) / 5;
        people.person(one(5000 + i));
        await new Promise(requestAnimationFrame);
      }
      await new Promise((done) => setTimeout(done, 100));
      return { nodes, ring: document.querySelectorAll('[data-speaking]').length };
    });
    expect(changes).toEqual({ nodes: 0, ring: 4 });
    await page.getByRole('heading', { name: 'Others in the room 5016' }).waitFor();
  }));
