// Tracing a leak, from the admins' first consent to the key that two shares give: a speaker in a real Chromium, whose
// voice goes out in two variants, and a server that cannot open the pattern.

import { createConnection } from 'node:net';
import { createInterface } from 'node:readline';
import type { WebSocket } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Bytes, equal, unb64 } from '../../web/src/base/bytes.ts';
import { hashFor } from '../../web/src/base/sign.ts';
import { combine } from '../../web/src/identity/shamir.ts';
import { parsePattern, parseRelease } from '../../web/src/identity/tracemsg.ts';
import { closeSheets, oneself } from './account.ts';
import { type Person, person } from './browser.ts';
import { enter, invite, join, openRoom, press, sees, withPerson } from './evening.ts';
import { Server } from './server.ts';
import { speech } from './speech.ts';
import { lockText, openLeak, releaseShare, takePart } from './tracing.ts';

const TITLE = 'Le salon';
const server = new Server();
let ines: Person; // the founder, who speaks
let tom: Person; // an admin
let zoe: Person;
const everyone = (): Person[] => [ines, tom, zoe];
const releases: string[] = [];
const twins: boolean[] = []; // what Inès' browser said of her two variants, and the server took: in step, or not
const refusals: string[] = []; // of the same

beforeAll(async () => {
  await server.start();
  const voice = speech(server.dir, 0, 1, 60);
  [ines, tom, zoe] = await Promise.all([
    person('Inès Martin', server.origin, voice),
    person('Tom', server.origin, null),
    person('Zoé', server.origin, null),
  ]);
  await ines.page.addInitScript(keepSenders);
  ines.page.on('websocket', listen);
});

afterAll(async () => {
  await Promise.all(everyone().map((p) => p?.close()));
  expect(await server.stop(), server.log).toBe(0);
  server.forget();
});

function listen(socket: WebSocket): void {
  const said = new Map<number, boolean>();
  socket.on('framesent', ({ payload }) => {
    const { id, do: what, live } = JSON.parse(String(payload)) as { id: number; do?: string; live?: boolean };
    if (what === 'room.twin') said.set(id, live === true);
  });
  socket.on('framereceived', ({ payload }) => {
    const { re, ok } = JSON.parse(String(payload)) as { re?: number; ok?: boolean };
    const live = said.get(re ?? -1);
    if (live === undefined) return;
    if (ok === true) twins.push(live);
    else refusals.push(String(payload));
  });
}

type Keeping = { senders: RTCRtpSender[] };

/** In the page, before anything else: the senders of its connections, in the order in which they were made. */
function keepSenders(): void {
  const kept: RTCRtpSender[] = [];
  const { prototype } = RTCPeerConnection;
  const { addTransceiver } = prototype;
  prototype.addTransceiver = function (...args) {
    const made = addTransceiver.apply(this, args);
    kept.push(made.sender);
    return made;
  };
  (globalThis as unknown as Keeping).senders = kept;
}

/** Variant B misses half a second: what a sender does whose encoder stood still. */
async function holdUp(): Promise<void> {
  const [, b] = (globalThis as unknown as Keeping).senders.filter(({ track }) => track !== null);
  if (!b) throw new Error('there is no second variant');
  const { track } = b;
  await b.replaceTrack(null);
  await new Promise((done) => setTimeout(done, 500));
  await b.replaceTrack(track);
}

interface Evidence {
  patterns: string[];
  spans: { account: string; run: string; hop: number; since: number; until: number }[];
}

/** The pattern key, from the two shares that were released, if it is the one that the speaker's device made. */
async function opened(text: string): Promise<Bytes | null> {
  const pattern = parsePattern(unb64(text) ?? new Uint8Array(0));
  const [a, b] = releases.map((release) => {
    const found = parseRelease(unb64(release) ?? new Uint8Array(0))?.shares.find(
      ({ run }) => pattern && equal(run, pattern.run),
    );
    return found && { x: found.x, bytes: found.share };
  });
  const key = a && b ? combine(a, b) : null;
  const good = key && pattern && equal(await hashFor('pattern-check', key), pattern.check);
  return good ? key : null;
}

/** One request on the operator's socket. */
function operator(request: Record<string, unknown>): Promise<Record<string, unknown>> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(`${server.dir}/data/aparte.sock`);
    socket.on('error', reject);
    createInterface(socket).on('line', (line) => {
      const message = JSON.parse(line) as Record<string, unknown>;
      if (message.re !== 1) return;
      socket.end();
      resolve(message);
    });
    socket.write(`${JSON.stringify({ id: 1, ...request })}\n`);
  });
}

test('two people take part, and from then on rooms can be traced', async () => {
  await join(ines.page, server.founderLink, ines.name);
  const links = [await invite(ines.page), await invite(ines.page)];
  await openRoom(ines.page, 'Before');
  for (const [i, p] of [tom, zoe].entries()) {
    await join(p.page, links[i] ?? '', p.name);
    await enter(p.page, 'Before');
  }
  expect(await lockText(zoe.page)).toContain('cannot be traced: fewer than two admins take part');
  await withPerson(ines.page, 'Tom', 'Make an admin');
  for (const p of [zoe, tom, ines]) await press(p.page, 'Leave quietly');
  for (const p of [ines, tom]) await takePart(p.page);
  await openRoom(ines.page, TITLE);
  for (const p of [tom, zoe]) await enter(p.page, TITLE);
  await expect.poll(() => lockText(zoe.page)).toContain('A leak of this room can be traced.');
});

test('a voice is marked, and its pattern is kept', async () => {
  await press(ines.page, 'Unmute');
  await sees(ines.page, 'Mute');
  await press(zoe.page, 'Leave quietly');
  await sees(zoe.page, 'Open a room');
  await press(tom.page, 'Leave quietly');
  await openLeak(tom.page);
  await expect
    .poll(async () => {
      await closeSheets(tom.page);
      await openLeak(tom.page);
      return tom.page.getByText('1 voice').count();
    })
    .toBe(1);
  await closeSheets(tom.page);
});

test('two variants that part are put in step again', { timeout: 120_000 }, async () => {
  await expect.poll(() => twins, { timeout: 60_000 }).toContain(true);
  const before = twins.length;
  await ines.page.evaluate(holdUp);
  await expect
    .poll(() => twins.slice(before), { timeout: 60_000 })
    .toEqual(expect.arrayContaining([false, true]));
  expect(twins.indexOf(true, twins.indexOf(false, before))).toBeGreaterThan(before);
  expect(refusals).toEqual([]);
  expect(await lockText(ines.page)).not.toContain('Your own voice is not marked here');
});

test('each of two releases a share, which everybody can see; together they open the pattern', async () => {
  await press(ines.page, 'Leave quietly');
  for (const p of [ines, tom]) releases.push(await releaseShare(p.page));
  const one = await operator({ do: 'operator.trace', releases: [releases[0], releases[0]] });
  expect(one.ok).not.toBe(true);
  const both = await operator({ do: 'operator.trace', releases });
  expect(both).toMatchObject({ ok: true, title: TITLE });
  const { patterns, spans } = both as unknown as Evidence;
  expect(spans.length).toBeGreaterThan(1); // they parted once
  for (const { since, until } of spans) expect(until).toBeGreaterThanOrEqual(since);
  const [key] = await Promise.all(patterns.map(opened));
  expect(key?.length).toBe(32);
  await oneself(tom.page, 'Moderation');
  await tom.page.getByText('Inès Martin released a share for a trace').waitFor();
});

test('no console error, no request to anywhere else', () => {
  for (const p of everyone()) expect(p.problems, p.name).toEqual([]);
});
