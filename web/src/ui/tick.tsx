// A choice that is on or off, with what it means below its name.

import type { JSX } from 'preact';
import { useId } from 'preact/hooks';

export function Tick(props: {
  text: string;
  hint?: string | undefined;
  checked: boolean;
  describedBy?: string; // beside the hint
  onChange: (checked: boolean) => void;
}): JSX.Element {
  const id = useId();
  const described = [props.hint && `${id}-hint`, props.describedBy].filter(Boolean).join(' ');
  return (
    <label class="option" for={id}>
      <input
        id={id}
        type="checkbox"
        checked={props.checked}
        aria-describedby={described || undefined}
        onChange={(e) => props.onChange(e.currentTarget.checked)}
      />
      <span>
        <strong>{props.text}</strong>
        {props.hint && (
          <span id={`${id}-hint`} class="soft">
            {props.hint}
          </span>
        )}
      </span>
    </label>
  );
}
