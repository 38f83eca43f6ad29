// What brings one back when every device is gone: a code on paper, and passkeys that open it.

import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { t } from '../i18n/translate.ts';
import { Sheet } from './sheet.tsx';
import { attempt, openSheet, say, useApp } from './view.ts';

const PASSKEYS = typeof PublicKeyCredential === 'function';

export function RecoverySheet(): JSX.Element {
  const app = useApp();
  const has = app.recovery.value;
  const [code, setCode] = useState('');
  useEffect(() => {
    void attempt(app.loadRecovery());
  }, []);
  const make = async (): Promise<void> => {
    const outcome = await app.makeRecoveryCode();
    if (outcome.ok) setCode(outcome.value);
    else await attempt(Promise.resolve(outcome));
  };
  return (
    <Sheet title={t('me.recovery')} onClose={() => openSheet({ at: 'me' })}>
      <p>{t('recovery.text')}</p>
      {code ? (
        <Paper code={code} onKept={() => setCode('')} />
      ) : (
        <>
          {has?.code && <p class="good">{t('recovery.has')}</p>}
          <button
            type="button"
            class={`button wide ${has?.code ? '' : 'primary'}`}
            onClick={() => void make()}
          >
            {t(has?.code ? 'recovery.remake' : 'recovery.make')}
          </button>
          {has?.code && <p class="hint">{t('recovery.remake_text')}</p>}
          {has && has.passkeys > 0 && (
            <>
              <p class="good">{t('recovery.passkeys_have', { n: has.passkeys })}</p>
              <button type="button" class="button wide" onClick={() => void attempt(app.dropPasskeys())}>
                {t('recovery.passkeys_drop')}
              </button>
            </>
          )}
        </>
      )}
    </Sheet>
  );
}

function Paper({ code, onKept }: { code: string; onKept: () => void }): JSX.Element {
  const app = useApp();
  const passkeys = async (): Promise<void> => {
    if (await attempt(app.addPasskeys(code))) say(t('profile.saved'));
  };
  return (
    <div class="stack">
      <p role="status">
        <strong>{t('recovery.once')}</strong>
      </p>
      <div class="paper">
        <p class="label">{t('recovery.code')}</p>
        <p class="paper-code" dir="ltr" translate={false}>
          {code}
        </p>
        <p class="soft" dir="ltr">
          {location.host}
        </p>
      </div>
      <div class="answers">
        <button type="button" class="button" onClick={() => print()}>
          {t('recovery.print')}
        </button>
        <button type="button" class="button primary" onClick={onKept}>
          {t('recovery.kept')}
        </button>
      </div>
      <h3>{t('recovery.passkeys')}</h3>
      <p>{t('recovery.passkeys_text')}</p>
      {PASSKEYS ? (
        <button type="button" class="button wide" onClick={() => void passkeys()}>
          {t('recovery.passkeys_add')}
        </button>
      ) : (
        <p class="hint">{t('recovery.passkeys_none')}</p>
      )}
    </div>
  );
}
