import type { enTrace } from './en-trace.ts';
import type { SameAs } from './text.ts';

export const frTrace: SameAs<typeof enTrace> = {
  'lock.trace_yes':
    "L'origine d'une fuite de ce salon peut être retrouvée. Chacun entend chaque voix avec une marque qui lui est propre et que l'oreille ne remarque pas ; à partir d'un enregistrement, deux admins peuvent ensemble retrouver de qui il vient. L'opérateur seul ne le peut pas. Pour cela, le serveur retient quelques semaines qui était dans le salon et quand, et rien de ce qui s'y est dit.",
  'lock.trace_few':
    "L'origine d'une fuite de ce salon ne peut pas être retrouvée : moins de deux admins y participent.",
  'lock.trace_music':
    "L'origine d'une fuite de ce salon ne peut pas être retrouvée : la musique part en stéréo, sans marque.",
  'lock.trace_off':
    "L'origine d'une fuite de ce salon ne peut pas être retrouvée : ce serveur ne conserve rien pour cela.",
  'lock.unmarked': "Votre propre voix n'est pas marquée ici : ce navigateur ne le peut pas.",
  'lock.unmarked_who':
    "La voix de {name} arrive sans marque : l'origine d'une fuite de ses paroles ne peut pas être retrouvée.",

  'me.trace': 'Une fuite',
  'mod.trace_release': '{by} a donné sa part pour retrouver une fuite',
  'trace.what':
    "L'enregistrement d'un salon est apparu quelque part ? Il peut dire d'où il vient, car chacun entend chaque voix avec une marque qui lui est propre. Il faut être deux, et tout le club voit que vous avez cherché.",
  'trace.proof':
    "Un résultat est une raison de parler et d'agir ici. Il désigne un compte, pas une personne, et n'est pas une preuve devant un tribunal.",
  'trace.holders': 'Qui peut aider à retrouver une fuite',
  'trace.holders_none': "Personne pour l'instant.",
  'trace.holders_few': "Il faut être deux. D'ici là, aucun salon n'est marqué.",
  'trace.mine': 'Cet appareil participe.',
  'trace.take_part': 'Participer avec cet appareil',
  'trace.take_part_text':
    "Ce navigateur crée une clé qui n'en sort jamais. Dès lors, les appareils de celles et ceux qui parlent scellent une part pour elle. Il faut deux parts ; la vôtre seule ne dit rien.",
  'trace.rooms': 'Salons dont une fuite peut encore être retrouvée',
  'trace.rooms_none': 'Aucun.',
  'trace.untitled': 'Un salon sans titre',
  'trace.voices': { one: '{n} voix', other: '{n} voix' },
  'trace.released': 'Part donnée par {names}',
  'trace.release': 'Donner ma part',
  'trace.release_ask': 'Donner votre part pour ce salon ?',
  'trace.release_text':
    "Tout le club peut voir dans le journal des membres que vous l'avez fait. Elle ne sert que pour ce salon, et seulement avec la part d'une deuxième personne.",
  'trace.file': 'Votre part',
  'trace.file_text':
    "Remettez ce fichier à qui gère le serveur, avec l'enregistrement. Dès qu'il y en a un deuxième, on y lance :",
  'trace.file_save': 'Enregistrer le fichier',
  'trace.file_voices': {
    one: "Il contient la part d'{n} voix.",
    other: 'Il contient les parts de {n} voix.',
  },
  'trace.file_refused': {
    one: "{n} voix n'y est pas : elle n'était pas destinée à cet appareil, ou n'est pas ce que la personne a signé.",
    other:
      "{n} voix n'y sont pas : elles n'étaient pas destinées à cet appareil, ou ne sont pas ce que les personnes ont signé.",
  },
  'trace.done': "C'est fait",
  'trace.result': 'Du résultat au compte',
  'trace.account': 'Compte indiqué dans le rapport',
  'trace.account_hint': 'Les 22 caractères à côté du nom.',
  'trace.account_bad': "Ce n'est pas un compte de ce club.",
  'trace.find': 'Afficher',
  'trace.invited_by': 'Sur invitation de {names}',
};
