// What others see of oneself: a name, and whatever else one likes.

import type { JSX } from 'preact';
import { useId, useState } from 'preact/hooks';
import { t, tell } from '../i18n/translate.ts';
import { firstCharacters } from './people.ts';
import { PictureField } from './picture-field.tsx';
import { Sheet } from './sheet.tsx';
import { openSheet, say, useApp } from './view.ts';

const NAME_CHARACTERS = 40;
const PRONOUNS_CHARACTERS = 30;
const BIO_CHARACTERS = 160;

export function ProfileSheet(): JSX.Element | null {
  const app = useApp();
  const me = app.me.value;
  const id = useId();
  const [name, setName] = useState(me?.name ?? '');
  const [handle, setHandle] = useState(me?.handle ?? '');
  const [pronouns, setPronouns] = useState(me?.pronouns ?? '');
  const [bio, setBio] = useState(me?.bio ?? '');
  const [error, setError] = useState('');
  if (!me) return null;

  const save = async (change: Parameters<typeof app.setProfile>[0]): Promise<void> => {
    setError('');
    const outcome = await app.setProfile(change);
    if (outcome.ok) say(t('profile.saved'));
    else setError(tell(`error.${outcome.code}`));
  };
  const submit = (e: Event): void => {
    e.preventDefault();
    if (!name.trim()) {
      setError(t('invite.name_missing'));
      return;
    }
    const change: Parameters<typeof app.setProfile>[0] = {};
    if (name.trim() !== me.name) change.name = name.trim();
    if (handle !== (me.handle ?? '')) change.handle = handle;
    if (pronouns !== (me.pronouns ?? '')) change.pronouns = pronouns;
    if (bio !== (me.bio ?? '')) change.bio = bio;
    void save(change);
  };

  return (
    <Sheet title={t('me.profile')} onClose={() => openSheet({ at: 'me' })}>
      <PictureField />
      <form class="stack" onSubmit={submit} noValidate>
        <div class="field">
          <label for={`${id}-name`}>{t('invite.name')}</label>
          <input
            id={`${id}-name`}
            type="text"
            value={name}
            autocomplete="nickname"
            spellcheck={false}
            required
            aria-describedby={`${id}-error`}
            onInput={(e) => setName(firstCharacters(e.currentTarget.value, NAME_CHARACTERS))}
          />
        </div>
        <div class="field">
          <label for={`${id}-handle`}>{t('profile.handle')}</label>
          <input
            id={`${id}-handle`}
            type="text"
            value={handle}
            dir="ltr"
            autocomplete="off"
            autocapitalize="none"
            spellcheck={false}
            maxLength={20}
            aria-describedby={`${id}-handle-hint`}
            onInput={(e) => setHandle(e.currentTarget.value.toLowerCase())}
          />
          <p id={`${id}-handle-hint`} class="hint">
            {t('profile.handle_hint')}
          </p>
        </div>
        <div class="field">
          <label for={`${id}-pronouns`}>{t('profile.pronouns')}</label>
          <input
            id={`${id}-pronouns`}
            type="text"
            value={pronouns}
            autocomplete="off"
            autocapitalize="none"
            spellcheck={false}
            aria-describedby={`${id}-pronouns-hint`}
            onInput={(e) => setPronouns(firstCharacters(e.currentTarget.value, PRONOUNS_CHARACTERS))}
          />
          <p id={`${id}-pronouns-hint`} class="hint">
            {t('profile.pronouns_hint')}
          </p>
        </div>
        <div class="field">
          <label for={`${id}-bio`}>{t('profile.bio')}</label>
          <textarea
            id={`${id}-bio`}
            rows={3}
            value={bio}
            aria-describedby={`${id}-bio-hint`}
            onInput={(e) => setBio(firstCharacters(e.currentTarget.value, BIO_CHARACTERS))}
          />
          <p id={`${id}-bio-hint`} class="hint">
            {t('profile.bio_hint')}
          </p>
        </div>
        <p id={`${id}-error`} class="field-error" role="alert">
          {error}
        </p>
        <button type="submit" class="button primary big">
          {t('profile.save')}
        </button>
      </form>
    </Sheet>
  );
}
