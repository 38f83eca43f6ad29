// The network changes in the middle of a sentence: the UDP path of a listener dies, then that of the speaker. Both
// find another one on the connection they have, and nobody sees anybody leave.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Person, person } from './browser.ts';
import { enter, invite, join, openRoom, pause, press, sees } from './evening.ts';
import { heard, LossyRelay, onCandidates, route } from './loss.ts';
import { Server } from './server.ts';
import { speech } from './speech.ts';

const server = new Server();
const relays: LossyRelay[] = [];
const ports: number[] = [];
let ines: Person;
let tom: Person;
const said: string[] = []; // by anybody to the server
const told: string[] = []; // by the server to Inès

beforeAll(async () => {
  await server.start({ APARTE_MEDIA_ADDRESS: '127.0.0.1' });
  for (let i = 0; i < 4; i++) {
    const relay = new LossyRelay(server.port);
    ports.push(await relay.listen());
    relays.push(relay);
  }
  [ines, tom] = await Promise.all([
    person('Inès', server.origin, speech(server.dir, 0, 1)),
    person('Tom', server.origin, null),
  ]);
  for (const p of [ines, tom]) {
    await onCandidates(
      p.page,
      `(l) => l.includes(' tcp ') ? null : l.replace(/ ${server.port} typ host/, ' ' + (window.__port ?? ${ports[0]}) + ' typ host')`,
    );
    p.page.on('websocket', (ws) => {
      ws.on('framesent', ({ payload }) => said.push(String(payload)));
      if (p === ines) ws.on('framereceived', ({ payload }) => told.push(String(payload)));
    });
  }
});

afterAll(async () => {
  await Promise.all([ines?.close(), tom?.close()]);
  for (const relay of relays) relay.close();
  expect(await server.stop(), server.log).toBe(0);
  server.forget();
});

const leadTo = (p: Person, relay: number): Promise<void> =>
  p.page.evaluate((port) => {
    (window as unknown as { __port: number }).__port = port;
  }, ports[relay] as number);
const goesBy = async (p: Person, relay: number): Promise<boolean> =>
  (await route(p.page)) === `udp 127.0.0.1 ${ports[relay]}`;
const asked = (what: string): number => said.filter((text) => text.includes(`"do":"${what}"`)).length;

/** Whether most of what Tom's browser plays was received, decrypted and decoded, not made up. */
async function hears(): Promise<boolean> {
  const a = await heard(tom.page);
  await pause(2000);
  const b = await heard(tom.page);
  return b.concealed - a.concealed < (b.samples - a.samples) / 2;
}
const untilHears = (): Promise<void> => expect.poll(hears, { timeout: 60_000, interval: 100 }).toBe(true);

async function untilPackets(p: Person, more: number): Promise<number> {
  const start = Date.now();
  const { packets } = await heard(p.page);
  while ((await heard(p.page)).packets < packets + more) {
    expect(Date.now() - start, 'sound comes back').toBeLessThan(60_000);
    await pause(100);
  }
  return Date.now() - start;
}

test('a listener whose path died hears again, and nobody saw it', async () => {
  await join(ines.page, server.founderLink, ines.name);
  const link = await invite(ines.page);
  await openRoom(ines.page, 'Gare');
  await press(ines.page, 'Unmute');
  await sees(ines.page, 'Mute');
  await join(tom.page, link, tom.name);
  await enter(tom.page, 'Gare');
  await untilHears();
  expect(await goesBy(tom, 0)).toBe(true);

  // Inès keeps her way: hers is another relay from the start of this test on.
  await leadTo(ines, 1);
  await ines.page.evaluate(() => window.dispatchEvent(new Event('online')));
  await expect.poll(() => goesBy(ines, 1), { timeout: 20_000 }).toBe(true);
  const before = { said: said.length, told: told.length };
  for (const i of [0, 2]) (relays[i] as LossyRelay).loss = 1;
  await leadTo(tom, 2);
  await tom.page.getByText('Trying another path').waitFor({ timeout: 60_000 });
  (relays[2] as LossyRelay).loss = 0;
  console.log(`sound is back after ${await untilPackets(tom, 50)} ms`);
  expect(await goesBy(tom, 2)).toBe(true);
  await tom.page.getByText('Trying another path').waitFor({ state: 'detached' });
  await untilHears();
  const news = told.slice(before.told).filter((text) => /"ev":"room\.(left|person)"/.test(text));
  expect(news).toEqual([]);
  expect(asked('room.join')).toBe(2);
  expect(said.slice(before.said).some((text) => text.includes('"do":"room.path"'))).toBe(true);
});

test('so is a speaker heard again', async () => {
  const before = told.length;
  (relays[1] as LossyRelay).loss = 1;
  await leadTo(ines, 3);
  console.log(`sound is back after ${await untilPackets(tom, 50)} ms`);
  await expect.poll(() => goesBy(ines, 3), { timeout: 60_000 }).toBe(true);
  await untilHears();
  expect(told.slice(before).filter((text) => /"ev":"room\.(left|person|out)"/.test(text))).toEqual([]);
  expect(asked('room.join')).toBe(2);
  expect([ines.problems, tom.problems]).toEqual([[], []]);
});
