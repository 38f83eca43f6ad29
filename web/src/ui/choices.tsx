// One of a few, as a real radio group: the choices of the preferences, and of the footer at the door.

import type { JSX } from 'preact';
import { useId } from 'preact/hooks';
import { language, languages, t } from '../i18n/translate.ts';
import type { HandsPolicy } from '../state/model.ts';
import { chooseLanguage, chooseTheme, theme } from './prefs.ts';
import { say } from './view.ts';

interface ChoiceProps<T extends string> {
  legend: string;
  compact?: boolean | undefined;
  stacked?: boolean; // long ones, below each other
  value: T;
  options: { value: T; text: string; lang?: string }[];
  onChoose: (value: T) => void;
}

export function Choice<T extends string>({
  legend,
  compact,
  stacked,
  value,
  options,
  onChoose,
}: ChoiceProps<T>): JSX.Element {
  const name = useId();
  return (
    <fieldset class={compact ? 'choice choice-compact' : stacked ? 'choice choice-stacked' : 'choice'}>
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
      onChoose={(l) => void chooseLanguage(l).catch(() => say(t('error.part_missing'), { urgent: true }))}
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

const HANDS = ['everyone', 'followed', 'off'] as const satisfies HandsPolicy[];

export function HandsChoice(props: {
  value: HandsPolicy;
  onChoose: (hands: HandsPolicy) => void;
}): JSX.Element {
  return (
    <Choice
      legend={t('host.hands')}
      stacked
      value={props.value}
      options={HANDS.map((value) => ({ value, text: t(`host.hands_${value}`) }))}
      onChoose={props.onChoose}
    />
  );
}
