// S12, for founder and admins: a recording of a room has turned up somewhere. Who can help, one's own share of a room,
// and the way from the result to the account.

import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { saveFile } from '../base/save.ts';
import { dayOf, listed, t } from '../i18n/translate.ts';
import type { Face, TracingView } from '../state/model.ts';
import { FindField } from './find-field.tsx';
import { BanAsk } from './person-actions.tsx';
import { Sheet } from './sheet.tsx';
import { attempt, openSheet, useApp } from './view.ts';

type Room = TracingView['rooms'][number];
type Share = { room: Room; text: string; speakers: number; refused: number };

const ENOUGH = 2; // holders
const COMMAND = 'aparte trace LEAK --release SHARE-1 --release SHARE-2';

const names = (faces: Face[]): string => listed(faces.map(({ name }) => name || t('mod.nobody')));

export function TraceSheet(): JSX.Element {
  const app = useApp();
  const view = app.tracing.view.value;
  const [asking, setAsking] = useState<Room | null>(null);
  const [share, setShare] = useState<Share | null>(null);
  const [banning, setBanning] = useState<Face | null>(null);
  useEffect(() => {
    void attempt(app.tracing.load());
  }, []);
  if (banning) return <BanAsk person={banning} />;
  if (share) return <ShareFile share={share} onDone={() => setShare(null)} />;
  if (asking) {
    const done = (text: Share | null): void => {
      setAsking(null);
      setShare(text);
    };
    return <ReleaseAsk room={asking} onDone={done} />;
  }
  return (
    <Sheet title={t('me.trace')} onClose={() => openSheet({ at: 'me' })}>
      <p>{t('trace.what')}</p>
      <p class="hint">{t('trace.proof')}</p>
      {view && (
        <>
          <Holders view={view} />
          <Rooms view={view} onRelease={setAsking} />
          <Result onBan={setBanning} />
        </>
      )}
    </Sheet>
  );
}

function Holders({ view: { holders, mine } }: { view: TracingView }): JSX.Element {
  const app = useApp();
  return (
    <section aria-labelledby="trace-holders" class="stack">
      <h3 id="trace-holders">{t('trace.holders')}</h3>
      <p dir="auto">{holders.length > 0 ? names(holders) : t('trace.holders_none')}</p>
      {holders.length < ENOUGH && <p class="warn">{t('trace.holders_few')}</p>}
      {mine ? (
        <p class="good">{t('trace.mine')}</p>
      ) : (
        <>
          <button
            type="button"
            class="button wide primary"
            onClick={() => void attempt(app.tracing.takePart())}
          >
            {t('trace.take_part')}
          </button>
          <p class="hint">{t('trace.take_part_text')}</p>
        </>
      )}
    </section>
  );
}

const titleOf = (room: Room): string => room.title || t('trace.untitled');

function Rooms({
  view: { rooms, mine },
  onRelease,
}: {
  view: TracingView;
  onRelease: (room: Room) => void;
}): JSX.Element {
  return (
    <section aria-labelledby="trace-rooms" class="stack">
      <h3 id="trace-rooms">{t('trace.rooms')}</h3>
      {rooms.length === 0 && <p>{t('trace.rooms_none')}</p>}
      <ul class="rows">
        {rooms.map((room) => (
          <li key={room.room} class="row">
            <span id={`trace-${room.room}`}>
              <strong dir="auto">{titleOf(room)}</strong>
              <span class="soft">{`${dayOf(room.opened)} · ${t('trace.voices', { n: room.patterns })}`}</span>
              {room.released.length > 0 && (
                <span class="soft" dir="auto">
                  {t('trace.released', { names: names(room.released) })}
                </span>
              )}
            </span>
            {mine && (
              <button
                type="button"
                class="button small"
                aria-describedby={`trace-${room.room}`}
                onClick={() => onRelease(room)}
              >
                {t('trace.release')}
              </button>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

function ReleaseAsk({ room, onDone }: { room: Room; onDone: (share: Share | null) => void }): JSX.Element {
  const app = useApp();
  const [busy, setBusy] = useState(false);
  const release = async (): Promise<void> => {
    if (busy) return;
    setBusy(true);
    const outcome = await app.tracing.release(room.room);
    setBusy(false);
    if (outcome.ok) onDone({ room, ...outcome.value });
    else await attempt(Promise.resolve(outcome));
  };
  return (
    <Sheet title={t('trace.release_ask')} onClose={() => onDone(null)} class="sheet-ask">
      <p>
        <strong dir="auto">{titleOf(room)}</strong> · {dayOf(room.opened)}
      </p>
      <p>{t('trace.release_text')}</p>
      <div class="answers">
        <button type="button" class="button" onClick={() => onDone(null)}>
          {t('cancel')}
        </button>
        <button type="button" class="button primary" aria-disabled={busy} onClick={() => void release()}>
          {t('trace.release')}
        </button>
      </div>
    </Sheet>
  );
}

function ShareFile({ share, onDone }: { share: Share; onDone: () => void }): JSX.Element {
  const app = useApp();
  const { room, text, speakers, refused } = share;
  const file = `aparte-${room.room.slice(0, 6)}-${app.me.value?.name ?? ''}.share`;
  return (
    <Sheet title={t('trace.file')} onClose={onDone}>
      <p role="status">{t('trace.file_voices', { n: speakers })}</p>
      {refused > 0 && <p class="warn">{t('trace.file_refused', { n: refused })}</p>}
      <p>{t('trace.file_text')}</p>
      <p>
        <code dir="ltr" translate={false}>
          {COMMAND}
        </code>
      </p>
      <div class="answers">
        <button type="button" class="button" onClick={onDone}>
          {t('trace.done')}
        </button>
        <button
          type="button"
          class="button primary"
          onClick={() => saveFile(new Blob([text], { type: 'text/plain' }), file)}
        >
          {t('trace.file_save')}
        </button>
      </div>
    </Sheet>
  );
}

/** The report names an account: who that is, who invited them, and the ban. */
function Result({ onBan }: { onBan: (face: Face) => void }): JSX.Element {
  const app = useApp();
  const [found, setFound] = useState<{ face: Face; inviters: Face[] } | null>(null);
  const [error, setError] = useState('');
  const find = async (text: string): Promise<void> => {
    const outcome = await app.tracing.find(text);
    setFound(outcome.ok ? outcome.value : null);
    setError(outcome.ok ? '' : t('trace.account_bad'));
  };
  return (
    <section aria-labelledby="trace-result" class="stack">
      <h3 id="trace-result">{t('trace.result')}</h3>
      <FindField
        label={t('trace.account')}
        hint={t('trace.account_hint')}
        button={t('trace.find')}
        error={error}
        onFind={(text) => void find(text)}
      />
      {found && (
        <div class="row" role="status">
          <span>
            <strong dir="auto">{names([found.face])}</strong>
            {found.inviters.length > 0 && (
              <span class="soft" dir="auto">
                {t('trace.invited_by', { names: found.inviters.map((face) => names([face])).join(' ← ') })}
              </span>
            )}
          </span>
          <button type="button" class="button small danger-quiet" onClick={() => onBan(found.face)}>
            {t('person.ban')}
          </button>
        </div>
      )}
    </section>
  );
}
