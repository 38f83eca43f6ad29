import type { enAccount } from './en-account.ts';
import type { SameAs } from './text.ts';

export const frAccount: SameAs<typeof enAccount> = {
  'me.moderation': 'Modération',
  'me.held':
    "L'administration va examiner votre compte. D'ici là, vous ne pouvez ni entrer dans un salon ni inviter.",

  'claim.title': '{name} serait vous.',
  'claim.text':
    "On a dit au club que vous aviez perdu vos appareils et que vous étiez revenu sous le nom de {name}. Si c'est faux, opposez-vous avant le {date} : vous êtes toujours là.",
  'claim.veto': 'Je suis toujours là',

  'fork.title': 'Ce club montre des listes de membres différentes selon les personnes.',
  'fork.text':
    'Cela ne doit jamais arriver. La preuve est conservée dans ce navigateur. Prévenez par un autre moyen des personnes de confiance, et ne parlez pas ici avant une explication.',
};
