// Every sheet as a scene: over which scene it lies, and what was pressed in it, by key of i18n.

import { LIMITS, REFUSED } from '../src/api/admin.ts';
import type { Params } from '../src/i18n/text.ts';
import type { Key } from '../src/i18n/translate.ts';
import type { SheetAt } from '../src/ui/view.ts';
import { cards, type MockApp, people, SIX } from './mock-app.ts';
import { refused } from './mock-house.ts';

export interface SheetScene {
  over: string;
  at?: SheetAt; // without: it comes by itself
  set?: (app: MockApp) => void;
  press?: [Key, Params?][]; // buttons and folds, one after the other
}

const tom = people[1] ?? { account: '', name: '' };
const guest = people[7] ?? tom;
const card = cards[1] ?? (undefined as never);

const traced = (app: MockApp): void => {
  app.tracing.view.value = {
    mine: true,
    holders: people.slice(0, 3),
    rooms: [
      { room: 'r1', title: 'Tuesday jazz', opened: Date.UTC(2026, 10, 20), patterns: 3, released: [] },
      { room: 'r2', title: '', opened: Date.UTC(2026, 10, 18), patterns: 1, released: [tom] },
    ],
  };
};

const full =
  (why: 'room_full' | 'server_full', place = false) =>
  (app: MockApp): void => {
    app.hosting.full.value = { room: card.id, title: 'Tuesday jazz', why, place };
  };

const elsewhere =
  (to: string | null) =>
  (app: MockApp): void => {
    app.elsewhere.room.value = card.id;
    app.elsewhere.asked.value = { to };
  };

const reported = (app: MockApp): void => {
  const time = Date.UTC(2026, 10, 22, 20);
  app.reports.list.value = [
    {
      id: 'report',
      by: tom,
      device: 'device',
      target: people[9] ?? tom,
      room: 'room',
      title: 'Tuesday jazz',
      reason: 'harassment',
      time,
      text: 'Shouted at everybody, and would not stop.',
      evidence: 'Magnus Friis-Andersen\nTuesday jazz',
      sig: '',
      until: time + 30 * 864e5,
      untrue: 1,
    },
  ];
};

const offered =
  (why: Parameters<typeof refused>[0]) =>
  (app: MockApp): void => {
    app.house.version.view.value = refused(why);
  };

/** A club that says nothing of itself, whose officers one has not met, in a browser that keeps nothing. */
const without = (app: MockApp): void => {
  app.house.version.view.value = null;
  const { about: _about, contact: _contact, ...bare } = app.house.view;
  app.house.view = { ...bare, founder: null, admins: [], others: 2, trace_days: 0 };
};

const numbers = <K extends string>(names: readonly K[], n: number): Record<K, number> =>
  Object.fromEntries(names.map((name) => [name, n])) as Record<K, number>;

const served = (app: MockApp): void => {
  const time = Date.UTC(2026, 10, 22, 20);
  const day = 864e5;
  app.admin.alerts.value = [
    { n: 3, kind: 'budget', time, count: 200, about: people[9] ?? tom },
    { n: 2, kind: 'moves', time: time - day, count: 20, about: tom },
    { n: 1, kind: 'disk', time: time - 2 * day, count: 180 },
  ];
  app.admin.health.value = {
    version: '0.1.0',
    since: time - 9 * day,
    now: Date.now() - 300_000,
    members: 214,
    sessions: 40,
    sockets: 41,
    rooms: 3,
    people: 19,
    invites: 2,
    log_size: 900,
    store: { written: time, failed: 2, slowest_ms: 3400, waiting: 0 },
    disk: { left: 180 << 20, whole: 40_000 * (1 << 20) },
    media: { port: 8080, threads: 4, peers: 19, busy: 840, up: 310 },
    refused: numbers(REFUSED, 7),
    limits: { ...numbers(LIMITS, 1000), members: 100_000 },
  };
  app.admin.invites.value = {
    open: 3,
    next: 9,
    list: [
      { invite: 'i1', author: tom, time, expires: time + 7 * day, held: false, may_revoke: true },
      { invite: 'i2', author: people[9] ?? tom, time, expires: time + day, held: true, may_revoke: false },
    ],
  };
  app.admin.found.value = {
    ...(people[9] ?? tom),
    handle: 'magnus',
    role: 'member',
    state: 'held',
    n: 7,
    devices: 2,
    invites: 1,
    time: time - 90 * day,
    inviter: tom,
  };
};

const ofHall: Record<string, SheetScene> = {
  me: { over: 'hall-founder', at: { at: 'me' } },
  house: { over: 'hall-later', at: { at: 'house' } },
  'house-none': { over: 'hall-empty', at: { at: 'house' }, set: without },
  'house-refused': { over: 'hall', at: { at: 'house' }, set: offered('other_key') },
  'house-anyway': {
    over: 'hall',
    at: { at: 'house' },
    set: offered('unsigned'),
    press: [['version.anyway']],
  },
  invite: { over: 'hall', at: { at: 'invite' } },
  'invite-made': {
    over: 'hall',
    at: { at: 'invite' },
    press: [['invites.make', { n: 1 }], ['invites.qr_show']],
  },
  open: { over: 'hall', at: { at: 'open' } },
  'open-picked': { over: 'hall', at: { at: 'open' }, press: [['open.picked']] },
  welcome: { over: 'hall-welcome', at: { at: 'welcome' } },
  'welcome-sound': { over: 'hall-welcome', at: { at: 'welcome' }, press: [['welcome.next']] },
  'welcome-app': { over: 'hall-welcome', at: { at: 'welcome' }, press: [['welcome.next'], ['welcome.next']] },
  install: { over: 'hall', at: { at: 'install' } },
  full: { over: 'hall', set: full('room_full') },
  'full-server': { over: 'hall', set: full('server_full') },
  'full-place': { over: 'hall', set: full('room_full', true) },
  elsewhere: { over: 'hall', set: elsewhere(card.id) },
  'elsewhere-other': { over: 'hall', set: elsewhere(null) },
  profile: { over: 'hall', at: { at: 'profile' } },
  devices: { over: 'hall', at: { at: 'devices' } },
  'devices-found': {
    over: 'hall',
    at: { at: 'devices' },
    set: (app) => {
      app.found.value = { key: 'key', words: SIX, state: 'comparing' };
    },
  },
  'devices-revoke': { over: 'hall', at: { at: 'devices' }, press: [['devices.revoke']] },
  recovery: { over: 'hall', at: { at: 'recovery' } },
  'recovery-made': { over: 'hall', at: { at: 'recovery' }, press: [['recovery.make']] },
  data: { over: 'hall', at: { at: 'data' } },
  'data-delete': { over: 'hall', at: { at: 'data' }, press: [['data.delete']] },
  moderation: { over: 'hall-founder', at: { at: 'moderation' } },
  trace: { over: 'hall-founder', at: { at: 'trace' } },
  'trace-mine': { over: 'hall-founder', at: { at: 'trace' }, set: traced },
  'trace-release': { over: 'hall-founder', at: { at: 'trace' }, set: traced, press: [['trace.release']] },
  prefs: { over: 'hall', at: { at: 'prefs' } },
  keys: { over: 'hall', at: { at: 'keys' } },
  search: { over: 'hall', at: { at: 'search' } },
  events: { over: 'hall-later', at: { at: 'events' } },
  'events-announce': { over: 'hall-later', at: { at: 'events' }, press: [['events.announce']] },
  event: { over: 'hall-later', at: { at: 'event', event: 'event-0' } },
  'event-cancel': { over: 'hall-later', at: { at: 'event', event: 'event-0' }, press: [['events.cancel']] },
  ties: { over: 'hall', at: { at: 'ties' } },
  reports: { over: 'hall-founder', at: { at: 'reports' }, set: reported },
  admin: { over: 'hall-founder', at: { at: 'admin' }, set: served },
  'admin-empty': {
    over: 'hall-founder',
    at: { at: 'admin' },
    set: (app) => {
      app.admin.alerts.value = [];
    },
  },
  'admin-found': {
    over: 'hall-founder',
    at: { at: 'admin' },
    set: (app) => {
      served(app);
      app.admin.alerts.value = app.admin.alerts.value?.slice(0, 1) ?? [];
      app.admin.invites.value = null;
    },
    press: [['admin.limits'], ['admin.look_up']],
  },
  face: { over: 'hall', at: { at: 'face', face: tom } },
  sound: { over: 'hall', at: { at: 'sound' } },
  debug: { over: 'room', at: { at: 'debug' } },
  knock: { over: 'hall', at: { at: 'knock', room: { ...card, title: 'A quiet hour', locked: true } } },
};

const person: SheetAt = { at: 'person', account: tom.account };
const below: SheetAt = { at: 'person', account: guest.account };

const ofRoom: Record<string, SheetScene> = {
  chat: { over: 'room-talk', at: { at: 'chat' } },
  'chat-silent': { over: 'room-silent', at: { at: 'chat' } },
  react: { over: 'room', at: { at: 'react' } },
  pin: { over: 'room-moderator', at: { at: 'pin' } },
  record: { over: 'room-moderator', at: { at: 'record' } },
  lock: { over: 'room', at: { at: 'lock' } },
  'lock-sensitive': { over: 'room-sensitive', at: { at: 'lock' } },
  'lock-trouble': { over: 'room-trouble', at: { at: 'lock' } },
  more: { over: 'room', at: { at: 'more' } },
  'more-moderator': { over: 'room-moderator', at: { at: 'more' } },
  ping: { over: 'room-moderator', at: { at: 'ping' } },
  end: { over: 'room-moderator', at: { at: 'end' } },
  leave: { over: 'room-live', at: { at: 'leave' } },
  switch: { over: 'hall-mini', at: { at: 'switch', room: card } },
  person: { over: 'room', at: person },
  'person-unheard': { over: 'room-unheard', at: person },
  'person-report': { over: 'room', at: person, press: [['report.title_short']] },
  'person-moderator': { over: 'room-moderator', at: below },
  'person-remove': { over: 'room-moderator', at: below, press: [['person.remove']] },
  'person-ban': { over: 'room-moderator', at: below, press: [['person.ban']] },
  'person-claim': { over: 'room-moderator', at: below, press: [['person.claim']] },
};

export const sheets: Record<string, SheetScene> = Object.fromEntries(
  Object.entries({ ...ofHall, ...ofRoom }).map(([name, scene]) => [`sheet-${name}`, scene]),
);
