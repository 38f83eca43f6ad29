// A leak has a name, from end to end: one speaks, three listen in real Chromiums and each records what their browser
// plays. Two admins release their shares, and `aparte trace` says of each recording whose it is, among 5,000: as it was
// recorded, as WAV, as MP3. Of one that two have cut together it names one of the two, or both.

import { execFile, execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Person, person } from './browser.ts';
import { enter, invite, join, lockSays, openRoom, press, sees, withPerson } from './evening.ts';
import { binary, Server } from './server.ts';
import { speech } from './speech.ts';
import { lockText, releaseShare, takePart } from './tracing.ts';

const TITLE = 'Le salon';
const RECORDED_MS = 45_000;
const LISTENERS = 5_000;
const MINUTES = 60_000;

const server = new Server();
let ines: Person; // the founder, who speaks
let listeners: Person[]; // the first of them is an admin
const starts: number[] = []; // of their recordings, on the server's clock
const file = (name: string): string => `${server.dir}/${name}`;
const leakOf = ({ name }: Person): string => file(`${name}.webm`);

beforeAll(async () => {
  await server.start();
  ines = await person('Inès', server.origin, speech(server.dir, 0, 1, RECORDED_MS / 1000));
  listeners = await Promise.all(['Tom', 'Zoé', 'Ada'].map((name) => person(name, server.origin, null)));
});

afterAll(async () => {
  await Promise.all([ines, ...(listeners ?? [])].map((p) => p?.close()));
  expect(await server.stop(), server.log).toBe(0);
  server.forget();
});

/** Everything that the page plays, as its own recorder encodes it: a WebM file with Opus. */
async function recording(page: Page, ms: number): Promise<Buffer> {
  const text = await page.evaluate(async (length) => {
    const context = new AudioContext();
    const mixed = context.createMediaStreamDestination();
    for (const { srcObject } of document.querySelectorAll('audio'))
      if (srcObject instanceof MediaStream && srcObject.getAudioTracks().length > 0)
        context.createMediaStreamSource(srcObject).connect(mixed);
    await context.resume();
    const recorder = new MediaRecorder(mixed.stream, { mimeType: 'audio/webm;codecs=opus' });
    const parts: Blob[] = [];
    recorder.ondataavailable = ({ data }) => parts.push(data);
    const stopped = new Promise((done) => {
      recorder.onstop = done;
    });
    recorder.start();
    setTimeout(() => recorder.stop(), length);
    await stopped;
    await context.close();
    const reader = new FileReader();
    const read = new Promise((done) => {
      reader.onload = done;
    });
    reader.readAsDataURL(new Blob(parts));
    await read;
    return String(reader.result);
  }, ms);
  return Buffer.from(text.slice(text.indexOf(',') + 1), 'base64');
}

/** The same sound as another kind of file. */
function converted(from: string, to: string): string {
  execFileSync('ffmpeg', ['-v', 'error', '-y', '-i', from, '-ac', '1', '-b:a', '64k', to]);
  return to;
}

const asWav = (p: Person): string => converted(leakOf(p), file(`${p.name}.wav`));

/** Two recordings as one, by turns two pieces of the first and one of the second, which began `lag` seconds later. */
function cutTogether(a: string, b: string, lag: number, seconds: number): string {
  const [early, late] = [Math.max(0, lag), Math.max(0, -lag)]; // what each has to skip
  const parts: string[] = [];
  const PIECE = 3;
  for (let at = 0, i = 0; at + PIECE <= seconds - Math.abs(lag); at += PIECE, i++) {
    const input = i % 3 === 2 ? 1 : 0;
    const from = at + (input ? late : early);
    parts.push(`[${input}:a]atrim=${from}:${from + PIECE},asetpts=PTS-STARTPTS[p${i}]`);
  }
  const all = parts.map((_, i) => `[p${i}]`).join('');
  const to = file('cut.mp3');
  const graph = `${parts.join(';')};${all}concat=n=${parts.length}:v=0:a=1`;
  execFileSync('ffmpeg', ['-v', 'error', '-i', a, '-i', b, '-filter_complex', graph, '-b:a', '64k', to]);
  return to;
}

interface Report {
  seconds: number;
  start: number; // of the recording, in ms on the server's clock
  listeners: number;
  named: number;
  suspects: { name: string; named: boolean; log10_p: number }[];
}

function trace(leak: string, ...options: string[]): Promise<Report> {
  return new Promise((resolve, reject) => {
    const args = ['trace', leak, ...options, '--json'];
    execFile(binary(), args, { maxBuffer: 1 << 26 }, (_, report, errors) => {
      if (report === '' || errors !== '') reject(new Error(errors));
      else resolve(JSON.parse(report) as Report);
    });
  });
}

function expectNamed({ name }: Person, report: Report): void {
  const [first, second] = report.suspects;
  const chances = `10^${first?.log10_p.toFixed(1)}, next 10^${second?.log10_p.toFixed(1)}`;
  console.log(`${name}: ${first?.name} of ${report.listeners}, ${chances}`);
  expect(first?.name, chances).toBe(name);
  expect(report.named, chances).toBe(1);
  expect(first?.log10_p).toBeLessThan(-6);
}

/** As many as were never there: their codewords follow from the room's secret as everybody's do. */
function crowd(session: string): string {
  const ledger = JSON.parse(readFileSync(session, 'utf8')) as { people: Record<string, unknown>[] };
  const present = new Set(ledger.people.map(({ account }) => account)).size;
  for (let i = present; i < LISTENERS; i++)
    ledger.people.push({
      ...ledger.people[0],
      account: randomBytes(16).toString('base64url'),
      name: `Innocent ${i}`,
    });
  const path = file('crowd.json');
  writeFileSync(path, JSON.stringify(ledger));
  return path;
}

test('two admins take part in traces, and three listen', async () => {
  await join(ines.page, server.founderLink, ines.name);
  const links: string[] = [];
  for (const _ of listeners) links.push(await invite(ines.page));
  for (const [i, p] of listeners.entries()) await join(p.page, links[i] ?? '', p.name);
  const [tom] = listeners as [Person, ...Person[]];
  await openRoom(ines.page, 'Before');
  await enter(tom.page, 'Before');
  await withPerson(ines.page, tom.name, 'Make an admin');
  for (const p of [tom, ines]) {
    await press(p.page, 'Leave quietly');
    await sees(p.page, 'Open a room');
    await takePart(p.page);
  }
  await openRoom(ines.page, TITLE);
  for (const p of listeners) await enter(p.page, TITLE);
  await lockSays(ines.page, 1 + listeners.length);
  await expect.poll(() => lockText(ines.page)).toContain('A leak of this room can be traced.');
});

test('each listener records what is said', { timeout: 5 * MINUTES }, async () => {
  await press(ines.page, 'Unmute');
  await sees(ines.page, 'Mute');
  const leaks = await Promise.all(listeners.map((p) => recording(p.page, RECORDED_MS)));
  for (const [i, p] of listeners.entries()) writeFileSync(leakOf(p), leaks[i] ?? '');
  for (const p of [...listeners, ines]) await press(p.page, 'Leave quietly');
});

test('each recording names the one who made it, and nobody else', { timeout: 10 * MINUTES }, async () => {
  const [tom, zoe, ada] = listeners as [Person, Person, Person];
  const options: string[] = ['--data', file('data')];
  for (const p of [ines, tom]) {
    await sees(p.page, 'Open a room');
    writeFileSync(file(`${p.name}.release`), await releaseShare(p.page));
    options.push('--release', file(`${p.name}.release`));
  }
  expectNamed(tom, await trace(leakOf(tom), ...options, '--save', file('session.json')));
  const session = crowd(file('session.json'));
  const leaks: [Person, string][] = [
    [tom, leakOf(tom)],
    [zoe, asWav(zoe)],
    [ada, converted(asWav(ada), file('leak.mp3'))],
  ];
  for (const [p, leak] of leaks) {
    const report = await trace(leak, '--session', session);
    expect(report.listeners).toBe(LISTENERS);
    expectNamed(p, report);
    starts.push(report.start);
  }
});

test('what two have cut together names none but them', { timeout: 5 * MINUTES }, async () => {
  const [tom, zoe] = listeners as [Person, Person];
  const [one, two] = starts as [number, number];
  const lag = (two - one) / 1000;
  const leak = cutTogether(asWav(tom), asWav(zoe), lag, RECORDED_MS / 1000);
  // Two take more than 45 s of telephone speech to be named among 5,000: here it is among the four who were there.
  const report = await trace(leak, '--session', file('session.json'), '--threshold', '0.001');
  const named = report.suspects.filter((x) => x.named);
  console.log('cut:', named.map((x) => `${x.name} 10^${x.log10_p.toFixed(1)}`).join(', '));
  expect(named.length).toBeGreaterThan(0);
  for (const { name } of named) expect([tom.name, zoe.name]).toContain(name);
});

test('no console error, no request to anywhere else', () => {
  for (const p of [ines, ...listeners]) expect(p.problems, p.name).toEqual([]);
});
