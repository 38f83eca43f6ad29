// S8, the club's own page: what it is, who looks after it, what holds here, and which client it gave us.

import '../style/house.css';
import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useId, useState } from 'preact/hooks';
import { type Key, language, sinceOf, t } from '../i18n/translate.ts';
import type { HouseView } from '../state/house-model.ts';
import type { Face } from '../state/model.ts';
import { Avatar } from './avatar.tsx';
import { EventRows } from './event-row.tsx';
import { Cards } from './hall.tsx';
import { ThisApp } from './house-version.tsx';
import { Sheet } from './sheet.tsx';
import { attempt, closeSheet, openSheet, useApp } from './view.ts';

const EVENTS = 3;

export function HouseSheet(): JSX.Element {
  const app = useApp();
  const [house, setHouse] = useState<HouseView | null>(null);
  useEffect(() => {
    const reading = app.house.read();
    void attempt(reading);
    void reading.then((outcome) => outcome.ok && setHouse(outcome.value));
  }, []);
  return (
    <Sheet title={app.club.value || 'Aparté'} onClose={closeSheet} class="house">
      {house && <AboutClub house={house} />}
      <Now />
      {house && <Roles house={house} />}
      <Promises />
      <Kept days={house?.trace_days ?? null} />
      <ThisApp />
    </Sheet>
  );
}

function Section({ title, children }: { title: Key; children: ComponentChildren }): JSX.Element {
  const id = useId();
  return (
    <section aria-labelledby={id}>
      <h3 id={id}>{t(title)}</h3>
      {children}
    </section>
  );
}

function AboutClub({ house }: { house: HouseView }): JSX.Element {
  const about = (language.value === 'fr' && house.about_fr) || house.about || house.about_fr;
  return (
    <Section title="house.about">
      <p dir="auto">{about ?? t('house.about_none')}</p>
      <p dir="auto">
        {house.contact ? t('house.contact', { contact: house.contact }) : t('house.contact_none')}
      </p>
      <p>{t('house.members', { n: house.members, date: sinceOf(house.since) })}</p>
      <p class="hint">{t('house.directory')}</p>
      <button type="button" class="button wide" onClick={() => openSheet({ at: 'ties' })}>
        {t('ties.title')}
      </button>
    </Section>
  );
}

function Now(): JSX.Element {
  const app = useApp();
  const rooms = app.rooms.value;
  const events = app.events.list.value.slice(0, EVENTS);
  return (
    <Section title="house.rooms">
      {rooms.length === 0 && <p class="hint">{t('house.rooms_none')}</p>}
      <Cards rooms={rooms} />
      <h4>{t('hall.later')}</h4>
      {events.length === 0 && <p class="hint">{t('house.events_none')}</p>}
      <EventRows events={events} />
    </Section>
  );
}

function Roles({ house }: { house: HouseView }): JSX.Element {
  const role = useApp().me.value?.role ?? 'member';
  const { founder, admins, others } = house;
  return (
    <Section title="house.roles">
      <p>{t(`house.role_${role}`)}</p>
      <ul class="rows">
        {founder && <Officer face={founder} rank="person.founder" />}
        {admins.map((face) => (
          <Officer key={face.account} face={face} rank="person.admin" />
        ))}
      </ul>
      {!founder && <p class="hint">{t('house.founder_unknown')}</p>}
      {others > 0 && <p class="hint">{t('house.admins_unknown', { n: others })}</p>}
    </Section>
  );
}

function Officer({ face, rank }: { face: Face; rank: Key }): JSX.Element {
  return (
    <li class="row">
      <span class="face face-small">
        <Avatar account={face.account} name={face.name} />
      </span>
      <span>
        <strong dir="auto">{face.name}</strong>
        <span class="soft">{t(rank)}</span>
      </span>
    </li>
  );
}

const PROMISES = ['lock', 'record', 'nothing'] as const;

function Promises(): JSX.Element {
  return (
    <Section title="house.promises">
      <p>{t('lock.rule')}</p>
      <dl>
        {PROMISES.map((one) => (
          <div key={one}>
            <dt>{t(`invite.promise_${one}`)}</dt>
            <dd>{t(`invite.promise_${one}_text`)}</dd>
          </div>
        ))}
      </dl>
      <p class="hint">{t('house.lock')}</p>
    </Section>
  );
}

// The table of docs/privacy.md in short.
const KEPT = ['profile', 'records', 'ties', 'passkeys', 'stays', 'places', 'memory'] as const;

function Kept({ days }: { days: number | null }): JSX.Element {
  const length = (one: (typeof KEPT)[number]): string => {
    if (one !== 'stays') return t(`house.kept_${one}_long`);
    return days === 0 ? t('house.kept_stays_never') : t('house.kept_stays_long', { n: days ?? 30 });
  };
  return (
    <Section title="house.kept">
      <dl>
        {KEPT.map((one) => (
          <div key={one}>
            <dt>{t(`house.kept_${one}`)}</dt>
            <dd>{t(`house.kept_${one}_why`)}</dd>
            <dd class="soft">{length(one)}</dd>
          </div>
        ))}
      </dl>
      <p>{t('house.kept_never')}</p>
      <button type="button" class="button wide" onClick={() => openSheet({ at: 'data' })}>
        {t('me.data')}
      </button>
    </Section>
  );
}
