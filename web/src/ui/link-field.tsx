// A link to give away: to copy, to share, to scan.

import type { JSX } from 'preact';
import { useId, useRef, useState } from 'preact/hooks';
import { t } from '../i18n/translate.ts';
import { Icon } from './icons.tsx';
import { say } from './view.ts';

/** Several links stand one per line. */
export function LinkField({ label, text }: { label: string; text: string }): JSX.Element {
  const id = useId();
  const field = useRef<HTMLInputElement & HTMLTextAreaElement>(null);
  const [copied, setCopied] = useState('');
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text);
      setCopied(text);
      say(t('copied'), { quiet: true });
    } catch {
      field.current?.select();
      say(t('copy_failed'));
    }
  };
  const lines = text.split('\n');
  const share = (): void => {
    const what = lines.length === 1 ? { url: text } : { text };
    navigator.share(what).catch(() => undefined); // closing the system's sheet is no failure
  };
  const shared = { id, ref: field, class: 'link', readOnly: true, value: text };
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <div class="field-row">
        {lines.length === 1 ? (
          <input type="text" {...shared} onFocus={(e) => e.currentTarget.select()} />
        ) : (
          <textarea rows={Math.min(6, lines.length)} {...shared} onFocus={(e) => e.currentTarget.select()} />
        )}
        <button type="button" class="button primary" onClick={copy}>
          <Icon name={copied === text ? 'check' : 'copy'} />
          {t(copied === text ? 'copied' : 'copy')}
        </button>
        {'share' in navigator && (
          <button type="button" class="button" onClick={share}>
            {t('invites.share')}
          </button>
        )}
      </div>
    </div>
  );
}
