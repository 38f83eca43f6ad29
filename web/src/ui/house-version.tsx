// The client that this browser keeps and runs, so that two people can compare theirs; and what was offered in its place.

import type { JSX } from 'preact';
import { useEffect, useId } from 'preact/hooks';
import { dayOf, t } from '../i18n/translate.ts';
import type { VersionView } from '../state/house-model.ts';
import { Icon } from './icons.tsx';
import { Ask } from './sheet.tsx';
import { attempt, openSheet, say, useApp } from './view.ts';

export function ThisApp(): JSX.Element {
  const { version } = useApp().house;
  const id = useId();
  const view = version.view.value;
  useEffect(() => {
    void version.load();
  }, [view?.since]);
  return (
    <section aria-labelledby={id}>
      <h3 id={id}>{t('version.title')}</h3>
      {view ? <Kept view={view} /> : <p>{t('version.none')}</p>}
      <p class="hint">{t('version.limit')}</p>
    </section>
  );
}

function Kept({ view }: { view: VersionView }): JSX.Element {
  return (
    <>
      <p>{t('version.text')}</p>
      {view.past && <p class="warn">{t('version.past')}</p>}
      {view.replaced && <p class="warn">{t('version.replaced')}</p>}
      {view.bundle && <Hash label={t('version.hash')} hash={view.bundle} />}
      <p class="hint">
        {t('version.since', { date: dayOf(view.since) })}{' '}
        {t(view.key ? 'version.signed' : 'version.unsigned')}
      </p>
      {view.key && <Hash label={t('version.key')} hash={view.key} />}
      {view.refused && (
        <>
          <p class="warn">
            {t('version.refused')} {t(`version.why_${view.refused.why}`, { file: view.refused.file })}
          </p>
          <Hash label={t('version.offered')} hash={view.refused.bundle} />
          {view.refused.why !== 'altered' && (
            <>
              <p class="hint">{t('version.lost')}</p>
              <button
                type="button"
                class="button wide danger-quiet"
                onClick={() => openSheet({ at: 'anyway' })}
              >
                {t('version.anyway')}
              </button>
            </>
          )}
        </>
      )}
    </>
  );
}

/** Sixteen groups of four: as one reads it aloud. */
function Hash({ label, hash }: { label: string; hash: string }): JSX.Element {
  const id = useId();
  const copy = (): void => {
    navigator.clipboard.writeText(hash).then(
      () => say(t('copied'), { quiet: true }),
      () => say(t('copy_failed')),
    );
  };
  return (
    <div class="stack">
      <p id={id} class="soft">
        {label}
      </p>
      <code class="hash" dir="ltr">
        {(hash.match(/.{4}/g) ?? []).map((four, i) => (
          <span key={i}>{`${four} `}</span>
        ))}
      </code>
      <button type="button" class="button small" aria-describedby={id} onClick={copy}>
        <Icon name="copy" />
        {t('copy')}
      </button>
    </div>
  );
}

export function AnywayAsk(): JSX.Element {
  const { version } = useApp().house;
  const offered = version.view.value?.refused?.bundle ?? '';
  const back = (): void => openSheet({ at: 'house' });
  return (
    <Ask
      title={t('version.anyway_ask')}
      text={t('version.anyway_text')}
      yes={t('version.anyway')}
      no={t('cancel')}
      danger
      onNo={back}
      onYes={() => void attempt(version.takeAnyway())}
    >
      <Hash label={t('version.offered')} hash={offered} />
    </Ask>
  );
}
