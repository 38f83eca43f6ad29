// Membership, end to end: a device added and revoked, coming back with the code on paper and with passkeys, an invitation that
// invites further, a ban in the middle of a room and every door that the banned one tries.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { addDevice, closeSheets, oneself } from './account.ts';
import { type Person, person } from './browser.ts';
import { enter, invite, join, lockSays, openRoom, press, sees, withPerson } from './evening.ts';
import { Server } from './server.ts';

const server = new Server();
const people: Person[] = [];
let ines: Person;
let tom: Person;
let zoe: Person;

async function browser(name: string): Promise<Person> {
  const p = await person(name, server.origin, null);
  people.push(p);
  return p;
}

beforeAll(async () => {
  await server.start();
  [ines, tom, zoe] = await Promise.all([browser('Inès'), browser('Tom'), browser('Zoé')]);
  await join(ines.page, server.founderLink, 'Inès');
  await join(tom.page, await invite(ines.page), 'Tom');
  await join(zoe.page, await invite(tom.page), 'Zoé'); // by somebody who was invited
});

afterAll(async () => {
  await Promise.all(people.map((p) => p.close()));
  expect(await server.stop(), server.log).toBe(0);
  server.forget();
});

test('who invited whom is seen in the room, up to the founder', async () => {
  await openRoom(ines.page, 'Chains');
  await enter(zoe.page, 'Chains');
  await lockSays(ines.page, 2);
  await ines.page.getByRole('button', { name: /^Zoé/ }).first().click();
  await ines.page.getByText('The invitation chain up to the founder was checked.').waitFor();
  const sheet = ines.page.getByRole('dialog');
  expect(
    await sheet.getByRole('list', { name: 'Invited by' }).getByRole('listitem').allTextContents(),
  ).toEqual(['Tom', 'Inès']);
  await closeSheets(ines.page);
  await press(zoe.page, 'Leave quietly');
  await press(ines.page, 'Back to the hallway');
});

test('a device is added by a code and six words, acts for the account, and is revoked out of a room', async () => {
  const phone = await browser('Tom, phone');
  await addDevice(tom.page, phone.page);
  await closeSheets(tom.page);
  await enter(phone.page, 'Chains');
  await lockSays(phone.page, 2);
  await ines.page.getByRole('button', { name: /Back to the room/ }).click();
  await ines.page.getByRole('button', { name: /^Tom/ }).first().waitFor();

  await closeSheets(tom.page);
  await oneself(tom.page, 'Devices');
  await press(tom.page, 'Revoke');
  await tom.page
    .getByRole('dialog', { name: 'Revoke this device?' })
    .getByRole('button', { name: 'Revoke' })
    .click();
  await phone.page.getByText('This club does not let this browser in any more.').waitFor();
  await ines.page.getByRole('button', { name: /^Tom/ }).waitFor({ state: 'detached' });
  await lockSays(ines.page, 1);
  await phone.page.reload();
  await phone.page.getByText('This club does not let this browser in any more.').waitFor();
  await closeSheets(tom.page);
});

test('words that differ add nothing', async () => {
  const other = await browser('Stranger');
  await other.page.goto(server.origin);
  await press(other.page, 'Use my account from another device');
  const code = (await other.page.locator('.paper-code').textContent()) ?? '';
  await oneself(tom.page, 'Devices');
  await tom.page.getByLabel('Code of the new device').fill(code);
  await press(tom.page, 'Find it');
  await press(tom.page, 'They are the same');
  await press(other.page, 'They differ');
  await tom.page.getByText('The new device did not accept.').waitFor();
  expect(await other.page.getByRole('button', { name: 'Open a room' }).count()).toBe(0);
  await closeSheets(tom.page);
  await other.close();
});

test('a fresh browser comes back with the code from the paper', async () => {
  await oneself(zoe.page, 'If you lose this device');
  await press(zoe.page, 'Make a recovery code');
  const code = (await zoe.page.locator('.paper-code').textContent()) ?? '';
  expect(code.replaceAll(/[^0-9A-Z]/g, '')).toHaveLength(28);
  await press(zoe.page, 'I have it on paper');
  await zoe.page.getByText('You have a recovery code.').waitFor();
  await closeSheets(zoe.page);

  const fresh = await browser('Zoé, new laptop');
  await fresh.page.goto(server.origin);
  await press(fresh.page, 'I have a recovery code or a passkey');
  await fresh.page.getByLabel('Recovery code').fill(`${code.slice(0, -1)}${code.endsWith('7') ? '8' : '7'}`);
  await press(fresh.page, 'Go on');
  await fresh.page
    .getByRole('alert')
    .getByText(/character of the code is wrong|belongs to no account/)
    .waitFor();
  await fresh.page.getByLabel('Recovery code').fill(code.toLowerCase().replaceAll('0', 'o'));
  await press(fresh.page, 'Go on');
  await fresh.page.getByRole('heading', { level: 1, name: 'Welcome back, Zoé.' }).waitFor();
  await press(fresh.page, 'Come back');
  await enter(fresh.page, 'Chains');
  await lockSays(fresh.page, 2);
  await press(fresh.page, 'Leave quietly');
  await lockSays(ines.page, 1);
  await fresh.close();
});

test('passkeys open the code: two are made, and one of them brings a wiped browser back', async () => {
  await ines.page.goto(server.origin);
  const { page, context } = await browser('Maëlle');
  const devtools = await context.newCDPSession(page);
  await devtools.send('WebAuthn.enable');
  const keys: string[] = [];
  for (const transport of ['usb', 'usb'] as const) {
    const { authenticatorId } = await devtools.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        protocol: 'ctap2',
        ctap2Version: 'ctap2_1',
        transport,
        hasResidentKey: true,
        hasUserVerification: true,
        hasPrf: true,
        automaticPresenceSimulation: keys.length === 0,
        isUserVerified: true,
      },
    });
    keys.push(authenticatorId);
  }
  const touch = (key: string | undefined, enabled: boolean) =>
    devtools.send('WebAuthn.setAutomaticPresenceSimulation', { authenticatorId: key ?? '', enabled });
  // A person has one key at hand at a time, and takes the other for the second passkey.
  await page.exposeFunction('takeKey', async (second: boolean) => {
    await touch(keys[0], !second);
    await touch(keys[1], second);
  });
  await page.addInitScript(() => {
    const create = CredentialsContainer.prototype.create;
    CredentialsContainer.prototype.create = async function (options) {
      const { takeKey } = window as unknown as { takeKey(second: boolean): Promise<void> };
      await takeKey((options?.publicKey?.excludeCredentials ?? []).length > 0);
      return create.call(this, options);
    };
  });
  await join(page, await invite(ines.page), 'Maëlle');
  await oneself(page, 'If you lose this device');
  await press(page, 'Make a recovery code');
  await press(page, 'Add two passkeys');
  await page.getByText('Saved').first().waitFor();
  await press(page, 'I have it on paper');
  await page.getByText('2 passkeys are set up.').waitFor();

  await page.goto(`${server.origin}/robots.txt`); // nothing holds the database open there
  await page.evaluate(
    () =>
      new Promise<void>((done, failed) => {
        const wipe = indexedDB.deleteDatabase('aparte');
        wipe.onsuccess = () => done();
        wipe.onerror = () => failed(wipe.error);
      }),
  );
  await page.goto(server.origin);
  await press(page, 'I have a recovery code or a passkey');
  await press(page, 'Use a passkey');
  await page.getByRole('heading', { level: 1, name: 'Welcome back, Maëlle.' }).waitFor();
  await press(page, 'Come back');
  await sees(page, 'Open a room');
});

test('banned in the middle of a room: out at once, and every door stays shut', async () => {
  const tablet = await browser('Tom, tablet');
  await addDevice(tom.page, tablet.page);
  await closeSheets(tom.page);
  const unused = await invite(tom.page);
  await openRoom(ines.page, 'Evening');
  await enter(tom.page, 'Evening');
  await enter(zoe.page, 'Evening');
  await lockSays(ines.page, 3);
  await withPerson(ines.page, 'Tom', 'Ban from the club');
  await press(ines.page, 'Ban Tom');

  const shut = 'This club does not let this browser in any more.';
  await tom.page.getByText('You were banned from this club.').first().waitFor();
  await lockSays(ines.page, 2);
  await lockSays(zoe.page, 2);
  await tablet.page.getByText(shut).waitFor(); // the other device, at once
  await tom.page.reload(); // a new socket
  await tom.page.getByText(shut).waitFor();
  await tablet.page.reload();
  await tablet.page.getByText(shut).waitFor();

  const guest = await browser('Guest');
  await guest.page.goto(unused); // made before the ban
  await guest.page.getByText('This invitation was withdrawn.').first().waitFor();

  // Those whom he invited stay, and their chain through him still holds: he was in good standing then.
  await zoe.page.getByRole('button', { name: /^Zoé/ }).first().click();
  await zoe.page.getByText('The invitation chain up to the founder was checked.').waitFor();
  await closeSheets(zoe.page);
});

test('a ban survives a restart, and an undo in the moderation log opens the door again', async () => {
  expect(await server.stop()).toBe(0);
  await server.start();
  const shut = 'This club does not let this browser in any more.';
  await tom.page.reload();
  await tom.page.getByText(shut).waitFor();
  await ines.page.goto(server.origin);
  await oneself(ines.page, 'Moderation');
  await ines.page.getByText('Inès: banned, Tom').waitFor();
  await press(ines.page, 'Undo');
  await ines.page.getByText('undone').waitFor();
  await tom.page.reload();
  await sees(tom.page, 'Open a room');
});
