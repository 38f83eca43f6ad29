// S2, the three things one after the other: a picture, whether one hears, Aparté as an app. Each may be passed over; who
// closes the sheet finds it again in the hallway.

import '../style/welcome.css';
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { type Key, t } from '../i18n/translate.ts';
import { Chord } from './chord.tsx';
import { Install } from './install-sheet.tsx';
import { PictureField } from './picture-field.tsx';
import { chooseWelcome } from './prefs.ts';
import { Sheet } from './sheet.tsx';
import { closeSheet, focusHeading } from './view.ts';

const steps: [title: Key, Part: () => JSX.Element | null][] = [
  ['welcome.picture', PictureField],
  ['welcome.sound', Hear],
  ['install.title', Install],
];

export function WelcomeSheet(): JSX.Element {
  const [at, setAt] = useState(0);
  const heading = useRef<HTMLHeadingElement>(null);
  const first = useRef(true);
  useEffect(() => {
    if (first.current) first.current = false;
    else heading.current?.focus();
  }, [at]);
  const [title, Part] = steps[at] ?? ['welcome.sheet', () => null];
  const last = at === steps.length - 1;
  const end = (): void => {
    chooseWelcome(false);
    closeSheet();
    requestAnimationFrame(focusHeading); // what opened the sheet is gone
  };
  return (
    <Sheet title={t('welcome.sheet')} onClose={closeSheet}>
      <h3 ref={heading} tabIndex={-1}>
        <span class="soft">{t('welcome.step', { n: at + 1, of: steps.length })}</span> {t(title)}
      </h3>
      <Part />
      <div class="answers">
        {at > 0 && (
          <button type="button" class="button" onClick={() => setAt(at - 1)}>
            {t('welcome.back')}
          </button>
        )}
        <button type="button" class="button primary" onClick={last ? end : () => setAt(at + 1)}>
          {t(last ? 'welcome.done' : 'welcome.next')}
        </button>
      </div>
    </Sheet>
  );
}

function Hear(): JSX.Element {
  return (
    <>
      <p>{t('welcome.sound_text')}</p>
      <Chord />
    </>
  );
}
