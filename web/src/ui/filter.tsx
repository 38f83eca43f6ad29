// The search field above a list of people that is too long to look through.

import type { JSX } from 'preact';
import { t } from '../i18n/translate.ts';

export function Filter({ typed, onInput }: { typed: string; onInput: (typed: string) => void }): JSX.Element {
  return (
    <input
      type="search"
      aria-label={t('open.filter')}
      placeholder={t('open.filter')}
      value={typed}
      onInput={(e) => onInput(e.currentTarget.value)}
    />
  );
}
