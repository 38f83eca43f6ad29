// What the lock means, in words that are true: who can hear, what changes the key, and what no lock can do.

import type { JSX } from 'preact';
import { t } from '../i18n/translate.ts';
import type { RoomView } from '../state/model.ts';
import { Icon } from './icons.tsx';
import { Sheet } from './sheet.tsx';
import { closeSheet } from './view.ts';
import { Words } from './words.tsx';

export function troubleText(trouble: RoomView['trouble'], name: string | null): string {
  switch (trouble) {
    case 'signature':
      return name ? t('lock.signature_who', { name }) : t('lock.signature');
    case 'chain':
      return name ? t('lock.chain_who', { name }) : t('lock.chain');
    case 'roster':
      return t('lock.roster_bad');
    case 'order':
      return t('lock.order');
    case 'suite':
      return t('lock.suite');
    case 'fork':
      return t('lock.fork');
    case 'secret':
      return t('lock.secret');
    default:
      return name ? t('lock.bad_who', { name }) : t('lock.bad');
  }
}

export function LockSheet({ room }: { room: RoomView }): JSX.Element {
  const people = room.people.value;
  const leaving = people.filter((p) => p.leaving).length;
  const pending = people.filter((p) => !p.leaving && !p.keyed).length;
  const forged = people.filter((p) => p.forged);
  const bad = room.trouble !== null || room.phase === 'trouble';
  return (
    <Sheet title={t('lock.title')} onClose={closeSheet}>
      <p class={bad ? 'lock-state lock-bad' : 'lock-state'}>
        <Icon name={bad ? 'warning' : room.phase === 'live' ? 'lock' : 'unlock'} />
        <span>
          <strong>
            {bad
              ? troubleText(room.trouble, room.troubleWith)
              : room.phase === 'live'
                ? t('lock.size', { n: room.hearers })
                : t('room.phase_keys')}
          </strong>
          <span class="soft">{bad ? t('lock.advice') : t('lock.ok')}</span>
        </span>
      </p>
      {leaving > 0 && <p class="hint">{t('lock.leaving', { n: leaving })}</p>}
      {pending > 0 && <p class="hint">{t('lock.pending', { n: pending })}</p>}
      {room.checking > 0 && <p class="hint">{t('lock.checking', { n: room.checking })}</p>}
      {forged.map(({ account, name }) => (
        <p key={account} class="warn">
          {t('lock.forged_who', { name })}
        </p>
      ))}
      {room.words && !bad && (
        <section class="stack" aria-labelledby="safety-words">
          <h3 id="safety-words">{t('lock.words')}</h3>
          <Words words={room.words} label={t('lock.words')} />
          <p class="hint">{t('lock.words_text')}</p>
        </section>
      )}
      <p>{t('lock.roster')}</p>
      <p>{t('lock.change')}</p>
      {room.hybrid && <p>{t('lock.hybrid')}</p>}
      <p class="honest">{t('lock.honest')}</p>
      <p class="soft">{t('lock.rule')}</p>
    </Sheet>
  );
}
