// S11, for admins: what was done and how it is undone; removals that need a second admin; people who lost everything.

import type { JSX } from 'preact';
import { useEffect, useId } from 'preact/hooks';
import { dayOf, isKey, t } from '../i18n/translate.ts';
import type { Face, ModEntry } from '../state/model.ts';
import { Sheet } from './sheet.tsx';
import { attempt, closeSheet, openSheet, useApp } from './view.ts';

const UNDOABLE = new Set(['ban', 'hold', 'role', 'room-ban']);

export function ModerationSheet(): JSX.Element {
  const app = useApp();
  useEffect(() => {
    void attempt(app.loadModLog());
    void app.loadClaims();
  }, []);
  const log = app.modLog.value;
  return (
    <Sheet
      title={t('me.moderation')}
      onClose={() => (app.screen.value.at === 'room' ? closeSheet() : openSheet({ at: 'me' }))}
    >
      <Asks />
      <Claims />
      <section aria-labelledby="mod-log" class="stack">
        <h3 id="mod-log">{t('mod.title')}</h3>
        <p class="hint">{t('mod.text')}</p>
        {log?.length === 0 && <p>{t('mod.empty')}</p>}
        <ul class="rows">
          {log?.map((entry) => (
            <Entry key={`${entry.n ?? 'x'} ${entry.time} ${entry.target.account}`} entry={entry} />
          ))}
        </ul>
      </section>
    </Sheet>
  );
}

const nameOf = (face: Face): string => face.name || t('mod.nobody');

function Entry({ entry }: { entry: ModEntry }): JSX.Element {
  const app = useApp();
  const id = useId();
  const key = `mod.kind_${entry.kind}`;
  const what = isKey(key) ? t(key) : entry.kind;
  const notes = [dayOf(entry.time)];
  if (entry.room) notes.push(entry.room);
  if (entry.evening) notes.push(t('mod.evening'));
  if (entry.undone) notes.push(t('mod.undone'));
  return (
    <li class={entry.undone ? 'row is-undone' : 'row'}>
      <span id={id}>
        <strong dir="auto">
          {entry.kind === 'trace-release'
            ? t('mod.trace_release', { by: nameOf(entry.by) })
            : t('mod.entry', { by: nameOf(entry.by), what, target: nameOf(entry.target) })}
        </strong>
        <span class="soft">{notes.join(' · ')}</span>
      </span>
      {!entry.undone && UNDOABLE.has(entry.kind) && (
        <button
          type="button"
          class="button small"
          aria-describedby={id}
          onClick={() => void attempt(app.undo(entry))}
        >
          {t('mod.undo')}
        </button>
      )}
    </li>
  );
}

function Asks(): JSX.Element | null {
  const app = useApp();
  const asks = app.asks.value;
  if (asks.length === 0) return null;
  return (
    <ul class="rows">
      {asks.map(({ by, target, kind }) => (
        <li key={`${by.account} ${target.account}`} class="row">
          <span dir="auto">{t('mod.ask', { by: nameOf(by), target: nameOf(target) })}</span>
          <button
            type="button"
            class="button small danger-quiet"
            onClick={() =>
              void attempt(
                kind === 'room-ban' ? app.remove(target.account, false) : app.ban(target.account, false),
              )
            }
          >
            {t('mod.agree')}
          </button>
        </li>
      ))}
    </ul>
  );
}

function Claims(): JSX.Element | null {
  const app = useApp();
  const claims = app.claims.value ?? [];
  if (claims.length === 0) return null;
  return (
    <section aria-labelledby="claims" class="stack">
      <h3 id="claims">{t('mod.claims')}</h3>
      <ul class="rows">
        {claims.map(({ id, by, target, successor }) => (
          <li key={id} class="row">
            <span dir="auto">
              {t('mod.claim', { by: nameOf(by), target: nameOf(target), successor: nameOf(successor) })}
            </span>
            {by.account !== app.me.value?.account && (
              <button type="button" class="button small" onClick={() => void attempt(app.cosign(id))}>
                {t('mod.cosign')}
              </button>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
