// Somebody is looked up by what was typed: never a list to choose from.

import type { JSX } from 'preact';
import { useId, useState } from 'preact/hooks';

export function FindField(props: {
  label: string;
  hint: string;
  button: string;
  error: string;
  onFind: (text: string) => void;
}): JSX.Element {
  const id = useId();
  const [typed, setTyped] = useState('');
  return (
    <form
      class="field"
      onSubmit={(e) => {
        e.preventDefault();
        props.onFind(typed.trim());
      }}
    >
      <label for={id}>{props.label}</label>
      <input
        id={id}
        type="text"
        dir="ltr"
        value={typed}
        autocomplete="off"
        autocapitalize="none"
        spellcheck={false}
        aria-describedby={`${id}-hint`}
        onInput={(e) => setTyped(e.currentTarget.value)}
      />
      <p id={`${id}-hint`} class="hint">
        {props.hint}
      </p>
      <p class="field-error" role="alert">
        {props.error}
      </p>
      <button type="submit" class="button wide">
        {props.button}
      </button>
    </form>
  );
}
