// Somebody asks us in: said politely, wherever we are, and it waits for an answer without standing in the way.

import type { JSX } from 'preact';
import { t } from '../i18n/translate.ts';
import type { Ping } from '../state/model.ts';
import { Icon } from './icons.tsx';
import { goIn, openSheet, useApp } from './view.ts';

export function Pinged({ ping }: { ping: Ping }): JSX.Element {
  const app = useApp();
  const { room, title, by } = ping;
  const name = by.name;
  const enter = (): void => {
    const card = app.rooms.value.find(({ id }) => id === room);
    app.hosting.dropPing();
    if (app.room.value && card) openSheet({ at: 'switch', room: card });
    else void goIn(app, room);
  };
  return (
    <>
      <Icon name="hand" />
      <p dir="auto">{title ? t('ping.asks', { name, room: title }) : t('ping.asks_untitled', { name })}</p>
      <button type="button" class="button small primary" onClick={enter}>
        {t('ping.enter')}
      </button>
      <button type="button" class="button small" onClick={() => app.hosting.dropPing()}>
        {t('host.not_now')}
      </button>
    </>
  );
}
