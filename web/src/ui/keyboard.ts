// The keys of a room. They act only while a room is there, no sheet is open, no field has the focus and no
// modifier is held, and can be changed or turned off (WCAG 2.1.4, keymap.ts).

import { listed, t } from '../i18n/translate.ts';
import type { App } from '../state/model.ts';
import { actionOf } from './keymap.ts';
import { SPEAKING } from './people.ts';
import { shortcuts } from './prefs.ts';
import { attempt, openSheet, say, sheet } from './view.ts';

const inField = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || target.matches('input, textarea, select'));

// Space is also how a button or link with the focus is pressed: that comes first.
const onButton = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && target.closest('button, a, summary, [role="button"]') !== null;

function speaking(app: App): void {
  const people = app.room.value?.people.value ?? [];
  const names = people.filter((p) => p.stage && !p.muted && p.level.value > SPEAKING).map((p) => p.name);
  say(names.length ? t('room.speaking_now', { names: listed(names) }) : t('room.speaking_nobody'));
}

function press(app: App, key: string): boolean {
  const room = app.room.value;
  const me = room?.me.value;
  if (!room || !me) return false;
  switch (actionOf(key)) {
    case 'mute':
      if (me.stage) void attempt(app.mute(!me.muted));
      return me.stage;
    case 'hand':
      if (!me.stage) void attempt(app.raiseHand(me.hand === 0));
      return !me.stage;
    case 'leave':
      if (me.stage && !me.muted) openSheet({ at: 'leave' });
      else void app.leaveRoom();
      return true;
    case 'speaking':
      speaking(app);
      return true;
    case 'help':
      openSheet({ at: 'keys' });
      return true;
    default:
      return false;
  }
}

export function startKeyboard(app: App): void {
  let talking = false; // Space is held and has unmuted us

  const release = (): void => {
    if (!talking) return;
    talking = false;
    if (app.room.value) void attempt(app.mute(true));
  };

  window.addEventListener('keydown', (e) => {
    if (!shortcuts.value || e.ctrlKey || e.altKey || e.metaKey || e.isComposing) return;
    if (sheet.value || app.room.value?.calledBy || inField(e.target)) return;
    if (actionOf(e.key) === 'talk') {
      if (talking) e.preventDefault(); // held: no scrolling
      const me = app.room.value?.me.value;
      if (talking || e.repeat || (e.key === ' ' && onButton(e.target)) || !me?.stage || !me.muted) return;
      e.preventDefault();
      if (app.room.value?.card.sensitive) return say(t('room.no_hold'));
      talking = true;
      void attempt(app.mute(false));
      return;
    }
    if (!e.repeat && press(app, e.key)) e.preventDefault();
  });
  window.addEventListener('keyup', (e) => {
    if (actionOf(e.key) === 'talk') release();
  });
  window.addEventListener('blur', release);
}
