import { frAdmin } from './fr-admin.ts';
import { frBack } from './fr-back.ts';
import { frDoor } from './fr-door.ts';
import { frHall } from './fr-hall.ts';
import { frHost } from './fr-host.ts';
import { frHouse } from './fr-house.ts';
import { frSelf } from './fr-self.ts';
import { frSheets } from './fr-sheets.ts';
import { frSound } from './fr-sound.ts';
import { frTalk } from './fr-talk.ts';
import { frTrace } from './fr-trace.ts';
import { frWelcome } from './fr-welcome.ts';
import type { laterEn } from './later-en.ts';
import { type SameAs, typesetFrench } from './text.ts';

export const laterFr: SameAs<typeof laterEn> = typesetFrench({
  ...frAdmin,
  ...frBack,
  ...frDoor,
  ...frHost,
  ...frHall,
  ...frHouse,
  ...frTrace,
  ...frSelf,
  ...frSheets,
  ...frSound,
  ...frTalk,
  ...frWelcome,
});
