// Of the admin page: the invitations that are open, and one account at a time. There is no list of members.

import type { JSX } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { dayOf, t, tell } from '../i18n/translate.ts';
import type { Account, OpenInvite } from '../state/admin-model.ts';
import type { ClubRole, Face, Id, Outcome } from '../state/model.ts';
import { FindField } from './find-field.tsx';
import { attempt, say, useApp } from './view.ts';

const rank: Record<ClubRole, number> = { founder: 1, admin: 2, member: 3 };
const nameOf = (face: Face): string => face.name || t('mod.nobody');

export function InvitesSection({ onLook }: { onLook: (account: Id) => void }): JSX.Element {
  const app = useApp();
  const invites = app.admin.invites.value;
  return (
    <section aria-labelledby="admin-invites" class="stack">
      <h3 id="admin-invites">{t('admin.invites')}</h3>
      {invites && <p class="hint">{t('admin.invites_open', { n: invites.open })}</p>}
      <ul class="rows">
        {invites?.list.map((invite) => (
          <InviteRow key={invite.invite} invite={invite} onLook={onLook} />
        ))}
      </ul>
      {invites && invites.next !== null && (
        <button type="button" class="button wide" onClick={() => void attempt(app.admin.loadInvites(true))}>
          {t('admin.more')}
        </button>
      )}
      <p class="hint">{t('admin.invites_text')}</p>
    </section>
  );
}

function InviteRow({ invite, onLook }: { invite: OpenInvite; onLook: (account: Id) => void }): JSX.Element {
  const app = useApp();
  const id = useId();
  const withdraw = async (): Promise<void> => {
    if (await attempt(app.admin.withdraw(invite.invite))) say(t('admin.withdrawn'));
  };
  return (
    <li class="row">
      <span id={id}>
        <strong dir="auto">{t('admin.invite_by', { name: nameOf(invite.author) })}</strong>
        <span class="soft">
          {t('invites.made', { date: dayOf(invite.time) })},{' '}
          {t('invites.until', { date: dayOf(invite.expires) })}
          {invite.held && ` · ${t('admin.invite_held')}`}
        </span>
      </span>
      <button
        type="button"
        class="button small"
        aria-describedby={id}
        onClick={() => onLook(invite.author.account)}
      >
        {t('admin.look_up')}
      </button>
      {invite.may_revoke && (
        <button type="button" class="button small" aria-describedby={id} onClick={() => void withdraw()}>
          {t('invites.withdraw')}
        </button>
      )}
    </li>
  );
}

/** `wanted`: an account that was pressed elsewhere on the page. */
export function FindSection({ wanted, onBan }: { wanted: Id; onBan: (face: Face) => void }): JSX.Element {
  const app = useApp();
  const id = useId();
  const heading = useRef<HTMLHeadingElement>(null);
  const [found, setFound] = useState<Account | null>(null);
  const [error, setError] = useState('');
  const look = async (text: string): Promise<void> => {
    const outcome = await app.admin.find(text);
    setFound(outcome.ok ? outcome.value : null);
    setError(
      outcome.ok ? '' : outcome.code === 'not_found' ? t('admin.find_none') : tell(`error.${outcome.code}`),
    );
  };
  useEffect(() => {
    if (!wanted) return;
    heading.current?.focus();
    void look(wanted);
  }, [wanted]);
  return (
    <section aria-labelledby={`${id}-title`} class="stack">
      <h3 id={`${id}-title`} ref={heading} tabIndex={-1}>
        {t('admin.find')}
      </h3>
      <FindField
        label={t('admin.find_label')}
        hint={t('admin.find_hint')}
        button={t('admin.look_up')}
        error={error}
        onFind={(text) => text && void look(text)}
      />
      {found && <Found key={found.account} is={found} onBan={onBan} again={() => look(found.account)} />}
      <p class="hint">{t('admin.no_list')}</p>
    </section>
  );
}

function Found({
  is,
  onBan,
  again,
}: {
  is: Account;
  onBan: (face: Face) => void;
  again: () => Promise<void>;
}): JSX.Element {
  const app = useApp();
  const me = app.me.value;
  const name = nameOf(is);
  const above = me !== null && rank[me.role] < rank[is.role] && me.account !== is.account;
  const alive = is.state === 'member' || is.state === 'held';
  const act = async (action: Promise<Outcome>): Promise<void> => {
    if (!(await attempt(action))) return;
    say(t('admin.done'));
    await again();
  };
  const button = (text: string, onClick: () => void, kind = ''): JSX.Element => (
    <button type="button" class={`button small ${kind}`} onClick={onClick}>
      {text}
    </button>
  );
  return (
    <div class="stack" role="status">
      <p>
        <strong dir="auto">{name}</strong>{' '}
        <span class="soft">
          {is.handle && <span dir="ltr">@{is.handle} · </span>}
          {t(`person.${is.role}`)} · {t(`admin.state_${is.state}`)}
        </span>
      </p>
      <p class="hint" dir="auto">
        {is.inviter
          ? t('admin.came', { date: dayOf(is.time), name: nameOf(is.inviter) })
          : t('admin.came_first', { date: dayOf(is.time) })}{' '}
        {t('admin.devices', { n: is.devices })} {t('admin.invites_open', { n: is.invites })}
      </p>
      <div class="answers">
        {above && alive && button(t('person.ban'), () => onBan(is), 'danger-quiet')}
        {above && is.state === 'banned' && button(t('admin.unban'), () => void act(app.unban(is.account)))}
        {above && is.state === 'held' && (
          <>
            {button(t('admin.release'), () => void act(app.release(is.account, false)))}
            {button(t('admin.release_below'), () => void act(app.release(is.account, true)))}
          </>
        )}
        {above && button(t('person.hold'), () => void act(app.hold(is.account)))}
        {above && !alive && button(t('admin.release_all'), () => void act(app.release(is.account, true)))}
        {me?.role === 'founder' &&
          alive &&
          is.role === 'member' &&
          button(t('person.make_admin'), () => void act(app.setRole(is.account, 'admin')))}
        {me?.role === 'founder' &&
          alive &&
          is.role === 'admin' &&
          button(t('person.unmake_admin'), () => void act(app.setRole(is.account, 'member')))}
      </div>
    </div>
  );
}
