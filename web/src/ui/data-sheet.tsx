// Everything that is stored about oneself: to take home, or to end.

import type { JSX } from 'preact';
import { useId, useState } from 'preact/hooks';
import { saveFile } from '../base/save.ts';
import { t } from '../i18n/translate.ts';
import { Sheet } from './sheet.tsx';
import { attempt, closeSheet, openSheet, say, useApp } from './view.ts';

export function DataSheet(): JSX.Element {
  const app = useApp();
  const [deleting, setDeleting] = useState(false);
  if (deleting) return <Delete onBack={() => setDeleting(false)} />;
  const take = async (): Promise<void> => {
    const outcome = await app.exportAccount();
    if (outcome.ok) saveFile(new Blob([outcome.value], { type: 'application/json' }), 'aparte.json');
    else await attempt(Promise.resolve(outcome));
  };
  return (
    <Sheet title={t('me.data')} onClose={() => openSheet({ at: 'me' })}>
      <p>{t('data.text')}</p>
      <div class="actions">
        <button type="button" class="button wide" onClick={() => void take()}>
          {t('data.export')}
        </button>
        {app.me.value?.role === 'founder' ? (
          <p class="hint">{t('data.founder')}</p>
        ) : (
          <button type="button" class="button wide danger-quiet" onClick={() => setDeleting(true)}>
            {t('data.delete')}
          </button>
        )}
      </div>
    </Sheet>
  );
}

function Delete({ onBack }: { onBack: () => void }): JSX.Element {
  const app = useApp();
  const id = useId();
  const [typed, setTyped] = useState('');
  const name = app.me.value?.name ?? '';
  const go = async (e: Event): Promise<void> => {
    e.preventDefault();
    if (typed.trim() !== name) return;
    closeSheet();
    if (await attempt(app.deleteAccount())) say(t('data.deleted'));
  };
  return (
    <Sheet title={t('data.delete_ask')} onClose={onBack}>
      <p>{t('data.delete_text')}</p>
      <form class="stack" onSubmit={go}>
        <div class="field">
          <label for={id}>{t('data.delete_word', { word: name })}</label>
          <input
            id={id}
            type="text"
            dir="auto"
            value={typed}
            autocomplete="off"
            spellcheck={false}
            onInput={(e) => setTyped(e.currentTarget.value)}
          />
        </div>
        <div class="answers">
          <button type="button" class="button" onClick={onBack}>
            {t('cancel')}
          </button>
          <button type="submit" class="button danger" disabled={typed.trim() !== name}>
            {t('data.delete_yes')}
          </button>
        </div>
      </form>
    </Sheet>
  );
}
