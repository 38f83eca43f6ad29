// No screen has a fault that axe-core can find: every scene, with every sheet that lies over it, in both themes.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { names } from '../../web/test/scenes.ts';
import { faults } from './faults.ts';
import { Screens } from './screens.ts';

let screens: Screens;
beforeAll(async () => {
  screens = await Screens.open();
});
afterAll(async () => {
  await screens?.close();
});

test.concurrent.each([
  ['screen', 'light'],
  ['screen', 'dark'],
  ['sheet', 'light'],
  ['sheet', 'dark'],
] as const)('axe finds nothing on any %s, %s', async (kind, colorScheme) => {
  const page = await screens.show('starting', { colorScheme });
  const found: Record<string, string[]> = {};
  for (const scene of names[kind]) {
    await screens.turn(page, scene);
    const here = await faults(page);
    if (here.length > 0) found[scene] = here;
  }
  await page.context().close();
  expect(found).toEqual({});
});

test('axe sees what it should: a button without a name is found', async () => {
  const page = await screens.show('hall');
  await page.evaluate(() => document.querySelector('main')?.append(document.createElement('button')));
  expect(await faults(page)).toEqual([expect.stringContaining('button-name')]);
  await page.context().close();
});
