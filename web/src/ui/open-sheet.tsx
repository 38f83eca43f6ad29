// S4, opening a room: a title if one likes, who can come, and in.

import type { JSX } from 'preact';
import { useId, useState } from 'preact/hooks';
import { t, tell } from '../i18n/translate.ts';
import type { HandsPolicy, Picked } from '../state/model.ts';
import { Audience, audienceFault, Option } from './audience.tsx';
import { HandsChoice } from './choices.tsx';
import { kbitsOf } from './rate.ts';
import { Sheet } from './sheet.tsx';
import { Tick } from './tick.tsx';
import { TitleField } from './title-field.tsx';
import { closeSheet, useApp } from './view.ts';

export function OpenSheet(): JSX.Element {
  const app = useApp();
  const id = useId();
  const [title, setTitle] = useState('');
  const [music, setMusic] = useState(false);
  const [sensitive, setSensitive] = useState(false);
  const [picked, setPicked] = useState<Picked>(null);
  const [hands, setHands] = useState<HandsPolicy>('everyone');
  const [error, setError] = useState('');
  const [busy, setBusy] = useState(false);

  const submit = async (e: Event): Promise<void> => {
    e.preventDefault();
    if (busy) return;
    const fault = audienceFault(picked, app.ties.follows.value?.length ?? 0);
    if (fault) return setError(fault);
    setBusy(true);
    setError('');
    const sound = music ? 'music' : 'voice';
    const outcome = await app.openRoom({ title: title.trim(), picked, sound, sensitive, hands });
    setBusy(false);
    if (outcome.ok) closeSheet();
    else setError(tell(`error.${outcome.code}`));
  };

  return (
    <Sheet title={t('open.title')} onClose={closeSheet}>
      <form class="stack" onSubmit={submit} noValidate>
        <TitleField label={t('open.name')} hint={t('open.name_hint')} value={title} onInput={setTitle} />
        <Audience legend={t('open.who')} picked={picked} onPick={setPicked} />
        <HandsChoice value={hands} onChoose={setHands} />
        <fieldset class="options">
          <legend>{t('open.sound')}</legend>
          <Option
            name={`${id}-sound`}
            text={t('open.voice')}
            hint={t('open.voice_hint')}
            checked={!music}
            onChoose={() => setMusic(false)}
          />
          <Option
            name={`${id}-sound`}
            text={t('open.music')}
            hint={t('open.music_hint')}
            checked={music}
            onChoose={() => setMusic(true)}
          />
        </fieldset>
        <Tick
          text={t('open.sensitive')}
          hint={`${t('open.sensitive_hint')} ${t('open.constant', { n: kbitsOf(music ? 'music' : 'voice') })}`}
          checked={sensitive}
          onChange={setSensitive}
        />
        <p class="field-error" role="alert">
          {error}
        </p>
        <div class="submit-row">
          <button type="submit" class="button primary big" aria-disabled={busy}>
            {t('open.submit')}
          </button>
          <p class="hint">{t('open.muted')}</p>
        </div>
      </form>
    </Sheet>
  );
}
