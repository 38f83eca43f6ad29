// The keys of a room: what they do, and which they are.

import type { JSX } from 'preact';
import { useId, useState } from 'preact/hooks';
import { type Key, t } from '../i18n/translate.ts';
import { type Action, actions, chooseKey, keymap, resetKeys } from './keymap.ts';
import { Sheet } from './sheet.tsx';
import { closeSheet } from './view.ts';

const texts: Record<Action, Key> = {
  mute: 'keys.mute',
  talk: 'keys.space',
  hand: 'keys.hand',
  leave: 'keys.leave',
  speaking: 'keys.speaking',
  help: 'keys.help',
};

export function KeysSheet(): JSX.Element {
  const [changing, setChanging] = useState<Action | null>(null);
  return (
    <Sheet title={t('keys.title')} onClose={closeSheet}>
      <ul class="keys">
        {actions.map((action) => (
          <li key={action}>
            <Row
              action={action}
              changing={changing === action}
              onChange={(on) => setChanging(on ? action : null)}
            />
          </li>
        ))}
      </ul>
      <p role="status" class="hint">
        {t(changing ? 'keys.press' : 'keys.hint')}
      </p>
      <button type="button" class="button wide" onClick={resetKeys}>
        {t('keys.reset')}
      </button>
    </Sheet>
  );
}

function Row(props: { action: Action; changing: boolean; onChange: (on: boolean) => void }): JSX.Element {
  const { action, changing, onChange } = props;
  const id = useId();
  const key = keymap.value[action];
  const press = (e: KeyboardEvent): void => {
    if (!changing || e.key === 'Tab') return;
    e.preventDefault(); // Escape is for this row now, not for the sheet
    e.stopPropagation();
    if (e.key === 'Backspace' || e.key === 'Delete') chooseKey(action, '');
    else if (e.key !== 'Escape' && !chooseKey(action, e.key)) return;
    onChange(false);
  };
  return (
    <>
      <span id={id}>{t(texts[action])}</span>
      <button
        type="button"
        class="button small"
        aria-describedby={id}
        onKeyDown={press}
        onClick={() => onChange(!changing)}
        onBlur={() => changing && onChange(false)}
      >
        {changing ? (
          '…'
        ) : (
          <kbd>{key === ' ' ? t('keys.space_key') : key.toUpperCase() || t('keys.none')}</kbd>
        )}
        <span class="visually-hidden">{t('keys.change')}</span>
      </button>
    </>
  );
}
