// Links, each for one person; below them the invitations one has made so far.

import type { JSX } from 'preact';
import { useEffect, useId, useState } from 'preact/hooks';
import { dayOf, t, tell } from '../i18n/translate.ts';
import type { InviteInfo } from '../state/model.ts';
import { LinkField } from './link-field.tsx';
import { Qr } from './qr.tsx';
import { Sheet } from './sheet.tsx';
import { attempt, closeSheet, useApp } from './view.ts';

const HOURS = [24, 72, 168, 720];
const DEFAULT_HOURS = 72;
const MOST_AT_ONCE = 50;

export function InvitesSheet(): JSX.Element {
  const app = useApp();
  const [links, setLinks] = useState<string[]>([]);
  const [error, setError] = useState('');
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    void app.loadInvites();
  }, []);

  const make = async (count: number, hours: number): Promise<void> => {
    setBusy(true);
    setError('');
    const outcome = await app.makeInvites(count, hours);
    if (outcome.ok) setLinks(outcome.value);
    else setError(tell(`error.${outcome.code}`));
    setBusy(false);
  };

  return (
    <Sheet title={t('invites.title')} onClose={closeSheet}>
      <p>{t('invites.text')}</p>
      {links.length > 0 && (
        <LinkField label={t(links.length === 1 ? 'invites.link' : 'invites.links')} text={links.join('\n')} />
      )}
      {links.length === 1 && (
        <details class="fold">
          <summary>{t('invites.qr_show')}</summary>
          <Qr text={links[0] ?? ''} label={t('invites.qr')} />
        </details>
      )}
      <p class="field-error" role="alert">
        {error}
      </p>
      <Make busy={busy} again={links.length > 0} onMake={make} />
      <p class="hint">{t('invites.vouch')}</p>
      <Mine />
    </Sheet>
  );
}

function Make(props: {
  busy: boolean;
  again: boolean;
  onMake: (count: number, hours: number) => Promise<void>;
}): JSX.Element {
  const left = useApp().invites.value?.left ?? 1;
  const id = useId();
  const [count, setCount] = useState(1);
  const [hours, setHours] = useState(DEFAULT_HOURS);
  const most = Math.max(1, Math.min(MOST_AT_ONCE, left));
  const submit = (e: Event): void => {
    e.preventDefault();
    if (!props.busy) void props.onMake(Math.min(count, most), hours);
  };
  return (
    <form class="stack" onSubmit={submit}>
      <button
        type="submit"
        class={props.again ? 'button wide' : 'button primary big'}
        aria-disabled={props.busy}
      >
        {props.busy ? t('invites.making') : t('invites.make', { n: Math.min(count, most) })}
      </button>
      <details class="fold">
        <summary>{t('invites.group')}</summary>
        <div class="field-row">
          <div class="field">
            <label for={`${id}-count`}>{t('invites.count')}</label>
            <input
              id={`${id}-count`}
              type="number"
              inputMode="numeric"
              min={1}
              max={most}
              value={count}
              onInput={(e) => setCount(Math.max(1, Math.floor(Number(e.currentTarget.value)) || 1))}
            />
          </div>
          <div class="field">
            <label for={`${id}-hours`}>{t('invites.hours')}</label>
            <select
              id={`${id}-hours`}
              value={hours}
              onChange={(e) => setHours(Number(e.currentTarget.value))}
            >
              {HOURS.map((n) => (
                <option key={n} value={n}>
                  {n % 24 === 0 && n > 24 ? t('invites.days_n', { n: n / 24 }) : t('invites.hours_n', { n })}
                </option>
              ))}
            </select>
          </div>
        </div>
      </details>
    </form>
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
