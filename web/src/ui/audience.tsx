// Who may come, to a room or to an event: everyone here, people one follows, or people one picks.

import type { JSX } from 'preact';
import { useEffect, useId, useState } from 'preact/hooks';
import { t } from '../i18n/translate.ts';
import type { Id, Picked } from '../state/model.ts';
import { Avatar } from './avatar.tsx';
import { Filter } from './filter.tsx';
import { matches } from './people.ts';
import { FILTER_FROM, useApp } from './view.ts';

/** Nobody is picked, or followed: a sentence for the form. */
export function audienceFault(picked: Picked, follows: number): string | null {
  if (picked === 'followed' && follows === 0) return t('open.follow_one');
  return picked !== null && picked.length === 0 ? t('open.pick_one') : null;
}

export function Audience({
  legend,
  picked,
  onPick,
}: {
  legend: string;
  picked: Picked;
  onPick: (picked: Picked) => void;
}): JSX.Element {
  const app = useApp();
  const name = useId();
  useEffect(() => {
    void app.ties.load();
  }, []);
  const follows = app.ties.follows.value?.length;
  return (
    <>
      <fieldset class="options">
        <legend>{legend}</legend>
        <Option
          name={name}
          text={t('open.everyone')}
          hint={t('open.everyone_hint')}
          checked={picked === null}
          onChoose={() => onPick(null)}
        />
        <Option
          name={name}
          text={t('open.followed')}
          hint={follows === undefined ? t('open.followed_hint') : t('open.followed_n', { n: follows })}
          checked={picked === 'followed'}
          onChoose={() => onPick('followed')}
        />
        <Option
          name={name}
          text={t('open.picked')}
          hint={t('open.picked_hint')}
          checked={typeof picked === 'object' && picked !== null}
          onChoose={() => onPick([])}
        />
      </fieldset>
      {typeof picked === 'object' && picked !== null && <People picked={new Set(picked)} onPick={onPick} />}
    </>
  );
}

export function Option(props: {
  name: string;
  text: string;
  hint: string;
  checked: boolean;
  onChoose: () => void;
}): JSX.Element {
  const id = useId();
  return (
    <label class="option" for={id}>
      <input
        id={id}
        type="radio"
        name={props.name}
        checked={props.checked}
        aria-describedby={`${id}-hint`}
        onChange={props.onChoose}
      />
      <span>
        <strong>{props.text}</strong>
        <span id={`${id}-hint`} class="soft">
          {props.hint}
        </span>
      </span>
    </label>
  );
}

function People({
  picked,
  onPick,
}: {
  picked: ReadonlySet<Id>;
  onPick: (picked: Id[]) => void;
}): JSX.Element {
  const known = useApp().known.value;
  const [typed, setTyped] = useState('');
  const flip = (account: Id): void => {
    const next = new Set(picked);
    if (!next.delete(account)) next.add(account);
    onPick([...next]);
  };
  if (known.length === 0) return <p class="hint">{t('open.nobody')}</p>;
  return (
    <fieldset class="pick">
      <legend>{t('open.people')}</legend>
      {known.length >= FILTER_FROM && <Filter typed={typed} onInput={setTyped} />}
      <ul class="pick-list">
        {known
          .filter((f) => picked.has(f.account) || matches(f.name, typed))
          .map((f) => (
            <li key={f.account}>
              <label class="pick-one">
                <input type="checkbox" checked={picked.has(f.account)} onChange={() => flip(f.account)} />
                <span class="face face-small">
                  <Avatar account={f.account} name={f.name} />
                </span>
                <span dir="auto">{f.name}</span>
              </label>
            </li>
          ))}
      </ul>
      <p class="hint" role="status">
        {t('open.chosen', { n: picked.size })}
      </p>
    </fieldset>
  );
}
