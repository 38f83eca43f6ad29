// The preferences, as real radio groups: as a sheet for members, as a footer at the door.

import type { JSX } from 'preact';
import { useId } from 'preact/hooks';
import { language, languages, t } from '../i18n/translate.ts';
import { chooseLanguage, chooseShortcuts, chooseTheme, shortcuts, theme } from './prefs.ts';
import { Sheet } from './sheet.tsx';
import { closeSheet } from './view.ts';

interface ChoiceProps<T extends string> {
  legend: string;
  compact?: boolean | undefined;
  value: T;
  options: { value: T; text: string; lang?: string }[];
  onChoose: (value: T) => void;
}

function Choice<T extends string>({
  legend,
  compact,
  value,
  options,
  onChoose,
}: ChoiceProps<T>): JSX.Element {
  const name = useId();
  return (
    <fieldset class={compact ? 'choice choice-compact' : 'choice'}>
      <legend class={compact ? 'visually-hidden' : ''}>{legend}</legend>
      <div class="segments">
        {options.map((o) => (
          <label key={o.value} class="segment" {...(o.lang ? { lang: o.lang } : {})}>
            <input
              type="radio"
              name={name}
              value={o.value}
              checked={o.value === value}
              onChange={() => onChoose(o.value)}
            />
            <span>{o.text}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

export function LanguageChoice({ compact }: { compact?: boolean }): JSX.Element {
  return (
    <Choice
      legend={t('prefs.language')}
      compact={compact}
      value={language.value}
      options={languages.map((l) => ({ value: l.language, text: l.name, lang: l.language }))}
      onChoose={chooseLanguage}
    />
  );
}

export function ThemeChoice({ compact }: { compact?: boolean }): JSX.Element {
  return (
    <Choice
      legend={t('prefs.theme')}
      compact={compact}
      value={theme.value}
      options={[
        { value: 'auto', text: t('prefs.theme_auto') },
        { value: 'light', text: t('prefs.theme_light') },
        { value: 'dark', text: t('prefs.theme_dark') },
      ]}
      onChoose={chooseTheme}
    />
  );
}

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
