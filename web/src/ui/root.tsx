// Which screen stands, which sheet lies over it, and where the focus goes when that changes.

import { useSignalEffect } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { t } from '../i18n/translate.ts';
import type { App } from '../state/model.ts';
import { DataSheet } from './data-sheet.tsx';
import { DevicesSheet } from './devices-sheet.tsx';
import { Pairing, Recover } from './door-back.tsx';
import { Invite, Starting, Stranger, Unsupported } from './doorway.tsx';
import { Hall } from './hall.tsx';
import { InvitesSheet } from './invites-sheet.tsx';
import { LockSheet } from './lock.tsx';
import { MeSheet } from './me-sheet.tsx';
import { ModerationSheet } from './moderation-sheet.tsx';
import { Notices } from './notices.tsx';
import { OpenSheet } from './open-sheet.tsx';
import { roomTitle } from './people.ts';
import { PersonSheet } from './person-sheet.tsx';
import { PrefsSheet } from './prefs-sheet.tsx';
import { ProfileSheet } from './profile-sheet.tsx';
import { RecoverySheet } from './recovery-sheet.tsx';
import { Room } from './room.tsx';
import { Called, EndAsk, KeysSheet, LeaveAsk, MoreSheet, SwitchAsk } from './room-sheets.tsx';
import { AppProvider, closeSheet, sheet, useApp } from './view.ts';

export function Root({ app }: { app: App }): JSX.Element {
  return (
    <AppProvider value={app}>
      <Focus />
      <button type="button" class="skip" onClick={skip}>
        {t('app.skip')}
      </button>
      <ScreenNow />
      <SheetNow />
      <Notices />
    </AppProvider>
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

function SheetNow(): JSX.Element | null {
  const app = useApp();
  const room = app.room.value;
  const at = sheet.value;
  if (room?.calledBy) return <Called key="called" by={room.calledBy} />;
  switch (at?.at) {
    case 'invite':
      return <InvitesSheet key="invite" />;
    case 'open':
      return <OpenSheet key="open" />;
    case 'me':
      return <MeSheet key="me" />;
    case 'profile':
      return <ProfileSheet key="profile" />;
    case 'devices':
      return <DevicesSheet key="devices" />;
    case 'recovery':
      return <RecoverySheet key="recovery" />;
    case 'data':
      return <DataSheet key="data" />;
    case 'moderation':
      return <ModerationSheet key="moderation" />;
    case 'prefs':
      return <PrefsSheet key="prefs" />;
    case 'keys':
      return <KeysSheet key="keys" />;
  }
  if (!room || !at) return null;
  switch (at.at) {
    case 'lock':
      return <LockSheet key="lock" room={room} />;
    case 'more':
      return <MoreSheet key="more" room={room} />;
    case 'end':
      return <EndAsk key="end" room={room} />;
    case 'leave':
      return <LeaveAsk key="leave" />;
    case 'switch':
      return <SwitchAsk key="switch" from={room} to={at.room} />;
    case 'person': {
      const person = room.people.value.find((p) => p.account === at.account);
      return person ? <PersonSheet key={at.account} room={room} person={person} /> : null;
    }
    default:
      return null;
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
    else if (!document.querySelector('dialog[open]'))
      document.querySelector<HTMLElement>('h1')?.focus({ preventScroll: true });
    scrollTo(0, 0);
  }, [place, room?.card.id]);

  useEffect(() => {
    closeSheet();
  }, [screen.at, room?.card.id]);

  useSignalEffect(() => {
    const now = app.room.value;
    const club = app.club.value || 'Aparté';
    document.title = now && app.screen.value.at === 'room' ? `${roomTitle(now.card)} — ${club}` : club;
  });
  useSignalEffect(() => {
    // A person who is gone takes their sheet along, else the keyboard would stay asleep behind nothing.
    const at = sheet.value;
    const people = app.room.value?.people.value ?? [];
    if (at?.at === 'person' && !people.some((p) => p.account === at.account)) closeSheet();
  });
  return null;
}
