// The club's own page: what its operator wrote, in the language of the screens, and the client that it gave.

import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Person, person } from './browser.ts';
import { join } from './evening.ts';
import { Server } from './server.ts';

const server = new Server();
let ines: Person;

beforeAll(async () => {
  await server.start({
    APARTE_NAME: 'Jeudi',
    APARTE_ABOUT: 'We talk on Thursdays.',
    APARTE_ABOUT_FR: 'On se parle le jeudi.',
    APARTE_CONTACT: 'ines@example.org',
    APARTE_TRACE_DAYS: '0',
  });
  ines = await person('Inès', server.origin, null);
  await join(ines.page, server.founderLink, ines.name);
});

afterAll(async () => {
  await ines?.close();
  expect(await server.stop(), server.log).toBe(0);
  server.forget();
});

test('the name of the club opens its page, and takes the focus back', async () => {
  const { page } = ines;
  const brand = page.getByRole('button', { name: 'Jeudi about this club' });
  await brand.click();
  const house = page.getByRole('dialog', { name: 'Jeudi' });
  await house.getByText('We talk on Thursdays.').waitFor();
  await house.getByText('ines@example.org').waitFor();
  await house.getByText('1 member, since').waitFor();
  await house.getByText('this club traces nothing').waitFor();
  await house.getByText('You founded this club').waitFor();
  await page.keyboard.press('Escape');
  await house.waitFor({ state: 'detached' });
  expect(await brand.evaluate((button) => button === document.activeElement)).toBe(true);
});

test('the fingerprint is that of the files that the server has', async () => {
  const { page } = ines;
  await page.evaluate(async () => void (await navigator.serviceWorker.ready));
  const manifest = await (await fetch(`${server.origin}/bundle.txt`)).text();
  await page.getByRole('button', { name: 'about this club' }).click();
  const shown = async (): Promise<string> =>
    (await page.locator('.hash').allTextContents()).join().replaceAll(' ', '');
  await expect.poll(shown, { timeout: 10_000 }).toBe(createHash('sha256').update(manifest).digest('hex'));
  await page.getByText('It is not signed').waitFor();
  await page.keyboard.press('Escape');
});

test('in French it says what was written in French', async () => {
  const { page } = ines;
  await page.getByRole('button', { name: /your account and preferences/ }).click();
  await page.getByRole('button', { name: 'Preferences', exact: true }).click();
  await page.getByRole('radio', { name: 'Français' }).check();
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Jeudi à propos de ce club' }).click();
  await page.getByText('On se parle le jeudi.').waitFor();
  expect(await page.getByText('We talk on Thursdays.').count()).toBe(0);
  expect(ines.problems).toEqual([]);
});
