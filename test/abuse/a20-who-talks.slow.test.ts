// A20: somebody on the network guesses who talks, from all that a real browser sends and gets. Two people take turns in a
// sensitive room and a third listens; a fourth talks in an ordinary room, so that it is seen that the guesses are good
// where there is something to be guessed.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Person, person } from '../browser/browser.ts';
import { dialogue, listenAtMouth, type Mouth, mouth, talked } from '../browser/dialogue.ts';
import { button, enter, inRoom, invite, join, openRoom, pause, press, sees } from '../browser/evening.ts';
import { Server } from '../browser/server.ts';
import { Observer, type Sight } from '../browser/wire.ts';
import { features, judge, type Window } from './classifier.ts';
import { until, weakness } from './club.ts';

const server = new Server();
const WINDOW_MS = 200;
const ENOUGH = 30; // windows of either kind
const LONGEST_MS = 60_000; // for that many
const LATE_MS = 120; // from the microphone to the network, at most: a window has one label for as long before
const PACKET = 148 + 12 + 16; // SFrame, RTP, the tag of SRTP

let people: Person[] = [];
let observers: Observer[] = [];
let mouths: Mouth[] = [];
let from = 0;
let to = 0;

beforeAll(async () => {
  await server.start({ APARTE_MEDIA_ADDRESS: '127.0.0.1' });
  const [ada = '', bo = ''] = dialogue(server.dir);
  const mics = { Ada: ada, Bo: bo, Cy: null, Dee: ada };
  people = await Promise.all(Object.entries(mics).map(([name, mic]) => person(name, server.origin, mic)));
  observers = await Promise.all(people.map(({ page }) => Observer.between(page, server)));
  if (weakness === 'level left in')
    await Promise.all(people.map(({ page }) => page.addInitScript(leaveLevel)));
});

afterAll(async () => {
  await Promise.all(people.map((one) => one.close()));
  for (const one of observers) one.close();
  expect(await server.stop(), server.log).toBe(0);
  server.forget();
});

/** A client that agrees to the level extension everywhere. */
function leaveLevel(): void {
  const { setRemoteDescription: set } = RTCPeerConnection.prototype;
  function agree(this: RTCPeerConnection, answer: RTCSessionDescriptionInit): Promise<void> {
    const offer = this.localDescription?.sdp ?? '';
    const [line] = /a=extmap:\d+ urn:ietf:params:rtp-hdrext:ssrc-audio-level/.exec(offer) ?? [];
    const { sdp = '', type } = answer;
    const bare = !sdp.includes('a=extmap');
    const to = bare ? sdp.replaceAll('a=recvonly\r\n', `$&${line}\r\n`) : sdp;
    return (set as (answer: RTCSessionDescriptionInit) => Promise<void>).call(this, { type, sdp: to });
  }
  Object.assign(RTCPeerConnection.prototype, { setRemoteDescription: agree });
}

async function openSensitive({ page }: Person, title: string): Promise<void> {
  await press(page, 'Open a room');
  const sheet = page.getByRole('dialog');
  await sheet.getByRole('textbox').fill(title);
  await sheet.getByRole('checkbox', { name: /^Sensitive/ }).check();
  await button(sheet, 'Open a room').click();
  await inRoom(page, title);
}

async function speak(...speakers: Person[]): Promise<void> {
  await Promise.all(speakers.map(({ page }) => press(page, 'Unmute')));
  await Promise.all(speakers.map(({ page }) => sees(page, 'Mute')));
  await Promise.all(speakers.map(({ page }) => listenAtMouth(page)));
}

/** Everything that one person's network carries from then on, by stream; of the same kind in the same order. */
function streams(of: number, up?: boolean): Sight[][] {
  const seen = observers[of]?.seen.filter((one) => one.at >= from && one.at < to) ?? [];
  const names = new Set(seen.map((one) => `${one.stream} ${one.up}`));
  const all = [...names].map((name) => seen.filter((one) => `${one.stream} ${one.up}` === name));
  return all
    .filter(([first]) => first !== undefined && (up === undefined || first.up === up))
    .sort((a, b) => b.length - a.length);
}

const media = (of: number, up: boolean): Sight[] =>
  streams(of, up).flatMap((stream) => stream.filter((one) => Number(one.stream) > 0));

function windows(seen: Sight[][], label: (at: number) => boolean | null): Window[] {
  const list: Window[] = [];
  for (let at = from; at + WINDOW_MS <= to; at += WINDOW_MS) {
    const is = label(at);
    if (is !== null) list.push({ features: features(seen, at, WINDOW_MS), label: is });
  }
  return list;
}

const talks = (who: number, at: number): boolean | null =>
  talked(mouths[who] ?? [], at - LATE_MS, at + WINDOW_MS);

/** Whether the first of two talks and the other does not; false: the other way round. */
function whichOfTwo(at: number): boolean | null {
  const [ada, bo] = [talks(0, at), talks(1, at)];
  return ada !== null && bo !== null && ada !== bo ? ada : null;
}

/** A busy machine is late, and spoils windows: until there are enough that it is known of who talked. */
async function watch(): Promise<void> {
  const enough = (label: (at: number) => boolean | null): boolean => {
    const list = windows([], label).map((one) => one.label);
    return [true, false].every((is) => list.filter((one) => one === is).length >= ENOUGH);
  };
  do {
    await pause(1000);
    mouths = await Promise.all(people.map(({ page }, i) => (i === 2 ? [] : mouth(page))));
    to = Date.now();
  } while (to < from + LONGEST_MS && !(enough(whichOfTwo) && enough((at) => talks(3, at))));
}

test('four people in two rooms', async () => {
  const [ada, bo, cy, dee] = people as [Person, Person, Person, Person];
  await join(ada.page, server.founderLink, ada.name);
  const links = [await invite(ada.page), await invite(ada.page), await invite(ada.page)];
  await Promise.all([bo, cy, dee].map((one, i) => join(one.page, links[i] ?? '', one.name)));
  await Promise.all([openSensitive(ada, 'Quiet'), openRoom(dee.page, 'Plain')]);
  await Promise.all([bo, cy].map(({ page }) => enter(page, 'Quiet')));
  await press(bo.page, 'Raise hand');
  await press(ada.page.getByRole('region', { name: /^Raised hands/ }), 'Bring to stage');
  await sees(bo.page, 'Unmute');
  await speak(ada, bo, dee);
  await pause(1500);
  from = Date.now();
  for (const name of ['Ada', 'Bo', 'Ada'])
    await cy.page.locator('.person[data-speaking]').filter({ hasText: name }).waitFor(); // the rings go by what is heard
  const said = cy.page.getByText(/^Speaking now: (Ada|Bo)/);
  await until('the key says who speaks', async () => {
    await cy.page.keyboard.press('s'); // between two turns nobody does
    return (await said.count()) > 0;
  });
  await watch();
});

test('every packet has one size and no extension, 50 a second, talk or silence', () => {
  for (const [of, up] of [
    [0, true],
    [1, true],
    [2, false],
  ] as const) {
    const seen = media(of, up);
    expect([...new Set(seen.map(({ size }) => size))], `sizes at ${of}`).toEqual([PACKET]);
    expect(
      seen.flatMap(({ extension }) => extension),
      `extensions at ${of}`,
    ).toEqual([]);
    const rate = (seen.length * 1000) / (to - from) / (up ? 1 : 2);
    expect(rate, `packets a second at ${of}`).toBeGreaterThan(40);
    expect(rate, `packets a second at ${of}`).toBeLessThan(52);
  }
});

test('where a room is ordinary the guess is good', () => {
  const verdict = judge(windows(streams(3), (at) => talks(3, at)));
  console.log('ordinary, speaker:', verdict);
  expect(verdict.accuracy).toBeGreaterThan(0.5 + verdict.band);
});

test('in a sensitive room it is a coin, at each end and for who of two', () => {
  const verdicts = {
    speakers: judge([0, 1].flatMap((of) => windows(streams(of), (at) => talks(of, at)))),
    'listener, which of two': judge(windows(streams(2), whichOfTwo)),
  };
  for (const [what, verdict] of Object.entries(verdicts)) {
    console.log('sensitive,', `${what}:`, verdict);
    expect(verdict.judged, what).toBeGreaterThanOrEqual(ENOUGH / 2);
    expect(Math.abs(verdict.accuracy - 0.5), what).toBeLessThan(verdict.band);
  }
});
