// Which sheet lies over the screen. Each comes in a chunk of its own (lazy.tsx), but for the call to the stage, which
// cannot wait.

import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import type { Id, RoomView } from '../state/model.ts';
import { Called } from './called.tsx';
import { lazy } from './lazy.tsx';
import { closeSheet, type SheetAt, sheet, useApp } from './view.ts';

const roomSheets = () => import('./room-sheets.tsx');
const talkSheets = () => import('./talk-sheets.tsx');

const AdminSheet = lazy(() => import('./admin-sheet.tsx').then((m) => m.AdminSheet));
const ChatSheet = lazy(() => import('./chat-sheet.tsx').then((m) => m.ChatSheet));
const DataSheet = lazy(() => import('./data-sheet.tsx').then((m) => m.DataSheet));
const DevicesSheet = lazy(() => import('./devices-sheet.tsx').then((m) => m.DevicesSheet));
const EventSheet = lazy(() => import('./event-sheet.tsx').then((m) => m.EventSheet));
const EventsSheet = lazy(() => import('./events-sheet.tsx').then((m) => m.EventsSheet));
const FaceSheet = lazy(() => import('./face-sheet.tsx').then((m) => m.FaceSheet));
const InvitesSheet = lazy(() => import('./invites-sheet.tsx').then((m) => m.InvitesSheet));
const LockSheet = lazy(() => import('./lock.tsx').then((m) => m.LockSheet));
const MeSheet = lazy(() => import('./me-sheet.tsx').then((m) => m.MeSheet));
const ModerationSheet = lazy(() => import('./moderation-sheet.tsx').then((m) => m.ModerationSheet));
const OpenSheet = lazy(() => import('./open-sheet.tsx').then((m) => m.OpenSheet));
const PersonSheet = lazy(() => import('./person-sheet.tsx').then((m) => m.PersonSheet));
const PingSheet = lazy(() => import('./ping-sheet.tsx').then((m) => m.PingSheet));
const PrefsSheet = lazy(() => import('./prefs-sheet.tsx').then((m) => m.PrefsSheet));
const ProfileSheet = lazy(() => import('./profile-sheet.tsx').then((m) => m.ProfileSheet));
const RecoverySheet = lazy(() => import('./recovery-sheet.tsx').then((m) => m.RecoverySheet));
const ReportsSheet = lazy(() => import('./reports-sheet.tsx').then((m) => m.ReportsSheet));
const SearchSheet = lazy(() => import('./search-sheet.tsx').then((m) => m.SearchSheet));
const TiesSheet = lazy(() => import('./ties-sheet.tsx').then((m) => m.TiesSheet));
const DebugSheet = lazy(() => import('./debug-sheet.tsx').then((m) => m.DebugSheet));
const SoundSheet = lazy(() => import('./sound-sheet.tsx').then((m) => m.SoundSheet));
const TraceSheet = lazy(() => import('./trace-sheet.tsx').then((m) => m.TraceSheet));
const InstallSheet = lazy(() => import('./install-sheet.tsx').then((m) => m.InstallSheet));
const HouseSheet = lazy(() => import('./house-sheet.tsx').then((m) => m.HouseSheet));
const AnywayAsk = lazy(() => import('./house-version.tsx').then((m) => m.AnywayAsk));
const WelcomeSheet = lazy(() => import('./welcome-sheet.tsx').then((m) => m.WelcomeSheet));
const ElsewhereAsk = lazy(() => roomSheets().then((m) => m.ElsewhereAsk));
const EndAsk = lazy(() => roomSheets().then((m) => m.EndAsk));
const FullAsk = lazy(() => roomSheets().then((m) => m.FullAsk));
const KnockAsk = lazy(() => roomSheets().then((m) => m.KnockAsk));
const KeysSheet = lazy(() => import('./keys-sheet.tsx').then((m) => m.KeysSheet));
const LeaveAsk = lazy(() => roomSheets().then((m) => m.LeaveAsk));
const MoreSheet = lazy(() => roomSheets().then((m) => m.MoreSheet));
const PinSheet = lazy(() => talkSheets().then((m) => m.PinSheet));
const ReactSheet = lazy(() => talkSheets().then((m) => m.ReactSheet));
const RecordSheet = lazy(() => talkSheets().then((m) => m.RecordSheet));
const SwitchAsk = lazy(() => roomSheets().then((m) => m.SwitchAsk));

export function SheetNow(): JSX.Element | null {
  const app = useApp();
  const room = app.room.value;
  const full = app.hosting.full.value;
  const asked = app.elsewhere.asked.value;
  const at = sheet.value;
  if (room?.calledBy) return <Called key="called" by={room.calledBy} />;
  if (asked) return <ElsewhereAsk key="elsewhere" to={asked.to} />;
  if (full) return <FullAsk key="full" full={full} />;
  if (!at) return null;
  if (at.at === 'event') return <OneEvent event={at.event} />;
  return ofMember(at) ?? (room && inRoom(at, room));
}

/** One that was cancelled meanwhile takes its sheet along. */
function OneEvent({ event: id }: { event: Id }): JSX.Element | null {
  const event = useApp().events.list.value.find((one) => one.id === id);
  useEffect(() => {
    if (!event) closeSheet();
  }, [event]);
  return event ? <EventSheet key={id} event={event} /> : null;
}

function ofMember(at: SheetAt): JSX.Element | null {
  switch (at.at) {
    case 'invite':
      return <InvitesSheet key="invite" />;
    case 'open':
      return <OpenSheet key="open" />;
    case 'me':
      return <MeSheet key="me" />;
    case 'house':
      return <HouseSheet key="house" />;
    case 'anyway':
      return <AnywayAsk key="anyway" />;
    case 'welcome':
      return <WelcomeSheet key="welcome" />;
    case 'install':
      return <InstallSheet key="install" />;
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
    case 'trace':
      return <TraceSheet key="trace" />;
    case 'prefs':
      return <PrefsSheet key="prefs" />;
    case 'keys':
      return <KeysSheet key="keys" />;
    case 'search':
      return <SearchSheet key="search" />;
    case 'events':
      return <EventsSheet key="events" />;
    case 'ties':
      return <TiesSheet key="ties" />;
    case 'admin':
      return <AdminSheet key="admin" />;
    case 'reports':
      return <ReportsSheet key="reports" />;
    case 'face':
      return <FaceSheet key={at.face.account} face={at.face} />;
    case 'sound':
      return <SoundSheet key="sound" />;
    case 'knock':
      return <KnockAsk key="knock" room={at.room} />;
    case 'debug':
      return <DebugSheet key="debug" />;
    default:
      return null;
  }
}

function inRoom(at: SheetAt, room: RoomView): JSX.Element | null {
  switch (at.at) {
    case 'chat':
      return <ChatSheet key="chat" room={room} />;
    case 'react':
      return <ReactSheet key="react" room={room} />;
    case 'pin':
      return <PinSheet key="pin" room={room} />;
    case 'record':
      return <RecordSheet key="record" room={room} />;
    case 'lock':
      return <LockSheet key="lock" room={room} />;
    case 'more':
      return <MoreSheet key="more" room={room} />;
    case 'ping':
      return <PingSheet key="ping" room={room} />;
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
