// The admin page: what it asks for, what is read, and which sentences ask for a look.

import { beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Health, LIMITS, REFUSED } from '../src/api/admin.ts';
import type { RequestName } from '../src/api/messages.ts';
import { b64, random } from '../src/base/bytes.ts';
import { keyOfSeed } from '../src/base/sign.ts';
import { speak, speakMore } from '../src/i18n/translate.ts';
import { Device, makeKeys } from '../src/identity/device.ts';
import { makeLink } from '../src/identity/links.ts';
import { RequestError } from '../src/socket/failure.ts';
import { Admin } from '../src/state/admin.ts';
import type { Core } from '../src/state/core.ts';
import { linesOf, refusedOf, shownLimits } from '../src/ui/admin-health.tsx';

const ID = 'EBESExQVFhcYGRobHB0eHw';
const NOW = Date.UTC(2026, 10, 24, 12);
const device = new Device(await makeKeys(null));
let asked: { name: RequestName; members: object }[] = [];
let answers: Partial<Record<RequestName, unknown>> = {};
const core = {
  device,
  request: async (name: RequestName, members: object) => {
    asked.push({ name, members });
    const answer = answers[name] ?? {};
    if (answer instanceof Error) throw answer;
    return answer;
  },
  append: async (sign: (with_: Device, now: number) => Promise<string>) => {
    await sign(device, NOW);
    asked.push({ name: 'log.append', members: {} });
    return { ok: true, value: undefined };
  },
} as unknown as Core;

const stored = new Map<string, string>();
beforeEach(() => {
  asked = [];
  answers = {};
  stored.clear();
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => stored.get(key) ?? null,
    setItem: (key: string, value: string) => stored.set(key, value),
  });
});

describe('alerts', () => {
  test('are unread until they were listed, also after a reload, and new ones are unread again', async () => {
    const admin = new Admin(core);
    expect(admin.unread.value).toBe(false);
    admin.onNewest(7);
    expect(admin.unread.value).toBe(true);
    answers['admin.alerts'] = { alerts: [], newest: 7 };
    expect(await admin.loadAlerts()).toEqual({ ok: true, value: undefined });
    expect(admin.unread.value).toBe(false);
    admin.close();
    admin.onNewest(8);
    expect(admin.unread.value).toBe(true);
    const reloaded = new Admin(core);
    reloaded.onNewest(7);
    expect(reloaded.unread.value).toBe(false);
    reloaded.onNewest(8);
    expect(reloaded.unread.value).toBe(true);
  });

  test('that come while somebody looks are shown at once, and stay unread if they cannot be had', async () => {
    const admin = new Admin(core);
    answers['admin.alerts'] = { alerts: [], newest: 0 };
    await admin.loadAlerts();
    answers['admin.alerts'] = { alerts: [{ n: 9, kind: 'disk', time: NOW, count: 1 }], newest: 9 };
    admin.onNewest(9);
    await vi.waitFor(() => expect(admin.alerts.value?.length).toBe(1));
    expect(admin.unread.value).toBe(false);
    answers['admin.alerts'] = new RequestError({ code: 'offline', message: '' });
    admin.onNewest(10);
    await vi.waitFor(() => expect(asked.length).toBe(3));
    expect(admin.unread.value).toBe(true);
  });
});

describe('looking somebody up', () => {
  const found = async (text: string): Promise<object | undefined> => {
    answers['admin.find'] = { member: {} };
    await new Admin(core).find(text);
    return asked.at(-1)?.members;
  };

  test('by handle, by account, and by the key of a link, whose secret stays here', async () => {
    expect(await found(' @Max_9 ')).toEqual({ handle: 'max_9' });
    expect(await found('max_9')).toEqual({ handle: 'max_9' });
    expect(await found(ID)).toEqual({ account: ID });
    const seed = random(32);
    const { publicKey } = await keyOfSeed(seed);
    const link = await makeLink('https://club.example', { kind: 'invite', seed, fingerprint: random(16) });
    expect(await found(link)).toEqual({ invite: b64(publicKey) });
  });

  test('a link that is none is nobody, and nothing is asked', async () => {
    const outcome = await new Admin(core).find('https://club.example/#AAAA');
    expect(outcome).toMatchObject({ ok: false, code: 'not_found' });
    expect(asked).toEqual([]);
  });
});

describe('invitations', () => {
  const invite = (n: number) => ({ invite: b64(new Uint8Array(32).fill(n)) });

  test('come in parts, and one that was withdrawn is gone', async () => {
    const admin = new Admin(core);
    answers['admin.invites'] = { open: 3, invites: [invite(1), invite(2)], next: 40 };
    await admin.loadInvites();
    answers['admin.invites'] = { open: 3, invites: [invite(3)] };
    await admin.loadInvites(true);
    expect(asked.map(({ members }) => members)).toEqual([{ after: 0 }, { after: 40 }]);
    expect(admin.invites.value).toMatchObject({ open: 3, next: null });
    expect(admin.invites.value?.list.length).toBe(3);
    await admin.withdraw(invite(2).invite);
    expect(asked.at(-1)?.name).toBe('log.append');
    expect(admin.invites.value?.list.map((one) => one.invite)).toEqual([invite(1).invite, invite(3).invite]);
    expect(admin.invites.value?.open).toBe(2);
  });
});

describe('health in words', () => {
  beforeAll(async () => {
    await speak('en');
    await speakMore();
  });

  const numbers = <K extends string>(names: readonly K[], n: number): Record<K, number> =>
    Object.fromEntries(names.map((name) => [name, n])) as Record<K, number>;
  const well: Health = {
    version: '1.0',
    since: NOW - 1e7,
    now: NOW,
    members: 10,
    sessions: 4,
    sockets: 4,
    rooms: 1,
    people: 3,
    invites: 2,
    log_size: 20,
    store: { written: NOW, failed: 0, slowest_ms: 40, waiting: 0 },
    disk: { left: 1 << 30, whole: 2 ** 32 },
    media: { port: 8080, threads: 2, peers: 3, busy: 100, up: 5 },
    refused: numbers(REFUSED, 0),
    limits: numbers(LIMITS, 100),
  };
  const looks = (change: Partial<Health>, clock = NOW): string[] =>
    linesOf({ ...well, ...change }, clock)
      .filter(({ look }) => look)
      .map(({ text }) => text);

  test('what is well asks for nothing', () => {
    expect(looks({})).toEqual([]);
    expect(linesOf(well, NOW).map(({ text }) => text)).toContain(
      'Sound goes over UDP port 8080–8081: 5 connections have come through.',
    );
    expect(refusedOf(well)).toEqual([]);
  });

  test('what is full, slow, silent or apart asks for a look, and nothing else does', () => {
    expect(looks({ members: 90 })).toEqual(['90 members ever, of 100.']);
    expect(looks({ members: 89 })).toEqual([]);
    expect(looks({ people: 180 })).toEqual(['180 people in rooms, of 200.']);
    expect(looks({ store: { failed: 1, slowest_ms: 2000, waiting: 0 } }).length).toBe(2);
    expect(looks({ disk: { left: (256 << 20) - 1, whole: 2 ** 32 } })).toEqual([
      '255 MB of 4,096 MB of the disk are left.',
    ]);
    expect(looks({ media: { ...well.media, up: 0, threads: 1 } })[0]).toMatch(/Nobody .* UDP port 8080,/);
    expect(looks({ media: { ...well.media, up: 0, peers: 0 } })).toEqual([]);
    expect(looks({ media: { ...well.media, busy: 800 } })).toEqual([
      'The busiest media thread uses 80 % of a core.',
    ]);
    expect(looks({}, NOW + 59_999)).toEqual([]);
    expect(looks({}, NOW + 60_000)[0]).toMatch(/60 seconds apart/);
    expect(looks({}, NOW - 60_000)[0]).toMatch(/60 seconds apart/);
  });

  test('of what was refused only what has happened is named', () => {
    const lines = refusedOf({ ...well, refused: { ...well.refused, policed: 1, fingerprints: 2 } });
    expect(lines).toEqual([
      { text: '2 connections with a certificate that was not announced.', look: true },
      { text: '1 packet beyond the pace of a speaker.', look: false },
    ]);
  });

  test('every limit that the server tells is shown', () => {
    expect(shownLimits().length).toBe(LIMITS.length);
  });
});
