// The devices that may act as oneself: the list, and adding one by a code and six words.

import type { JSX } from 'preact';
import { useEffect, useId, useState } from 'preact/hooks';
import { dayOf, t, tell } from '../i18n/translate.ts';
import type { DeviceInfo, FoundDevice } from '../state/model.ts';
import { CodeField } from './code-field.tsx';
import { Icon } from './icons.tsx';
import { Ask, Sheet } from './sheet.tsx';
import { attempt, openSheet, useApp } from './view.ts';
import { Words } from './words.tsx';

export function DevicesSheet(): JSX.Element {
  const app = useApp();
  const found = app.found.value;
  const [revoking, setRevoking] = useState<DeviceInfo | null>(null);
  useEffect(() => {
    void attempt(app.loadDevices());
  }, []);
  if (revoking) {
    return (
      <Ask
        title={t('devices.revoke_ask')}
        text={t('devices.revoke_text')}
        yes={t('devices.revoke')}
        no={t('cancel')}
        danger
        onYes={() => {
          void attempt(app.revokeDevice(revoking.device));
          setRevoking(null);
        }}
        onNo={() => setRevoking(null)}
      />
    );
  }
  const close = (): void => {
    app.dropFound();
    openSheet({ at: 'me' });
  };
  return (
    <Sheet title={t('me.devices')} onClose={close}>
      {found ? (
        <Found found={found} />
      ) : (
        <>
          <p>{t('devices.text')}</p>
          <ul class="rows">
            {app.devices.value?.map((device) => (
              <DeviceRow key={device.device} device={device} onRevoke={() => setRevoking(device)} />
            ))}
          </ul>
          <Add />
        </>
      )}
    </Sheet>
  );
}

function DeviceRow({ device, onRevoke }: { device: DeviceInfo; onRevoke: () => void }): JSX.Element {
  const id = useId();
  const title = device.this ? t('devices.this') : t('devices.since', { date: dayOf(device.time) });
  return (
    <li class="row">
      <Icon name="device" />
      <span id={id}>
        <strong>{title}</strong>
        <span class="soft">
          {device.this && t('devices.since', { date: dayOf(device.time) })}
          {!device.this && device.online && t('devices.online')}
        </span>
      </span>
      {!device.this && (
        <button type="button" class="button small" aria-describedby={id} onClick={onRevoke}>
          {t('devices.revoke')}
        </button>
      )}
    </li>
  );
}

function Add(): JSX.Element {
  const app = useApp();
  const id = useId();
  const [error, setError] = useState('');
  const find = async (code: string): Promise<void> => {
    setError('');
    const outcome = await app.findDevice(code);
    if (!outcome.ok) setError(tell(`error.${outcome.code}`));
  };
  return (
    <section class="stack" aria-labelledby={`${id}-title`}>
      <h3 id={`${id}-title`}>{t('devices.add')}</h3>
      <p>{t('devices.add_text')}</p>
      <CodeField
        label={t('devices.code')}
        submit={t('devices.find')}
        error={error}
        onSubmit={(code) => void find(code)}
      />
    </section>
  );
}

function Found({ found }: { found: FoundDevice }): JSX.Element {
  const app = useApp();
  return (
    <div class="stack">
      <p role="status">
        <strong>{t(found.state === 'comparing' ? 'devices.words' : `devices.${found.state}`)}</strong>
      </p>
      {(found.state === 'comparing' || found.state === 'offered') && <Words words={found.words} />}
      {found.state === 'comparing' && (
        <>
          <p class="hint">{t('devices.words_text')}</p>
          <div class="answers">
            <button type="button" class="button" onClick={() => app.dropFound()}>
              {t('devices.differ')}
            </button>
            <button type="button" class="button primary" onClick={() => void attempt(app.addDevice())}>
              {t('devices.same')}
            </button>
          </div>
        </>
      )}
    </div>
  );
}
