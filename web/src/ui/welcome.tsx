// S2, for who has just joined: three small things, offered once in the hallway. Rooms do not wait for them.

import '../style/welcome.css';
import type { JSX } from 'preact';
import { t } from '../i18n/translate.ts';
import { chooseWelcome } from './prefs.ts';
import { focusHeading, openSheet, useApp } from './view.ts';

export function Welcome(): JSX.Element {
  const me = useApp().me.value;
  const dismiss = (): void => {
    chooseWelcome(false);
    requestAnimationFrame(focusHeading); // the button goes with the card
  };
  return (
    <section class="welcome" aria-labelledby="welcome">
      <h2 id="welcome" dir="auto">
        {t('welcome.title', { name: me?.name ?? '' })}
      </h2>
      <p>{t('welcome.text')}</p>
      <div class="answers">
        <button type="button" class="button" onClick={dismiss}>
          {t('welcome.no')}
        </button>
        <button type="button" class="button primary" onClick={() => openSheet({ at: 'welcome' })}>
          {t('welcome.yes')}
        </button>
      </div>
    </section>
  );
}
