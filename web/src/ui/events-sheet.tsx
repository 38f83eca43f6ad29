// What is announced, and announcing something.

import type { JSX } from 'preact';
import { useId, useState } from 'preact/hooks';
import { t, tell } from '../i18n/translate.ts';
import type { Picked } from '../state/model.ts';
import { Audience, audienceFault } from './audience.tsx';
import { EventRows } from './event-row.tsx';
import { Sheet } from './sheet.tsx';
import { Tick } from './tick.tsx';
import { TitleField } from './title-field.tsx';
import { closeSheet, say, useApp } from './view.ts';

export function EventsSheet(): JSX.Element {
  const app = useApp();
  const [making, setMaking] = useState(false);
  const events = app.events.list.value;
  if (making) return <Announce onBack={() => setMaking(false)} />;
  return (
    <Sheet title={t('events.title')} onClose={closeSheet}>
      {events.length === 0 && <p class="hint">{t('events.none')}</p>}
      <EventRows events={events} />
      <button type="button" class="button primary big" onClick={() => setMaking(true)}>
        {t('events.announce')}
      </button>
    </Sheet>
  );
}

function Announce({ onBack }: { onBack: () => void }): JSX.Element {
  const app = useApp();
  const id = useId();
  const [title, setTitle] = useState('');
  const [when, setWhen] = useState('');
  const [sensitive, setSensitive] = useState(false);
  const [picked, setPicked] = useState<Picked>(null);
  const [error, setError] = useState('');
  const [busy, setBusy] = useState(false);

  const submit = async (e: Event): Promise<void> => {
    e.preventDefault();
    if (busy) return;
    const start = new Date(when).getTime(); // of a local time without a zone: this browser's
    const fault = audienceFault(picked, app.ties.follows.value?.length ?? 0);
    if (title.trim() === '') return setError(t('events.title_missing'));
    if (!(start > Date.now())) return setError(t('error.bad_time'));
    if (fault) return setError(fault);
    setBusy(true);
    setError('');
    const outcome = await app.events.announce({ title: title.trim(), start, sensitive, picked });
    setBusy(false);
    if (!outcome.ok) return setError(tell(`error.${outcome.code}`));
    onBack();
    say(t('events.announced'));
  };

  return (
    <Sheet title={t('events.announce')} onClose={onBack}>
      <form class="stack" onSubmit={submit} noValidate>
        <TitleField label={t('open.name')} hint={t('events.title_hint')} value={title} onInput={setTitle} />
        <div class="field">
          <label for={`${id}-when`}>{t('events.when')}</label>
          <input
            id={`${id}-when`}
            type="datetime-local"
            value={when}
            aria-describedby={`${id}-zone`}
            onInput={(e) => setWhen(e.currentTarget.value)}
          />
          <p id={`${id}-zone`} class="hint">
            {t('events.zone', { zone: Intl.DateTimeFormat().resolvedOptions().timeZone })}
          </p>
        </div>
        <Audience legend={t('open.who')} picked={picked} onPick={setPicked} />
        <Tick
          text={t('events.sensitive')}
          hint={t('events.sensitive_hint')}
          checked={sensitive}
          onChange={setSensitive}
        />
        <p class="field-error" role="alert">
          {error}
        </p>
        <div class="submit-row">
          <button type="submit" class="button primary big" aria-disabled={busy}>
            {t('events.announce')}
          </button>
        </div>
      </form>
    </Sheet>
  );
}
