// The screens of moderators, and of whoever is asked in: hands, title, lock, policy, roles, pings.

import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { button, calls, focused, mock, onNarrow } from './mock.ts';
import { Screens } from './screens.ts';

let screens: Screens;
beforeAll(async () => {
  screens = await Screens.open();
});
afterAll(async () => {
  await screens?.close();
});

const fails = (page: Page, code: string): Promise<void> =>
  page.evaluate((code) => {
    (window as unknown as { mock: { fails: string } }).mock.fails = code;
  }, code);

const on = (scene: string, look: (page: Page) => Promise<void>, locale = 'en-GB') =>
  onNarrow(screens, scene, look, { locale });

async function openMore(page: Page): Promise<Locator> {
  await button(page, 'More').click();
  return page.getByRole('dialog');
}

describe('hands', () => {
  const queue = (page: Page): Locator => page.getByRole('region', { name: /^Raised hands/ });

  test('stand in order with their waiting times, and are answered by the keyboard', () =>
    on('room-moderator', async (page) => {
      const rows = queue(page).getByRole('listitem');
      await rows.first().waitFor();
      expect(await rows.getByRole('strong').allTextContents()).toEqual(['Maëlle Le Goff', 'Carla Ruiz']);
      await rows.first().getByText('waiting 4 minutes').waitFor();
      const notNow = button(rows.first(), 'Not now');
      const described = await notNow.getAttribute('aria-describedby');
      expect(await page.locator(`[id="${described}"]`).textContent()).toContain('Maëlle');
      await notNow.focus();
      await page.keyboard.press('Enter');
      await page.waitForFunction(() => document.activeElement?.id === 'hands');
      expect(await rows.count()).toBe(1);
      expect(await button(queue(page), 'Lower all hands').count()).toBe(0); // there is only one
      await button(rows.first(), 'Bring to stage').click();
      await queue(page).getByText('No hands up.').waitFor();
      expect((await calls(page)).map((call) => call.split(' ')[0])).toEqual(['lower', 'bring']);
    }));

  test('go down together', () =>
    on('room-moderator', async (page) => {
      await button(queue(page), 'Lower all hands').click();
      await queue(page).getByText('No hands up.').waitFor();
      expect(await calls(page)).toEqual(['lowerAll']);
    }));

  test('are off: the button says so, and moderators see what they chose', async () => {
    await on('room-hands-off', async (page) => {
      expect(await button(page, 'Raise hand').isDisabled()).toBe(true);
      await page.getByText(/no hands for now/).waitFor();
    });
    await on('room-locked', async (page) => {
      const policy = (await openMore(page)).getByRole('group', { name: 'Who may raise a hand?' });
      expect(await policy.getByRole('radio', { name: 'Nobody' }).isChecked()).toBe(true);
      await policy.getByRole('radio', { name: 'Those a speaker follows' }).check();
      expect(await calls(page)).toEqual(['setHands followed']);
    });
  });
});

describe('the room', () => {
  test('is locked and unlocked, and both can be heard', () =>
    on('room-moderator', async (page) => {
      const sheet = await openMore(page);
      await button(sheet, 'Lock the room').click();
      await sheet
        .getByRole('status')
        .getByText(/The room is locked/)
        .waitFor();
      await button(sheet, 'Unlock the room').click();
      await button(sheet, 'Lock the room').waitFor();
      expect(await calls(page)).toEqual(['lock true', 'lock false']);
    }));

  test('says that it is locked', () =>
    on('room-locked', async (page) => {
      await page.getByRole('main').getByText('Locked: nobody new comes in').waitFor();
    }));

  test('gets a new title of 60 characters at most; a refusal is said', () =>
    on('room-moderator', async (page) => {
      const sheet = await openMore(page);
      await sheet.getByRole('textbox').fill('x'.repeat(70));
      expect(await sheet.getByRole('textbox').inputValue()).toHaveLength(60);
      await fails(page, 'bad_title');
      await button(sheet, 'Save').click();
      await sheet.getByText(/This title cannot be shown/).waitFor();
      await sheet.getByRole('textbox').fill('Tea');
      await page.keyboard.press('Enter');
      await sheet.waitFor({ state: 'detached' });
      await page.getByRole('heading', { level: 1, name: 'Tea' }).waitFor();
    }));

  test('keeps out who did harm and left', () =>
    on('room-moderator', async (page) => {
      const sheet = await openMore(page);
      await sheet.getByText('1 person left').click();
      await button(sheet, 'Keep out tonight').click();
      await sheet.getByText('Magnus Friis-Andersen cannot come back into this room tonight.').waitFor();
      expect((await calls(page)).at(-1)).toMatch(/^remove acct-\S+ evening$/);
    }));

  test('offers a listener nothing of that', () =>
    on('room', async (page) => {
      const sheet = await openMore(page);
      expect(await sheet.getByRole('heading', { name: 'Moderate this room' }).count()).toBe(0);
      expect(await button(sheet, 'End the room').count()).toBe(0);
      await button(sheet, 'Ask somebody in').waitFor();
    }));

  test('has its moderators made and unmade, and says it in French', () =>
    on(
      'room-moderator',
      async (page) => {
        await button(page, /^Ada Lindqvist/).click();
        await button(page.getByRole('dialog'), 'Confier la modération').click();
        await button(page, /^Ada Lindqvist, modération/).click();
        await button(page.getByRole('dialog'), 'Retirer la modération').click();
        const made = (await calls(page)).filter((call) => call.startsWith('setModerator'));
        expect(made.map((call) => call.replace(/ .* /, ' '))).toEqual([
          'setModerator true',
          'setModerator false',
        ]);
      },
      'fr-FR',
    ));
});

describe('a locked room', () => {
  test('is knocked at, and one comes in at once if the lock is open for one', async () => {
    await on('sheet-knock', async (page) => {
      await button(page.getByRole('dialog', { name: 'Knock at “A quiet hour”?' }), 'Knock').click();
      await page.getByText('The moderators heard you knock.').waitFor();
      expect(await calls(page)).toEqual(['knock room-bbbbbbbbbbbbbbbbb']);
    });
    await on('sheet-knock', async (page) => {
      await fails(page, 'out_of_state');
      await button(page, 'Knock').click();
      await page.waitForFunction("window.mock.calls.includes('enterRoom room-bbbbbbbbbbbbbbbbb')");
    });
    await on('sheet-knock', async (page) => {
      await fails(page, 'rate_limited');
      await button(page, 'Knock').click();
      await page.getByText('That was a bit fast. Please wait a moment.').waitFor();
      expect(await calls(page)).toEqual(['knock room-bbbbbbbbbbbbbbbbb']);
    });
  });

  test('tells its moderators who knocks: said politely, and answered by the keyboard', () =>
    on('room-knocked', async (page) => {
      const door = page.getByRole('region', { name: /^At the door/ });
      await page
        .getByRole('status')
        .getByText('Magnus Friis-Andersen knocks.')
        .waitFor({ state: 'attached' });
      await button(door.getByRole('listitem').first(), 'Ask in').focus();
      await page.keyboard.press('Enter');
      await page.waitForFunction(() => document.activeElement?.id === 'hands');
      await page.getByText('Zoé was asked.').waitFor();
      await button(door, 'Not now').click();
      await door.waitFor({ state: 'detached' });
      expect((await calls(page)).map((call) => call.split(' ')[0])).toEqual(['ping']);
    }));
});

describe('names that look alike', () => {
  test('are marked, both of them, and the sheet says to look who invited whom', () =>
    on('room-alike', async (page) => {
      for (const name of ['Tom Okafor', 'Тоm Okafor'])
        await button(page, new RegExp(`^${name}, .*the name looks like somebody else's$`)).waitFor();
      expect(await button(page, /looks like somebody/).count()).toBe(2);
      await button(page, /^Тоm Okafor/).click();
      await page.getByRole('dialog').getByText('Look at who invited them.').waitFor();
    }));
});

describe('a room that is full', () => {
  test.each([
    ['en-GB', 'The room is full (10,000).'],
    ['fr-FR', 'Le salon est plein (10\u202f000).'],
  ])('says how full, %s', (locale, text) =>
    on(
      'hall',
      async (page) => {
        await fails(page, 'room_full');
        await button(page, /Tuesday jazz/).click();
        await page.getByRole('dialog', { name: text }).waitFor();
      },
      locale,
    ),
  );

  test('is tried again, and says when there is a place', () =>
    on('hall', async (page) => {
      await fails(page, 'room_full');
      await button(page, /Tuesday jazz/).click();
      const sheet = page.getByRole('dialog', { name: /^The room is full/ });
      await sheet.getByRole('status').getByText("We'll tell you when a place frees up.").waitFor();
      await fails(page, 'server_full');
      await button(sheet, 'Try again').click();
      const other = page.getByRole('dialog', { name: 'The server is full.' });
      await other.waitFor();
      await mock(page, ({ hosting: { full } }) => {
        if (full.value) full.value = { ...full.value, place: true };
      });
      const place = page.getByRole('dialog', { name: 'There is a place again' });
      await place.getByRole('status').getByText('There is a place in “Tuesday jazz” again.').waitFor();
      await button(place, 'Go in').click();
      await place.waitFor({ state: 'detached' });
      expect(await calls(page)).toEqual(Array(3).fill('enterRoom room-ccccccccccccccccc'));
    }));

  test('is left alone, and the focus comes back to its card', () =>
    on('hall', async (page) => {
      await fails(page, 'room_full');
      await button(page, /Tuesday jazz/).click();
      await button(page, 'Not now').click();
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      expect(await focused(page)).toContain('Tuesday jazz');
    }));
});

describe('asking in', () => {
  test('people one has met, who are not here; who cannot come is not explained', () =>
    on('room-alone', async (page) => {
      await button(page, 'Ask somebody in').click();
      const sheet = page.getByRole('dialog', { name: 'Ask somebody in' });
      const row = (name: string): Locator => sheet.getByRole('listitem').filter({ hasText: name });
      await button(row('Tom Okafor'), 'Ask in').click();
      await sheet.getByText('Tom Okafor was asked.').waitFor();
      await button(row('Tom Okafor'), 'Ask again').waitFor();
      await fails(page, 'not_found');
      await button(row('Zoé'), 'Ask in').click();
      await sheet.getByText('Zoé cannot come into this room just now.').waitFor();
      await button(row('Zoé'), 'Ask in').waitFor();
      await fails(page, 'rate_limited');
      await button(row('Zoé'), 'Ask in').click();
      await sheet.getByText('That was a bit fast. Please wait a moment.').waitFor();
      await sheet.getByRole('searchbox').fill('ines');
      expect(await sheet.getByRole('listitem').count()).toBe(0);
      await button(sheet, 'Close').click();
      await sheet.waitFor({ state: 'detached' });
      expect(await focused(page)).toBe('Ask somebody in');
    }));

  test('being asked: a polite word with two answers', async () => {
    await on('hall-pinged', async (page) => {
      const asked = page.getByRole('status').filter({ hasText: 'asks you into' });
      await asked.getByText('Tom Okafor asks you into “A quiet hour”.').waitFor();
      await button(asked, 'Not now').click();
      await asked.waitFor({ state: 'detached' });
      expect(await calls(page)).toEqual([]);
    });
    await on('hall-pinged', async (page) => {
      await button(page, /Tuesday jazz.*Locked/).waitFor();
      await button(page, 'Go in').click();
      expect(await calls(page)).toEqual(['enterRoom room-bbbbbbbbbbbbbbbbb']);
    });
  });
});
