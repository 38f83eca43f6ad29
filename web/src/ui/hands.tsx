// S7, raised hands, for moderators: who waits longest stands first.

import type { JSX } from 'preact';
import { t } from '../i18n/translate.ts';
import type { PersonView } from '../state/model.ts';
import { Avatar } from './avatar.tsx';
import { handsQueue, waiting } from './people.ts';
import { attempt, now, useApp } from './view.ts';

export function Hands({ people }: { people: PersonView[] }): JSX.Element {
  const app = useApp();
  const queue = handsQueue(people);
  return (
    <section aria-labelledby="hands" class="hands">
      <h2 id="hands" class="section-title">
        {t('room.hands')} <span class="count">{queue.length}</span>
      </h2>
      {queue.length === 0 ? (
        <p class="hint">{t('room.no_hands')}</p>
      ) : (
        <ol class="hands-list">
          {queue.map((p, i) => (
            <li key={p.account}>
              <span class="hands-place" aria-hidden="true">
                {i + 1}
              </span>
              <span class="face face-small">
                <Avatar account={p.account} name={p.name} />
              </span>
              <span id={`hand-${p.account}`} class="hands-who">
                <strong dir="auto">{p.name}</strong>
                <span class="soft">{waiting(p.hand, now.value)}</span>
              </span>
              <button
                type="button"
                class="button small primary"
                aria-describedby={`hand-${p.account}`}
                onClick={() => void attempt(app.bring(p.account))}
              >
                {t('person.bring')}
              </button>
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}
