// The room that one was in here goes on elsewhere: said calmly, for it was meant so, and the way back is a button.

import type { JSX } from 'preact';
import { t } from '../i18n/translate.ts';
import type { Moved as MovedOn } from '../state/model.ts';
import { Icon } from './icons.tsx';
import { attempt, focusHeading, useApp } from './view.ts';

export function Moved({ moved }: { moved: MovedOn }): JSX.Element {
  const { elsewhere } = useApp();
  const dismiss = (): void => {
    elsewhere.dropMoved();
    requestAnimationFrame(focusHeading); // the button goes with the banner
  };
  return (
    <div class="banner">
      <Icon name="device" />
      <div>
        <p>{t(moved.device ? 'elsewhere.moved' : 'elsewhere.moved_window')}</p>
        <button type="button" class="button small" onClick={() => void attempt(elsewhere.comeBack())}>
          {t('elsewhere.back')}
        </button>
      </div>
      <button type="button" class="plain-icon" onClick={dismiss}>
        <Icon name="close" />
        <span class="visually-hidden">{t('dismiss')}</span>
      </button>
    </div>
  );
}
