// What the lock means, in words that are true: who can hear, what changes the key, and what no lock can do.

import type { JSX } from 'preact';
import { t } from '../i18n/translate.ts';
import type { RoomView } from '../state/model.ts';
import { Icon } from './icons.tsx';
import { kbitsOf, MICROPHONES } from './rate.ts';
import { Sheet } from './sheet.tsx';
import { troubleText } from './trouble.ts';
import { closeSheet } from './view.ts';
import { Words } from './words.tsx';

export function LockSheet({ room }: { room: RoomView }): JSX.Element {
  const people = room.people.value;
  const leaving = people.filter((p) => p.leaving).length;
  const pending = people.filter((p) => !p.leaving && !p.keyed).length;
  const forged = people.filter((p) => p.forged);
  const kbits = kbitsOf(room.card.sound);
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
      {!bad && room.phase === 'live' && <p class="hint">{t('lock.devices', { n: room.hearers })}</p>}
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
      {room.card.sensitive && <p>{t('lock.sensitive')}</p>}
      {room.card.sensitive && <p>{t('lock.constant', { n: kbits, most: MICROPHONES * kbits })}</p>}
      <p class="honest">{t('lock.honest')}</p>
      <p class="soft">{t(`lock.trace_${room.tracing}`)}</p>
      {room.tracing === 'yes' &&
        people
          .filter((p) => p.unmarked)
          .map(({ account, name }) => (
            <p key={account} class="warn">
              {t('lock.unmarked_who', { name })}
            </p>
          ))}
      {room.unmarked && <p class="warn">{t('lock.unmarked')}</p>}
      <p class="soft">{t('lock.rule')}</p>
    </Sheet>
  );
}
