// The smaller sheets of talking without speaking: reactions, the pinned line, and asking to record.

import type { JSX } from 'preact';
import { useId, useState } from 'preact/hooks';
import { t } from '../i18n/translate.ts';
import type { Outcome, Reaction, RoomView, TalkView } from '../state/model.ts';
import { countCharacters, firstCharacters } from './people.ts';
import { ReactionIcon } from './reaction.tsx';
import { Sheet } from './sheet.tsx';
import { attempt, closeSheet, openSheet, say } from './view.ts';

const MOST = 500;
const reactions: Reaction[] = ['clap', 'heart', 'laugh', 'yes', 'wonder'];

// Without its part of the client nothing is lost: there is nothing to say yet.
function withTalk(room: RoomView, action: (talk: TalkView) => Promise<Outcome>): void {
  const talk = room.talk.value;
  if (talk) void attempt(action(talk));
  else say(t('talk.missing'));
  closeSheet();
}

export function ReactSheet({ room }: { room: RoomView }): JSX.Element {
  return (
    <Sheet title={t('react.title')} onClose={closeSheet} class="sheet-ask">
      {room.me.value?.silent ? (
        <p class="banner">{t('talk.silent')}</p>
      ) : (
        <div class="reactions">
          {reactions.map((is) => (
            <button
              key={is}
              type="button"
              class="reaction"
              onClick={() => withTalk(room, (talk) => talk.react(is))}
            >
              <ReactionIcon is={is} />
              <span>{t(`react.${is}`)}</span>
            </button>
          ))}
        </div>
      )}
      <p class="hint">{t('react.hint')}</p>
    </Sheet>
  );
}

export function PinSheet({ room }: { room: RoomView }): JSX.Element {
  const id = useId();
  const pinned = room.talk.value?.pin.value ?? '';
  const [text, setText] = useState(pinned);
  const pin = (line: string): void => withTalk(room, (talk) => talk.pinLine(line));
  return (
    <Sheet title={t('pin.title')} onClose={() => openSheet({ at: 'chat' })}>
      <form
        class="stack"
        onSubmit={(e) => {
          e.preventDefault();
          if (countCharacters(text.trim()) > 0) pin(text);
        }}
      >
        <div class="field">
          <label for={id}>{t('pin.field')}</label>
          <input
            id={id}
            type="text"
            value={text}
            autocomplete="off"
            data-first
            aria-describedby={`${id}-hint`}
            onInput={(e) => setText(firstCharacters(e.currentTarget.value, MOST))}
          />
          <p id={`${id}-hint`} class="hint">
            {t('pin.hint')}
          </p>
        </div>
        <button type="submit" class="button primary big">
          {t('pin.set')}
        </button>
        {pinned !== '' && (
          <button type="button" class="button quiet" onClick={() => pin('')}>
            {t('pin.take')}
          </button>
        )}
      </form>
    </Sheet>
  );
}

export function RecordSheet({ room }: { room: RoomView }): JSX.Element {
  return (
    <Sheet title={t('record.title')} onClose={closeSheet}>
      <p>{t('record.text')}</p>
      <p>{t('record.own')}</p>
      <p class="banner">{t('record.honest')}</p>
      <div class="actions">
        <button
          type="button"
          class="button primary wide"
          onClick={() => withTalk(room, (talk) => talk.askToRecord())}
        >
          {t('record.ask')}
        </button>
        <button type="button" class="button wide" onClick={closeSheet}>
          {t('cancel')}
        </button>
      </div>
    </Sheet>
  );
}
