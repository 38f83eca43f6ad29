// What the hallway says when a client was offered that does not replace ours, or was put in its place all the same.

import type { JSX } from 'preact';
import { t } from '../i18n/translate.ts';
import type { VersionView } from '../state/house-model.ts';
import { Icon } from './icons.tsx';
import { openSheet } from './view.ts';

export function VersionBanner({ version }: { version: VersionView }): JSX.Element {
  const { refused, replaced } = version;
  const key = replaced
    ? 'version.replaced'
    : refused
      ? (`version.why_${refused.why}` as const)
      : 'version.refused';
  return (
    <div class="banner banner-bad">
      <Icon name="warning" />
      <div>
        <strong>{t(replaced ? 'version.replaced_title' : 'version.refused')}</strong>{' '}
        {t(key, { file: refused?.file ?? '' })}
        <button type="button" class="button" onClick={() => openSheet({ at: 'house' })}>
          {t('version.more')}
        </button>
      </div>
    </div>
  );
}
