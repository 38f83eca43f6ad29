// A listener behind a network that loses every tenth datagram, then every third: what is asked for again, what is
// sent again, and how much of what is played had to be made up.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Person, person } from './browser.ts';
import { enter, invite, join, openRoom, pause, press, sees } from './evening.ts';
import { type Heard, heard, LossyRelay, onCandidates } from './loss.ts';
import { Server } from './server.ts';
import { speech } from './speech.ts';

const server = new Server();
let relay: LossyRelay;
let speaker: Person;
let listener: Person;

beforeAll(async () => {
  await server.start({ APARTE_MEDIA_ADDRESS: '127.0.0.1' });
  relay = new LossyRelay(server.port);
  const port = await relay.listen();
  [speaker, listener] = await Promise.all([
    person('Inès', server.origin, speech(server.dir, 0, 1)),
    person('Tom', server.origin, null),
  ]);
  await onCandidates(
    listener.page,
    `(l) => (l.includes(' tcp ') ? null : l.replace(/ ${server.port} typ host/, ' ${port} typ host'))`,
  );
});

afterAll(async () => {
  await Promise.all([speaker?.close(), listener?.close()]);
  relay.close();
  expect(await server.stop(), server.log).toBe(0);
  server.forget();
});

async function listen(loss: number, ms: number): Promise<{ concealed: number; nacks: number; lost: number }> {
  relay.loss = loss;
  await pause(2000); // the jitter buffer finds its length
  const a: Heard = await heard(listener.page);
  await pause(ms);
  const b: Heard = await heard(listener.page);
  const share = (b.concealed - a.concealed) / (b.samples - a.samples);
  const nacks = b.nacks - a.nacks;
  console.log(
    `loss ${loss * 100} %: concealed ${(share * 100).toFixed(1)} % of ${b.samples - a.samples} samples, ` +
      `${b.packets - a.packets} packets, ${nacks} asked for again`,
  );
  expect(b.packets - a.packets).toBeGreaterThan(ms / 40);
  return { concealed: share, nacks, lost: b.lost - a.lost };
}

test('without loss nothing is asked for', async () => {
  await join(speaker.page, server.founderLink, speaker.name);
  const link = await invite(speaker.page);
  await openRoom(speaker.page, 'Tunnel');
  await press(speaker.page, 'Unmute');
  await sees(speaker.page, 'Mute');
  await join(listener.page, link, listener.name);
  await enter(listener.page, 'Tunnel');
  await pause(3000);
  const r = await listen(0, 5000);
  expect(relay.passed, 'the relay is in between').toBeGreaterThan(200);
  expect(r.concealed).toBeLessThan(0.2); // a busy machine is late now and then
  expect(r.nacks).toBeLessThan(10);
});

test('at 10 % loss the browser asks again and the server sends again', async () => {
  const before = relay.again;
  const r = await listen(0.1, 15_000);
  expect(r.nacks).toBeGreaterThan(20);
  expect(relay.again - before, 'the same packet came once more').toBeGreaterThan(20);
  expect(r.concealed).toBeLessThan(0.15);
});

test('at 30 % loss most of it is still heard', async () => {
  const r = await listen(0.3, 15_000);
  expect(r.nacks).toBeGreaterThan(50);
  expect(r.concealed).toBeLessThan(0.3);
});
