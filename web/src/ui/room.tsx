// S5, the room: who is on stage, who listens, what the lock says, and the bar at the thumb.

import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { type Key, t } from '../i18n/translate.ts';
import type { RoomPhase, RoomView } from '../state/model.ts';
import { Bar } from './bar.tsx';
import { Hands } from './hands.tsx';
import { Icon } from './icons.tsx';
import { troubleText } from './lock.tsx';
import { roomTitle } from './people.ts';
import { Person } from './person.tsx';
import { openSheet, useApp } from './view.ts';

const AUDIENCE_STEP = 120; // a crowd is drawn in portions: a phone cannot hold thousands of faces

const phases: Partial<Record<RoomPhase, Key>> = {
  joining: 'room.phase_joining',
  path: 'room.phase_path',
  keys: 'room.phase_keys',
  reconnecting: 'room.phase_reconnecting',
};

export function Room({ room }: { room: RoomView }): JSX.Element {
  const app = useApp();
  const title = roomTitle(room.card);
  const people = room.people.value;
  const me = room.me.value;
  const stage = people.filter((p) => p.stage);
  const others = people.filter((p) => !p.stage);
  const lastOnStage = me?.stage && stage.length === 1 && others.length > 0;
  return (
    <div class="room">
      <header class="room-head">
        <button type="button" class="round ghost" onClick={() => app.showHall(true)}>
          <Icon name="back" />
          <span class="visually-hidden">{t('room.hall')}</span>
        </button>
        <LockChip room={room} />
        <button type="button" class="round ghost" onClick={() => openSheet({ at: 'more' })}>
          <Icon name="more" />
          <span class="visually-hidden">{t('more')}</span>
        </button>
      </header>
      <main id="main" class="room-main" aria-label={t('room.label', { title })}>
        <h1 class="room-title" tabIndex={-1} dir="auto">
          {title}
        </h1>
        <Trouble room={room} />
        <Phase room={room} />
        <Listen room={room} />
        <Microphone room={room} />
        <section aria-labelledby="on-stage" class="stage">
          <h2 id="on-stage" class="section-title">
            {t('room.stage')} <span class="count">{stage.length}</span>
          </h2>
          <ul class="stage-grid">
            {stage.map((p) => (
              <li key={p.account}>
                <Person person={p} size="big" />
              </li>
            ))}
          </ul>
          {lastOnStage && <p class="hint">{t('room.last')}</p>}
        </section>
        {me?.role === 'moderator' && <Hands people={people} />}
        <Audience room={room} />
      </main>
      <Bar room={room} />
    </div>
  );
}

function LockChip({ room }: { room: RoomView }): JSX.Element {
  const bad = room.trouble !== null || room.phase === 'trouble';
  const live = room.phase === 'live';
  const text = bad ? t('lock.stopped') : live ? t('lock.size', { n: room.hearers }) : t('lock.waiting');
  return (
    <button
      type="button"
      class={bad ? 'lock lock-bad' : live ? 'lock' : 'lock lock-waiting'}
      onClick={() => openSheet({ at: 'lock' })}
    >
      <Icon name={bad ? 'warning' : live ? 'lock' : 'unlock'} />
      <span>{text}</span>
    </button>
  );
}

function Trouble({ room }: { room: RoomView }): JSX.Element {
  const forged = room.people.value.filter((p) => p.forged);
  const bad = room.trouble !== null || room.phase === 'trouble';
  return (
    <div role="alert">
      {bad && (
        <div class="banner banner-bad">
          <Icon name="warning" />
          <span>
            <strong>{troubleText(room.trouble, room.troubleWith)}</strong> {t('lock.advice')}
          </span>
        </div>
      )}
      {forged.map(({ account, name }) => (
        <p key={account} class="banner banner-bad">
          <Icon name="warning" />
          <span>{t('lock.forged_who', { name })}</span>
        </p>
      ))}
    </div>
  );
}

const WORTH_SAYING = 10; // a few chains are checked before one has read the sentence

function Phase({ room }: { room: RoomView }): JSX.Element {
  const key = phases[room.phase];
  return (
    <div role="status" class="phase-region">
      {key && (
        <p class="phase">
          <span class="spinner" />
          {t(key)}
        </p>
      )}
      {!key && room.quiet && <p class="banner">{t('lock.quiet')}</p>}
      {!key && room.checking >= WORTH_SAYING && (
        <p class="hint">{t('lock.checking', { n: room.checking })}</p>
      )}
    </div>
  );
}

function Listen({ room }: { room: RoomView }): JSX.Element | null {
  const app = useApp();
  if (!room.tapToListen) return null;
  return (
    <div class="listen">
      <button type="button" class="button primary big" onClick={() => app.tapToListen()}>
        <Icon name="sound" />
        {t('room.listen')}
      </button>
      <p class="hint">{t('room.listen_text')}</p>
    </div>
  );
}

function Microphone({ room }: { room: RoomView }): JSX.Element {
  const app = useApp();
  const { mic } = room;
  const onStage = room.me.value?.stage ?? false;
  return (
    <div role="status">
      {onStage && mic === 'asking' && <p class="banner">{t('room.mic_asking')}</p>}
      {onStage && (mic === 'denied' || mic === 'missing') && (
        <p class="banner">
          <Icon name="mic-off" />
          <span>
            <strong>{t(`room.mic_${mic}`)}</strong> {t(`room.mic_${mic}_text`)}
          </span>
        </p>
      )}
      {onStage && mic === 'ended' && (
        <div class="banner">
          <Icon name="mic-off" />
          <span>
            {t('room.mic_away')}
            <button type="button" class="button small" onClick={() => void app.mute(false)}>
              {t('room.mic_retry')}
            </button>
          </span>
        </div>
      )}
    </div>
  );
}

function Audience({ room }: { room: RoomView }): JSX.Element {
  const [shown, setShown] = useState(AUDIENCE_STEP);
  const others = room.people.value.filter((p) => !p.stage);
  const more = Math.min(AUDIENCE_STEP, others.length - shown);
  if (others.length === 0 && room.people.value.length <= 1 && room.phase === 'live') {
    return (
      <div class="empty empty-room">
        <p>{t('room.alone')}</p>
        <button type="button" class="button" onClick={() => openSheet({ at: 'invite' })}>
          <Icon name="invite" />
          {t('hall.invite')}
        </button>
      </div>
    );
  }
  if (others.length === 0) return <div />;
  return (
    <section aria-labelledby="audience" class="audience">
      <h2 id="audience" class="section-title">
        {t('room.audience')} <span class="count">{others.length}</span>
      </h2>
      <ul class="audience-grid">
        {others.slice(0, shown).map((p) => (
          <li key={p.account}>
            <Person person={p} size="small" />
          </li>
        ))}
      </ul>
      {more > 0 && (
        <button type="button" class="button" onClick={() => setShown(shown + AUDIENCE_STEP)}>
          {t('room.show_more', { n: more })}
        </button>
      )}
    </section>
  );
}
