// The bar at the bottom of a room: leaving on the left, speaking on the right.

import type { JSX } from 'preact';
import { t } from '../i18n/translate.ts';
import type { RoomView } from '../state/model.ts';
import { Icon } from './icons.tsx';
import { keymap } from './keymap.ts';
import { shortcuts } from './prefs.ts';
import { attempt, openSheet, useApp } from './view.ts';

// After a click with the mouse the button gives up the focus, so that Space is free for holding to talk.
const letGo = (e: { detail: number; currentTarget: HTMLButtonElement }): void => {
  if (e.detail > 0) e.currentTarget.blur();
};

/**
 * Push to talk: live while a finger or the mouse holds it. A keyboard or a screen reader presses, and it toggles. So it
 * does in a sensitive room, where holding would show when one talks.
 */
function Mic({ room, muted }: { room: RoomView; muted: boolean }): JSX.Element {
  const app = useApp();
  const hold = app.sound.settings.value.pushToTalk && !room.card.sensitive;
  const talk = (on: boolean): void => void attempt(app.mute(!on));
  const release = (): void => {
    if (hold) talk(false);
  };
  return (
    <button
      type="button"
      class={muted ? 'button big mic' : 'button big mic live'}
      aria-busy={room.mic === 'asking'}
      onPointerDown={(e) => {
        if (!hold) return;
        e.currentTarget.setPointerCapture(e.pointerId); // let go of anywhere, it is let go of
        talk(true);
      }}
      onPointerUp={release}
      onPointerCancel={release}
      onContextMenu={(e) => hold && e.preventDefault()}
      onClick={(e) => {
        if (!hold || e.detail === 0) talk(muted);
        letGo(e);
      }}
    >
      <Icon name={muted ? 'mic-off' : 'mic'} />
      <span>{t(hold ? 'room.hold_to_talk' : muted ? 'room.unmute' : 'room.mute')}</span>
    </button>
  );
}

/** What is new shows as a dot: no counter, nothing red. */
function Chat({ room }: { room: RoomView }): JSX.Element {
  const unread = room.talk.value?.unread.value ?? false;
  return (
    <button
      type="button"
      class={unread ? 'round has-news' : 'round'}
      onClick={() => openSheet({ at: 'chat' })}
    >
      <Icon name="chat" />
      <span class="visually-hidden">{t(unread ? 'talk.open_new' : 'talk.open')}</span>
    </button>
  );
}

// Space is the key only where nobody has chosen another one.
const mutedText = ({ card }: RoomView): string =>
  t(shortcuts.value && keymap.value.talk === ' ' && !card.sensitive ? 'room.muted_on' : 'room.muted_tap');

export function Bar({ room }: { room: RoomView }): JSX.Element {
  const app = useApp();
  const me = room.me.value;
  const hand = (me?.hand ?? 0) > 0;
  const off = room.card.hands === 'off' && !me?.stage;
  const status = me?.stage
    ? me.muted
      ? mutedText(room)
      : t('room.live')
    : hand
      ? t('room.hand_up')
      : off
        ? t('host.hands_are_off')
        : room.card.hands === 'followed'
          ? t('host.hands_are_followed')
          : '';
  return (
    <footer class="bar">
      <div class="bar-top">
        <Chat room={room} />
        <p class={me?.stage && !me.muted ? 'bar-status is-live' : 'bar-status'} role="status">
          {status}
        </p>
        <button type="button" class="round" onClick={() => openSheet({ at: 'react' })}>
          <Icon name="react" />
          <span class="visually-hidden">{t('react.open')}</span>
        </button>
      </div>
      <div class="bar-buttons">
        <button type="button" class="button big leave" onClick={() => void app.leaveRoom()}>
          <Icon name="leave" />
          <span>{t('room.leave')}</span>
        </button>
        {me?.stage ? (
          <Mic room={room} muted={me.muted} />
        ) : (
          <button
            type="button"
            class={hand ? 'button big hand up' : 'button big hand'}
            disabled={!me || off}
            onClick={(e) => {
              letGo(e);
              void attempt(app.raiseHand(!hand));
            }}
          >
            <Icon name="hand" />
            <span>{t(hand ? 'room.lower' : 'room.raise')}</span>
          </button>
        )}
      </div>
    </footer>
  );
}
