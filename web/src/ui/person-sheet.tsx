// S6, one person: how loud they are for me, who invited them, and what a moderator or admin may do.

import type { JSX } from 'preact';
import { useId, useState } from 'preact/hooks';
import { t } from '../i18n/translate.ts';
import type { Outcome, PersonView, RoomView } from '../state/model.ts';
import { Avatar } from './avatar.tsx';
import { Icon } from './icons.tsx';
import { Ask, Sheet } from './sheet.tsx';
import { attempt, closeSheet, useApp } from './view.ts';

export function PersonSheet({ room, person: p }: { room: RoomView; person: PersonView }): JSX.Element {
  const app = useApp();
  const [banning, setBanning] = useState(false);
  if (banning) {
    return (
      <Ask
        title={t('person.ban_ask', { name: p.name })}
        text={t('person.ban_text')}
        yes={t('person.ban_yes', { name: p.name })}
        no={t('cancel')}
        danger
        onYes={() => {
          void attempt(app.ban(p.account));
          closeSheet();
        }}
        onNo={closeSheet}
      />
    );
  }
  const face = (
    <span class="face face-middle">
      <Avatar account={p.account} name={p.name} />
    </span>
  );
  return (
    <Sheet title={p.name} lead={face} onClose={closeSheet} class="sheet-person">
      <p class="soft facts">{facts(p)}</p>
      {!p.me && <Volume room={room} person={p} />}
      <Chain person={p} />
      <Actions room={room} person={p} onBan={() => setBanning(true)} />
    </Sheet>
  );
}

function facts(p: PersonView): string {
  const list = [t(`person.${p.role}`), t(`person.${p.club}`)];
  if (p.me) list.unshift(t('person.you'));
  if (p.stage && p.muted) list.push(t('person.muted'));
  if (p.hand > 0) list.push(t('person.hand'));
  if (p.called) list.push(t('person.called'));
  if (p.away) list.push(t('person.away'));
  return list.join(' · ');
}

function Volume({ room, person: p }: { room: RoomView; person: PersonView }): JSX.Element {
  const app = useApp();
  const id = useId();
  const percent = Math.round((room.volume.value[p.account] ?? 1) * 100);
  const value = t('person.volume_value', { n: percent });
  return (
    <div class="field volume">
      <label for={id}>{t('person.volume')}</label>
      <div class="volume-row">
        <Icon name="sound" />
        <input
          id={id}
          type="range"
          min="0"
          max="200"
          step="5"
          value={percent}
          aria-valuetext={value}
          onInput={(e) => app.setVolume(p.account, Number(e.currentTarget.value) / 100)}
        />
        <output for={id}>{value}</output>
      </div>
    </div>
  );
}

function Chain({ person: p }: { person: PersonView }): JSX.Element {
  const state = p.chain === 'good' ? 'chain_good' : p.chain === 'bad' ? 'chain_bad' : 'chain_checking';
  return (
    <div class="chain">
      {p.chainNames.length > 0 && (
        <>
          <p class="label" id="chain">
            {t('person.chain')}
          </p>
          <ol aria-labelledby="chain">
            {p.chainNames.map((name, i) => (
              <li key={`${i} ${name}`} dir="auto">
                {name}
              </li>
            ))}
          </ol>
        </>
      )}
      <p class={p.chain === 'bad' ? 'chain-state chain-bad' : 'chain-state'}>
        <Icon name={p.chain === 'bad' ? 'warning' : p.chain === 'good' ? 'check' : 'key'} />
        {t(`person.${state}`)}
      </p>
    </div>
  );
}

function Actions({
  room,
  person: p,
  onBan,
}: {
  room: RoomView;
  person: PersonView;
  onBan: () => void;
}): JSX.Element | null {
  const app = useApp();
  const moderator = room.me.value?.role === 'moderator';
  const club = app.me.value?.role;
  const mayBan = (club === 'founder' || club === 'admin') && !p.me && p.club !== 'founder';
  const act = (action: Promise<Outcome>): void => {
    void attempt(action);
    closeSheet();
  };
  if (p.leaving) return null;
  const rows: JSX.Element[] = [];
  const row = (key: string, text: string, onClick: () => void, kind = ''): void => {
    rows.push(
      <button key={key} type="button" class={`button wide ${kind}`} onClick={onClick}>
        {text}
      </button>,
    );
  };
  if (moderator && !p.me) {
    if (!p.stage && !p.called) row('bring', t('person.bring'), () => act(app.bring(p.account)), 'primary');
    if (p.stage && !p.muted) row('mute', t('person.mute'), () => act(app.muteOther(p.account)));
  }
  if (p.stage && (moderator || p.me)) row('back', t('person.back'), () => act(app.sendBack(p.account)));
  if (moderator && !p.me) row('remove', t('person.remove'), () => act(app.remove(p.account)), 'danger-quiet');
  if (mayBan) row('ban', t('person.ban'), onBan, 'danger-quiet');
  return rows.length > 0 ? <div class="actions">{rows}</div> : null;
}
