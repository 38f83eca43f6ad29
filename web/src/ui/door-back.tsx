// The doors for people who are members already: a new device, or a browser after everything was lost.

import type { JSX } from 'preact';
import { t } from '../i18n/translate.ts';
import type { NewDevice, RecoveryView } from '../state/model.ts';
import { CodeField } from './code-field.tsx';
import { Doorway } from './doorway.tsx';
import { Qr } from './qr.tsx';
import { attempt, useApp } from './view.ts';
import { Words } from './words.tsx';

function Back(): JSX.Element {
  const app = useApp();
  return (
    <button type="button" class="button quiet" onClick={() => app.backToDoor()}>
      {t('pair.back')}
    </button>
  );
}

export function Pairing({ pairing }: { pairing: NewDevice }): JSX.Element {
  const app = useApp();
  const { state } = pairing;
  return (
    <Doorway title={t('pair.title')}>
      {state === 'waiting' && pairing.code !== '' && <Code pairing={pairing} />}
      {state === 'offered' && pairing.words && (
        <div class="stack">
          <p role="status">
            <strong>{t('devices.words')}</strong>
          </p>
          <Words words={pairing.words} />
          <p class="hint">{t('devices.words_text')}</p>
          <div class="answers">
            <button type="button" class="button" onClick={() => app.refusePairing()}>
              {t('devices.differ')}
            </button>
            <button type="button" class="button primary" onClick={() => void attempt(app.acceptPairing())}>
              {t('devices.same')}
            </button>
          </div>
        </div>
      )}
      {state === 'expired' && (
        <div class="stack">
          <p role="status">{t('pair.expired')}</p>
          <button type="button" class="button primary" onClick={() => void attempt(app.startPairing())}>
            {t('pair.again')}
          </button>
        </div>
      )}
      {(state === 'opening' || state === 'offline' || state === 'adding') && (
        <p role="status">
          {t(state === 'adding' ? 'pair.adding' : state === 'offline' ? 'invite.offline' : 'app.starting')}
        </p>
      )}
      <Back />
    </Doorway>
  );
}

function Code({ pairing }: { pairing: NewDevice }): JSX.Element {
  return (
    <div class="stack">
      <p>{t('pair.text')}</p>
      <Qr text={pairing.link} label={t('pair.qr')} />
      <p class="label">{t('pair.code')}</p>
      <p class="paper-code" dir="ltr" translate={false}>
        {pairing.code}
      </p>
      <p class="hint" role="status">
        {t('pair.waiting')}
      </p>
    </div>
  );
}

export function Recover({ recovery }: { recovery: RecoveryView }): JSX.Element {
  const app = useApp();
  const { state, name } = recovery;
  if (state === 'found' || state === 'working') {
    return (
      <Doorway title={t('recover.found', { name })}>
        <p>{t('recover.found_text')}</p>
        <button
          type="button"
          class="button primary big"
          aria-disabled={state === 'working'}
          onClick={() => void attempt(app.recover())}
        >
          {t('recover.yes')}
        </button>
        <Back />
      </Doorway>
    );
  }
  return (
    <Doorway title={t('recover.title')}>
      <CodeForm state={state} />
      {recovery.passkeys && (
        <button type="button" class="button wide" onClick={() => void attempt(app.recoverByPasskey())}>
          {t('recover.passkey')}
        </button>
      )}
      <p class="hint">{t('recover.nothing')}</p>
      <Back />
    </Doorway>
  );
}

function CodeForm({ state }: { state: RecoveryView['state'] }): JSX.Element {
  const app = useApp();
  const wrong = state === 'unknown' || state === 'mistyped';
  return (
    <CodeField
      label={t('recover.code')}
      submit={t('recover.look')}
      error={wrong ? t(`recover.${state}`) : state === 'offline' ? t('invite.offline') : ''}
      invalid={wrong}
      hint={t(state === 'looking' ? 'recover.looking' : 'recover.code_hint')}
      onSubmit={(code) => {
        if (state !== 'looking') void attempt(app.recoverByCode(code));
      }}
    />
  );
}
