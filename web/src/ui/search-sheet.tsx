// Looking for a room that is open, or for somebody one has met. Both are looked for here: no word of it leaves the page.

import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { t } from '../i18n/translate.ts';
import type { Face, RoomCard } from '../state/model.ts';
import { Avatar } from './avatar.tsx';
import { matches, roomTitle, whoIsThere } from './people.ts';
import { Sheet } from './sheet.tsx';
import { closeSheet, enter, openSheet, useApp } from './view.ts';

const MOST = 50;

const fits = (card: RoomCard, typed: string): boolean =>
  matches(roomTitle(card), typed) || card.faces.some(({ name }) => matches(name, typed));

export function SearchSheet(): JSX.Element {
  const app = useApp();
  const [typed, setTyped] = useState('');
  const asked = typed.trim() !== '';
  const rooms = asked ? app.rooms.value.filter((card) => fits(card, typed)).slice(0, MOST) : [];
  const people = asked ? app.known.value.filter(({ name }) => matches(name, typed)).slice(0, MOST) : [];
  return (
    <Sheet title={t('search.title')} onClose={closeSheet}>
      <input
        type="search"
        data-first
        aria-label={t('search.what')}
        placeholder={t('search.what')}
        value={typed}
        onInput={(e) => setTyped(e.currentTarget.value)}
      />
      <p class="hint" role="status">
        {!asked
          ? t('search.hint')
          : rooms.length + people.length === 0
            ? t('search.none')
            : t('search.found', { n: rooms.length + people.length })}
      </p>
      {rooms.length > 0 && <Rooms rooms={rooms} />}
      {people.length > 0 && <People people={people} />}
    </Sheet>
  );
}

function Rooms({ rooms }: { rooms: RoomCard[] }): JSX.Element {
  const app = useApp();
  const go = (card: RoomCard): void => {
    closeSheet();
    enter(app, card);
  };
  return (
    <section aria-labelledby="found-rooms" class="stack">
      <h3 id="found-rooms">{t('search.rooms')}</h3>
      <ul class="rows">
        {rooms.map((card) => (
          <li key={card.id}>
            <button type="button" class="row row-button" onClick={() => go(card)}>
              <span>
                <strong dir="auto">{roomTitle(card)}</strong>
                <span class="soft" dir="auto">
                  {whoIsThere(card, card.faces)}
                </span>
              </span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

function People({ people }: { people: Face[] }): JSX.Element {
  return (
    <section aria-labelledby="found-people" class="stack">
      <h3 id="found-people">{t('open.people')}</h3>
      <ul class="rows">
        {people.map((face) => (
          <li key={face.account}>
            <button type="button" class="row row-button" onClick={() => openSheet({ at: 'face', face })}>
              <span class="face face-small">
                <Avatar account={face.account} name={face.name} />
              </span>
              <span dir="auto">{face.name}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
