// Every screen in a language that nobody speaks: nothing stands there that did not come through i18n, and texts that are
// 40 % longer still fit. And every screen with letters twice the size.

import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { names } from '../../web/test/scenes.ts';
import { Screens } from './screens.ts';

let screens: Screens;
beforeAll(async () => {
  screens = await Screens.open();
});
afterAll(async () => {
  await screens?.close();
});

// What people wrote themselves stands in elements with a direction of its own; a picture's letters are initials.
const OWN =
  '[dir], [lang]:not(html), .said, kbd, output, .avatar, .words, .card-names, .brand, script, style';
// Of the mock app: names, the club, handles; dates, which the browser writes; and what belongs to no language.
const DATA =
  /Inès|Tom|Okafor|Ada|Lindqvist|Youssef|Maëlle|Watanabe|Carla|Bao|Zoé|Magnus|Priya|Léo|Headset|Aparté|Apartés|winter|jazz|Wi-Fi|\d\d:\d\d|^\d{1,2} (January|February|March|April|May|June|July|August|September|October|November|December)$/;

/** In the page: texts and names of controls that have letters and no brackets. */
function untranslated(own: string): string[] {
  const found: string[] = [];
  const look = (text: string | null): void => {
    if (text && /\p{L}{2}/u.test(text) && !text.includes('⟦')) found.push(text.trim());
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (node instanceof Element) {
      for (const name of ['aria-label', 'title', 'alt', 'placeholder', 'aria-valuetext'])
        look(node.getAttribute(name));
    } else if (!node.parentElement?.closest(own)) look(node.textContent);
  }
  return found;
}

async function faultsOf(page: Page, width: number): Promise<string[]> {
  const texts = (await page.evaluate(untranslated, OWN)).filter((text) => !DATA.test(text));
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  return wide > width ? [...texts, `${wide} px wide`] : texts;
}

test.concurrent.each(['screen', 'sheet'] as const)(
  'no %s has a text of its own, and all fit 320 px when they are longer',
  async (kind) => {
    const page = await screens.show('starting', { viewport: { width: 320, height: 640 } });
    const found: Record<string, string[]> = {};
    for (const scene of names[kind]) {
      await screens.turn(page, `${scene}&pseudo`);
      const here = await faultsOf(page, 320);
      if (here.length > 0) found[scene] = here;
    }
    await page.context().close();
    expect(found).toEqual({});
    expect(screens.problems).toEqual([]);
  },
);

test.concurrent.each(['screen', 'sheet'] as const)(
  'with letters twice the size every %s is as wide as its window',
  async (kind) => {
    const page = await screens.show('starting', { viewport: { width: 640, height: 800 } });
    const found: Record<string, number> = {};
    for (const scene of names[kind]) {
      await screens.turn(page, scene);
      const wide = await page.evaluate(async () => {
        document.documentElement.style.fontSize = '200%';
        const wide = (): number => document.documentElement.scrollWidth;
        // What observes sizes draws anew, on a busy machine later: what is too wide then stays so.
        for (let i = 0; i === 0 || (i < 60 && wide() > 640); i++) await new Promise((r) => setTimeout(r, 50));
        return wide();
      });
      if (wide > 640) found[scene] = wide;
    }
    await page.context().close();
    expect(found).toEqual({});
  },
);

test('a text that did not come through i18n is found', async () => {
  const page = await screens.show('hall&pseudo', { viewport: { width: 320, height: 640 } });
  await page.evaluate(() => {
    document.querySelector('main')?.append('Forgotten');
    document.querySelector('button')?.setAttribute('aria-label', 'Overlooked');
  });
  expect(await faultsOf(page, 320)).toEqual(expect.arrayContaining(['Forgotten', 'Overlooked']));
  await page.context().close();
});
