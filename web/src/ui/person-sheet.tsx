// S6, one person: how loud they are for me, who invited them, and what a moderator or admin may do.

import type { JSX } from 'preact';
import { useEffect, useId, useState } from 'preact/hooks';
import { t } from '../i18n/translate.ts';
import type { PersonView, RoomView } from '../state/model.ts';
import { Avatar } from './avatar.tsx';
import { Icon } from './icons.tsx';
import { Actions, Asked, type Question } from './person-actions.tsx';
import { Sheet } from './sheet.tsx';
import { closeSheet, useApp } from './view.ts';

export function PersonSheet({ room, person: p }: { room: RoomView; person: PersonView }): JSX.Element {
  const app = useApp();
  const [asking, setAsking] = useState<Question | null>(null);
  useEffect(() => app.loadPicture(p.account), [p.account]);
  if (asking) return <Asked question={asking} person={p} onBack={() => setAsking(null)} />;
  const face = (
    <span class="face face-middle">
      <Avatar account={p.account} name={p.name} picture={p.picture.value} />
    </span>
  );
  return (
    <Sheet title={p.name} lead={face} onClose={closeSheet} class="sheet-person">
      <p class="soft facts">{facts(p)}</p>
      {p.forged && <p class="warn">{t('person.forged')}</p>}
      <About person={p} />
      {!p.me && <Volume room={room} person={p} />}
      <Chain person={p} />
      <Actions room={room} person={p} onAsk={setAsking} />
    </Sheet>
  );
}

/** Handle and bio: asked for when somebody looks, not before. */
function About({ person: p }: { person: PersonView }): JSX.Element | null {
  const app = useApp();
  const [about, setAbout] = useState<{ handle?: string; bio?: string } | null>(null);
  useEffect(() => {
    let gone = false;
    void app.readProfile(p.account).then((outcome) => {
      if (!gone && outcome.ok) setAbout(outcome.value);
    });
    return () => {
      gone = true;
    };
  }, [p.account]);
  if (!about?.handle && !about?.bio) return null;
  return (
    <div class="about">
      {about.handle && (
        <p class="soft" dir="ltr">
          @{about.handle}
        </p>
      )}
      {about.bio && (
        <p class="bio" dir="auto">
          {about.bio}
        </p>
      )}
    </div>
  );
}

function facts(p: PersonView): string {
  const list = [t(`person.${p.role}`), t(`person.${p.club}`)];
  if (p.me) list.unshift(t('person.you'));
  if (p.stage && p.muted) list.push(t('person.muted'));
  if (p.hand > 0) list.push(t('person.hand'));
  if (p.called) list.push(t('person.called'));
  if (p.away) list.push(t('person.away'));
  return list.join(' · ');
}

function Volume({ room, person: p }: { room: RoomView; person: PersonView }): JSX.Element {
  const app = useApp();
  const id = useId();
  const percent = Math.round((room.volume.value[p.account] ?? 1) * 100);
  const value = t('person.volume_value', { n: percent });
  return (
    <div class="field volume">
      <label for={id}>{t('person.volume')}</label>
      <div class="volume-row">
        <Icon name="sound" />
        <input
          id={id}
          type="range"
          min="0"
          max="200"
          step="5"
          value={percent}
          aria-valuetext={value}
          onInput={(e) => app.setVolume(p.account, Number(e.currentTarget.value) / 100)}
        />
        <output for={id}>{value}</output>
      </div>
    </div>
  );
}

function Chain({ person: p }: { person: PersonView }): JSX.Element {
  const state = p.chain === 'good' ? 'chain_good' : p.chain === 'bad' ? 'chain_bad' : 'chain_checking';
  return (
    <div class="chain">
      {p.chainNames.length > 0 && (
        <>
          <p class="label" id="chain">
            {t('person.chain')}
          </p>
          <ol aria-labelledby="chain">
            {p.chainNames.map((name, i) => (
              <li key={`${i} ${name}`} dir="auto">
                {name}
              </li>
            ))}
          </ol>
        </>
      )}
      <p class={p.chain === 'bad' ? 'chain-state chain-bad' : 'chain-state'}>
        <Icon name={p.chain === 'bad' ? 'warning' : p.chain === 'good' ? 'check' : 'key'} />
        {t(`person.${state}`)}
      </p>
    </div>
  );
}
