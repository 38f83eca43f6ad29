// The call to the stage: nobody is put there without accepting.

import type { JSX } from 'preact';
import { t } from '../i18n/translate.ts';
import { Ask } from './sheet.tsx';
import { attempt, useApp } from './view.ts';

export function Called({ by }: { by: string }): JSX.Element {
  const app = useApp();
  const answer = (accept: boolean): void => void attempt(app.answerCall(accept));
  return (
    <Ask
      title={t('called.title', { name: by })}
      text={t('called.text')}
      yes={t('called.accept')}
      no={t('called.later')}
      onYes={() => answer(true)}
      onNo={() => answer(false)}
    />
  );
}
