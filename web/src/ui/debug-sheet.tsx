// S13, what is wrong with the sound, in words.

import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { t, tell } from '../i18n/translate.ts';
import type { Finding } from '../state/model.ts';
import { Icon, type IconName } from './icons.tsx';
import { Sheet } from './sheet.tsx';
import { closeSheet, openSheet, useApp } from './view.ts';

const icons: Record<Finding['kind'], IconName> = { good: 'check', note: 'sound', bad: 'warning' };
const order: Finding['kind'][] = ['bad', 'note', 'good'];

export function DebugSheet(): JSX.Element {
  const { sound } = useApp();
  const [round, setRound] = useState(0);
  const [found, setFound] = useState<Finding[] | null>(null);
  useEffect(() => {
    let gone = false;
    setFound(null);
    void sound.debug().then((findings) => {
      if (!gone) setFound(findings);
    });
    return () => {
      gone = true;
    };
  }, [round]);
  const sorted = found && [...found].sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind));
  return (
    <Sheet title={t('sound.debug_title')} onClose={closeSheet}>
      <div role="status">
        {sorted ? (
          <ul class="findings">
            {sorted.map(({ kind, key, params }) => (
              <li key={key} class={kind === 'bad' ? 'banner banner-bad' : 'banner'}>
                <Icon name={icons[kind]} />
                <span>{tell(key, params)}</span>
              </li>
            ))}
          </ul>
        ) : (
          <p class="phase">
            <span class="spinner" />
            {t('sound.looking')}
          </p>
        )}
      </div>
      <div class="actions">
        <button type="button" class="button wide" onClick={() => found && setRound(round + 1)}>
          {t('sound.again')}
        </button>
        <button type="button" class="button wide" onClick={() => openSheet({ at: 'sound' })}>
          <Icon name="sound" />
          {t('sound.title')}
        </button>
      </div>
    </Sheet>
  );
}
