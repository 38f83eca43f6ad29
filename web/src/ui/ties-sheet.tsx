// Whom one follows and whom one blocks: the only place where these lists are shown, and to oneself alone.

import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { t } from '../i18n/translate.ts';
import type { Face } from '../state/model.ts';
import { Avatar } from './avatar.tsx';
import { Sheet } from './sheet.tsx';
import { attempt, openSheet, useApp } from './view.ts';

export function TiesSheet(): JSX.Element {
  const app = useApp();
  const { follows, blocks } = app.ties;
  useEffect(() => {
    void attempt(app.ties.load());
  }, []);
  return (
    <Sheet title={t('ties.title')} onClose={() => openSheet({ at: 'me' })}>
      <p class="hint">{t('ties.text')}</p>
      <List
        id="follows"
        title={t('ties.follows')}
        none={t('ties.follows_none')}
        undo={t('ties.unfollow')}
        faces={follows.value}
        onUndo={(face) => void attempt(app.ties.follow(face, false))}
      />
      <List
        id="blocks"
        title={t('ties.blocks')}
        none={t('ties.blocks_none')}
        undo={t('ties.unblock')}
        faces={blocks.value}
        onUndo={(face) => void attempt(app.ties.block(face, false))}
      />
    </Sheet>
  );
}

function List(props: {
  id: string;
  title: string;
  none: string;
  undo: string;
  faces: Face[] | null;
  onUndo: (face: Face) => void;
}): JSX.Element {
  const { id, faces } = props;
  return (
    <section aria-labelledby={id} class="stack">
      <h3 id={id}>{props.title}</h3>
      {faces?.length === 0 && <p class="hint">{props.none}</p>}
      <ul class="rows">
        {faces?.map((face) => (
          <li key={face.account} class="row">
            <span class="face face-small">
              <Avatar account={face.account} name={face.name} />
            </span>
            <span id={`${id}-${face.account}`} dir="auto">
              {face.name}
            </span>
            <button
              type="button"
              class="button small"
              aria-describedby={`${id}-${face.account}`}
              onClick={() => props.onUndo(face)}
            >
              {props.undo}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
