// The words of the parts that are loaded later (ui/lazy.tsx): not needed for the first screen, nor for a room's first
// sound.

import { enAdmin } from './en-admin.ts';
import { enBack } from './en-back.ts';
import { enDoor } from './en-door.ts';
import { enHall } from './en-hall.ts';
import { enHost } from './en-host.ts';
import { enHouse } from './en-house.ts';
import { enSelf } from './en-self.ts';
import { enSheets } from './en-sheets.ts';
import { enSound } from './en-sound.ts';
import { enTalk } from './en-talk.ts';
import { enTrace } from './en-trace.ts';
import { enWelcome } from './en-welcome.ts';

export const laterEn = {
  ...enAdmin,
  ...enBack,
  ...enDoor,
  ...enHost,
  ...enHall,
  ...enHouse,
  ...enTrace,
  ...enSelf,
  ...enSheets,
  ...enSound,
  ...enTalk,
  ...enWelcome,
};
