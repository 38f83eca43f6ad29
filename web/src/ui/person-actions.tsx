// What one may do about a person: as anybody, as a moderator of the room, as an admin of the club.

import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { t } from '../i18n/translate.ts';
import type { ClubRole, Face, Outcome, PersonView, RoomView } from '../state/model.ts';
import { Avatar } from './avatar.tsx';
import { hosts, rankOf } from './people.ts';
import { Ask, Sheet } from './sheet.tsx';
import { Tick } from './tick.tsx';
import { attempt, closeSheet, say, useApp } from './view.ts';

export type Question = 'remove' | 'ban' | 'claim';

const rank: Record<ClubRole, number> = { founder: 1, admin: 2, member: 3 };

export function Actions({
  room,
  person: p,
  onAsk,
}: {
  room: RoomView;
  person: PersonView;
  onAsk: (question: Question) => void;
}): JSX.Element | null {
  const app = useApp();
  const me = room.me.value;
  const moderator = me?.moderates ?? false;
  const above = me !== null && moderator && rankOf(me, room.card.host) > rankOf(p, room.card.host);
  const host = me !== null && hosts(me, room.card.host) && above;
  const club = app.me.value?.role ?? 'member';
  const officer = rank[club] < rank.member && rank[club] < rank[p.club] && !p.me;
  if (p.leaving) return null;
  const act = (action: Promise<Outcome>): void => {
    void attempt(action);
    closeSheet();
  };
  const rows: JSX.Element[] = [];
  const row = (key: string, text: string, onClick: () => void, kind = ''): void => {
    rows.push(
      <button key={key} type="button" class={`button wide ${kind}`} onClick={onClick}>
        {text}
      </button>,
    );
  };
  if (moderator && !p.me && !p.stage && !p.called)
    row('bring', t('person.bring'), () => act(app.bring(p.account)), 'primary');
  if (moderator && !p.me && p.hand > 0)
    row('lower', t('host.lower'), () => act(app.hosting.lower(p.account)));
  if (above && p.stage && !p.muted) row('mute', t('person.mute'), () => act(app.muteOther(p.account)));
  if (p.stage && (above || p.me)) row('back', t('person.back'), () => act(app.sendBack(p.account)));
  if (host && p.role !== 'moderator')
    row('moderator', t('host.make'), () => act(app.hosting.setModerator(p.account, true)));
  if (p.role === 'moderator' && (host || (p.me && p.account !== room.card.host)))
    row('no-moderator', t(p.me ? 'host.lay_down' : 'host.unmake'), () =>
      act(app.hosting.setModerator(p.account, false)),
    );
  const talk = room.talk.value;
  if (above && talk)
    row('silence', t(p.silent ? 'person.unsilence' : 'person.silence'), () =>
      act(talk.silence(p.account, !p.silent)),
    );
  if (above) row('remove', t('person.remove'), () => onAsk('remove'), 'danger-quiet');
  if (club === 'founder' && p.club === 'member' && !p.me)
    row('admin', t('person.make_admin'), () => act(app.setRole(p.account, 'admin')));
  if (club === 'founder' && p.club === 'admin')
    row('member', t('person.unmake_admin'), () => act(app.setRole(p.account, 'member')));
  if (officer) {
    row('hold', t('person.hold'), () => act(app.hold(p.account)));
    row('ban', t('person.ban'), () => onAsk('ban'), 'danger-quiet');
  }
  if (!p.me) row('claim', t('person.claim'), () => onAsk('claim'), 'quiet');
  return rows.length > 0 ? <div class="actions">{rows}</div> : null;
}

export function Asked({
  question,
  person,
  onBack,
}: {
  question: Question;
  person: PersonView;
  onBack: () => void;
}): JSX.Element {
  switch (question) {
    case 'remove':
      return <RemoveAsk person={person} />;
    case 'ban':
      return <BanAsk person={person} />;
    case 'claim':
      return <ClaimAsk person={person} onBack={onBack} />;
  }
}

function RemoveAsk({ person: p }: { person: PersonView }): JSX.Element {
  const app = useApp();
  const remove = (forGood: boolean): void => {
    void attempt(app.remove(p.account, forGood));
    closeSheet();
  };
  return (
    <Sheet title={t('person.remove_ask', { name: p.name })} onClose={closeSheet} class="sheet-ask">
      <div class="actions">
        <button type="button" class="button wide danger-quiet" onClick={() => remove(false)}>
          {t('person.remove_evening')}
        </button>
        <p class="hint">{t('person.remove_evening_hint')}</p>
        <button type="button" class="button wide danger-quiet" onClick={() => remove(true)}>
          {t('person.remove_forever')}
        </button>
        <p class="hint">{t('person.remove_forever_hint')}</p>
        <button type="button" class="button wide" onClick={closeSheet}>
          {t('cancel')}
        </button>
      </div>
    </Sheet>
  );
}

export function BanAsk({ person: p }: { person: Face }): JSX.Element {
  const app = useApp();
  const [hold, setHold] = useState(false);
  return (
    <Ask
      title={t('person.ban_ask', { name: p.name })}
      text={t('person.ban_text')}
      yes={t('person.ban_yes', { name: p.name })}
      no={t('cancel')}
      danger
      onYes={() => {
        void attempt(app.ban(p.account, hold));
        closeSheet();
      }}
      onNo={closeSheet}
    >
      <Tick text={t('person.ban_hold')} hint={t('person.ban_hold_hint')} checked={hold} onChange={setHold} />
    </Ask>
  );
}

/** Somebody known came back under a new account: of the people met, whose place was it? */
function ClaimAsk({ person: p, onBack }: { person: PersonView; onBack: () => void }): JSX.Element {
  const app = useApp();
  const here = new Set(app.room.value?.people.value.map(({ account }) => account));
  const before = app.known.value.filter(({ account }) => account !== p.account && !here.has(account));
  const claim = async (target: string): Promise<void> => {
    closeSheet();
    if (await attempt(app.claim(target, p.account))) say(t('mod.claim_sent'));
  };
  return (
    <Sheet title={t('person.claim')} onClose={onBack}>
      <p>{t('person.claim_text')}</p>
      {before.length === 0 && <p class="hint">{t('open.nobody')}</p>}
      <ul class="rows pick-list">
        {before.map((face) => (
          <li key={face.account} class="row">
            <span class="face face-small">
              <Avatar account={face.account} name={face.name} />
            </span>
            <span id={`claim-${face.account}`} dir="auto">
              {face.name}
            </span>
            <button
              type="button"
              class="button small"
              aria-describedby={`claim-${face.account}`}
              onClick={() => void claim(face.account)}
            >
              {t('person.claim_yes')}
            </button>
          </li>
        ))}
      </ul>
    </Sheet>
  );
}
