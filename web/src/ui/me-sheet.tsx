// S10, oneself: where everything about the own account is found.

import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { t } from '../i18n/translate.ts';
import { Avatar } from './avatar.tsx';
import { Icon, type IconName } from './icons.tsx';
import { Sheet } from './sheet.tsx';
import { closeSheet, openSheet, type SheetAt, useApp } from './view.ts';

export function MeSheet(): JSX.Element {
  const app = useApp();
  const me = app.me.value;
  useEffect(() => {
    void app.loadRecovery();
  }, []);
  const officer = me?.role === 'founder' || me?.role === 'admin';
  return (
    <Sheet title={t('me.title')} onClose={closeSheet}>
      {me && (
        <p class="who">
          <span class="face face-middle">
            <Avatar account={me.account} name={me.name} picture={me.picture} />
          </span>
          <span>
            <strong dir="auto">{me.name}</strong>
            <span class="soft">
              {me.handle && <span dir="ltr">@{me.handle} · </span>}
              {t(`person.${me.role}`)}
            </span>
          </span>
        </p>
      )}
      <nav class="actions" aria-label={t('me.title')}>
        <Row icon="feather" text={t('me.profile')} to={{ at: 'profile' }} />
        <Row icon="invite" text={t('invites.yours')} to={{ at: 'invite' }} />
        <Row icon="people" text={t('ties.title')} to={{ at: 'ties' }} />
        <Row icon="device" text={t('me.devices')} to={{ at: 'devices' }} />
        <Row icon="key" text={t('me.recovery')} to={{ at: 'recovery' }} />
        {app.recovery.value?.code === false && <p class="hint warn">{t('me.recovery_missing')}</p>}
        {officer && <Row icon="lock" text={t('admin.title')} to={{ at: 'admin' }} />}
        {officer && <Row icon="warning" text={t('reports.title')} to={{ at: 'reports' }} />}
        {officer && <Row icon="star" text={t('me.moderation')} to={{ at: 'moderation' }} />}
        {officer && <Row icon="sound" text={t('me.trace')} to={{ at: 'trace' }} />}
        <Row icon="copy" text={t('me.data')} to={{ at: 'data' }} />
        <Row icon="sound" text={t('sound.title')} to={{ at: 'sound' }} />
        <Row icon="plus" text={t('install.title')} to={{ at: 'install' }} />
        <Row icon="door" text={t('house.title')} to={{ at: 'house' }} />
        <Row icon="more" text={t('prefs.title')} to={{ at: 'prefs' }} />
      </nav>
    </Sheet>
  );
}

export function Row({ icon, text, to }: { icon: IconName; text: string; to: SheetAt }): JSX.Element {
  return (
    <button type="button" class="button wide" onClick={() => openSheet(to)}>
      <Icon name={icon} />
      {text}
    </button>
  );
}
