// A field for a title: it takes no more than fits, and says how much is left when that starts to matter.

import type { JSX } from 'preact';
import { useId } from 'preact/hooks';
import { t } from '../i18n/translate.ts';
import { countCharacters, firstCharacters } from './people.ts';
import { TITLE_CHARACTERS } from './view.ts';

const COUNT_FROM = 45;

export function TitleField(props: {
  label: string;
  hint: string;
  value: string;
  onInput: (value: string) => void;
  later?: boolean; // not what the sheet begins with
}): JSX.Element {
  const id = useId();
  const used = countCharacters(props.value);
  return (
    <div class="field">
      <label for={id}>{props.label}</label>
      <input
        id={id}
        type="text"
        {...(props.later ? {} : { 'data-first': true })}
        dir="auto"
        value={props.value}
        autocomplete="off"
        aria-describedby={`${id}-hint`}
        onInput={(e) => {
          const typed = firstCharacters(e.currentTarget.value, TITLE_CHARACTERS);
          if (countCharacters(e.currentTarget.value) > TITLE_CHARACTERS) e.currentTarget.value = typed;
          props.onInput(typed);
        }}
      />
      <p id={`${id}-hint`} class="hint">
        {used < COUNT_FROM ? props.hint : t('open.left', { n: TITLE_CHARACTERS - used })}
      </p>
    </div>
  );
}
