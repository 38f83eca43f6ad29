// What stays in this browser: theme, language, keyboard shortcuts.

import type { JSX } from 'preact';
import { t } from '../i18n/translate.ts';
import { Choice, LanguageChoice, ThemeChoice } from './choices.tsx';
import { chooseShortcuts, shortcuts } from './prefs.ts';
import { Sheet } from './sheet.tsx';
import { closeSheet } from './view.ts';

export function PrefsSheet(): JSX.Element {
  return (
    <Sheet title={t('prefs.title')} onClose={closeSheet}>
      <ThemeChoice />
      <LanguageChoice />
      <Choice
        legend={t('prefs.keys')}
        value={shortcuts.value ? 'on' : 'off'}
        options={[
          { value: 'on', text: t('prefs.on') },
          { value: 'off', text: t('prefs.off') },
        ]}
        onChoose={(v) => chooseShortcuts(v === 'on')}
      />
      <p class="hint">{t('prefs.account')}</p>
    </Sheet>
  );
}
