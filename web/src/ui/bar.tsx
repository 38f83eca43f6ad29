// The bar at the bottom of a room: leaving on the left, speaking on the right.

import type { JSX } from 'preact';
import { t } from '../i18n/translate.ts';
import type { RoomView } from '../state/model.ts';
import { Icon } from './icons.tsx';
import { attempt, useApp } from './view.ts';

// After a click with the mouse the button gives up the focus, so that Space is free for holding to talk.
const letGo = (e: { detail: number; currentTarget: HTMLButtonElement }): void => {
  if (e.detail > 0) e.currentTarget.blur();
};

export function Bar({ room }: { room: RoomView }): JSX.Element {
  const app = useApp();
  const me = room.me.value;
  const hand = (me?.hand ?? 0) > 0;
  const status = me?.stage ? t(me.muted ? 'room.muted_on' : 'room.live') : hand ? t('room.hand_up') : '';
  return (
    <footer class="bar">
      <p class={me?.stage && !me.muted ? 'bar-status is-live' : 'bar-status'} role="status">
        {status}
      </p>
      <div class="bar-buttons">
        <button type="button" class="button big leave" onClick={() => void app.leaveRoom()}>
          <Icon name="leave" />
          <span>{t('room.leave')}</span>
        </button>
        {me?.stage ? (
          <button
            type="button"
            class={me.muted ? 'button big mic' : 'button big mic live'}
            aria-busy={room.mic === 'asking'}
            onClick={(e) => {
              letGo(e);
              void attempt(app.mute(!me.muted));
            }}
          >
            <Icon name={me.muted ? 'mic-off' : 'mic'} />
            <span>{t(me.muted ? 'room.unmute' : 'room.mute')}</span>
          </button>
        ) : (
          <button
            type="button"
            class={hand ? 'button big hand up' : 'button big hand'}
            disabled={!me}
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
