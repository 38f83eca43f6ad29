// The hallway, end to end: whom one follows, a room for them alone, a room that a block hides, an event with its reminder
// and calendar file, a search, and a report that reaches the admins and nobody else.

import { readFileSync } from 'node:fs';
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { closeSheets } from './account.ts';
import { type Person, person } from './browser.ts';
import { enter, invite, join, openRoom, press, sees } from './evening.ts';
import { faults } from './faults.ts';
import { Server } from './server.ts';

const server = new Server();
const people: Person[] = [];
let ines: Person; // the founder, who sees everything
let tom: Person;
let zoe: Person;
let ada: Person;
const got: string[] = []; // what Zoé's browser got over its WebSocket
const sent: string[] = []; // and what Ada's sent
const NOT_THERE = 'It is not there any more.';

const button = (page: Page | Locator, name: string | RegExp): Locator =>
  page.getByRole('button', { name, exact: typeof name === 'string' });
const sheet = (page: Page): Locator => page.getByRole('dialog').last();

async function browser(name: string): Promise<Person> {
  const p = await person(name, server.origin, null);
  people.push(p);
  return p;
}

/** Opens the sheet of somebody in the room. */
async function look(page: Page, name: string): Promise<Locator> {
  await button(page, new RegExp(`^${name}`))
    .first()
    .click();
  return sheet(page);
}

const cards = (page: Page): Promise<string[]> => page.locator('.card-title').allTextContents();
const shows = (page: Page, titles: string[]): Promise<void> =>
  expect.poll(() => cards(page), { timeout: 10_000 }).toEqual(titles);

beforeAll(async () => {
  await server.start();
  [ines, tom, zoe, ada] = (await Promise.all(['Inès', 'Tom', 'Zoé', 'Ada'].map(browser))) as [
    Person,
    Person,
    Person,
    Person,
  ];
  zoe.page.on('websocket', (ws) => ws.on('framereceived', (f) => got.push(String(f.payload))));
  ada.page.on('websocket', (ws) => ws.on('framesent', (f) => sent.push(String(f.payload))));
  await join(ines.page, server.founderLink, 'Inès');
  for (const p of [tom, zoe, ada]) await join(p.page, await invite(ines.page), p.name);
  await openRoom(ines.page, 'Everyone');
  for (const p of [tom, zoe, ada]) {
    await enter(p.page, 'Everyone');
    await sees(p.page, 'Raise hand');
  }
});

afterAll(async () => {
  await Promise.all(people.map((p) => p.close()));
  expect(await server.stop(), server.log).toBe(0);
  server.forget();
});

test('a room for those one follows is there for them, and for nobody else', async () => {
  const zoesSheet = await look(tom.page, 'Zoé');
  await button(zoesSheet, 'Follow').click();
  await button(zoesSheet, 'Unfollow').waitFor();
  expect(await faults(tom.page)).toEqual([]);
  await closeSheets(tom.page);
  for (const p of [tom, zoe, ada]) await press(p.page, 'Leave quietly');
  got.length = 0;

  await press(tom.page, 'Open a room');
  await sheet(tom.page).getByRole('textbox').fill('Friends');
  await sheet(tom.page)
    .getByRole('radio', { name: /People I follow/ })
    .check();
  await sheet(tom.page).getByText('1 person. They do not see that you follow them.').waitFor();
  await button(sheet(tom.page), 'Open a room').click();
  await tom.page.getByRole('heading', { level: 1, name: 'Friends' }).waitFor();
  await shows(zoe.page, ['Friends', 'Everyone']);
  await shows(ada.page, ['Everyone']);
  expect(got.join(), 'nothing tells her why').not.toMatch(/follow/);
  await ada.page.goto(tom.page.url());
  await ada.page.locator('.toast').getByText(NOT_THERE).waitFor();
  await shows(ada.page, ['Everyone']);
  await press(tom.page, 'Leave quietly');
  await shows(zoe.page, ['Everyone']);
});

test('a block hides the rooms one speaks in, and is not told', async () => {
  await enter(zoe.page, 'Everyone');
  await enter(tom.page, 'Everyone');
  const tomsSheet = await look(zoe.page, 'Tom');
  await button(tomsSheet, 'Block').click();
  await button(tomsSheet, 'Unblock').waitFor();
  await closeSheets(zoe.page);
  await sees(tom.page, 'Raise hand'); // she only listens: both may be here
  await press(zoe.page, 'Leave quietly');
  await press(tom.page, 'Leave quietly');

  await openRoom(zoe.page, 'Quiet');
  await shows(ada.page, ['Quiet', 'Everyone']);
  await shows(tom.page, ['Everyone']);
  const hidden = new URL(zoe.page.url()).pathname;
  const nowhere = `/r/${'A'.repeat(22)}`;
  const saidAt = async (path: string): Promise<string> => {
    await tom.page.goto(server.origin + path);
    const said = tom.page.locator('.toast').getByText(NOT_THERE);
    await said.waitFor();
    return (await said.textContent()) ?? '';
  };
  expect(await saidAt(hidden)).toBe(await saidAt(nowhere));
  await shows(tom.page, ['Everyone']);

  await press(zoe.page, 'Back to the hallway');
  await button(zoe.page, /your account and preferences$/).click();
  await button(sheet(zoe.page), 'Followed and blocked').click();
  await sheet(zoe.page).getByRole('heading', { name: 'You block' }).waitFor();
  expect(await faults(zoe.page)).toEqual([]);
  await button(sheet(zoe.page), 'Unblock').click();
  await closeSheets(zoe.page);
  await shows(tom.page, ['Quiet', 'Everyone']);
  await press(zoe.page, 'Leave quietly');
  await shows(tom.page, ['Everyone']);
});

test('an event is announced, taken into a calendar, and cancelled', async () => {
  await press(zoe.page, 'Events');
  await button(sheet(zoe.page), 'Announce an event').click();
  const form = sheet(zoe.page);
  await form.getByLabel('What about?').fill('Radio; late, again');
  await form.getByLabel('When?').fill('2020-01-01T20:00');
  await button(form, 'Announce an event').click();
  await form.getByText('Please choose a time that is still to come').waitFor();
  const later = new Date(Date.now() + 3 * 3_600_000);
  later.setSeconds(0, 0);
  const local = new Date(later.getTime() - later.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
  await form.getByLabel('When?').fill(local);
  expect(await faults(zoe.page)).toEqual([]);
  await button(form, 'Announce an event').click();
  await sheet(zoe.page).getByText('Radio; late, again').waitFor();
  await closeSheets(zoe.page);

  await ada.page.getByRole('heading', { name: 'Later' }).waitFor();
  await button(ada.page, /Radio; late, again/).click();
  await button(sheet(ada.page), 'Remind me').click();
  await button(sheet(ada.page), 'Do not remind me').waitFor();
  expect(await faults(ada.page)).toEqual([]);
  const [file] = await Promise.all([
    ada.page.waitForEvent('download'),
    button(sheet(ada.page), 'Add to my calendar').click(),
  ]);
  expect(file.suggestedFilename()).toBe('aparte.ics');
  const ics = readFileSync(await file.path(), 'utf8');
  const stamp = `${later.toISOString().replace(/[-:]/g, '').slice(0, 15)}Z`;
  expect(ics).toContain(`\r\nDTSTART:${stamp}\r\n`);
  expect(ics).toContain('\r\nSUMMARY:Radio\\; late\\, again\r\n');
  await closeSheets(ada.page);

  await button(zoe.page, /Radio; late, again/).click();
  await button(sheet(zoe.page), 'Cancel the event').click();
  await button(sheet(zoe.page), 'Cancel the event').click();
  await ada.page.getByRole('heading', { name: 'Later' }).waitFor({ state: 'detached' });
});

test('a search finds rooms and people met, and asks the server nothing', async () => {
  await press(ada.page, 'Search');
  expect(sent.length, 'control: what she sends is seen').toBeGreaterThan(0);
  sent.length = 0;
  await sheet(ada.page).getByRole('searchbox').fill('zoe');
  await button(sheet(ada.page), 'Zoé').waitFor();
  await sheet(ada.page).getByRole('searchbox').fill('every');
  await button(sheet(ada.page), /^Everyone/).waitFor();
  expect(await faults(ada.page)).toEqual([]);
  await sheet(ada.page).getByRole('searchbox').fill('<img src=x>');
  await sheet(ada.page).getByText('Nothing here has that name.').waitFor();
  expect(sent).toEqual([]);
  await closeSheets(ada.page);
});

test('a report reaches the admins, who close it', async () => {
  await press(ada.page, 'Search');
  await sheet(ada.page).getByRole('searchbox').fill('tom');
  await button(sheet(ada.page), 'Tom').click();
  await button(sheet(ada.page), 'Report').click();
  const form = sheet(ada.page);
  await button(form, 'Send the report').click();
  await form.getByText('Please choose what is wrong.').waitFor();
  await form.getByRole('radio', { name: 'Spam' }).check();
  await form.getByLabel('What happened? (optional)').fill('He sold things\nall evening');
  await form.getByRole('checkbox', { name: /Send along/ }).check();
  const evidence = (await form.locator('.evidence').textContent()) ?? '';
  expect(evidence).toContain('Tom');
  expect(await faults(ada.page)).toEqual([]);
  await button(form, 'Send the report').click();
  await ada.page.getByText("Only this club's admins will see it.").first().waitFor();

  await press(ines.page, 'Back to the hallway');
  await button(ines.page, '1 report waits for you').click();
  const one = sheet(ines.page).locator('.report');
  await one.getByText('Ada reports Tom').waitFor();
  expect(await one.locator('.said').textContent()).toBe('He sold things\nall evening');
  expect(await one.locator('.evidence').textContent()).toBe(evidence);
  expect(await faults(ines.page)).toEqual([]);
  expect(await button(tom.page, /report/).count()).toBe(0);
  await button(one, 'Close').click();
  await sheet(ines.page).getByText('No reports.').waitFor();
  await closeSheets(ines.page);
  await button(ines.page, /report.*waits/).waitFor({ state: 'detached' });
});
