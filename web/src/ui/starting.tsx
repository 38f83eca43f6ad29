// Before anything is known.

import type { JSX } from 'preact';
import { t } from '../i18n/translate.ts';
import { Mark } from './icons.tsx';

export function Starting(): JSX.Element {
  return (
    <main id="main" class="starting">
      <h1 class="visually-hidden" tabIndex={-1}>
        Aparté
      </h1>
      <Mark />
      <p role="status">{t('app.starting')}</p>
    </main>
  );
}
