// The screens before one is in: an invitation (S1), no invitation, an unfit browser.

import type { ComponentChildren, JSX } from 'preact';
import { useId, useState } from 'preact/hooks';
import { t, tell } from '../i18n/translate.ts';
import type { InviteView } from '../state/model.ts';
import { LanguageChoice, ThemeChoice } from './choices.tsx';
import { Icon, type IconName, Mark } from './icons.tsx';
import { countCharacters, firstCharacters } from './people.ts';
import { chooseWelcome } from './prefs.ts';
import { attempt, useApp } from './view.ts';

const NAME_CHARACTERS = 40;

export function Doorway({ title, children }: { title: string; children: ComponentChildren }): JSX.Element {
  return (
    <div class="doorway">
      <main id="main" class="doorway-main">
        <p class="brand">
          <Mark />
          Aparté
        </p>
        <h1 tabIndex={-1} dir="auto">
          {title}
        </h1>
        {children}
      </main>
      <footer class="doorway-foot">
        <LanguageChoice compact />
        <ThemeChoice compact />
      </footer>
    </div>
  );
}

export function Unsupported({ missing }: { missing: string }): JSX.Element {
  return (
    <Doorway title={t('unsupported.title')}>
      <p>{t('unsupported.missing', { missing })}</p>
      <p class="soft">{missing === 'HTTPS' ? t('unsupported.https') : t('unsupported.try')}</p>
    </Doorway>
  );
}

export function Stranger(): JSX.Element {
  const app = useApp();
  return (
    <Doorway title={t('stranger.title')}>
      <p class="soft">{t('app.tagline')}</p>
      <p>{t('stranger.text')}</p>
      <p class="soft">{t('stranger.device')}</p>
      <div class="actions">
        <button type="button" class="button wide" onClick={() => void attempt(app.startPairing())}>
          <Icon name="device" />
          {t('stranger.add')}
        </button>
        <button type="button" class="button wide" onClick={() => void attempt(app.startRecovery())}>
          <Icon name="key" />
          {t('stranger.recover')}
        </button>
      </div>
    </Doorway>
  );
}

export function Invite({ invite }: { invite: InviteView }): JSX.Element {
  if (invite.state === 'valid') return <Valid invite={invite} />;
  return <NotValid invite={invite} />;
}

function NotValid({ invite }: { invite: InviteView }): JSX.Element {
  const app = useApp();
  const { state } = invite;
  const name = invite.inviter || t('invite.someone');
  if (state === 'checking' || state === 'valid') {
    return (
      <Doorway title={t('invite.checking')}>
        <div class="waiting" />
      </Doorway>
    );
  }
  const text = t(`invite.${state}_text`, { name });
  return (
    <Doorway title={t(`invite.${state}`, { name })}>
      <p class="soft">{text.charAt(0).toLocaleUpperCase() + text.slice(1)}</p>
      {state === 'member_already' && (
        <button type="button" class="button primary" onClick={() => app.showHall(true)}>
          {t('invite.to_hall')}
        </button>
      )}
      {state === 'full' && (
        <button type="button" class="button primary" onClick={() => app.lookAgain()}>
          {t('full.again')}
        </button>
      )}
    </Doorway>
  );
}

function OnePromise({ icon, title, text }: { icon: IconName; title: string; text: string }): JSX.Element {
  return (
    <li>
      <span class="promise-icon">
        <Icon name={icon} />
      </span>
      <span>
        <strong>{title}</strong>
        <span class="soft">{text}</span>
      </span>
    </li>
  );
}

function Valid({ invite }: { invite: InviteView }): JSX.Element {
  const founder = invite.kind === 'founder';
  const title = founder
    ? t('invite.founder')
    : t('invite.valid', { name: invite.inviter, club: invite.club });
  return (
    <Doorway title={title}>
      {founder ? <p class="soft">{t('invite.founder_text', { club: invite.club })}</p> : null}
      <ul class="promises">
        <OnePromise icon="lock" title={t('invite.promise_lock')} text={t('invite.promise_lock_text')} />
        <OnePromise icon="off" title={t('invite.promise_record')} text={t('invite.promise_record_text')} />
        <OnePromise
          icon="feather"
          title={t('invite.promise_nothing')}
          text={t('invite.promise_nothing_text')}
        />
      </ul>
      <NameForm />
      <p class="hint">{t('lock.rule')}</p>
    </Doorway>
  );
}

function NameForm(): JSX.Element {
  const app = useApp();
  const id = useId();
  const [name, setName] = useState('');
  const [error, setError] = useState('');
  const [busy, setBusy] = useState(false);
  const submit = async (e: Event): Promise<void> => {
    e.preventDefault();
    if (busy) return;
    if (!name.trim()) return setError(t('invite.name_missing'));
    setBusy(true);
    setError('');
    const outcome = await app.join(name.trim());
    setBusy(false);
    if (outcome.ok) chooseWelcome(true);
    else setError(tell(`error.${outcome.code}`));
  };
  return (
    <form class="name-form" onSubmit={submit} noValidate>
      <label for={id}>{t('invite.name')}</label>
      <div class="field-row">
        <input
          id={id}
          type="text"
          value={name}
          autocomplete="nickname"
          autocapitalize="words"
          spellcheck={false}
          required
          aria-invalid={error !== ''}
          aria-describedby={`${id}-hint ${id}-error`}
          onInput={(e) => {
            const typed = firstCharacters(e.currentTarget.value, NAME_CHARACTERS);
            if (countCharacters(e.currentTarget.value) > NAME_CHARACTERS) e.currentTarget.value = typed;
            setName(typed);
          }}
        />
        <button type="submit" class="button primary" aria-disabled={busy}>
          {t('invite.join')}
        </button>
      </div>
      <p id={`${id}-error`} class="field-error" role="alert">
        {error}
      </p>
      <p id={`${id}-hint`} class="hint">
        {t('invite.name_hint')}
      </p>
      <p class="hint key-hint" role="status">
        <Icon name="key" />
        <span>{busy ? t('invite.joining') : t('invite.key')}</span>
      </p>
    </form>
  );
}
