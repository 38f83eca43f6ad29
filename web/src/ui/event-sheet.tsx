// S9, one event: when, by whom, a reminder, a file for one's calendar.

import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { t, whenOf } from '../i18n/translate.ts';
import type { EventCard } from '../state/model.ts';
import { Ask, Sheet } from './sheet.tsx';
import { attempt, closeSheet, say, useApp } from './view.ts';

export function EventSheet({ event }: { event: EventCard }): JSX.Element {
  const app = useApp();
  const [asking, setAsking] = useState(false);
  const me = app.me.value;
  const reminded = app.events.reminders.value.has(event.id);
  const mayCancel = me !== null && (me.account === event.by.account || me.role !== 'member');
  const cancel = async (): Promise<void> => {
    closeSheet();
    if (await attempt(app.events.cancel(event.id))) say(t('events.cancelled'));
  };
  if (asking)
    return (
      <Ask
        title={t('events.cancel_ask')}
        text={t('events.cancel_text')}
        yes={t('events.cancel')}
        no={t('events.keep')}
        danger
        onYes={() => void cancel()}
        onNo={() => setAsking(false)}
      />
    );
  return (
    <Sheet title={event.title} onClose={closeSheet}>
      <p>
        <strong>{whenOf(event.start)}</strong>
      </p>
      <p class="soft" dir="auto">
        {t('events.by', { name: event.by.name })}
        {event.who === 'picked' && ` · ${t('hall.picked')}`}
      </p>
      {event.sensitive && <p class="hint">{t('events.sensitive_hint')}</p>}
      <div class="actions">
        <button
          type="button"
          class="button wide primary"
          aria-describedby="remind-hint"
          onClick={() => app.events.remind(event.id, !reminded)}
        >
          {t(reminded ? 'events.remind_off' : 'events.remind')}
        </button>
        <p id="remind-hint" class="hint">
          {t('events.remind_hint')}
        </p>
        <button
          type="button"
          class="button wide"
          onClick={() => download(app.events.calendar(event, t('events.neutral')))}
        >
          {t('events.calendar')}
        </button>
        {mayCancel && (
          <button type="button" class="button wide danger-quiet" onClick={() => setAsking(true)}>
            {t('events.cancel')}
          </button>
        )}
      </div>
    </Sheet>
  );
}

function download(text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/calendar;charset=utf-8' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = 'aparte.ics';
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
