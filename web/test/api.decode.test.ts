import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { decoders } from '../src/api/decode.ts';
import type { RequestName, Requests } from '../src/api/messages.ts';

interface Golden {
  what: 'request' | 'reply' | 'event';
  name: string;
  json: Record<string, unknown>;
}

const folder = new URL('../../test/golden/messages/', import.meta.url);
const golden = readdirSync(folder)
  .filter((file) => file.endsWith('.json'))
  .map((file) => ({ file, ...(JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as Golden) }));
const of = (what: Golden['what']) => golden.filter((one) => one.what === what);

function accepts({ what, name, json }: Golden): boolean {
  if (what === 'event') return decoders.event(json) !== null;
  const { re, ok, error, ...body } = json;
  if (error !== undefined)
    return decoders.error(error) !== null && ok === undefined && Object.keys(body).length === 0;
  return typeof re === 'number' && ok === true && decoders.reply(name as RequestName, body) !== null;
}

// Every way to spoil one place of a message: a member gone, one too many, another type, another value.
function* spoiled(value: unknown): Generator<unknown> {
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) for (const bad of spoiled(value[i])) yield value.with(i, bad);
    yield { ...value };
    if (value.length > 0) yield [...value, null];
  } else if (typeof value === 'object' && value !== null) {
    yield { ...value, surprise: 1 };
    yield [value];
    for (const [name, inner] of Object.entries(value)) {
      const nullable = name === 'leaf' && !('account' in value); // a change that frees its slot
      for (const bad of spoiled(inner)) if (bad !== null || !nullable) yield { ...value, [name]: bad };
    }
  } else if (typeof value === 'number') yield* [-1, 0.5, 2 ** 53, String(value), null];
  else if (typeof value === 'boolean') yield* [0, 'true', null];
  else if (typeof value === 'string') yield* [7, null, [value], 'x'.repeat(1 << 20)];
}

describe('golden messages', () => {
  test('are there', () => {
    expect(of('reply').length).toBeGreaterThan(20);
    expect(of('event').length).toBeGreaterThan(10);
  });

  test.each([...of('reply'), ...of('event')])('$file is understood', (message) => {
    expect(accepts(message)).toBe(true);
  });

  test.each([...of('reply'), ...of('event')])(
    '$file is refused with anything spoiled in it',
    ({ json, ...message }) => {
      const { re, ok, ev, ...body } = json;
      const envelope = Object.fromEntries(
        Object.entries({ re, ok, ev }).filter(([, value]) => value !== undefined),
      );
      for (const bad of spoiled(body)) {
        if (Array.isArray(bad)) continue; // the envelope is always an object
        const spoilt = { ...(bad as object), ...envelope };
        if (!accepts({ ...message, json: spoilt })) continue;
        expect.soft(spoilt, 'accepted though spoiled').toBeNull();
      }
    },
  );

  test.each(of('reply').filter(({ json }) => json.ok))(
    '$file is refused without one of its needed members',
    (m) => {
      const optional = [
        'inviter',
        'founder',
        'header',
        'stage',
        'gone',
        'trace',
        'untitled',
        'claim',
        'elsewhere',
        'about',
        'about_fr',
        'contact',
        'next',
        'disk',
      ];
      for (const name of Object.keys(m.json).filter((key) => !['re', 'ok', ...optional].includes(key))) {
        const { [name]: _, ...rest } = m.json;
        expect(accepts({ ...m, json: rest }), `${m.file} without ${name}`).toBe(false);
      }
    },
  );
});

// The types of messages.ts, by one value each: tsc holds them to the type, this test to the golden file.
const sample: { [K in RequestName]: Requests[K][0] } = {
  'invite.look': { invite: '', sig: '' },
  'invite.redeem': { record: '', name: '' },
  hello: { account: '', device: '', sig: '', log: { size: 0, head: '' } },
  'pair.open': { key: '' },
  'pair.accept': { record: '' },
  'recovery.look': { key: '', sig: '' },
  'recovery.use': { record: '' },
  'passkey.look': { credential: '' },
  'log.append': { record: '' },
  'log.read': { from: 0 },
  'invite.list': {},
  'admin.health': {},
  'admin.invites': { after: 0 },
  'admin.find': { handle: '', account: '', invite: '' }, // one of them
  'admin.alerts': {},
  'chain.read': { accounts: [] },
  'device.list': {},
  'pair.find': { code: '' },
  'pair.offer': { key: '', body: '', sig: '' },
  'passkey.set': { passkeys: [] },
  'passkey.list': {},
  'club.read': {},
  'profile.read': { accounts: [] },
  'profile.set': { name: '', handle: '', pronouns: '', bio: '', picture: '' },
  'account.export': {},
  'mod.list': {},
  'claim.open': { body: '', sig: '' },
  'claim.list': {},
  'people.follow': { account: '', on: true },
  'people.block': { account: '', on: true },
  'people.list': {},
  'event.new': { title: '', start: 0, sensitive: true, who: 'picked', picked: [] },
  'event.cancel': { event: '' },
  report: { account: '', room: '', reason: 'other', time: 0, text: '', evidence: '', sig: '' },
  'report.list': {},
  'report.close': { report: '', by: '', untrue: true },
  'room.open': { title: '', who: 'picked', picked: [], sound: 'music', sensitive: true, hands: 'off' },
  'room.join': {
    room: '',
    leaf: '',
    kem: '',
    media: { ufrag: '', fingerprint: '', pt: 0, level: 0, ssrc: [0, 0] },
  },
  'room.path': { room: '', ufrag: '' },
  'room.leave': {},
  'room.hand': { up: true },
  'room.mute': { muted: true },
  'room.bring': { account: '' },
  'room.answer': { accept: true },
  'room.send_back': { account: '' },
  'room.mute_other': { account: '' },
  'room.remove': { record: '' },
  'room.readmit': { account: '' },
  'room.end': {},
  'room.role': { account: '', moderator: true },
  'room.lock': { locked: true },
  'room.title': { title: '' },
  'room.hands': { hands: 'off' },
  'room.lower': { account: '' },
  'room.lower_all': {},
  'room.ping': { account: '' },
  'room.knock': { room: '' },
  'room.keys': {
    room: '',
    header: '',
    stage: '',
    changes: [],
    welcomes: [],
    seals: [],
    wraps: [],
    split: [],
  },
  'room.seals': { room: '', counter: 0, seals: [] },
  'room.beat': { room: '', data: '' },
  'room.tags': { room: '', data: '' },
  'room.kem': { room: '', accounts: [] },
  'room.say': { room: '', data: '' },
  'room.react': { room: '', data: '' },
  'room.note': { room: '', data: '' },
  'room.pin': { room: '', data: '', again: false },
  'room.silence': { account: '', silent: true },
  'room.twin': { room: '', live: true, offset: 0, timestamp: 0, hop: 0, pattern: '' },
  'trace.list': {},
  'trace.read': { room: '' },
};

const mayBeAbsent = new Set([
  'picked',
  'sound',
  'sensitive',
  'hands',
  'room',
  'pattern',
  'offset',
  'timestamp',
  'hop',
  'kem',
  'split',
  'name',
  'handle',
  'pronouns',
  'bio',
  'picture',
  'admin.find handle',
  'admin.find account',
  'admin.find invite',
]);

function members(value: unknown, prefix = ''): string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) => [
    prefix + key,
    ...members(inner, `${prefix}${key}.`),
  ]);
}

describe('requests', () => {
  test('each has a golden file', () => {
    expect(new Set(of('request').map(({ name }) => name))).toEqual(new Set(Object.keys(sample)));
  });

  test.each(of('request'))('$file has the members that the types name', ({ name, json }) => {
    const { id, do: _, ...body } = json;
    const may = (key: string): boolean => mayBeAbsent.has(key) || mayBeAbsent.has(`${name} ${key}`);
    const ours = members(sample[name as RequestName]).filter((key) => !may(key) || key in body);
    expect(members(body).sort()).toEqual(ours.sort());
  });
});

test('names that every object inherits are no events', () => {
  for (const ev of ['constructor', 'toString', '__proto__', 'hasOwnProperty'])
    expect(decoders.event({ ev })).toBeNull();
});
