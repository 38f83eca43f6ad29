// One person in a room: one button. The ring follows the voice past Preact, straight into the element's
// style, so that a crowd is not drawn again twenty times a second.

import { effect, type ReadonlySignal } from '@preact/signals';
import type { JSX, RefObject } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { PersonView } from '../state/model.ts';
import { Avatar } from './avatar.tsx';
import { Icon, type IconName } from './icons.tsx';
import { lazy } from './lazy.tsx';
import { personLabel, SPEAKING } from './people.ts';
import { alike, openSheet, useApp } from './view.ts';

const Rising = lazy(() => import('./reaction.tsx').then((m) => m.Rising));

const ATTACK = '100ms';
const RELEASE = '400ms';

function useLevel(level: ReadonlySignal<number>): RefObject<HTMLButtonElement | null> {
  const element = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    let last = 0;
    return effect(() => {
      const loud = Math.min(1, Math.max(0, level.value));
      const style = element.current?.style;
      style?.setProperty('--level', loud.toFixed(2));
      style?.setProperty('--ring-time', loud > last ? ATTACK : RELEASE);
      element.current?.toggleAttribute('data-speaking', loud > SPEAKING);
      last = loud;
    });
  }, [level]);
  return element;
}

function badgeOf(p: PersonView, unheard: boolean): { icon: IconName; kind: string } | null {
  if (p.chain === 'bad' || p.forged) return { icon: 'warning', kind: 'bad' };
  if (p.away || p.leaving) return { icon: 'offline', kind: 'soft' };
  if (!p.keyed) return { icon: 'key', kind: 'soft' };
  if (p.hand > 0) return { icon: 'hand', kind: 'accent' };
  if (alike.value.has(p.account)) return { icon: 'warning', kind: 'soft' };
  if (unheard) return { icon: 'sound-off', kind: 'soft' };
  if (p.stage && p.muted) return { icon: 'mic-off', kind: 'soft' };
  return null;
}

export function Person({ person: p, size }: { person: PersonView; size: 'big' | 'small' }): JSX.Element {
  const element = useLevel(p.level);
  const app = useApp();
  const unheard = app.sound.unheard.value.has(p.account);
  const badge = badgeOf(p, unheard);
  const reaction = p.reaction.value;
  useEffect(() => {
    if (size === 'big') app.loadPicture(p.account);
  }, [p.account, size]);
  const classes = ['person', `person-${size}`];
  if (p.muted) classes.push('is-muted');
  if (p.away || p.leaving) classes.push('is-away');
  if (p.leaving) classes.push('is-leaving');
  return (
    <button
      ref={element}
      type="button"
      class={classes.join(' ')}
      onClick={() => openSheet({ at: 'person', account: p.account })}
    >
      <span class="visually-hidden">{personLabel(p, unheard)}</span>
      <span class="person-picture" aria-hidden="true">
        <span class="ring" />
        <span class="face">
          <Avatar account={p.account} name={p.name} picture={p.picture.value} />
        </span>
        {badge ? (
          <span class={`badge badge-${badge.kind}`}>
            <Icon name={badge.icon} />
          </span>
        ) : (
          <span class="badge badge-speaking">
            <Icon name="sound" />
          </span>
        )}
        {reaction && <Rising key={reaction.n} is={reaction.is} />}
      </span>
      <span class="person-name" dir="auto" aria-hidden="true">
        <span>
          {p.role === 'moderator' && <Icon name="star" />}
          {p.name}
        </span>
      </span>
    </button>
  );
}
