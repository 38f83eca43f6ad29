// The scenes that test/browser/screens.ts looks at, by name.

import { cards, type MockApp, people, person, SIX, speaking } from './mock-app.ts';

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
  'hall-founder': (app) => {
    app.hall(cards);
    app.member('founder');
    const [, by, target] = people;
    if (by && target) app.asks.value = [{ by, target, kind: 'ban' }];
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
};
