// The room under a finger, as the browser feels it: drawn down to the mini-bar and up again, and everything that is no
// such gesture.

import type { BrowserContextOptions, CDPSession, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { button, calls, focused, onScene } from './mock.ts';
import { Screens } from './screens.ts';

let screens: Screens;
beforeAll(async () => {
  screens = await Screens.open();
});
afterAll(async () => {
  await screens?.close();
});

interface Point {
  x: number;
  y: number;
}
type Kind = 'touchStart' | 'touchMove' | 'touchEnd' | 'touchCancel';

// By a clock of its own, so that a throw is one on a busy machine too.
class Finger {
  #devtools: CDPSession;
  #at: Point = { x: 0, y: 0 };
  #now = Date.now();
  constructor(devtools: CDPSession) {
    this.#devtools = devtools;
  }
  async #touch(type: Kind, ...touchPoints: Point[]): Promise<void> {
    const timestamp = this.#now / 1000;
    await this.#devtools.send('Input.dispatchTouchEvent', { type, touchPoints, timestamp });
  }
  async down(at: Point): Promise<void> {
    this.rest();
    this.#at = at;
    await this.#touch('touchStart', at);
  }
  /** Bit by bit, in so many milliseconds. */
  async move({ x, y }: Point, ms = 1000): Promise<void> {
    const steps = 10;
    const { x: fromX, y: fromY } = this.#at;
    for (let i = 1; i <= steps; i++) {
      this.#now += ms / steps;
      this.#at = { x: fromX + (x * i) / steps, y: fromY + (y * i) / steps };
      await this.#touch('touchMove', this.#at);
    }
  }
  async second(): Promise<void> {
    await this.#touch('touchStart', this.#at, { x: 40, y: 400 });
  }
  async up(type: 'touchEnd' | 'touchCancel' = 'touchEnd'): Promise<void> {
    await this.#touch(type);
  }
  rest(): void {
    this.#now += 500;
  }
}

const on = (
  scene: string,
  look: (page: Page, finger: Finger) => Promise<void>,
  more: BrowserContextOptions = {},
): Promise<void> =>
  onScene(screens, scene, async (page) => look(page, new Finger(await page.context().newCDPSession(page))), {
    hasTouch: true,
    isMobile: true,
    reducedMotion: 'no-preference',
    ...more,
  });

const HEAD = { x: 195, y: 30 }; // on the lock: what is drawn is not pressed
const MAIN = { x: 195, y: 120 };
const drawn = (page: Page, part = '.room'): Promise<string> =>
  page.locator(part).evaluate((element) => getComputedStyle(element).translate);
const inHall = async (page: Page): Promise<void> => {
  await page.locator('.mini').waitFor();
  expect(await calls(page)).toEqual(['showHall true']);
  expect(await page.locator('.room').count()).toBe(0);
};
const nothingDone = async (page: Page): Promise<void> => {
  await expect.poll(() => drawn(page)).toBe('none');
  await expect.poll(() => page.locator('.drawn').count()).toBe(0);
  expect(await calls(page)).toEqual([]);
  expect(await page.locator('dialog').count()).toBe(0);
};

describe('a room that is drawn down', () => {
  test.each([
    ['by its head', HEAD],
    ['by what is below, at the top of its scroll', MAIN],
  ])('%s follows the finger and becomes the mini-bar', (_, from) =>
    on('room', async (page, finger) => {
      await finger.down(from);
      await finger.move({ x: 10, y: 300 });
      expect(await drawn(page)).toBe('0px 300px');
      finger.rest();
      await finger.up();
      await inHall(page);
      await expect.poll(() => focused(page)).toBe('Hallway');
      expect(await page.evaluate(() => scrollY)).toBe(0);
    }),
  );

  test('a little, springs back and is where it was', () =>
    on('room', async (page, finger) => {
      await finger.down(HEAD);
      await finger.move({ x: 0, y: 120 });
      expect(await drawn(page)).toBe('0px 120px');
      finger.rest();
      await finger.up();
      await nothingDone(page);
      await button(page, 'Raise hand').tap(); // everything in it works on
      await button(page, 'Lower hand').waitFor();
    }));

  test('a little, but thrown, goes', () =>
    on('room', async (page, finger) => {
      await finger.down(HEAD);
      await finger.move({ x: 0, y: 120 }, 60);
      await finger.up();
      await inHall(page);
    }));

  test('by its head goes from the middle of a long list too', () =>
    on('room-crowd', async (page, finger) => {
      await page.evaluate(() => scrollTo(0, 900));
      await finger.down(HEAD);
      await finger.move({ x: 0, y: 300 });
      await finger.up();
      await inHall(page);
    }));

  test('without motion stays where it is, and goes all the same', () =>
    on(
      'room',
      async (page, finger) => {
        await finger.down(HEAD);
        await finger.move({ x: 0, y: 300 });
        expect(await drawn(page)).toBe('none');
        await finger.up();
        await inHall(page);
      },
      { reducedMotion: 'reduce' },
    ));
});

describe('a finger that means something else', () => {
  test('scrolls the list, down and up again, and closes nothing', () =>
    on('room-crowd', async (page, finger) => {
      const top = (): Promise<number> => page.evaluate(() => scrollY);
      await finger.down({ x: 195, y: 600 });
      await finger.move({ x: 0, y: -400 });
      finger.rest();
      await finger.up();
      await expect.poll(top).toBeGreaterThan(200);
      const far = await top();
      await finger.down({ x: 195, y: 200 });
      await finger.move({ x: 0, y: 150 });
      finger.rest();
      await finger.up();
      await expect.poll(top).toBeLessThan(far);
      expect(await top()).toBeGreaterThan(0);
      await finger.down({ x: 195, y: 200 });
      await finger.move({ x: 0, y: 500 }); // beyond the top, in one go: that was a scroll
      await finger.up();
      await expect.poll(top).toBe(0);
      await nothingDone(page);
    }));

  test('goes sideways, up, or is joined by a second one', () =>
    on('room', async (page, finger) => {
      await finger.down(MAIN);
      await finger.move({ x: 150, y: 40 });
      await finger.up();
      await finger.down(HEAD);
      await finger.move({ x: 0, y: -25 });
      await finger.up();
      await nothingDone(page);
      await finger.down(HEAD);
      await finger.move({ x: 0, y: 300 });
      await finger.second();
      await finger.up();
      await nothingDone(page);
    }));

  test('is taken away by the system', () =>
    on('room', async (page, finger) => {
      await finger.down(HEAD);
      await finger.move({ x: 0, y: 300 });
      await finger.up('touchCancel');
      await nothingDone(page);
    }));

  test('holds to talk, and draws nothing', () =>
    on('room-music', async (page, finger) => {
      const talk = await button(page, 'Hold to talk').boundingBox();
      await finger.down({ x: (talk?.x ?? 0) + 20, y: (talk?.y ?? 0) + 20 });
      await finger.move({ x: 0, y: 30 });
      expect(await drawn(page)).toBe('none');
      await finger.up();
      await expect.poll(async () => (await calls(page)).slice(-2)).toEqual(['mute false', 'mute true']);
    }));
});

describe('the mini-bar', () => {
  const middle = async (page: Page): Promise<Point> => {
    const box = await page.locator('.mini').boundingBox();
    return { x: (box?.x ?? 0) + 60, y: (box?.y ?? 0) + (box?.height ?? 0) / 2 };
  };

  test('is drawn up, follows a little, and is the room', () =>
    on('hall-mini', async (page, finger) => {
      await finger.down(await middle(page));
      await finger.move({ x: 0, y: -120 });
      expect(await drawn(page, '.mini')).toBe('0px -30px');
      await finger.up();
      await page.locator('.room').waitFor();
      expect(await calls(page)).toEqual(['showHall false']);
    }));

  test('stays after a little, and after a pull down', () =>
    on('hall-mini', async (page, finger) => {
      for (const y of [-30, 60]) {
        await finger.down(await middle(page));
        await finger.move({ x: 0, y });
        finger.rest();
        await finger.up();
        await expect.poll(() => drawn(page, '.mini')).toBe('none');
      }
      expect(await calls(page)).toEqual([]);
      await page.locator('.mini-room').tap();
      await page.locator('.room').waitFor();
    }));
});
