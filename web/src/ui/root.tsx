// Which screen stands, which sheet lies over it, and where the focus goes when that changes.

import { useSignalEffect } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { t } from '../i18n/translate.ts';
import type { App } from '../state/model.ts';
import { Hall } from './hall.tsx';
import { lazy } from './lazy.tsx';
import { Notices } from './notices.tsx';
import { roomTitle } from './people.ts';
import { Room } from './room.tsx';
import { SheetNow } from './sheets.tsx';
import { Starting } from './starting.tsx';
import { AppProvider, closeSheet, focusHeading, sheet, useApp } from './view.ts';

const Pinged = lazy(() => import('./pinged.tsx').then((m) => m.Pinged));
const Invite = lazy(() => import('./doorway.tsx').then((m) => m.Invite));
const Stranger = lazy(() => import('./doorway.tsx').then((m) => m.Stranger));
const Unsupported = lazy(() => import('./doorway.tsx').then((m) => m.Unsupported));
const Pairing = lazy(() => import('./door-back.tsx').then((m) => m.Pairing));
const Recover = lazy(() => import('./door-back.tsx').then((m) => m.Recover));

export function Root({ app }: { app: App }): JSX.Element {
  return (
    <AppProvider value={app}>
      <Focus />
      <button type="button" class="skip" onClick={skip}>
        {t('app.skip')}
      </button>
      <ScreenNow />
      <SheetNow />
      <Asked />
      <Notices />
    </AppProvider>
  );
}

/** The live region stands empty from the start, so that a screen reader hears it fill. */
function Asked(): JSX.Element {
  const ping = useApp().hosting.pinged.value;
  return (
    <div class={ping ? 'pinged' : 'pinged-none'} role="status">
      {ping && <Pinged ping={ping} />}
    </div>
  );
}

// A button, not a link: the part of the address after # belongs to invitations.
function skip(): void {
  document.querySelector<HTMLElement>('h1')?.focus();
}

function ScreenNow(): JSX.Element {
  const app = useApp();
  const screen = app.screen.value;
  switch (screen.at) {
    case 'starting':
      return <Starting />;
    case 'unsupported':
      return <Unsupported missing={screen.missing} />;
    case 'stranger':
      return <Stranger />;
    case 'pairing':
      return <Pairing pairing={screen.pairing} />;
    case 'recover':
      return <Recover recovery={screen.recovery} />;
    case 'invite':
      return <Invite invite={screen.invite} />;
    case 'hall':
      return <Hall />;
    case 'room': {
      const room = app.room.value;
      return room ? <Room key={room.card.id} room={room} /> : <Starting />;
    }
  }
}

/** A new screen: its heading gets the focus, the window its title; sheets of the room that is over close. */
function Focus(): JSX.Element | null {
  const app = useApp();
  const screen = app.screen.value;
  const room = app.room.value;
  const place = screen.at === 'invite' ? `invite ${screen.invite.state}` : screen.at;
  const first = useRef(true);
  useEffect(() => {
    if (first.current) first.current = false;
    else focusHeading();
    scrollTo(0, 0);
  }, [place, room?.card.id]);

  useEffect(() => {
    closeSheet();
  }, [screen.at, room?.card.id]);

  useSignalEffect(() => {
    const now = app.room.value;
    const club = app.club.value || 'Aparté';
    const named = now && !now.card.sensitive && app.screen.value.at === 'room';
    document.title = named ? `${roomTitle(now.card)} — ${club}` : club;
  });
  useSignalEffect(() => {
    // A person who is gone takes their sheet along, else the keyboard would stay asleep behind nothing.
    const at = sheet.value;
    const people = app.room.value?.people.value ?? [];
    if (at?.at === 'person' && !people.some((p) => p.account === at.account)) closeSheet();
  });
  return null;
}
