// A network that lets no UDP through: both browsers have only the TCP candidate. The server listens for TCP on
// its media port, over IPv4 and over IPv6.

import { afterEach, expect, test } from 'vitest';
import { type Person, person } from './browser.ts';
import { hearMic, hearSpeakers, match } from './ears.ts';
import { enter, invite, join, openRoom, press, sees } from './evening.ts';
import { onCandidates, route } from './loss.ts';
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

test.each([
  ['127.0.0.1', 'tcp'],
  ['::1', 'tcp'],
  ['::1', 'udp'],
])('words arrive at %s over %s alone', async (address, transport) => {
  server = new Server();
  const port = await freePort();
  await server.start({ APARTE_MEDIA_ADDRESS: address, APARTE_MEDIA_PORT: String(port) });
  const [ines, tom] = await Promise.all([
    person('Inès', server.origin, speech(server.dir, 0, 1)),
    person('Tom', server.origin, null),
  ]);
  people = [ines, tom];
  for (const p of people) await onCandidates(p.page, `(l) => (l.includes(' ${transport} ') ? l : null)`);
  await join(ines.page, server.founderLink, ines.name);
  const link = await invite(ines.page);
  await openRoom(ines.page, 'Hôtel');
  await press(ines.page, 'Unmute');
  await sees(ines.page, 'Mute');
  await join(tom.page, link, tom.name);
  await enter(tom.page, 'Hôtel');
  expect(await words(ines, tom)).toBeGreaterThan(0.8);
  for (const p of people) expect(await route(p.page)).toBe(`${transport} ${address} ${port}`);
});
