// S6, one person: how loud they are for me, who invited them, and what a moderator or admin may do.

import type { JSX } from 'preact';
import { useEffect, useId, useState } from 'preact/hooks';
import { t } from '../i18n/translate.ts';
import type { Id, PersonView, RoomView } from '../state/model.ts';
import { About, type Words } from './about.tsx';
import { Avatar } from './avatar.tsx';
import { Icon } from './icons.tsx';
import { Actions, Asked, type Question } from './person-actions.tsx';
import { ReportForm } from './report-form.tsx';
import { Sheet } from './sheet.tsx';
import { TieActions } from './tie-actions.tsx';
import { alike, closeSheet, useApp } from './view.ts';

export function PersonSheet({ room, person: p }: { room: RoomView; person: PersonView }): JSX.Element {
  const app = useApp();
  const [asking, setAsking] = useState<Question | null>(null);
  const [reporting, setReporting] = useState(false);
  useEffect(() => app.loadPicture(p.account), [p.account]);
  if (reporting) return <ReportForm face={p} onBack={() => setReporting(false)} />;
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
      {alike.value.has(p.account) && <p class="warn">{t('alike.text')}</p>}
      <Said account={p.account} />
      {!p.me && <Volume room={room} person={p} />}
      <Chain person={p} />
      <Actions room={room} person={p} onAsk={setAsking} />
      {!p.me && <TieActions face={p} onReport={() => setReporting(true)} />}
    </Sheet>
  );
}

/** Asked for when somebody looks, not before. */
function Said({ account }: { account: Id }): JSX.Element | null {
  const app = useApp();
  const [words, setWords] = useState<Words>({});
  useEffect(() => {
    let gone = false;
    void app.readProfile(account).then((outcome) => {
      if (!gone && outcome.ok) setWords(outcome.value);
    });
    return () => {
      gone = true;
    };
  }, [account]);
  return <About {...words} />;
}

function facts(p: PersonView): string {
  const list = [t(`person.${p.role}`), t(`person.${p.club}`)];
  if (p.me) list.unshift(t('person.you'));
  if (p.stage && p.muted) list.push(t('person.muted'));
  if (p.hand > 0) list.push(t('person.hand'));
  if (p.called) list.push(t('person.called'));
  if (p.silent) list.push(t('person.is_silent'));
  if (p.away) list.push(t('person.away'));
  return list.join(' · ');
}

function Volume({ room, person: p }: { room: RoomView; person: PersonView }): JSX.Element {
  const app = useApp();
  const id = useId();
  const unheard = app.sound.unheard.value.has(p.account);
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
      <div class="actions">
        <button
          type="button"
          class="button wide"
          aria-describedby={`${id}-hint`}
          onClick={() => app.sound.muteForMe(p.account, !unheard)}
        >
          <Icon name={unheard ? 'sound' : 'sound-off'} />
          {t(unheard ? 'person.hear' : 'person.mute_for_me')}
        </button>
        <p id={`${id}-hint`} class="hint">
          {t(unheard ? 'person.hear_hint' : 'person.mute_for_me_hint')}
        </p>
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
