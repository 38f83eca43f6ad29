// A link for one person, made when the sheet opens; below it the invitations one has made so far.

import type { JSX } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { dayOf, t, tell } from '../i18n/translate.ts';
import type { InviteInfo } from '../state/model.ts';
import { Icon } from './icons.tsx';
import { Sheet } from './sheet.tsx';
import { attempt, closeSheet, say, useApp } from './view.ts';

export function InvitesSheet(): JSX.Element {
  const app = useApp();
  const [link, setLink] = useState('');
  const [error, setError] = useState('');
  const [busy, setBusy] = useState(true);

  const make = async (): Promise<void> => {
    setBusy(true);
    setError('');
    const outcome = await app.makeInvite();
    if (outcome.ok) setLink(outcome.value);
    else {
      setError(tell(`error.${outcome.code}`));
      void app.loadInvites(); // what there is can still be looked at, and withdrawn
    }
    setBusy(false);
  };
  useEffect(() => {
    void make();
  }, []);

  return (
    <Sheet title={t('invites.title')} onClose={closeSheet}>
      <p>{t('invites.text')}</p>
      {link && <LinkField link={link} />}
      <p class="hint" role="status">
        {busy ? t('invites.making') : ''}
      </p>
      <p class="field-error" role="alert">
        {error}
      </p>
      {!busy && (
        <button type="button" class="button quiet" onClick={() => void make()}>
          <Icon name="plus" />
          {t('invites.again')}
        </button>
      )}
      <p class="hint">{t('invites.vouch')}</p>
      <Mine />
    </Sheet>
  );
}

function LinkField({ link }: { link: string }): JSX.Element {
  const id = useId();
  const field = useRef<HTMLInputElement>(null);
  const [copied, setCopied] = useState('');
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(link);
      setCopied(link);
      say(t('copied'), { quiet: true });
    } catch {
      field.current?.select();
      say(t('copy_failed'));
    }
  };
  const share = (): void => {
    navigator.share({ url: link }).catch(() => undefined); // closing the system's sheet is no failure
  };
  return (
    <div class="field">
      <label for={id}>{t('invites.link')}</label>
      <div class="field-row">
        <input
          id={id}
          ref={field}
          type="text"
          class="link"
          readOnly
          value={link}
          onFocus={(e) => e.currentTarget.select()}
        />
        <button type="button" class="button primary" onClick={copy}>
          <Icon name={copied === link ? 'check' : 'copy'} />
          {t(copied === link ? 'copied' : 'copy')}
        </button>
        {'share' in navigator && (
          <button type="button" class="button" onClick={share}>
            {t('invites.share')}
          </button>
        )}
      </div>
    </div>
  );
}

function Mine(): JSX.Element | null {
  const invites = useApp().invites.value;
  if (!invites) return null;
  return (
    <section aria-labelledby="my-invites" class="invites">
      <h3 id="my-invites">{t('invites.yours')}</h3>
      <p class="hint">{t('invites.left', { n: invites.left })}</p>
      <ul>
        {[...invites.list]
          .sort((a, b) => b.time - a.time)
          .map((invite) => (
            <InviteRow key={invite.invite} invite={invite} />
          ))}
      </ul>
    </section>
  );
}

function stateOf(invite: InviteInfo): string {
  if (invite.state !== 'used') return t(`invites.${invite.state}`);
  return invite.guest ? t('invites.used', { name: invite.guest.name }) : t('invites.used_nobody');
}

function InviteRow({ invite }: { invite: InviteInfo }): JSX.Element {
  const app = useApp();
  const id = useId();
  return (
    <li class={`invite-row invite-${invite.state}`}>
      <span id={id}>
        <strong dir="auto">{stateOf(invite)}</strong>
        <span class="soft">
          {t('invites.made', { date: dayOf(invite.time) })}
          {invite.state === 'open' && `, ${t('invites.until', { date: dayOf(invite.expires) })}`}
        </span>
      </span>
      {invite.state === 'open' && (
        <button
          type="button"
          class="button small"
          aria-describedby={id}
          onClick={() => void attempt(app.revokeInvite(invite.invite))}
        >
          {t('invites.withdraw')}
        </button>
      )}
    </li>
  );
}
