// An event in a list: when, what, by whom. Pressed, it shows the rest.

import type { JSX } from 'preact';
import { t, whenOf } from '../i18n/translate.ts';
import type { EventCard } from '../state/model.ts';
import { Icon } from './icons.tsx';
import { openSheet, useApp } from './view.ts';

export function EventRows({ events }: { events: EventCard[] }): JSX.Element {
  return (
    <ul class="rows">
      {events.map((event) => (
        <li key={event.id}>
          <EventRow event={event} />
        </li>
      ))}
    </ul>
  );
}

function EventRow({ event }: { event: EventCard }): JSX.Element {
  const reminded = useApp().events.reminders.value.has(event.id);
  return (
    <button type="button" class="row row-button" onClick={() => openSheet({ at: 'event', event: event.id })}>
      <Icon name="calendar" />
      <span>
        <strong dir="auto">{event.title}</strong>
        <span class="soft">
          {whenOf(event.start)} · <bdi>{t('events.by', { name: event.by.name })}</bdi>
        </span>
        {reminded && <span class="soft">{t('events.reminded')}</span>}
      </span>
    </button>
  );
}
