// Asking people one has met to come into the room. Who cannot come is not asked, and why is nobody's business.

import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { t, tell } from '../i18n/translate.ts';
import type { Face, Id, RoomView } from '../state/model.ts';
import { Avatar } from './avatar.tsx';
import { Filter } from './filter.tsx';
import { matches } from './people.ts';
import { Sheet } from './sheet.tsx';
import { closeSheet, FILTER_FROM, say, useApp } from './view.ts';

export function PingSheet({ room }: { room: RoomView }): JSX.Element {
  const app = useApp();
  const [typed, setTyped] = useState('');
  const [asked, setAsked] = useState<ReadonlySet<Id>>(new Set());
  const here = new Set(room.people.value.map(({ account }) => account));
  const known = app.known.value.filter(({ account }) => !here.has(account));
  const ask = async ({ account, name }: Face): Promise<void> => {
    const outcome = await app.hosting.ping(account);
    if (outcome.ok) setAsked((before) => new Set(before).add(account));
    const code = outcome.ok || outcome.code === 'not_found' ? null : outcome.code;
    say(code ? tell(`error.${code}`) : t(outcome.ok ? 'ping.sent' : 'ping.cannot', { name }));
  };
  return (
    <Sheet title={t('ping.title')} onClose={closeSheet}>
      <p class="hint">{t(room.card.locked ? 'ping.text_locked' : 'ping.text')}</p>
      {known.length === 0 && <p class="hint">{t('ping.nobody')}</p>}
      {known.length >= FILTER_FROM && <Filter typed={typed} onInput={setTyped} />}
      <ul class="rows">
        {known
          .filter(({ name }) => matches(name, typed))
          .map((face) => (
            <li key={face.account} class="row">
              <span class="face face-small">
                <Avatar account={face.account} name={face.name} />
              </span>
              <span id={`ping-${face.account}`} dir="auto">
                {face.name}
              </span>
              <button
                type="button"
                class="button small"
                aria-describedby={`ping-${face.account}`}
                onClick={() => void ask(face)}
              >
                {t(asked.has(face.account) ? 'ping.again' : 'ping.ask')}
              </button>
            </li>
          ))}
      </ul>
    </Sheet>
  );
}
