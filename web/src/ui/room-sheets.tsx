// The smaller sheets of a room: more, leaving while live, ending, changing rooms, keys, and the call to the stage.

import type { JSX } from 'preact';
import { t } from '../i18n/translate.ts';
import type { RoomCard, RoomView } from '../state/model.ts';
import { Icon } from './icons.tsx';
import { roomTitle } from './people.ts';
import { Ask, Sheet } from './sheet.tsx';
import { attempt, closeSheet, openSheet, say, useApp } from './view.ts';

export function MoreSheet({ room }: { room: RoomView }): JSX.Element {
  const moderator = room.me.value?.role === 'moderator';
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
        <button type="button" class="button wide" onClick={() => openSheet({ at: 'prefs' })}>
          {t('prefs.title')}
        </button>
        <button type="button" class="button wide" onClick={() => openSheet({ at: 'keys' })}>
          {t('keys.title')}
        </button>
        {moderator && (
          <button type="button" class="button wide danger-quiet" onClick={() => openSheet({ at: 'end' })}>
            {t('room.end')}
          </button>
        )}
      </div>
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
        void app.leaveRoom().then(() => attempt(app.enterRoom(to.id)));
      }}
      onNo={closeSheet}
    />
  );
}

export function Called({ by }: { by: string }): JSX.Element {
  const app = useApp();
  const answer = (accept: boolean): void => void attempt(app.answerCall(accept));
  return (
    <Ask
      title={t('called.title', { name: by })}
      text={t('called.text')}
      yes={t('called.accept')}
      no={t('called.later')}
      onYes={() => answer(true)}
      onNo={() => answer(false)}
    />
  );
}

export function KeysSheet(): JSX.Element {
  const rows: [string, string][] = [
    ['M', t('keys.mute')],
    [t('keys.space_key'), t('keys.space')],
    ['H', t('keys.hand')],
    ['L', t('keys.leave')],
    ['S', t('keys.speaking')],
    ['?', t('keys.help')],
  ];
  return (
    <Sheet title={t('keys.title')} onClose={closeSheet}>
      <dl class="keys">
        {rows.map(([key, what]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
      <p class="hint">{t('keys.hint')}</p>
    </Sheet>
  );
}
