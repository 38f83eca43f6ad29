// The hallway's own parts: ties, events and their calendar files, reports.

import { beforeEach, describe, expect, test, vi } from 'vitest';
import type { EventCard, Report, RequestName } from '../src/api/messages.ts';
import { Reader, unb64 } from '../src/base/bytes.ts';
import { icsOf } from '../src/base/ics.ts';
import { verify } from '../src/base/sign.ts';
import { Device, idBytes, makeKeys } from '../src/identity/device.ts';
import { RequestError } from '../src/socket/failure.ts';
import type { Core } from '../src/state/core.ts';
import { ClubEvents } from '../src/state/events.ts';
import { Hallway } from '../src/state/hallway.ts';
import { Reports } from '../src/state/reports.ts';
import { Ties, whoOf } from '../src/state/ties.ts';

const ID = 'EBESExQVFhcYGRobHB0eHw';
const TOM = { account: 'UFFSU1RVVldYWVpbXF1eXw', name: 'Tom' };
const ADA = { account: 'UlNUVVZXWFlaW1xdXl9gYQ', name: 'Ada' };
const MINUTE = 60_000;
const NOON = Date.UTC(2026, 10, 24, 12);

const keys = await makeKeys(null);
let asked: { name: RequestName; members: object }[] = [];
let answers: Partial<Record<RequestName, unknown>> = {};

const core = {
  page: { origin: 'https://club.example' },
  device: new Device(keys),
  request: async (name: RequestName, members: object) => {
    asked.push({ name, members });
    const answer = answers[name] ?? {};
    if (answer instanceof Error) throw answer;
    return answer;
  },
} as unknown as Core;

const event = (change: Partial<EventCard> = {}): EventCard => ({
  id: ID,
  by: TOM,
  title: 'Soirée radio',
  start: NOON + 60 * MINUTE,
  sensitive: false,
  who: 'everyone',
  ...change,
});

beforeEach(() => {
  asked = [];
  answers = {};
});

describe('a calendar file', () => {
  const lines = (text: string): string[] => text.split('\r\n');

  test('says when, what and where, in lines that RFC 5545 allows', () => {
    const text = icsOf(event({ title: 'Bread; jam, and\\tea' }), 'Aparté', 'https://club.example', NOON);
    expect(lines(text)).toEqual([
      'BEGIN:VCALENDAR',
      'VERSION:2.0',
      'PRODID:-//Aparte//EN',
      'BEGIN:VEVENT',
      `UID:${ID}@club.example`,
      'DTSTAMP:20261124T120000Z',
      'DTSTART:20261124T130000Z',
      'DTEND:20261124T140000Z',
      'SUMMARY:Bread\\; jam\\, and\\\\tea',
      'URL:https://club.example/',
      'CLASS:PRIVATE',
      'BEGIN:VALARM',
      'ACTION:DISPLAY',
      'DESCRIPTION:Bread\\; jam\\, and\\\\tea',
      'TRIGGER:-PT10M',
      'END:VALARM',
      'END:VEVENT',
      'END:VCALENDAR',
      '',
    ]);
  });

  test('folds what is longer than 75 octets, and cuts no character', () => {
    const title = 'é🎧'.repeat(30);
    const text = icsOf(event({ title }), 'Aparté', 'https://club.example', NOON);
    for (const line of lines(text)) expect(new TextEncoder().encode(line).length).toBeLessThanOrEqual(75);
    expect(text.replaceAll('\r\n ', '')).toContain(`SUMMARY:${title}\r\n`);
  });

  test('of a sensitive event carries no title, and a title adds no line', () => {
    const secret = icsOf(event({ sensitive: true }), 'Aparté', 'https://club.example', NOON);
    expect(secret).not.toContain('radio');
    expect(lines(secret)).toContain('SUMMARY:Aparté');
    const odd = icsOf(event({ title: 'x\r\nURL:https://evil.example' }), 'A', 'https://club.example', NOON);
    expect(lines(odd).filter((line) => line.startsWith('URL:'))).toEqual(['URL:https://club.example/']);
  });
});

describe('events', () => {
  const told: unknown[] = [];
  const events = (): ClubEvents => new ClubEvents(core, (key, params) => told.push([key, params]));

  beforeEach(() => {
    told.length = 0;
  });

  test('come and go with the hallway, the next one first', () => {
    const mine = events();
    const hall = new Hallway(mine, () => undefined);
    expect(hall.onEvent({ ev: 'hall.events', events: [event(), event({ id: 'b', start: NOON })] })).toBe(
      true,
    );
    hall.onEvent({ ev: 'hall.event', event: event({ id: 'c', start: NOON + 1 }) });
    expect(mine.list.value.map(({ id }) => id)).toEqual(['b', 'c', ID]);
    hall.onEvent({ ev: 'hall.event_gone', event: 'c' });
    expect(mine.list.value.map(({ id }) => id)).toEqual(['b', ID]);
    hall.onEvent({ ev: 'hall', rooms: [] }); // a new session: what there is comes behind it
    expect(mine.list.value).toEqual([]);
    expect(hall.onEvent({ ev: 'held', held: true })).toBe(false);
  });

  test('are announced to whom one says', async () => {
    const mine = events();
    const what = { title: 'Radio', start: NOON, sensitive: true };
    await mine.announce({ ...what, picked: 'followed' });
    await mine.announce({ ...what, picked: [TOM.account] });
    expect(asked.map(({ members }) => members)).toEqual([
      { ...what, who: 'followed' },
      { ...what, who: 'picked', picked: [TOM.account] },
    ]);
    expect(whoOf(null)).toEqual({ who: 'everyone' });
    answers['event.new'] = new RequestError({ code: 'too_many', message: '' });
    expect(await mine.announce({ ...what, picked: null })).toMatchObject({ ok: false, code: 'too_many' });
  });

  test('remind ten minutes ahead, once, and without the title of a sensitive one', () => {
    const mine = events();
    mine.all([event(), event({ id: 'b', sensitive: true }), event({ id: 'c' })]);
    mine.remind(ID, true);
    mine.remind('b', true);
    mine.look(NOON + 49 * MINUTE);
    expect(told).toEqual([]);
    mine.look(NOON + 50 * MINUTE);
    expect(told).toEqual([
      ['notice.event_soon', { title: 'Soirée radio', n: 10 }],
      ['notice.event_soon_private', { title: 'Soirée radio', n: 10 }],
    ]);
    mine.look(NOON + 51 * MINUTE);
    expect(told.length).toBe(2);
    expect(asked).toEqual([]); // the server does not know
  });
});

describe('ties', () => {
  test('are read, changed when the server agreed, and forgotten', async () => {
    const ties = new Ties(core);
    answers['people.list'] = { follows: [TOM], blocks: [] };
    expect(ties.follows.value).toBeNull();
    await ties.load();
    await ties.follow(ADA, true);
    await ties.block({ ...TOM, more: 'not ours' } as typeof TOM, true);
    expect(ties.follows.value).toEqual([ADA, TOM]);
    expect(ties.blocks.value).toEqual([TOM]);
    await ties.follow(TOM, false);
    expect(ties.follows.value).toEqual([ADA]);
    expect(asked.at(-1)).toEqual({ name: 'people.follow', members: { account: TOM.account, on: false } });
    answers['people.block'] = new RequestError({ code: 'busy', message: '' });
    expect((await ties.block(ADA, true)).ok).toBe(false);
    expect(ties.blocks.value).toEqual([TOM]);
    ties.forget();
    expect(ties.follows.value).toBeNull();
  });
});

describe('reports', () => {
  test('are signed by this device over exactly what is sent', async () => {
    vi.spyOn(Date, 'now').mockReturnValue(NOON);
    const reports = new Reports(core);
    const said = {
      account: TOM.account,
      room: ID,
      reason: 'recording',
      text: 'Ça suffit',
      evidence: 'Café\nTom',
    } as const;
    expect(await reports.make(said)).toMatchObject({ ok: true });
    vi.restoreAllMocks();
    const { sig, ...sent } = (asked[0]?.members ?? {}) as typeof said & { sig: string; time: number };
    expect(sent).toEqual({ ...said, time: NOON });

    // docs/protocol.md "Report", written out once more.
    const utf8 = (text: string): number[] => [...new TextEncoder().encode(text)];
    const part = (text: string): number[] => [0, utf8(text).length, ...utf8(text)];
    const ids = [keys.account, keys.device, TOM.account, ID].flatMap((id) => [...idBytes(id)]);
    const time = new DataView(new ArrayBuffer(8));
    time.setBigUint64(0, BigInt(NOON));
    const body = new Uint8Array([
      1,
      ...ids,
      2,
      ...new Uint8Array(time.buffer),
      ...part(said.text),
      ...part(said.evidence),
    ]);
    const signature = unb64(sig, 64) ?? new Uint8Array(0);
    expect(await verify(keys.devicePublic, 'report', body, signature)).toBe(true);
    expect(new Reader(body).u8()).toBe(1);
    body[70] = 3;
    expect(await verify(keys.devicePublic, 'report', body, signature)).toBe(false);
  });

  test('are listed and closed by admins', async () => {
    const reports = new Reports(core);
    const one = { id: ID, by: TOM, untrue: 0 } as Report;
    answers['report.list'] = { reports: [one] };
    reports.onCount(1);
    expect(asked).toEqual([]); // nobody looks yet
    await reports.load();
    expect(reports.list.value).toEqual([one]);
    await reports.close(one, true);
    expect(asked.at(-1)?.members).toEqual({ report: ID, by: TOM.account, untrue: true });
    expect(reports.list.value).toEqual([]);
    reports.onCount(0);
    expect(reports.waiting.value).toBe(0);
  });
});
