// What stands above a room for everybody: the pinned line, and that somebody asks to record or does.

import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Piece } from '../base/shown.ts';
import { listed, t } from '../i18n/translate.ts';
import type { RecordingView, TalkView } from '../state/model.ts';
import { LinkAsk, Pieces } from './pieces.tsx';
import { attempt, say } from './view.ts';
import '../style/talk.css';

export function RoomTalk({ talk }: { talk: TalkView }): JSX.Element {
  const [link, setLink] = useState<Piece | null>(null);
  const pin = talk.pin.value;
  const recording = talk.recording.value;
  useAnnounced(recording);
  return (
    <>
      {recording && <Recording talk={talk} recording={recording} />}
      {pin !== '' && (
        <p class="banner pinned">
          <span>
            <strong>{t('pin.label')}</strong>{' '}
            <bdi dir="auto">
              <Pieces text={pin} onLink={setLink} />
            </bdi>
          </span>
        </p>
      )}
      {link && <LinkAsk link={link} onClose={() => setLink(null)} />}
    </>
  );
}

const sentence = ({ state, mine, name }: RecordingView): string =>
  mine ? t(`record.${state}_mine`) : t(`record.${state}`, { name });

// For screen readers: what changed, once. The banner itself is no live region, since its list of names moves.
function useAnnounced(recording: RecordingView | null): void {
  const last = useRef<string | null>(null);
  const now = recording && sentence(recording);
  useEffect(() => {
    if (now === last.current) return;
    if (now !== null || last.current !== null) say(now ?? t('record.over'), { quiet: now !== null });
    last.current = now;
  }, [now]);
}

function Recording({ talk, recording }: { talk: TalkView; recording: RecordingView }): JSX.Element {
  const { state, waiting, name } = recording;
  const answer = (yes: boolean): void => void attempt(talk.answerRecording(yes));
  return (
    <section class={`banner recording recording-${state}`} aria-label={t('record.title')}>
      <span class="recording-dot" aria-hidden="true" />
      <div>
        <p>
          <strong>{sentence(recording)}</strong>
        </p>
        {waiting.length > 0 && <p>{t('record.waiting', { names: listed(waiting) })}</p>}
        {recording.wronged && (
          <p role="alert" class="field-error">
            {t('record.wronged', { name })}
          </p>
        )}
        {recording.mine && (
          <button type="button" class="button small" onClick={() => talk.stopRecording()}>
            {t(state === 'asking' ? 'record.withdraw_ask' : 'record.stop')}
          </button>
        )}
        {!recording.mine && recording.asked && (
          <span class="recording-answers">
            <button type="button" class="button small" onClick={() => answer(false)}>
              {t('record.no')}
            </button>
            <button type="button" class="button small primary" onClick={() => answer(true)}>
              {t('record.yes')}
            </button>
          </span>
        )}
        {!recording.mine && recording.agreed && (
          <button type="button" class="button small" onClick={() => answer(false)}>
            {t('record.withdraw')}
          </button>
        )}
      </div>
    </section>
  );
}
