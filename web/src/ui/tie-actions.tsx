// What anybody may do about anybody else: follow, block, report. None of it is shown to the other.

import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { t } from '../i18n/translate.ts';
import type { Face, Outcome } from '../state/model.ts';
import { attempt, say, useApp } from './view.ts';

export function TieActions({ face, onReport }: { face: Face; onReport: () => void }): JSX.Element {
  const app = useApp();
  const { follows, blocks } = app.ties;
  useEffect(() => {
    if (!follows.value) void app.ties.load();
  }, []);
  const within = (list: Face[] | null): boolean =>
    list?.some(({ account }) => account === face.account) ?? false;
  const followed = within(follows.value);
  const blocked = within(blocks.value);
  const act = async (action: Promise<Outcome>, done: string): Promise<void> => {
    if (await attempt(action)) say(done);
  };
  const { name } = face;
  return (
    <div class="actions">
      <button
        type="button"
        class="button wide"
        aria-describedby="follow-hint"
        onClick={() =>
          void act(
            app.ties.follow(face, !followed),
            t(followed ? 'ties.unfollowed' : 'ties.followed', { name }),
          )
        }
      >
        {t(followed ? 'ties.unfollow' : 'ties.follow')}
      </button>
      <p id="follow-hint" class="hint">
        {t('ties.follow_hint')}
      </p>
      <button
        type="button"
        class="button wide quiet"
        aria-describedby="block-hint"
        onClick={() =>
          void act(app.ties.block(face, !blocked), t(blocked ? 'ties.unblocked' : 'ties.blocked', { name }))
        }
      >
        {t(blocked ? 'ties.unblock' : 'ties.block')}
      </button>
      <p id="block-hint" class="hint">
        {t('ties.block_hint')}
      </p>
      <button type="button" class="button wide quiet" onClick={onReport}>
        {t('report.title_short')}
      </button>
    </div>
  );
}
