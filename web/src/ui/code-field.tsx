// A field for a code that was read off paper or another screen, with its button and what is wrong with it.

import type { JSX } from 'preact';
import { useId, useState } from 'preact/hooks';

interface Props {
  label: string;
  submit: string;
  error: string; // '' while nothing is wrong
  invalid?: boolean;
  hint?: string;
  onSubmit: (code: string) => void;
}

export function CodeField({ label, submit, error, invalid, hint, onSubmit }: Props): JSX.Element {
  const id = useId();
  const [code, setCode] = useState('');
  const go = (e: Event): void => {
    e.preventDefault();
    onSubmit(code);
  };
  return (
    <form class="field" onSubmit={go}>
      <label for={id}>{label}</label>
      <div class="field-row">
        <input
          id={id}
          type="text"
          class="code"
          dir="ltr"
          value={code}
          autocomplete="off"
          autocapitalize="characters"
          spellcheck={false}
          aria-invalid={invalid}
          aria-describedby={hint === undefined ? `${id}-error` : `${id}-hint ${id}-error`}
          onInput={(e) => setCode(e.currentTarget.value)}
        />
        <button type="submit" class="button primary">
          {submit}
        </button>
      </div>
      <p id={`${id}-error`} class="field-error" role="alert">
        {error}
      </p>
      {hint !== undefined && (
        <p id={`${id}-hint`} class="hint" role="status">
          {hint}
        </p>
      )}
    </form>
  );
}
