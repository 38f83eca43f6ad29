// The screens that test/browser/screens.ts looks at, by name; sheets.ts has what lies over them.

import { signal } from '@preact/signals';
import type { Face, RecordingView } from '../src/state/model.ts';
import { welcome } from '../src/ui/prefs.ts';
import { cards, type MockApp, people, person, SIX, speaking } from './mock-app.ts';
import { refused, versionOf } from './mock-house.ts';
import { sheets } from './sheets.ts';

const minutes = (n: number): number => Date.now() - (n * 60 + 30) * 1000;

const evening = (app: MockApp, role: 'moderator' | 'listener' = 'listener'): void => {
  const mine =
    role === 'moderator'
      ? person(0, { stage: true, role: 'moderator', club: 'founder' })
      : person(0, { chainNames: ['Tom Okafor', 'Ada Lindqvist'] });
  app.inRoom([
    mine,
    speaking(1, 0.8, { role: 'moderator', chainNames: ['Ada Lindqvist', 'Inès Martin'] }),
    speaking(2, 0.25),
    speaking(3, 0, { muted: true }),
    person(4, { hand: minutes(4), order: 4 }),
    person(5),
    person(6, { hand: minutes(1), order: 6 }),
    person(7),
    person(8, { keyed: false }),
    person(9, { away: true }),
    person(10),
    person(11, { leaving: true }),
  ]);
};

/** What is announced: four, so that one of them is not among the next three. */
function later(app: MockApp): void {
  const at = Date.UTC(2026, 11, 3, 19, 30);
  const titles = [
    'Radio, late',
    'Bread and other slow things',
    'Un long titre pour une longue soirée',
    'Jazz',
  ];
  app.events.list.value = titles.map((title, n) => ({
    id: `event-${n}`,
    by: people[n] as Face,
    title,
    start: at + n * 86_400_000,
    sensitive: n === 1,
    who: n === 2 ? 'picked' : 'everyone',
  }));
  app.events.reminders.value = new Set(['event-0']);
}

export const scenes: Record<string, (app: MockApp) => void> = {
  starting: () => {},
  unsupported: (app) => {
    app.screen.value = { at: 'unsupported', missing: 'Ed25519' };
  },
  stranger: (app) => {
    app.screen.value = { at: 'stranger' };
  },
  'invite-checking': (app) => app.invite('checking'),
  'invite-valid': (app) => app.invite('valid'),
  'invite-founder': (app) => app.invite('valid', 'founder'),
  'invite-used': (app) => app.invite('used'),
  'invite-expired': (app) => app.invite('expired'),
  'invite-revoked': (app) => app.invite('revoked'),
  'invite-unknown': (app) => app.invite('unknown'),
  'invite-mistyped': (app) => app.invite('mistyped'),
  'invite-full': (app) => app.invite('full'),
  'invite-member': (app) => app.invite('member_already'),
  'invite-offline': (app) => app.invite('offline'),
  hall: (app) => app.hall(cards),
  'hall-empty': (app) => app.hall([]),
  'hall-loading': (app) => {
    app.hall([]);
    app.link.value = 'connecting';
  },
  'hall-offline': (app) => {
    app.hall(cards);
    app.link.value = 'offline';
  },
  'hall-welcome': (app) => {
    app.hall(cards);
    welcome.value = true; // not kept: the next scene is another person's
  },
  'hall-elsewhere': (app) => {
    app.hall(cards);
    app.elsewhere.room.value = cards[1]?.id ?? null;
  },
  'hall-moved': (app) => {
    app.hall(cards);
    app.elsewhere.room.value = cards[1]?.id ?? null;
    app.elsewhere.moved.value = { room: cards[1]?.id ?? '', device: true };
  },
  'hall-mini': (app) => {
    evening(app);
    app.rooms.value = cards;
    app.screen.value = { at: 'hall' };
  },
  room: (app) => evening(app),
  'room-moderator': (app) => evening(app, 'moderator'),
  'room-live': (app) => {
    evening(app, 'moderator');
    app.list.value = app.list.value.map((p) => (p.me ? { ...p, muted: false } : p));
    app.roomIs({ mic: 'on' });
  },
  'room-alone': (app) => app.inRoom([person(0, { stage: true, role: 'moderator', club: 'founder' })]),
  'room-keys': (app) => {
    evening(app);
    app.roomIs({ phase: 'keys' });
  },
  'room-music': (app) => {
    evening(app, 'moderator');
    const card = app.room.value?.card;
    if (card) app.roomIs({ card: { ...card, sound: 'music' }, mic: 'paused' });
    app.sound.set({ pushToTalk: true });
  },
  'room-sensitive': (app) => {
    evening(app, 'moderator');
    const card = app.room.value?.card;
    if (card) app.roomIs({ card: { ...card, sensitive: true } });
    app.sound.set({ pushToTalk: true });
  },
  'room-crowd': (app) => app.inCrowd(5000),
  'room-trouble': (app) => {
    evening(app);
    app.roomIs({ phase: 'trouble', trouble: 'chain', troubleWith: 'Tom Okafor' });
  },
  'room-called': (app) => {
    evening(app);
    app.roomIs({ calledBy: 'Tom Okafor' });
  },
  'room-blocked': (app) => {
    evening(app, 'moderator');
    app.roomIs({ tapToListen: true, mic: 'denied' });
  },
  'room-notice': (app) => {
    evening(app);
    app.notice.value = { key: 'notice.guest', params: { name: 'Zoé' }, urgent: false };
  },
  pairing: (app) => app.pairing({ state: 'waiting' }),
  'pairing-offered': (app) => app.pairing({ state: 'offered', words: SIX, account: 'acct' }),
  'pairing-expired': (app) => app.pairing({ state: 'expired' }),
  recover: (app) => app.recovering({}),
  'recover-unknown': (app) => app.recovering({ state: 'unknown' }),
  'recover-found': (app) => app.recovering({ state: 'found', name: 'Inès Martin' }),
  'hall-held': (app) => {
    app.hall(cards);
    if (app.me.value) app.me.value = { ...app.me.value, held: true };
  },
  'hall-claim': (app) => {
    app.hall(cards);
    const successor = people[8];
    if (app.me.value && successor)
      app.me.value = { ...app.me.value, claim: { successor, until: Date.now() + 864e5 } };
  },
  'hall-fork': (app) => {
    app.hall(cards);
    app.fork.value = { size: 40, ours: 'a', theirs: 'b', heard: 'room' };
  },
  'hall-altered': (app) => {
    app.hall(cards);
    app.house.version.view.value = refused('altered');
  },
  'hall-replaced': (app) => {
    app.hall(cards);
    app.house.version.view.value = versionOf({ key: 'ab'.repeat(32), replaced: true });
  },
  'hall-founder': (app) => {
    app.hall(cards);
    app.member('founder');
    const [, by, target] = people;
    if (by && target) app.asks.value = [{ by, target, kind: 'ban' }];
  },
  'hall-later': (app) => {
    app.hall(cards);
    app.member('founder');
    app.reports.waiting.value = 2;
    app.admin.unread.value = true;
    later(app);
  },
  'room-unheard': (app) => {
    evening(app);
    app.sound.unheard.value = new Set([people[1]?.account ?? '']);
  },
  'room-followed': (app) => {
    evening(app);
    app.list.value = app.list.value.map((p) => ({ ...p, followed: !p.stage && p.order % 3 === 0 }));
  },
  'room-locked': (app) => {
    evening(app, 'moderator');
    const card = app.room.value?.card;
    if (card) app.roomIs({ card: { ...card, locked: true, hands: 'off' } });
  },
  'room-knocked': (app) => {
    evening(app, 'moderator');
    const card = app.room.value?.card;
    const [, , , , , , , , zoe, magnus] = people;
    if (!card || !zoe || !magnus) return;
    app.roomIs({ card: { ...card, locked: true } });
    app.hosting.knocks.value = [zoe, magnus].map((by) => ({ room: card.id, by }));
  },
  'room-alike': (app) => {
    evening(app);
    app.list.value = app.list.value.map((p, i) => (i === 5 ? { ...p, name: 'Тоm Okafor' } : p));
  },
  'room-hands-off': (app) => {
    evening(app);
    const card = app.room.value?.card;
    if (card) app.roomIs({ card: { ...card, hands: 'off' } });
  },
  'hall-pinged': (app) => {
    const [, by] = people;
    const [, room] = cards;
    app.hall(cards.map((card, i) => (i === 2 ? { ...card, locked: true } : card)));
    if (by && room) app.hosting.pinged.value = { room: room.id, title: 'A quiet hour', by };
  },
  'room-checking': (app) => {
    evening(app);
    app.roomIs({ checking: 4200 });
  },
  'room-quiet': (app) => {
    evening(app, 'moderator');
    app.roomIs({ quiet: true });
  },
  'room-forged': (app) => {
    evening(app);
    app.list.value = app.list.value.map((p) => (p.name === 'Tom Okafor' ? { ...p, forged: true } : p));
  },
  'room-talk': (app) => {
    evening(app, 'moderator');
    const talk = app.talk.value;
    talk.pin.value = 'Tonight: https://example.org/agenda and a song';
    talk.unread.value = true;
    talk.line(1, 'Welcome! Say hello, or just listen.');
    talk.line(0, 'Is the link from last week still good? https://example.org/notes');
    talk.line(4, '<b>markup</b> is text here', { removable: true });
    talk.line(5, '', { removed: 'host' });
    talk.line(0, 'This one was too fast.', { state: 'unsent', why: 'rate_limited', removable: false });
    app.list.value = app.list.value.map((p, i) =>
      i === 1 ? { ...p, reaction: signal({ is: 'clap', n: 1 }) } : p,
    );
  },
  'room-silent': (app) => {
    evening(app);
    app.list.value = app.list.value.map((p) => (p.me ? { ...p, silent: true } : p));
  },
  'room-recording-asked': (app) => {
    evening(app, 'moderator');
    app.talk.value.recording.value = recording({ asked: true, waiting: ['Inès Martin', 'Youssef Haddad'] });
  },
  'room-recording': (app) => {
    evening(app);
    app.talk.value.recording.value = recording({ state: 'running' });
  },
};

const recording = (more: Partial<RecordingView>): RecordingView => ({
  by: people[1]?.account ?? '',
  name: 'Tom Okafor',
  mine: false,
  state: 'asking',
  waiting: [],
  asked: false,
  agreed: false,
  wronged: false,
  ...more,
});

/** All there is to look at. */
export const names = { screen: Object.keys(scenes), sheet: Object.keys(sheets) };
