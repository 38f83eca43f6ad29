// Every screen in a real browser: what stands there has the role and the name that people, tests and screen
// readers look for, and fits a small window.

import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { scenes } from '../../web/test/scenes.ts';
import { button, calls, focused, mock } from './mock.ts';
import { Screens } from './screens.ts';

let screens: Screens;
beforeAll(async () => {
  screens = await Screens.open();
});
afterAll(async () => {
  await screens?.close();
});

async function on(scene: string, look: (page: Page) => Promise<void>, locale = 'en-GB'): Promise<void> {
  const page = await screens.show(scene, { locale });
  try {
    await look(page);
  } finally {
    await page.context().close();
  }
  expect(screens.problems).toEqual([]);
}

describe('every scene', () => {
  test.each(['en-GB', 'fr-FR'])(
    'in %s fits 320 px, names its buttons, has one main and one h1',
    async (locale) => {
      const page = await screens.show('starting', { viewport: { width: 320, height: 640 }, locale });
      for (const scene of Object.keys(scenes)) {
        await screens.turn(page, scene);
        const found = await page.evaluate(() => ({
          wide: document.documentElement.scrollWidth,
          mains: document.querySelectorAll('main').length,
          unnamed: [...document.querySelectorAll('button')].filter(
            (b) => !(b.getAttribute('aria-label') ?? b.textContent ?? '').trim(),
          ).length,
          lang: document.documentElement.lang,
          keys: /\b(invite|hall|room|lock|person|error|notice)\.[a-z_]+/.exec(
            document.body.textContent ?? '',
          )?.[0],
          h1: document.querySelectorAll('h1').length,
        }));
        const good = { wide: 320, mains: 1, unnamed: 0, lang: locale.slice(0, 2), keys: undefined, h1: 1 };
        expect({ scene, ...found }).toEqual({ scene, ...good });
      }
      await page.context().close();
      expect(screens.problems).toEqual([]);
    },
  );
});

describe('the door', () => {
  test('an invitation: who invites, to what, three promises, a name, Join', () =>
    on('invite-valid', async (page) => {
      await page
        .getByRole('heading', { level: 1, name: 'Tom Okafor invites you to Les Apartés du mardi' })
        .waitFor();
      expect(await page.getByRole('main').getByRole('listitem').count()).toBe(3);
      await button(page, 'Join').click();
      await page.getByRole('alert').getByText('Please tell us your name.').waitFor();
      await page.getByRole('textbox', { name: 'Your name' }).fill('  Inès Martin ');
      await button(page, 'Join').click();
      await button(page, 'Open a room').waitFor();
      expect(await calls(page)).toEqual(['join Inès Martin']);
    }));

  test('a refused name is said in place', () =>
    on('invite-founder', async (page) => {
      await page.evaluate(() => {
        (window as unknown as { mock: { fails: string } }).mock.fails = 'bad_name';
      });
      await page.getByRole('textbox').fill('x');
      await page.keyboard.press('Enter');
      await page.getByRole('alert').getByText('This name cannot be shown.').waitFor();
    }));

  test('names longer than 40 characters are not typed further', () =>
    on('invite-valid', async (page) => {
      await page.getByRole('textbox').fill('👩‍🚀'.repeat(30));
      const typed = await page.getByRole('textbox').inputValue();
      expect([...typed].length).toBe(40);
    }));

  test.each([
    ['invite-used', 'This invitation was already used.'],
    ['invite-expired', 'This invitation has expired. Ask Tom Okafor for a new one.'],
    ['invite-revoked', 'This invitation was withdrawn.'],
    ['invite-unknown', 'Nobody here made this invitation.'],
    ['invite-mistyped', 'This link is not complete.'],
    ['invite-member', 'You are a member already.'],
    ['invite-offline', 'We cannot reach the server.'],
    ['invite-full', 'The server is full.'],
    ['stranger', 'By invitation only'],
    ['unsupported', 'This browser cannot keep a room private'],
  ])('%s has a sentence of its own', (scene, sentence) =>
    on(scene, async (page) => {
      await page.getByRole('heading', { level: 1, name: sentence, exact: true }).waitFor();
      expect(await button(page, 'Join').count()).toBe(0);
    }),
  );

  test('the language changes at once and stays', () =>
    on('invite-valid', async (page) => {
      await page.getByRole('radio', { name: 'Français' }).check();
      await button(page, 'Rejoindre').waitFor();
      await page.reload();
      await button(page, 'Rejoindre').waitFor();
      expect(await page.evaluate(() => document.documentElement.lang)).toBe('fr');
    }));

  test('the theme changes at once and stays', () =>
    on('stranger', async (page) => {
      const paper = (): Promise<string> =>
        page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
      const light = await paper();
      await page.getByRole('radio', { name: 'Dark' }).check();
      await expect.poll(paper).not.toBe(light);
      await page.reload();
      await page.locator('main').waitFor();
      await expect.poll(paper).not.toBe(light);
    }));
});

describe('the hallway', () => {
  test('a card is one button that says title, who and how many', () =>
    on('hall', async (page) => {
      await button(
        page,
        /^What we learnt .* Tom Okafor, Ada Lindqvist and 12 others.*14 people.*3 on stage/,
      ).click();
      expect(await calls(page)).toEqual(['enterRoom room-aaaaaaaaaaaaaaaaa']);
    }));

  test('opening a room: a title, everyone, in', () =>
    on('hall-empty', async (page) => {
      await page.getByText("It's quiet in here. Open a room — someone may drop in.").waitFor();
      await button(page, 'Open a room').click();
      const dialog = page.getByRole('dialog', { name: 'Open a room' });
      await dialog.getByRole('textbox').fill('Winter');
      await button(dialog, 'Open a room').click();
      await page.getByRole('heading', { level: 1, name: 'Winter' }).waitFor();
      expect(await calls(page)).toEqual(['openRoom Winter everyone']);
    }));

  test('opening a room for people one picks', () =>
    on('hall', async (page) => {
      await button(page, 'Open a room').click();
      const dialog = page.getByRole('dialog');
      await dialog.getByRole('radio', { name: 'Only people I pick' }).check();
      await button(dialog, 'Open a room').click();
      await dialog.getByRole('alert').getByText('Please pick at least one person.').waitFor();
      await dialog.getByRole('searchbox').fill('zoe');
      await dialog.getByRole('checkbox', { name: 'Zoé' }).check();
      await dialog.getByRole('searchbox').fill('');
      await dialog.getByRole('checkbox', { name: 'Tom Okafor' }).check();
      await dialog.getByText('2 people picked').waitFor();
      await button(dialog, 'Open a room').click();
      await page.getByRole('heading', { level: 2, name: 'On stage' }).waitFor();
      expect(await calls(page)).toEqual(['openRoom  2']);
    }));

  test('inviting: a link, a copy, the list, a withdrawal; the focus goes back', () =>
    on('hall', async (page) => {
      await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
      await button(page, 'Invite').click();
      await button(page, 'Make 1 link').click();
      const field = page.getByLabel('Invite link');
      const link = await field.inputValue();
      expect(link).toMatch(/^https:\/\/.*#AQ1/);
      expect(await field.getAttribute('readonly')).not.toBeNull();
      await button(page, 'Copy').click();
      await button(page, 'Copied').waitFor();
      expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(link);
      await page.getByText('Zoé joined').waitFor();
      expect(await button(page, 'Withdraw').count()).toBe(1);
      await button(page, 'Withdraw').click();
      await page.getByText('Withdrawn').waitFor();
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      expect(await focused(page)).toBe('Invite');
    }));

  test('a sheet that the browser closes without asking, as it may after Escape, opens again', () =>
    on('hall', async (page) => {
      const sheet = page.getByRole('dialog', { name: 'You', exact: true });
      await button(page, /your account and preferences$/).click();
      await sheet.evaluate((dialog: HTMLDialogElement) => dialog.close());
      await sheet.waitFor({ state: 'hidden' });
      await button(page, /your account and preferences$/).click();
      await sheet.waitFor();
    }));

  test('the mini-bar leads back, and another room asks first', () =>
    on('hall-mini', async (page) => {
      const mini = page.getByRole('navigation', { name: 'Your room' });
      await button(page, /^Tuesday jazz/).click();
      const ask = page.getByRole('dialog', { name: /You can be in one room at a time/ });
      await button(ask, 'Stay').click();
      await button(mini, /Back to the room/).click();
      await page.getByRole('heading', { level: 1 }).getByText('What we learnt').waitFor();
      expect(await calls(page)).toEqual(['showHall false']);
    }));
});

describe('the room', () => {
  test('landmarks, headings, and a person as one button', () =>
    on('room', async (page) => {
      await page.getByRole('main', { name: 'Room: What we learnt from a winter without a phone' }).waitFor();
      await page.getByRole('heading', { level: 2, name: 'On stage' }).waitFor();
      await page.getByRole('heading', { level: 2, name: 'Others in the room' }).waitFor();
      await button(page, 'Tom Okafor, moderator').waitFor();
      await button(page, 'Youssef Haddad, speaker, muted').waitFor();
      await button(page, 'Maëlle Le Goff, listener, hand raised').waitFor();
      await button(page, 'Zoé, listener, waiting for the key').waitFor();
      await button(page, 'Magnus Friis-Andersen, listener, connection lost').waitFor();
      await button(page, 'Léo Petit, listener, leaving').waitFor();
      expect(await page.getByRole('heading', { name: 'Raised hands' }).count()).toBe(0);
    }));

  test('raise, lower, leave; the buttons are 48 px', () =>
    on('room', async (page) => {
      for (const name of ['Leave quietly', 'Raise hand']) {
        const box = await button(page, name).boundingBox();
        expect(Math.min(box?.height ?? 0, box?.width ?? 0)).toBeGreaterThanOrEqual(48);
      }
      await button(page, 'Raise hand').click();
      await page.getByText('Your hand is up. The hosts can see it.').waitFor();
      await button(page, 'Lower hand').click();
      await button(page, 'Raise hand').waitFor();
      await button(page, 'Leave quietly').click();
      await button(page, 'Open a room').waitFor();
      expect(await calls(page)).toEqual(['raiseHand true', 'raiseHand false', 'leaveRoom']);
    }));

  test('the lock says how many, and what it cannot do', () =>
    on('room', async (page) => {
      await button(page, /\b12\b.*hear/).click();
      const sheet = page.getByRole('dialog', { name: 'Who can hear this room' });
      await sheet.getByText('A listener could still record on their own device.').waitFor();
      await sheet.getByText("The server can't hear this room.").waitFor();
      await sheet.getByText('12 devices hold the key of this room: one for each person.').waitFor();
      await button(sheet, 'Close').click();
      expect(await focused(page)).toMatch(/12 people/);
    }));

  test('a sensitive one keeps its title to itself: in the club it has it, the window and the lock screen have none', () =>
    on('hall-empty', async (page) => {
      await button(page, 'Open a room').click();
      const sheet = page.getByRole('dialog', { name: 'Open a room' });
      await sheet.getByRole('textbox').fill('Between us');
      await sheet.getByRole('checkbox', { name: 'Sensitive' }).check();
      await button(sheet, 'Open a room').click();
      await page.getByRole('heading', { level: 1, name: 'Between us' }).waitFor();
      expect(await calls(page)).toEqual(['openRoom Between us everyone sensitive']);
      const shown = (): Promise<(string | undefined)[]> =>
        page.evaluate(() => [document.title, navigator.mediaSession.metadata?.title]);
      await expect.poll(shown).toEqual(['Les Apartés du mardi', 'A room']);
      await button(page, /can hear this room/).click();
      await page
        .getByRole('dialog')
        .getByText('The room is sensitive: its title stays in the club')
        .waitFor();
      await mock(page, (app) => {
        if (app.room.value) app.roomIs({ card: { ...app.room.value.card, sensitive: false } });
      });
      await expect.poll(shown).toEqual(['Between us — Les Apartés du mardi', 'Between us']);
    }));

  test('the ring is seen in the few colours of the system too, and soft text in more contrast', () =>
    on('room', async (page) => {
      const painted = (part: string): Promise<string> =>
        page
          .locator('.person[data-speaking]')
          .first()
          .evaluate(
            (one, part) => getComputedStyle(one.querySelector('.ring') as Element, part).backgroundColor,
            part,
          );
      await page.emulateMedia({ forcedColors: 'active' });
      await expect.poll(async () => (await painted('')) !== (await painted('::after'))).toBe(true);
      await page.emulateMedia({ forcedColors: 'none', contrast: 'more' });
      const colours = await page.evaluate(() => {
        const style = getComputedStyle(document.documentElement);
        return ['--soft', '--ink'].map((name) => style.getPropertyValue(name));
      });
      expect(colours[0]).toBe(colours[1]);
    }));

  test('hands: who waits longest first, and up they come', () =>
    on('room-moderator', async (page) => {
      const queue = page.getByRole('region', { name: 'Raised hands' }).getByRole('listitem');
      expect(await queue.first().textContent()).toContain('Maëlle Le Goffwaiting 4 minutes');
      await button(queue.first(), 'Bring to stage').click();
      await button(page, /^Maëlle Le Goff, speaker/).waitFor();
      expect(await queue.count()).toBe(1);
    }));

  test('a moderator mutes, moves, removes; a founder bans after a question', () =>
    on('room-moderator', async (page) => {
      const act = async (name: string, action: string): Promise<void> => {
        await button(page, new RegExp(`^${name}`))
          .first()
          .click();
        await button(page.getByRole('dialog', { name }), action).click();
      };
      await act('Ada Lindqvist', 'Mute');
      await button(page, 'Ada Lindqvist, speaker, muted').waitFor();
      await act('Ada Lindqvist', 'Move to audience');
      await act('Bao Nguyen', 'Remove');
      await button(page, 'For this evening').click();
      await act('Jun Watanabe', 'Ban from the club');
      const ask = page.getByRole('dialog', { name: 'Ban Jun Watanabe from the club?' });
      await button(ask, 'Ban Jun Watanabe').click();
      await button(page, /^Jun Watanabe/).waitFor({ state: 'detached' });
      expect((await calls(page)).map((c) => c.split(' ')[0])).toEqual([
        'muteOther',
        'sendBack',
        'remove',
        'ban',
      ]);
    }));

  test('a listener may do none of that, but may turn someone down', () =>
    on('room', async (page) => {
      await button(page, 'Tom Okafor, moderator').click();
      const sheet = page.getByRole('dialog', { name: 'Tom Okafor' });
      await sheet.getByText('he, il', { exact: true }).waitFor();
      await sheet.getByRole('list', { name: 'Invited by' }).getByText('Ada Lindqvist').waitFor();
      for (const name of ['Mute', 'Move to audience', 'Remove', 'Ban from the club', 'Bring to stage'])
        expect(await button(sheet, name).count()).toBe(0);
      await sheet.getByRole('slider', { name: 'Volume for you' }).press('ArrowLeft');
      expect((await calls(page)).at(-1)).toMatch(/^setVolume .* 0.95$/);
    }));

  test('mutes somebody for oneself, whose volume stays; the tile says so, and a press hears them again', () =>
    on('room', async (page) => {
      await button(page, 'Tom Okafor, moderator').click();
      const sheet = page.getByRole('dialog', { name: 'Tom Okafor' });
      await button(sheet, 'Mute for me').click();
      await sheet.getByText('You have muted them for yourself.').waitFor();
      expect(await sheet.getByRole('slider').inputValue()).toBe('100');
      await page.keyboard.press('Escape');
      await button(page, 'Tom Okafor, moderator, muted for you').click();
      await button(sheet, 'Hear again').press('Enter');
      await button(sheet, 'Mute for me').waitFor();
      expect((await calls(page)).map((call) => call.split(' ').at(-1))).toEqual(['true', 'false']);
    }));

  test('called to the stage: nobody is surprised', () =>
    on('room-called', async (page) => {
      const dialog = page.getByRole('dialog', { name: 'Tom Okafor invites you to speak.' });
      await button(dialog, 'Maybe later').waitFor();
      await button(dialog, 'Join them').click();
      await button(page, 'Unmute').waitFor();
      expect(await calls(page)).toEqual(['answerCall true']);
    }));

  test('Escape answers a call with "Maybe later"', () =>
    on('room-called', async (page) => {
      await page.getByRole('dialog').waitFor();
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      expect(await calls(page)).toEqual(['answerCall false']);
    }));

  test('trouble is an alert with a name, and the lock says that sending stopped', () =>
    on('room-trouble', async (page) => {
      await page
        .getByRole('alert')
        .getByText('Tom Okafor cannot show who invited them. We stopped sending.')
        .waitFor();
      await button(page, 'Sending has stopped').waitFor();
    }));

  test('blocked sound and microphone say what to do', () =>
    on('room-blocked', async (page) => {
      await page.getByText('The browser is blocking your microphone.').waitFor();
      await button(page, 'Tap to listen').click();
      await button(page, 'Tap to listen').waitFor({ state: 'detached' });
      expect(await calls(page)).toEqual(['tapToListen']);
    }));

  test('a failed action is said in the live region', () =>
    on('room', async (page) => {
      await page.evaluate(() => {
        (window as unknown as { mock: { fails: string } }).mock.fails = 'rate_limited';
      });
      await button(page, 'Raise hand').click();
      await page.getByRole('status').getByText('That was a bit fast.').waitFor();
      await button(page, 'Dismiss').click();
      await button(page, 'Dismiss').waitFor({ state: 'detached' });
    }));

  test('the ring follows the voice without drawing anything anew', () =>
    on('room', async (page) => {
      const ada = button(page, 'Ada Lindqvist, speaker');
      const youssef = button(page, 'Youssef Haddad, speaker, muted');
      expect(await ada.getAttribute('data-speaking')).not.toBeNull();
      expect(await youssef.getAttribute('data-speaking')).toBeNull();
      const drawn = await page.evaluate(() => {
        type Level = { value: { level: { value: number } }[] };
        const { list } = (window as unknown as { mock: { list: Level } }).mock;
        const changes: string[] = [];
        const watch = new MutationObserver((records) => {
          for (const r of records) changes.push(r.attributeName ?? r.type);
        });
        watch.observe(document.body, {
          subtree: true,
          childList: true,
          attributes: true,
          characterData: true,
        });
        for (const person of list.value.slice(1, 3)) person.level.value = 0;
        return new Promise<string[]>((done) =>
          requestAnimationFrame(() => done([...new Set(changes)].sort())),
        );
      });
      expect(drawn).toEqual(['data-speaking', 'style']);
      expect(await ada.getAttribute('data-speaking')).toBeNull();
    }));
});

describe('the keys', () => {
  test('M, H, S, ?, L and holding Space', () =>
    on('room-moderator', async (page) => {
      await page.keyboard.press('m');
      await button(page, 'Mute').waitFor();
      await page.keyboard.press('m');
      await button(page, 'Unmute').waitFor();
      await page.keyboard.down(' ');
      await page.getByText("You're live").waitFor();
      await page.keyboard.up(' ');
      await button(page, 'Unmute').waitFor();
      await page.keyboard.press('s');
      await page.getByText('Speaking now: Tom Okafor and Ada Lindqvist.').waitFor();
      await page.keyboard.press('?');
      await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor();
      await page.keyboard.press('m'); // a sheet is open: not for the room
      await page.keyboard.press('Escape');
      await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor({ state: 'hidden' });
      await page.keyboard.press('m');
      await page.getByText("You're live").waitFor();
      await page.keyboard.press('l');
      await button(page.getByRole('dialog', { name: /Leave the room/ }), 'Leave').click();
      await button(page, 'Open a room').waitFor();
      expect(await calls(page)).toEqual([
        'mute false',
        'mute true',
        'mute false',
        'mute true',
        'mute false',
        'leaveRoom',
      ]);
    }));

  test('they can be turned off', () =>
    on('room', async (page) => {
      await page.keyboard.press('h');
      await button(page, 'Lower hand').waitFor();
      await button(page, 'More').click();
      await button(page, 'Preferences').click();
      await page
        .getByRole('group', { name: 'Keyboard shortcuts in a room' })
        .getByRole('radio', { name: 'Off' })
        .check();
      await page.keyboard.press('Escape');
      await page.keyboard.press('h');
      expect(await calls(page)).toEqual(['raiseHand true']);
    }));
});
