// Text of others with its links. A link is text that can be pressed: it asks before it opens, and nothing of it is
// fetched before that, no preview and no icon.

import type { JSX } from 'preact';
import { linkPieces, type Piece } from '../base/shown.ts';
import { t } from '../i18n/translate.ts';
import { Sheet } from './sheet.tsx';

export function Pieces({ text, onLink }: { text: string; onLink: (link: Piece) => void }): JSX.Element {
  return (
    <bdi class="said">
      {linkPieces(text).map((piece, i) =>
        piece.host === null ? (
          piece.text
        ) : (
          <button key={`${i} ${piece.href}`} type="button" class="said-link" onClick={() => onLink(piece)}>
            {piece.text}
          </button>
        ),
      )}
    </bdi>
  );
}

export function LinkAsk({ link, onClose }: { link: Piece; onClose: () => void }): JSX.Element {
  return (
    <Sheet
      title={t('talk.link_ask', { host: link.host ?? '' })}
      onClose={onClose}
      class="sheet-ask"
      closable={false}
    >
      <p class="said-address" dir="ltr">
        {link.href}
      </p>
      <p>{t('talk.link_text')}</p>
      {link.href.startsWith('http:') && <p class="warn">{t('talk.link_plain')}</p>}
      <div class="answers">
        <button type="button" class="button" onClick={onClose}>
          {t('cancel')}
        </button>
        <a
          class="button primary"
          href={link.href}
          target="_blank"
          rel="noopener noreferrer"
          referrerpolicy="no-referrer"
          onClick={onClose}
        >
          {t('talk.link_open')}
        </a>
      </div>
    </Sheet>
  );
}
