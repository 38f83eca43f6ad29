// Words to compare by eye or aloud: a list, so that a screen reader says how many and which comes next.

import type { JSX } from 'preact';

export function Words({ words, label }: { words: string[]; label?: string }): JSX.Element {
  return (
    <ol class="words" aria-label={label}>
      {words.map((word, i) => (
        <li key={`${i} ${word}`}>{word}</li>
      ))}
    </ol>
  );
}
