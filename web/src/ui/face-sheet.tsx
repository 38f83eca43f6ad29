// S6 outside of a room: somebody met before, with what they say of themselves, and what one may do about them.

import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { Face } from '../state/model.ts';
import { About, type Words } from './about.tsx';
import { Avatar } from './avatar.tsx';
import { ReportForm } from './report-form.tsx';
import { Sheet } from './sheet.tsx';
import { TieActions } from './tie-actions.tsx';
import { closeSheet, useApp } from './view.ts';

export function FaceSheet({ face }: { face: Face }): JSX.Element {
  const app = useApp();
  const [reporting, setReporting] = useState(false);
  const [about, setAbout] = useState<(Words & { picture: string | null }) | null>(null);
  useEffect(() => {
    void app.readProfile(face.account).then((outcome) => {
      if (outcome.ok) setAbout(outcome.value);
    });
  }, [face.account]);
  if (reporting) return <ReportForm face={face} onBack={() => setReporting(false)} />;
  const lead = (
    <span class="face face-middle">
      <Avatar account={face.account} name={face.name} picture={about?.picture ?? null} />
    </span>
  );
  return (
    <Sheet title={face.name} lead={lead} onClose={closeSheet} class="sheet-person">
      <About {...about} />
      <TieActions face={face} onReport={() => setReporting(true)} />
    </Sheet>
  );
}
