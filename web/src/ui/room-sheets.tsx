// The smaller sheets of a room: more, leaving while live, ending, changing rooms, knocking, no place.

import type { JSX } from 'preact';
import { t, tell } from '../i18n/translate.ts';
import { MOST_PEOPLE } from '../state/keys.ts';
import type { FullRoom, Id, RoomCard, RoomView } from '../state/model.ts';
import { HostControls } from './host-controls.tsx';
import { Icon } from './icons.tsx';
import { roomTitle } from './people.ts';
import { Ask, Sheet } from './sheet.tsx';
import { attempt, closeSheet, enter, goIn, openSheet, say, useApp } from './view.ts';

export function MoreSheet({ room }: { room: RoomView }): JSX.Element {
  const me = room.me.value;
  const copy = async (): Promise<void> => {
    const link = `${location.origin}/r/${room.card.id}`;
    closeSheet();
    try {
      await navigator.clipboard.writeText(link);
      say(t('copied'));
    } catch {
      say(link);
    }
  };
  return (
    <Sheet title={roomTitle(room.card)} onClose={closeSheet}>
      <div class="actions">
        <button type="button" class="button wide" onClick={() => openSheet({ at: 'invite' })}>
          <Icon name="invite" />
          {t('hall.invite')}
        </button>
        {(me?.moderates || !room.card.locked) && (
          <button type="button" class="button wide" onClick={() => openSheet({ at: 'ping' })}>
            <Icon name="people" />
            {t('ping.title')}
          </button>
        )}
        <button
          type="button"
          class="button wide"
          aria-describedby="room-link-hint"
          onClick={() => void copy()}
        >
          <Icon name="link" />
          {t('room.link')}
        </button>
        <p id="room-link-hint" class="hint">
          {t('room.link_hint')}
        </p>
        <button type="button" class="button wide" onClick={() => openSheet({ at: 'sound' })}>
          <Icon name="sound" />
          {t('sound.title')}
        </button>
        {room.me.value?.stage && (
          <button type="button" class="button wide" onClick={() => openSheet({ at: 'record' })}>
            {t('record.open')}
          </button>
        )}
        <button type="button" class="button wide" onClick={() => openSheet({ at: 'prefs' })}>
          {t('prefs.title')}
        </button>
        <button type="button" class="button wide" onClick={() => openSheet({ at: 'keys' })}>
          {t('keys.title')}
        </button>
      </div>
      {me?.moderates && <HostControls room={room} me={me} />}
    </Sheet>
  );
}

export function EndAsk({ room }: { room: RoomView }): JSX.Element {
  const app = useApp();
  return (
    <Ask
      title={t('room.end_ask')}
      text={t('room.end_text', { n: room.people.value.length })}
      yes={t('room.end')}
      no={t('cancel')}
      danger
      onYes={() => {
        closeSheet();
        void attempt(app.endRoom());
      }}
      onNo={closeSheet}
    />
  );
}

export function LeaveAsk(): JSX.Element {
  const app = useApp();
  return (
    <Ask
      title={t('room.leave_ask')}
      yes={t('room.leave_yes')}
      no={t('room.stay')}
      onYes={() => {
        closeSheet();
        void app.leaveRoom();
      }}
      onNo={closeSheet}
    />
  );
}

export function SwitchAsk({ from, to }: { from: RoomView; to: RoomCard }): JSX.Element {
  const app = useApp();
  return (
    <Ask
      title={t('room.one_room', { room: roomTitle(from.card) })}
      yes={t('room.one_room_yes')}
      no={t('room.stay')}
      onYes={() => {
        closeSheet();
        void app.leaveRoom().then(() => goIn(app, to.id));
      }}
      onNo={closeSheet}
    />
  );
}

/** We are in a room on another device: that presence ends when we come in here. */
export function ElsewhereAsk({ to }: { to: Id | null }): JSX.Element {
  const app = useApp();
  const { room } = app.elsewhere;
  const card = app.rooms.value.find(({ id }) => id === room.value);
  const same = room.value === to;
  return (
    <Ask
      title={
        same
          ? t('elsewhere.ask')
          : t('room.one_room', { room: card ? roomTitle(card) : t('hall.untitled_nobody') })
      }
      {...(same ? {} : { text: t('elsewhere.ask_text') })}
      yes={t(same ? 'elsewhere.yes' : 'room.one_room_yes')}
      no={t('elsewhere.no')}
      onYes={() => app.elsewhere.answer(true)}
      onNo={() => app.elsewhere.answer(false)}
    />
  );
}

/** At a locked room: its moderators hear of it, and may ask one in. */
export function KnockAsk({ room }: { room: RoomCard }): JSX.Element {
  const app = useApp();
  const knock = async (): Promise<void> => {
    closeSheet();
    const outcome = await app.hosting.knock(room.id);
    if (outcome.ok) say(t('knock.sent'));
    else if (outcome.code === 'out_of_state')
      enter(app, { ...room, locked: false }); // we were asked in before
    else say(tell(`error.${outcome.code}`));
  };
  return (
    <Ask
      title={t('knock.title', { room: roomTitle(room) })}
      text={t('knock.text')}
      yes={t('knock.yes')}
      no={t('host.not_now')}
      onYes={() => void knock()}
      onNo={closeSheet}
    />
  );
}

/** There was no place for us. What changes while it stands is said: a place, or that there is none again. */
export function FullAsk({ full }: { full: FullRoom }): JSX.Element {
  const app = useApp();
  const { room, title, why, place } = full;
  const again = (): void => {
    app.hosting.dropFull();
    void goIn(app, room);
  };
  return (
    <Ask
      title={t(place ? 'full.place' : why === 'room_full' ? 'full.room' : 'full.server', { n: MOST_PEOPLE })}
      yes={t(place ? 'ping.enter' : 'full.again')}
      no={t('host.not_now')}
      onYes={again}
      onNo={() => app.hosting.dropFull()}
    >
      <p role="status">
        {!place && t(why === 'room_full' ? 'full.room_text' : 'full.server_text')}
        {place && (title ? t('notice.space', { room: title }) : t('notice.space_untitled'))}
      </p>
    </Ask>
  );
}
