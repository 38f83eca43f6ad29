// S3, the hallway: who is talking, one tap to hear them.

import type { JSX } from 'preact';
import { dayOf, t } from '../i18n/translate.ts';
import type { RoomCard } from '../state/model.ts';
import { Avatar } from './avatar.tsx';
import { EventRows } from './event-row.tsx';
import { Icon, Mark } from './icons.tsx';
import { lazy } from './lazy.tsx';
import { knownFirst, roomTitle, whoIsThere } from './people.ts';
import { welcome } from './prefs.ts';
import { attempt, enter, openSheet, useApp } from './view.ts';

const Moved = lazy(() => import('./moved.tsx').then((m) => m.Moved));
const VersionBanner = lazy(() => import('./version-banner.tsx').then((m) => m.VersionBanner));
const Welcome = lazy(() => import('./welcome.tsx').then((m) => m.Welcome));

const FACES = 4;
const EVENTS = 3;

export function Hall(): JSX.Element {
  const app = useApp();
  const me = app.me.value;
  return (
    <div class="hall">
      <header class="hall-head">
        <button
          type="button"
          class="brand brand-button"
          dir="auto"
          onClick={() => openSheet({ at: 'house' })}
        >
          <Mark />
          <span class="brand-name">{app.club.value || 'Aparté'}</span>
          <span class="visually-hidden">{t('hall.house')}</span>
        </button>
        <div class="head-actions">
          <button type="button" class="round ghost" onClick={() => openSheet({ at: 'search' })}>
            <Icon name="search" />
            <span class="visually-hidden">{t('hall.search')}</span>
          </button>
          <button type="button" class="round ghost" onClick={() => openSheet({ at: 'events' })}>
            <Icon name="calendar" />
            <span class="visually-hidden">{t('hall.events')}</span>
          </button>
          <button type="button" class="button quiet head-invite" onClick={() => openSheet({ at: 'invite' })}>
            <Icon name="invite" />
            <span>{t('hall.invite')}</span>
          </button>
          {me && (
            <button type="button" class="me" onClick={() => openSheet({ at: 'me' })}>
              <span class="face face-small">
                <Avatar account={me.account} name={me.name} picture={me.picture} />
              </span>
              <span class="visually-hidden">{t('hall.me', { name: me.name })}</span>
            </button>
          )}
        </div>
      </header>
      <main id="main" class="hall-main">
        <h1 class="hall-title" tabIndex={-1}>
          {t('hall.title')}
        </h1>
        <Connection />
        <MovedOn />
        <Standing />
        {welcome.value && <Welcome />}
        <Rooms />
        <Later />
      </main>
      <div class="hall-bar">
        <MiniBar />
        <button type="button" class="button primary big" onClick={() => openSheet({ at: 'open' })}>
          <Icon name="plus" />
          {t('hall.open')}
        </button>
      </div>
    </div>
  );
}

function Connection(): JSX.Element {
  const link = useApp().link.value;
  return (
    <div role="status" class="connection">
      {link === 'offline' && (
        <p class="banner">
          <Icon name="offline" />
          <span>{t('hall.offline')}</span>
        </p>
      )}
      {link === 'refused' && (
        <p class="banner">
          <Icon name="warning" />
          <span>
            <strong>{t('hall.refused')}</strong> {t('hall.refused_text')}
          </span>
        </p>
      )}
    </div>
  );
}

/** The live region stands empty from the start, so that a screen reader hears it fill. */
function MovedOn(): JSX.Element {
  const moved = useApp().elsewhere.moved.value;
  return (
    <div role="status" class="connection">
      {moved && <Moved moved={moved} />}
    </div>
  );
}

/** What the club has to say about us, or we about the club. */
function Standing(): JSX.Element {
  const app = useApp();
  const me = app.me.value;
  const claim = me?.claim;
  const version = app.house.version.view.value;
  return (
    <>
      <div role="alert" class="standing">
        {app.fork.value && (
          <p class="banner banner-bad">
            <Icon name="warning" />
            <span>
              <strong>{t('fork.title')}</strong> {t('fork.text')}
            </span>
          </p>
        )}
        {(version?.refused || version?.replaced) && <VersionBanner version={version} />}
        {claim && (
          <div class="banner banner-bad">
            <Icon name="warning" />
            <div>
              <p>
                <strong>{t('claim.title', { name: claim.successor.name })}</strong>{' '}
                {t('claim.text', { name: claim.successor.name, date: dayOf(claim.until) })}
              </p>
              <button type="button" class="button primary" onClick={() => void attempt(app.veto())}>
                {t('claim.veto')}
              </button>
            </div>
          </div>
        )}
      </div>
      <div role="status" class="standing">
        {me?.held && (
          <p class="banner">
            <Icon name="warning" />
            <span>{t('me.held')}</span>
          </p>
        )}
        {app.asks.value.length > 0 && (
          <button type="button" class="button wide" onClick={() => openSheet({ at: 'moderation' })}>
            <Icon name="star" />
            {t('me.moderation')}
          </button>
        )}
        {app.reports.waiting.value > 0 && (
          <button type="button" class="button wide" onClick={() => openSheet({ at: 'reports' })}>
            <Icon name="warning" />
            {t('hall.reports', { n: app.reports.waiting.value })}
          </button>
        )}
        {app.admin.unread.value && (
          <button type="button" class="button wide" onClick={() => openSheet({ at: 'admin' })}>
            <Icon name="warning" />
            {t('hall.alerts')}
          </button>
        )}
      </div>
    </>
  );
}

function Rooms(): JSX.Element {
  const app = useApp();
  const rooms = app.rooms.value;
  if (rooms.length > 0) {
    return (
      <section aria-labelledby="now">
        <h2 id="now" class="section-title">
          {t('hall.now')}
        </h2>
        <Cards rooms={rooms} />
      </section>
    );
  }
  if (app.link.value === 'connecting') {
    return (
      <div class="cards" role="status">
        <span class="visually-hidden">{t('hall.loading')}</span>
        {[0, 1, 2].map((n) => (
          <div key={n} class="card skeleton" />
        ))}
      </div>
    );
  }
  if (app.link.value === 'refused') return <div />;
  return (
    <div class="empty">
      <Chairs />
      <p>{t('hall.empty')}</p>
    </div>
  );
}

/** The next three of what is announced. */
function Later(): JSX.Element | null {
  const events = useApp().events.list.value;
  if (events.length === 0) return null;
  return (
    <section aria-labelledby="later" class="later">
      <h2 id="later" class="section-title">
        {t('hall.later')}
      </h2>
      <EventRows events={events.slice(0, EVENTS)} />
      {events.length > EVENTS && (
        <button type="button" class="button quiet" onClick={() => openSheet({ at: 'events' })}>
          {t('hall.events_all')}
        </button>
      )}
    </section>
  );
}

// Three empty seats and a word in the air.
function Chairs(): JSX.Element {
  return (
    <svg class="empty-picture" viewBox="0 0 200 110" aria-hidden="true" focusable="false">
      <rect class="seat" x="18" y="52" width="44" height="44" rx="16" />
      <rect class="seat seat-strong" x="74" y="40" width="52" height="56" rx="19" />
      <rect class="seat" x="138" y="52" width="44" height="44" rx="16" />
      <path class="word" d="M104 28L116 12" />
    </svg>
  );
}

export function Cards({ rooms }: { rooms: RoomCard[] }): JSX.Element {
  return (
    <ul class="cards">
      {rooms.map((card) => (
        <li key={card.id}>
          <Card card={card} />
        </li>
      ))}
    </ul>
  );
}

function Card({ card }: { card: RoomCard }): JSX.Element {
  const app = useApp();
  const known = new Set(app.known.value.map((f) => f.account));
  const faces = knownFirst(card.faces, known);
  const here = app.room.value?.card.id === card.id;
  const elsewhere = app.elsewhere.room.value === card.id;
  return (
    <button type="button" class="card" onClick={() => enter(app, card)}>
      <span class="card-title" dir="auto">
        {roomTitle(card)}
      </span>
      <span class="card-who">
        <span class="card-faces">
          {faces.slice(0, FACES).map((f) => (
            <span key={f.account} class="face">
              <Avatar account={f.account} name={f.name} />
            </span>
          ))}
        </span>
        <span class="card-names" dir="auto">
          {whoIsThere(card, faces)}
        </span>
      </span>
      <span class="card-foot">
        <span class="number">
          <Icon name="people" />
          {t('hall.people', { n: card.people })}
        </span>
        <span class="number">
          <Icon name="mic" />
          {t('hall.speakers', { n: card.speakers })}
        </span>
        {card.sound === 'music' && (
          <span class="number">
            <Icon name="sound" />
            {t('room.music')}
          </span>
        )}
        {card.who === 'picked' && (
          <span class="number">
            <Icon name="key" />
            {t('hall.picked')}
          </span>
        )}
        {card.locked && (
          <span class="number">
            <Icon name="door" />
            {t('host.locked')}
          </span>
        )}
        {here && <span class="here">{t('hall.here')}</span>}
        {elsewhere && <span class="here">{t('elsewhere.here')}</span>}
      </span>
    </button>
  );
}

/** The room goes on while one looks around. */
function MiniBar(): JSX.Element | null {
  const app = useApp();
  const room = app.room.value;
  const me = room?.me.value;
  if (!room) return null;
  return (
    <nav class="mini" aria-label={t('hall.mini')}>
      <button type="button" class="mini-room" onClick={() => app.showHall(false)}>
        <span class="card-faces">
          {room.people.value.slice(0, 3).map((p) => (
            <span key={p.account} class="face">
              <Avatar account={p.account} name={p.name} />
            </span>
          ))}
        </span>
        <span class="mini-text">
          <span class="visually-hidden">{t('hall.back')}: </span>
          <strong dir="auto">{roomTitle(room.card)}</strong>
          <span class="soft">
            {me?.stage
              ? t(me.muted ? 'person.muted' : 'room.live')
              : t('hall.people', { n: room.people.value.length })}
          </span>
        </span>
      </button>
      {me?.stage && (
        <button
          type="button"
          class={me.muted ? 'round' : 'round live'}
          onClick={() => void attempt(app.mute(!me.muted))}
        >
          <Icon name={me.muted ? 'mic-off' : 'mic'} />
          <span class="visually-hidden">{t(me.muted ? 'room.unmute' : 'room.mute')}</span>
        </button>
      )}
      <button type="button" class="round" onClick={() => void app.leaveRoom()}>
        <Icon name="leave" />
        <span class="visually-hidden">{t('room.leave')}</span>
      </button>
    </nav>
  );
}
