// S5, the room: who is on stage, who listens, what the lock says, and the bar at the thumb.

import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { type Key, t } from '../i18n/translate.ts';
import type { PersonView, RoomPhase, RoomView } from '../state/model.ts';
import { Bar } from './bar.tsx';
import { Crowd } from './crowd.tsx';
import { Icon } from './icons.tsx';
import { lazy } from './lazy.tsx';
import { roomTitle } from './people.ts';
import { Person } from './person.tsx';
import { troubleText } from './trouble.ts';
import { openSheet, useApp } from './view.ts';

const Hands = lazy(() => import('./hands.tsx').then((m) => m.Hands)); // for moderators only
const RoomTalk = lazy(() => import('./room-talk.tsx').then((m) => m.RoomTalk));

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
        {room.card.locked && (
          <p class="hint room-locked">
            <Icon name="door" />
            {t('host.locked')}
          </p>
        )}
        <Trouble room={room} />
        <Talk room={room} />
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
        {me?.moderates && <Hands people={people} />}
        <Audience room={room} />
      </main>
      <Bar room={room} />
    </div>
  );
}

function Talk({ room }: { room: RoomView }): JSX.Element | null {
  const talk = room.talk.value;
  const [shown, setShown] = useState(false);
  const something = talk !== null && (talk.pin.value !== '' || talk.recording.value !== null);
  useEffect(() => setShown((before) => before || something), [something]); // then it stays, to say that it is over
  return talk && shown ? <RoomTalk talk={talk} /> : null;
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
      {onStage && room.card.sound === 'music' && <p class="hint">{t('room.music_text')}</p>}
      {onStage && (mic === 'ended' || mic === 'paused') && (
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
  const audience = room.people.value.filter((p) => !p.stage);
  const followed = audience.filter((p) => p.followed);
  const others = audience.filter((p) => !p.followed);
  if (audience.length === 0 && room.people.value.length <= 1 && room.phase === 'live') {
    return (
      <div class="empty empty-room">
        <p>{t('room.alone')}</p>
        <button type="button" class="button" onClick={() => openSheet({ at: 'ping' })}>
          <Icon name="people" />
          {t('ping.title')}
        </button>
      </div>
    );
  }
  return (
    <>
      {followed.length > 0 && <Stratum id="followed" title={t('room.followed')} people={followed} />}
      {others.length > 0 && <Stratum id="audience" title={t('room.audience')} people={others} />}
    </>
  );
}

function Stratum(props: { id: string; title: string; people: PersonView[] }): JSX.Element {
  return (
    <section aria-labelledby={props.id} class="audience">
      <h2 id={props.id} class="section-title">
        {props.title} <span class="count">{props.people.length}</span>
      </h2>
      <Crowd people={props.people} />
    </section>
  );
}
