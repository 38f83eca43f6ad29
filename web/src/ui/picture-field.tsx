// One's own picture: drawn from the account, until one chooses another.

import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { t, tell } from '../i18n/translate.ts';
import { Avatar } from './avatar.tsx';
import { smallPicture } from './picture.ts';
import { say, useApp } from './view.ts';

export function PictureField(): JSX.Element | null {
  const app = useApp();
  const me = app.me.value;
  const [error, setError] = useState('');
  if (!me) return null;

  const save = async (picture: Blob | null): Promise<void> => {
    const outcome = await app.setProfile({ picture });
    if (outcome.ok) say(t('profile.saved'));
    else setError(tell(`error.${outcome.code}`));
  };
  const choose = async (file: File | undefined): Promise<void> => {
    if (!file) return;
    setError('');
    const picture = await smallPicture(file);
    if (picture) await save(picture);
    else setError(t('profile.picture_bad'));
  };
  return (
    <>
      <div class="who">
        <span class="face face-middle">
          <Avatar account={me.account} name={me.name} picture={me.picture} />
        </span>
        <span class="field-row">
          <label class="button file">
            {t('profile.picture_choose')}
            <input
              type="file"
              class="visually-hidden"
              accept="image/png,image/jpeg,image/webp,image/gif,image/avif"
              onChange={(e) => void choose(e.currentTarget.files?.[0])}
            />
          </label>
          {me.picture && (
            <button type="button" class="button quiet" onClick={() => void save(null)}>
              {t('profile.picture_remove')}
            </button>
          )}
        </span>
      </div>
      <p class="field-error" role="alert">
        {error}
      </p>
      <p class="hint">{t('profile.picture_hint')}</p>
    </>
  );
}
