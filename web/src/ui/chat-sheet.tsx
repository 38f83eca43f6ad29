// The chat of a room. Its messages are a log: read aloud politely while the sheet is open, and not at all otherwise.

import type { JSX } from 'preact';
import { useEffect, useId, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Piece } from '../base/shown.ts';
import { t, tell } from '../i18n/translate.ts';
import type { RoomView, TalkLine, TalkView } from '../state/model.ts';
import { countCharacters, firstCharacters } from './people.ts';
import { LinkAsk, Pieces } from './pieces.tsx';
import { Sheet } from './sheet.tsx';
import { attempt, closeSheet, openSheet } from './view.ts';
import '../style/talk.css';

const MOST = 500;
const WARN_AT = 50; // characters left
const NEAR_END = 48; // px: who reads further up is not pulled down

export function ChatSheet({ room }: { room: RoomView }): JSX.Element {
  const talk = room.talk.value;
  const [link, setLink] = useState<Piece | null>(null);
  if (link) return <LinkAsk link={link} onClose={() => setLink(null)} />;
  const silent = room.me.value?.silent ?? false;
  return (
    <Sheet title={t('talk.title')} onClose={closeSheet} class="sheet-chat">
      {talk ? (
        <>
          <Lines talk={talk} onLink={setLink} />
          {silent ? <p class="banner">{t('talk.silent')}</p> : <Compose talk={talk} />}
          <p class="hint">{t('talk.gone')}</p>
          {room.me.value?.role === 'moderator' && (
            <button type="button" class="button quiet" onClick={() => openSheet({ at: 'pin' })}>
              {t('pin.change')}
            </button>
          )}
        </>
      ) : (
        <p class="hint">{t('talk.missing')}</p>
      )}
    </Sheet>
  );
}

function Lines({ talk, onLink }: { talk: TalkView; onLink: (link: Piece) => void }): JSX.Element {
  const log = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const lines = talk.lines.value;
  useEffect(() => {
    talk.reading(true);
    return () => talk.reading(false);
  }, [talk]);
  const toEnd = (): void => {
    if (atEnd.current && log.current) log.current.scrollTop = log.current.scrollHeight;
  };
  useLayoutEffect(toEnd, [lines]);
  useEffect(toEnd, []); // the sheet opens only once what is in it stands
  return (
    <div
      ref={log}
      class="chat-log"
      role="log"
      aria-label={t('talk.log')}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard has to get there (WCAG 2.1.1)
      tabIndex={0}
      onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) => {
        atEnd.current = scrollHeight - scrollTop - clientHeight < NEAR_END;
      }}
    >
      {lines.length === 0 && <p class="soft">{t('talk.empty')}</p>}
      <ol class="chat">
        {lines.map((line) => (
          <li key={line.id} class={line.mine ? 'chat-line is-mine' : 'chat-line'}>
            <Line talk={talk} line={line} onLink={onLink} />
          </li>
        ))}
      </ol>
    </div>
  );
}

function Line({
  talk,
  line,
  onLink,
}: {
  talk: TalkView;
  line: TalkLine;
  onLink: (link: Piece) => void;
}): JSX.Element {
  const { name, mine } = line;
  return (
    <>
      <button
        type="button"
        class="chat-name"
        onClick={() => openSheet({ at: 'person', account: line.author })}
      >
        <bdi>{mine ? t('talk.you') : name}</bdi>
      </button>
      {line.removed ? (
        <p class="soft">{t(`talk.removed_${line.removed}`, { name: mine ? t('talk.you') : name })}</p>
      ) : (
        <p>
          <Pieces text={line.text} onLink={onLink} />
        </p>
      )}
      {line.state === 'sending' && <p class="soft">{t('talk.sending')}</p>}
      {line.state === 'unsent' && (
        <div class="chat-unsent">
          <p class="field-error">{tell(`error.${line.why}`)}</p>
          <button type="button" class="button small" onClick={() => void talk.retry(line.id)}>
            {t('talk.retry')}
          </button>
          <button type="button" class="button small quiet" onClick={() => talk.drop(line.id)}>
            {t('talk.drop')}
          </button>
        </div>
      )}
      {line.removable && (
        <button type="button" class="chat-act" onClick={() => void attempt(talk.remove(line.id))}>
          <span aria-hidden="true">{t('talk.remove')}</span>
          <span class="visually-hidden">{t('talk.remove_of', { name: mine ? t('talk.you') : name })}</span>
        </button>
      )}
    </>
  );
}

// What was begun and not sent, while the sheet is closed.
const drafts = new WeakMap<TalkView, string>();

function Compose({ talk }: { talk: TalkView }): JSX.Element {
  const id = useId();
  const [text, setText] = useState(drafts.get(talk) ?? '');
  const left = MOST - countCharacters(text);
  const keep = (to: string): void => {
    drafts.set(talk, to);
    setText(to);
  };
  const send = (e: Event): void => {
    e.preventDefault();
    if (text.trim() === '') return;
    keep(''); // it stands in the list at once, and stays there if it could not be sent
    void talk.say(text).then((outcome) => {
      if (!outcome.ok && outcome.code === 'empty_text') void attempt(Promise.resolve(outcome));
    });
  };
  return (
    <form class="field" onSubmit={send}>
      <label for={id} class="visually-hidden">
        {t('talk.field')}
      </label>
      <div class="field-row">
        <input
          id={id}
          type="text"
          value={text}
          placeholder={t('talk.field')}
          autocomplete="off"
          enterkeyhint="send"
          data-first
          aria-describedby={`${id}-left`}
          onInput={(e) => keep(firstCharacters(e.currentTarget.value, MOST))}
        />
        <button type="submit" class="button primary">
          {t('talk.send')}
        </button>
      </div>
      <p id={`${id}-left`} class="hint">
        {left <= WARN_AT ? t('talk.left', { n: left }) : ''}
      </p>
    </form>
  );
}
