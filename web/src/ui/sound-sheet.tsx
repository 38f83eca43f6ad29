// The sound check and all that one may choose about sound. The microphone is opened when somebody asks for the test,
// never by itself: who only listens is never asked for it.

import type { JSX } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { t } from '../i18n/translate.ts';
import type { SoundDevice, SoundSettings } from '../state/model.ts';
import { Chord } from './chord.tsx';
import { Icon } from './icons.tsx';
import { Sheet } from './sheet.tsx';
import { Tick } from './tick.tsx';
import { attempt, closeSheet, openSheet, useApp } from './view.ts';

export function SoundSheet(): JSX.Element {
  const { sound } = useApp();
  useEffect(() => void sound.loadDevices(), []);
  return (
    <Sheet title={t('sound.title')} onClose={closeSheet}>
      <Hear />
      <Speak />
      <section class="stack" aria-labelledby="sound-captions">
        <h3 id="sound-captions">{t('sound.captions')}</h3>
        <p>{t('sound.captions_text')}</p>
      </section>
      <button type="button" class="button wide" onClick={() => openSheet({ at: 'debug' })}>
        <Icon name="warning" />
        {t('sound.debug')}
      </button>
    </Sheet>
  );
}

function Hear(): JSX.Element {
  const { sound } = useApp();
  return (
    <section class="stack" aria-labelledby="sound-hear">
      <h3 id="sound-hear">{t('sound.hear')}</h3>
      {sound.speakers.value.length > 0 && (
        <Device name="speaker" text={t('sound.speaker')} devices={sound.speakers.value} />
      )}
      <Chord />
      <Switch name="level" text={t('sound.levelling')} hint={t('sound.levelling_hint')} />
      <Switch name="mono" text={t('sound.mono')} hint={t('sound.mono_hint')} />
    </section>
  );
}

function Speak(): JSX.Element {
  const { sound } = useApp();
  return (
    <section class="stack" aria-labelledby="sound-mic">
      <h3 id="sound-mic">{t('sound.mic')}</h3>
      {sound.microphones.value.length > 0 && (
        <Device name="microphone" text={t('sound.microphone')} devices={sound.microphones.value} />
      )}
      <Meter />
      <Switch name="pushToTalk" text={t('sound.ptt')} hint={t('sound.ptt_hint')} />
      <Switch name="echo" text={t('sound.echo')} hint={t('sound.echo_hint')} />
      <Switch name="noise" text={t('sound.noise')} />
      <Switch name="gain" text={t('sound.gain')} />
    </section>
  );
}

const HEARD = 0.1; // a word at arm's length is louder

/** The level goes past Preact, straight into the element: twenty times a second. */
function Meter(): JSX.Element {
  const { sound } = useApp();
  const bar = useRef<HTMLMeterElement>(null);
  const stop = useRef<(() => void) | null>(null);
  const gone = useRef(false);
  const [on, setOn] = useState(false);
  const [heard, setHeard] = useState(false);
  const { microphone, echo, noise, gain } = sound.settings.value;

  const end = (): void => {
    stop.current?.();
    stop.current = null;
    setOn(false);
  };
  const begin = async (): Promise<void> => {
    setHeard(false);
    const meter = sound.meter((level) => {
      if (bar.current) bar.current.value = level;
      if (level > HEARD) setHeard(true);
    });
    if (!(await attempt(meter))) return;
    const outcome = await meter;
    if (!outcome.ok) return;
    if (gone.current) outcome.value();
    else {
      stop.current = outcome.value;
      setOn(true);
    }
  };
  useEffect(
    () => () => {
      gone.current = true;
      stop.current?.();
    },
    [],
  );
  useEffect(() => {
    if (on) end(); // another microphone, or other wishes: the test is of those from now on
  }, [microphone, echo, noise, gain]);

  return (
    <div class="stack">
      <button type="button" class="button wide" onClick={() => (on ? end() : void begin())}>
        <Icon name={on ? 'mic-off' : 'mic'} />
        {t(on ? 'sound.test_stop' : 'sound.test_mic')}
      </button>
      {!on && <p class="hint">{t('sound.test_text')}</p>}
      {on && <meter ref={bar} class="level-meter" min={0} max={1} aria-label={t('sound.level')} />}
      <p role="status">{on && t(heard ? 'sound.hears_you' : 'sound.say_something')}</p>
    </div>
  );
}

function Device(props: {
  name: 'speaker' | 'microphone';
  text: string;
  devices: SoundDevice[];
}): JSX.Element {
  const { sound } = useApp();
  const id = useId();
  const chosen = sound.settings.value[props.name];
  return (
    <div class="field">
      <label for={id}>{props.text}</label>
      <select id={id} value={chosen} onChange={(e) => sound.set({ [props.name]: e.currentTarget.value })}>
        <option value="">{t('sound.system')}</option>
        {props.devices.map((one, i) => (
          <option key={one.id} value={one.id}>
            {one.name || t('sound.device', { n: i + 1 })}
          </option>
        ))}
      </select>
    </div>
  );
}

type SwitchName = {
  [K in keyof SoundSettings]: SoundSettings[K] extends boolean ? K : never;
}[keyof SoundSettings];

function Switch({ name, text, hint }: { name: SwitchName; text: string; hint?: string }): JSX.Element {
  const { sound } = useApp();
  return (
    <Tick
      text={text}
      hint={hint}
      checked={sound.settings.value[name]}
      onChange={(on) => sound.set({ [name]: on })}
    />
  );
}
