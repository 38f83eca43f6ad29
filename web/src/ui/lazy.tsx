// A part of the screens that comes in a chunk of its own, when it is first shown: what is needed neither to see the
// hallway nor to hear a room. `const PrefsSheet = lazy(() => import('./prefs-sheet.tsx').then((m) => m.PrefsSheet))`
// is used like the component itself. Until the chunk is there nothing is drawn and the focus stays where it is, so a
// sheet gives it back to the right place; the service worker fetches all chunks ahead, so that this is a few
// milliseconds, also without a network. web/test/first-load.test.ts watches the size.

import type { ComponentType, JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { speakMore, t } from '../i18n/translate.ts';
import { closeSheet, focusHeading, say } from './view.ts';

export function lazy<P extends object>(
  load: () => Promise<ComponentType<P>>,
): (props: P) => JSX.Element | null {
  let Part: ComponentType<P> | null = null;
  return function Lazy(props: P): JSX.Element | null {
    const [late, setLate] = useState(false); // it had to be waited for
    useEffect(() => {
      if (late && document.activeElement === document.body) focusHeading(); // a whole screen
    }, [late]);
    useEffect(() => {
      if (Part) return;
      let gone = false;
      Promise.all([load(), speakMore()]).then(
        ([part]) => {
          Part = part;
          if (!gone) setLate(true);
        },
        () => {
          if (gone) return;
          closeSheet(); // else the keyboard would stay asleep behind nothing
          say(t('error.part_missing'), { urgent: true });
        },
      );
      return () => {
        gone = true;
      };
    }, []);
    return Part && <Part {...props} />;
  };
}
