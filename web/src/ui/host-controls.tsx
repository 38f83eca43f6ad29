// What moderators decide about their room, in the sheet behind the three dots: what it is called, who comes in, who
// may raise a hand, and its end.

import type { JSX } from 'preact';
import { useId, useState } from 'preact/hooks';
import { t } from '../i18n/translate.ts';
import type { Face, PersonView, RoomView } from '../state/model.ts';
import { HandsChoice } from './choices.tsx';
import { Icon } from './icons.tsx';
import { hosts } from './people.ts';
import { TitleField } from './title-field.tsx';
import { attempt, closeSheet, openSheet, say, useApp } from './view.ts';

export function HostControls({ room, me }: { room: RoomView; me: PersonView }): JSX.Element {
  const app = useApp();
  const id = useId();
  const locked = room.card.locked ?? false;
  return (
    <section class="stack" aria-labelledby={id}>
      <h3 id={id}>{t('host.title')}</h3>
      <Title now={room.card.title} />
      <button
        type="button"
        class="button wide"
        aria-describedby={`${id}-lock`}
        onClick={() => void attempt(app.hosting.lock(!locked))}
      >
        <Icon name="door" />
        {t(locked ? 'host.unlock' : 'host.lock')}
      </button>
      <p id={`${id}-lock`} class="hint" role="status">
        {t(locked ? 'host.locked_hint' : 'host.lock_hint')}
      </p>
      <HandsChoice
        value={room.card.hands ?? 'everyone'}
        onChoose={(hands) => void attempt(app.hosting.setHands(hands))}
      />
      <Departed faces={room.departed.value} />
      <button type="button" class="button wide" onClick={() => openSheet({ at: 'moderation' })}>
        {t('me.moderation')}
      </button>
      {hosts(me, room.card.host) && (
        <button type="button" class="button wide danger-quiet" onClick={() => openSheet({ at: 'end' })}>
          {t('room.end')}
        </button>
      )}
    </section>
  );
}

/** Whoever did harm and left can still be kept out. */
function Departed({ faces }: { faces: Face[] }): JSX.Element | null {
  const app = useApp();
  const id = useId();
  if (faces.length === 0) return null;
  const remove = async ({ account, name }: Face): Promise<void> => {
    if (await attempt(app.remove(account, false))) say(t('host.kept_out', { name }));
  };
  return (
    <details>
      <summary>{t('host.departed', { n: faces.length })}</summary>
      <ul class="rows">
        {faces.map((face) => (
          <li key={face.account} class="row">
            <span id={`${id}-${face.account}`} dir="auto">
              {face.name}
            </span>
            <button
              type="button"
              class="button small danger-quiet"
              aria-describedby={`${id}-${face.account}`}
              onClick={() => void remove(face)}
            >
              {t('host.keep_out')}
            </button>
          </li>
        ))}
      </ul>
    </details>
  );
}

function Title({ now }: { now: string }): JSX.Element {
  const app = useApp();
  const [title, setTitle] = useState(now);
  const save = async (e: Event): Promise<void> => {
    e.preventDefault();
    if (!(await attempt(app.hosting.setTitle(title.trim())))) return;
    closeSheet();
    say(t('host.title_saved'));
  };
  return (
    <form class="stack" onSubmit={save} noValidate>
      <TitleField label={t('open.name')} hint={t('open.name_hint')} value={title} onInput={setTitle} later />
      <button type="submit" class="button" aria-disabled={title.trim() === now}>
        {t('host.title_save')}
      </button>
    </form>
  );
}
