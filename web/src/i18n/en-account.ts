// What the hallway has to say of one's own membership; the words of its sheets are elsewhere.

import type { Text } from './text.ts';

export const enAccount = {
  'me.moderation': 'Moderation',
  'me.held': 'An admin will look at your account. Until then you cannot enter rooms or invite.',

  'claim.title': '{name} is said to be you.',
  'claim.text':
    'Somebody told the club that you lost your devices and came back as {name}. If that is wrong, object before {date}: you are still here.',
  'claim.veto': 'I am still here',

  'fork.title': 'This club shows different lists of members to different people.',
  'fork.text':
    'That must never happen. The proof is kept in this browser. Tell people you trust by another way, and do not speak here until it is explained.',
} satisfies Record<string, Text>;
