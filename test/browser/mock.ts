// What the tests of the screens share: a page that shows one scene, its buttons, and the mock app behind it.

import type { BrowserContextOptions, Page } from 'playwright-core';
import { expect } from 'vitest';
import type { MockApp } from '../../web/test/mock-app.ts';
import { faults } from './faults.ts';
import type { Screens } from './screens.ts';

export { button } from './evening.ts';

export const mock = <T>(page: Page, look: (app: MockApp) => T): Promise<T> =>
  page.evaluate(`(${look})(window.mock)`) as Promise<T>;
/** The text of what has the focus. */
export const focused = (page: Page): Promise<string> =>
  page.evaluate(() => document.activeElement?.textContent?.trim() ?? '');
export const calls = (page: Page): Promise<string[]> => mock(page, (app) => [...app.calls]);

/** Shows a scene for as long as `look` takes; nothing may have gone wrong on it. */
export async function onScene(
  screens: Screens,
  scene: string,
  look: (page: Page) => Promise<void>,
  options: BrowserContextOptions = {},
): Promise<void> {
  const page = await screens.show(scene, options);
  try {
    await look(page);
  } finally {
    await page.context().close();
  }
  expect(screens.problems).toEqual([]);
}

/** The same on the narrowest phone: what `look` leaves there fits, and axe finds no fault in it. */
export const onNarrow: typeof onScene = (screens, scene, look, options = {}) =>
  onScene(
    screens,
    scene,
    async (page) => {
      await look(page);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(320);
      expect(await faults(page)).toEqual([]);
    },
    { viewport: { width: 320, height: 640 }, ...options },
  );
