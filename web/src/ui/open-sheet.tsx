// S4, opening a room: a title if one likes, who can come, and in.

import type { JSX } from 'preact';
import { useId, useState } from 'preact/hooks';
import { t, tell } from '../i18n/translate.ts';
import type { Id } from '../state/model.ts';
import { Avatar } from './avatar.tsx';
import { countCharacters, firstCharacters, matches } from './people.ts';
import { Sheet } from './sheet.tsx';
import { closeSheet, useApp } from './view.ts';

const TITLE_CHARACTERS = 60;
const COUNT_FROM = 45; // the count of characters left shows when it starts to matter
const FILTER_FROM = 9; // a list this long gets a search field

export function OpenSheet(): JSX.Element {
  const app = useApp();
  const id = useId();
  const [title, setTitle] = useState('');
  const [picking, setPicking] = useState(false);
  const [picked, setPicked] = useState<ReadonlySet<Id>>(new Set());
  const [error, setError] = useState('');
  const [busy, setBusy] = useState(false);
  const used = countCharacters(title);

  const submit = async (e: Event): Promise<void> => {
    e.preventDefault();
    if (busy) return;
    if (picking && picked.size === 0) return setError(t('open.pick_one'));
    setBusy(true);
    setError('');
    const outcome = await app.openRoom(title.trim(), picking ? [...picked] : null);
    setBusy(false);
    if (outcome.ok) closeSheet();
    else setError(tell(`error.${outcome.code}`));
  };

  return (
    <Sheet title={t('open.title')} onClose={closeSheet}>
      <form class="stack" onSubmit={submit} noValidate>
        <div class="field">
          <label for={id}>{t('open.name')}</label>
          <input
            id={id}
            type="text"
            data-first
            dir="auto"
            value={title}
            autocomplete="off"
            aria-describedby={`${id}-hint`}
            onInput={(e) => {
              const typed = firstCharacters(e.currentTarget.value, TITLE_CHARACTERS);
              if (countCharacters(e.currentTarget.value) > TITLE_CHARACTERS) e.currentTarget.value = typed;
              setTitle(typed);
            }}
          />
          <p id={`${id}-hint`} class="hint">
            {used < COUNT_FROM ? t('open.name_hint') : t('open.left', { n: TITLE_CHARACTERS - used })}
          </p>
        </div>
        <fieldset class="options">
          <legend>{t('open.who')}</legend>
          <Option
            name={`${id}-who`}
            text={t('open.everyone')}
            hint={t('open.everyone_hint')}
            checked={!picking}
            onChoose={() => setPicking(false)}
          />
          <Option
            name={`${id}-who`}
            text={t('open.picked')}
            hint={t('open.picked_hint')}
            checked={picking}
            onChoose={() => setPicking(true)}
          />
        </fieldset>
        {picking && <People picked={picked} onPick={setPicked} />}
        <p class="field-error" role="alert">
          {error}
        </p>
        <div class="submit-row">
          <button type="submit" class="button primary big" aria-disabled={busy}>
            {t('open.submit')}
          </button>
          <p class="hint">{t('open.muted')}</p>
        </div>
      </form>
    </Sheet>
  );
}

function Option(props: {
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
  onPick: (picked: ReadonlySet<Id>) => void;
}): JSX.Element {
  const known = useApp().known.value;
  const [typed, setTyped] = useState('');
  const flip = (account: Id): void => {
    const next = new Set(picked);
    if (!next.delete(account)) next.add(account);
    onPick(next);
  };
  if (known.length === 0) return <p class="hint">{t('open.nobody')}</p>;
  return (
    <fieldset class="pick">
      <legend>{t('open.people')}</legend>
      {known.length >= FILTER_FROM && (
        <input
          type="search"
          aria-label={t('open.filter')}
          placeholder={t('open.filter')}
          value={typed}
          onInput={(e) => setTyped(e.currentTarget.value)}
        />
      )}
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
