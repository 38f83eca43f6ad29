// Reporting somebody. What goes along from this device is text that was on this screen; it is shown before it is sent.

import type { JSX } from 'preact';
import { useId, useState } from 'preact/hooks';
import { t, tell, whenOf } from '../i18n/translate.ts';
import type { Face, ReportReason } from '../state/model.ts';
import { Option } from './audience.tsx';
import { firstCharacters, roomTitle } from './people.ts';
import { Sheet } from './sheet.tsx';
import { Tick } from './tick.tsx';
import { closeSheet, say, useApp } from './view.ts';

const TEXT_CHARACTERS = 1000;
const REASONS: ReportReason[] = ['harassment', 'hate', 'recording', 'impersonation', 'spam', 'other'];

export function ReportForm({ face, onBack }: { face: Face; onBack: () => void }): JSX.Element {
  const app = useApp();
  const id = useId();
  const [reason, setReason] = useState<ReportReason | null>(null);
  const [text, setText] = useState('');
  const [along, setAlong] = useState(false);
  const [error, setError] = useState('');
  const [busy, setBusy] = useState(false);
  const room = app.room.value;
  const [evidence] = useState(() => seen(face));

  const submit = async (e: Event): Promise<void> => {
    e.preventDefault();
    if (busy) return;
    if (!reason) return setError(t('report.choose'));
    setBusy(true);
    setError('');
    const outcome = await app.reports.make({
      account: face.account,
      ...(room ? { room: room.card.id } : {}),
      reason,
      text: text.trim(),
      evidence: along ? evidence : '',
    });
    setBusy(false);
    if (!outcome.ok) return setError(tell(`error.${outcome.code}`));
    closeSheet();
    say(t('report.ok'));
  };

  /** What this screen shows of the person, now. */
  function seen({ account, name }: Face): string {
    const lines = [
      t('report.seen_person', { name, account }),
      t('report.seen_time', { time: whenOf(Date.now()) }),
    ];
    if (!room) return lines.join('\n');
    const speakers = room.people.value.filter((p) => p.stage).map((p) => p.name);
    lines.push(t('report.seen_room', { title: roomTitle(room.card) }));
    if (speakers.length > 0) lines.push(t('report.seen_stage', { names: speakers.join(', ') }));
    return firstCharacters(lines.join('\n'), TEXT_CHARACTERS);
  }

  return (
    <Sheet title={t('report.title', { name: face.name })} onClose={onBack}>
      <form class="stack" onSubmit={submit} noValidate>
        <p class="hint">{t('report.text')}</p>
        <fieldset class="options">
          <legend>{t('report.reason')}</legend>
          {REASONS.map((one) => (
            <Option
              key={one}
              name={`${id}-reason`}
              text={t(`report.reason_${one}`)}
              hint=""
              checked={reason === one}
              onChoose={() => setReason(one)}
            />
          ))}
        </fieldset>
        <div class="field">
          <label for={`${id}-text`}>{t('report.what')}</label>
          <textarea
            id={`${id}-text`}
            rows={4}
            dir="auto"
            maxLength={TEXT_CHARACTERS}
            value={text}
            onInput={(e) => setText(e.currentTarget.value)}
          />
        </div>
        <Tick
          text={t('report.along')}
          hint={t('report.along_hint')}
          checked={along}
          describedBy={`${id}-evidence`}
          onChange={setAlong}
        />
        <pre id={`${id}-evidence`} class="evidence" dir="auto">
          {evidence}
        </pre>
        <p class="hint">{t('report.untrue')}</p>
        <p class="field-error" role="alert">
          {error}
        </p>
        <div class="submit-row">
          <button type="submit" class="button primary big" aria-disabled={busy}>
            {t('report.send')}
          </button>
        </div>
      </form>
    </Sheet>
  );
}
