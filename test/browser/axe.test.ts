// No screen has a fault that axe-core can find: every scene, with every sheet that lies over it, in both themes.

import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { scenes } from '../../web/test/scenes.ts';
import { Screens } from './screens.ts';

const source = readFileSync(new URL('../../node_modules/axe-core/axe.min.js', import.meta.url), 'utf8');
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

let screens: Screens;
beforeAll(async () => {
  screens = await Screens.open();
});
afterAll(async () => {
  await screens?.close();
});

async function faults(page: Page): Promise<string[]> {
  await page.evaluate(source);
  return page.evaluate(async (rules) => {
    interface Axe {
      run(at: Document, how: object): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }>;
    }
    const { axe } = window as unknown as { axe: Axe };
    const { violations } = await axe.run(document, { runOnly: { type: 'tag', values: rules } });
    return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 200)}`));
  }, RULES);
}

test.each(['light', 'dark'] as const)('axe finds nothing on any screen, %s', async (colorScheme) => {
  const page = await screens.show('starting', { colorScheme });
  const found: Record<string, string[]> = {};
  for (const scene of Object.keys(scenes)) {
    await screens.turn(page, scene);
    const here = await faults(page);
    if (here.length > 0) found[scene] = here;
  }
  await page.context().close();
  expect(found).toEqual({});
});

const SHEETS = [
  'Name and picture',
  'Your invitations',
  'Devices',
  'If you lose this device',
  'Moderation',
  'Your data',
  'Preferences',
];

test.each(['light', 'dark'] as const)('nor on any sheet of oneself, %s', async (colorScheme) => {
  const page = await screens.show('hall-founder', { colorScheme });
  const found: Record<string, string[]> = {};
  for (const name of SHEETS) {
    await screens.turn(page, 'hall-founder');
    await page.getByRole('button', { name: /your account and preferences/ }).click();
    const me = await faults(page);
    if (me.length > 0) found.You = me;
    await page.getByRole('dialog').getByRole('button', { name, exact: true }).click();
    await page.getByRole('dialog').getByRole('heading', { level: 2 }).waitFor();
    const here = await faults(page);
    if (here.length > 0) found[name] = here;
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
