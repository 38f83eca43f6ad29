// What a room does outside of the page: the screen stays on while one speaks, and the lock screen, a headset and the
// keyboard's own media keys know what is playing; names that look alike are noticed. And what a finger can do to it.
// Loaded after the first screen.

import '../style/contrast.css';
import { effect } from '@preact/signals';
import { alike as findAlike } from '../base/alike.ts';
import { t } from '../i18n/translate.ts';
import type { App, RoomView } from '../state/model.ts';
import { startSwipe } from './swipe.ts';
import { alike } from './view.ts';

const ACCEPTED_MS = 60;

export function startBackground(app: App): void {
  keepAwake(app);
  tellSystem(app);
  feelStage(app);
  watchNames(app);
  startSwipe(app);
}

const talking = (room: RoomView | null): boolean => {
  const me = room?.me.value;
  return me?.stage === true && !me.muted;
};

function keepAwake(app: App): void {
  let wanted = false;
  let lock: WakeLockSentinel | null = null;
  const hold = async (): Promise<void> => {
    if (!wanted || lock || document.visibilityState !== 'visible' || !navigator.wakeLock) return;
    const one = await navigator.wakeLock.request('screen').catch(() => null); // a low battery refuses it
    if (!wanted || lock) return void one?.release();
    lock = one;
    one?.addEventListener('release', () => {
      lock = null; // the page was hidden: asked for again when it comes back
    });
  };
  document.addEventListener('visibilitychange', () => void hold());
  effect(() => {
    wanted = talking(app.room.value);
    if (wanted) void hold();
    else void lock?.release();
  });
}

function tellSystem(app: App): void {
  const { mediaSession } = navigator;
  if (!mediaSession) return;
  const on = (action: string, act: (() => void) | null): void => {
    try {
      mediaSession.setActionHandler(action as MediaSessionAction, act);
    } catch {
      // a browser that does not know this one
    }
  };
  // Pausing silences both ways: nobody stays live who believes the room to be off.
  const pause = (): void => {
    if (talking(app.room.value)) void app.mute(true);
    app.holdSound();
  };
  const handlers: [string, () => void][] = [
    ['play', () => app.tapToListen()],
    ['pause', pause],
    ['stop', pause],
    ['hangup', () => void app.leaveRoom()],
    ['togglemicrophone', () => void app.mute(talking(app.room.value))],
  ];
  effect(() => {
    const room = app.room.value;
    for (const [action, act] of handlers) on(action, room ? act : null);
    mediaSession.playbackState = !room ? 'none' : room.tapToListen ? 'paused' : 'playing';
    mediaSession.metadata =
      room &&
      new MediaMetadata({
        // Other people may see a lock screen: a sensitive room is not named there, and one without a title not after
        // whoever is in it.
        title: (!room.card.sensitive && room.card.title) || t('hall.untitled_nobody'),
        artist: app.club.value || 'Aparté',
        artwork: [{ src: '/icon-512.png', sizes: '512x512', type: 'image/png' }],
      });
    const { setMicrophoneActive } = mediaSession as { setMicrophoneActive?: (active: boolean) => void };
    if (room) setMicrophoneActive?.call(mediaSession, talking(room));
  });
}

/** A short buzz for who is on stage now: they may not be looking. */
function feelStage(app: App): void {
  let before: boolean | null = null;
  effect(() => {
    const stage = app.room.value?.me.value?.stage ?? null;
    if (before === false && stage) navigator.vibrate?.(ACCEPTED_MS);
    before = stage;
  });
}

const LOOK_MS = 1000;

/** Names that look like those of others here, or of people one has met. Who of them is who, only their chains tell. */
function watchNames(app: App): void {
  let due = false;
  const look = (): void => {
    due = false;
    const room = app.room.peek();
    const here = room?.people.peek() ?? [];
    const all = [...here, ...app.hosting.knocks.peek().map(({ by }) => by), ...app.known.peek()];
    alike.value = room ? findAlike(all.map(({ account, name }) => [account, name] as const)) : new Set();
  };
  effect(() => {
    app.room.value?.people.value;
    app.hosting.knocks.value;
    if (!due) setTimeout(look, LOOK_MS); // a crowd changes all the time
    due = true;
  });
}
