// The check of what one hears: a chord, and whether it was heard.

import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { t } from '../i18n/translate.ts';
import { Icon } from './icons.tsx';
import { attempt, useApp } from './view.ts';

export function Chord(): JSX.Element {
  const { sound } = useApp();
  const [check, setCheck] = useState<'idle' | 'playing' | 'played' | 'heard' | 'not_heard'>('idle');
  const play = async (): Promise<void> => {
    setCheck('playing');
    setCheck((await attempt(sound.playChord())) ? 'played' : 'idle');
  };
  return (
    <>
      <button
        type="button"
        class="button wide"
        aria-disabled={check === 'playing'}
        onClick={() => check !== 'playing' && void play()}
      >
        <Icon name="sound" />
        {t(check === 'playing' ? 'sound.playing' : 'sound.play')}
      </button>
      <div role="status">
        {check === 'played' && (
          <div class="stack">
            <p>{t('sound.did_you')}</p>
            <div class="answers">
              <button type="button" class="button" onClick={() => setCheck('not_heard')}>
                {t('sound.no')}
              </button>
              <button type="button" class="button primary" onClick={() => setCheck('heard')}>
                {t('sound.yes')}
              </button>
            </div>
          </div>
        )}
        {(check === 'heard' || check === 'not_heard') && <p>{t(`sound.${check}`)}</p>}
      </div>
    </>
  );
}
