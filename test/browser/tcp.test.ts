// A network that lets no UDP through: both browsers have only the TCP candidate. The server listens for TCP on
// its media port, over IPv4 and over IPv6.

import { afterEach, expect, test } from 'vitest';
import { type Person, person } from './browser.ts';
import { hearMic, hearSpeakers, match } from './ears.ts';
import { enter, invite, join, openRoom, pause, press, sees } from './evening.ts';
import { heard, onCandidates, route } from './loss.ts';
import { freePort, Server } from './server.ts';
import { speech } from './speech.ts';

let server: Server;
let people: Person[] = [];

afterEach(async () => {
  await Promise.all(people.map((p) => p.close()));
  people = [];
  expect(await server.stop(), server.log).toBe(0);
  server.forget();
});

async function words(from: Person, to: Person): Promise<number> {
  let best = 0;
  for (let i = 0; i < 3 && best < 0.8; i++) {
    const [said, heard] = await Promise.all([hearMic(from.page, 4000), hearSpeakers(to.page, 4000)]);
    const m = match(said, heard);
    console.log(`r ${m.r.toFixed(2)}, ${m.lagMs.toFixed(0)} ms`);
    best = Math.max(best, m.r);
  }
  return best;
}

/** Inès talks in a room on a server at `addresses`; each browser keeps the candidates that name its own word. */
async function roomAt(
  addresses: string,
  keeps: [ines: string, tom: string],
): Promise<[Person, Person, number]> {
  server = new Server();
  const port = await freePort();
  await server.start({ APARTE_MEDIA_ADDRESS: addresses, APARTE_MEDIA_PORT: String(port) });
  const [ines, tom] = await Promise.all([
    person('Inès', server.origin, speech(server.dir, 0, 1)),
    person('Tom', server.origin, null),
  ]);
  people = [ines, tom];
  for (const [i, p] of people.entries())
    await onCandidates(p.page, `(l) => (l.includes(' ${keeps[i]} ') ? l : null)`);
  await join(ines.page, server.founderLink, ines.name);
  const link = await invite(ines.page);
  await openRoom(ines.page, 'Hôtel');
  await press(ines.page, 'Unmute');
  await sees(ines.page, 'Mute');
  await join(tom.page, link, tom.name);
  await enter(tom.page, 'Hôtel');
  return [ines, tom, port];
}

test.each([
  ['127.0.0.1', 'tcp'],
  ['::1', 'tcp'],
  ['::1', 'udp'],
])('words arrive at %s over %s alone', async (address, transport) => {
  const [ines, tom, port] = await roomAt(address, [transport, transport]);
  expect(await words(ines, tom)).toBeGreaterThan(0.8);
  for (const p of people) expect(await route(p.page)).toBe(`${transport} ${address} ${port}`);
});

test('at an IPv4 and an IPv6 address, one speaks over the one and one hears over the other', async () => {
  const [ines, tom, port] = await roomAt('127.0.0.1,::1', ['127.0.0.1', '::1']);
  const decodes = async (): Promise<boolean> => {
    const a = await heard(tom.page);
    await pause(2000);
    const b = await heard(tom.page);
    return b.packets > a.packets + 50 && b.concealed - a.concealed < (b.samples - a.samples) / 2;
  };
  await expect.poll(decodes, { timeout: 60_000, interval: 100 }).toBe(true);
  expect(await route(ines.page)).toMatch(new RegExp(`^(udp|tcp) 127\\.0\\.0\\.1 ${port}$`));
  expect(await route(tom.page)).toMatch(new RegExp(`^(udp|tcp) ::1 ${port}$`));
});
