// The admin page on a real server: how it is, an invitation withdrawn, somebody looked up, banned and let in again.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { closeSheets, oneself } from './account.ts';
import { type Person, person } from './browser.ts';
import { button, invite, join, press } from './evening.ts';
import { english } from './phrases.ts';
import { Server } from './server.ts';

const server = new Server();
const people: Person[] = [];
let ines: Person;
let tom: Person;
let link = '';

beforeAll(async () => {
  await server.start();
  for (const name of ['Inès', 'Tom']) people.push(await person(name, server.origin, null));
  [ines, tom] = people as [Person, Person];
  await join(ines.page, server.founderLink, 'Inès');
  link = await invite(ines.page);
  await join(tom.page, link, 'Tom');
});

afterAll(async () => {
  await Promise.all(people.map((p) => p.close()));
  expect(await server.stop(), server.log).toBe(0);
  server.forget();
});

const page = () => ines.page.getByRole('dialog', { name: 'The server' });
async function lookUp(what: string): Promise<void> {
  await page().getByLabel('Handle, account or invitation link').fill(what);
  await page().getByLabel('Handle, account or invitation link').press('Enter');
}

test('a member has no such page; the founder sees how the server is', async () => {
  await button(tom.page, english('hall.me', { name: 'Tom' })).click();
  await tom.page.getByRole('dialog').getByRole('button', { name: 'Devices' }).waitFor();
  expect(await tom.page.getByRole('button', { name: 'The server' }).count()).toBe(0);
  await closeSheets(tom.page);
  await oneself(ines.page, 'The server');
  await page().getByText('2 members ever, of 100,000.').waitFor();
  await page().getByText("The server's clock and this device's agree.").waitFor();
  await page().getByText('Nothing to tell.').waitFor();
  expect(await page().getByText('Look at this.').count()).toBe(0);
  await closeSheets(ines.page);
});

test('an open invitation is withdrawn', async () => {
  const open = await invite(ines.page);
  await closeSheets(ines.page);
  await oneself(ines.page, 'The server');
  await page().getByText('By Inès').waitFor();
  await button(page(), 'Withdraw').click();
  await page().getByText('0 open invitations.').first().waitFor();
  await lookUp(open);
  await page().getByText('Nobody here goes by that.').waitFor();
});

test('who came by an invitation is found by its link, banned, and let in again', async () => {
  await lookUp(link);
  await page()
    .getByText(/in good standing/)
    .waitFor();
  await press(ines.page, 'Ban from the club');
  await press(ines.page, 'Ban Tom');
  await oneself(ines.page, 'The server');
  await lookUp(link);
  await page()
    .getByText(/ · banned/)
    .waitFor();
  await button(page(), 'Take the ban back').click();
  await page()
    .getByText(/in good standing/)
    .waitFor();
  expect(ines.problems).toEqual([]);
});
