// Sentences that come by themselves. The live regions stand empty from the start, so that screen readers
// hear them fill. An open sheet makes the page behind it inert, so it brings regions of its own.

import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { t } from '../i18n/translate.ts';
import { Icon } from './icons.tsx';
import { noticeText, said, useApp } from './view.ts';

const READING_MS = 8000;

export function Notices(): JSX.Element {
  const app = useApp();
  const notice = app.notice.value;
  const own = said.value;
  const text = notice ? noticeText(notice) : (own?.text ?? '');
  const urgent = notice?.urgent ?? own?.urgent ?? false;
  const hidden = !notice && own?.quiet;
  const dismiss = (): void => {
    if (notice) app.dismissNotice();
    said.value = null;
  };
  // What somebody just did is answered now: an older sentence gives way, unless it is urgent.
  useEffect(() => {
    if (own && !own.quiet && app.notice.peek()?.urgent === false) app.dismissNotice();
  }, [own]);
  useEffect(() => {
    if (!text || urgent) return;
    const timer = setTimeout(dismiss, READING_MS);
    return () => clearTimeout(timer);
  }, [notice, own]);
  return (
    <div class={hidden ? 'notices visually-hidden' : 'notices'}>
      <div class={text ? (urgent ? 'toast toast-urgent' : 'toast') : 'toast-none'}>
        {urgent && text && <Icon name="warning" />}
        <p role="status">{urgent ? '' : text}</p>
        <p role="alert">{urgent ? text : ''}</p>
        {text && (
          <button type="button" class="plain-icon" onClick={dismiss}>
            <Icon name="close" />
            <span class="visually-hidden">{t('dismiss')}</span>
          </button>
        )}
      </div>
    </div>
  );
}
