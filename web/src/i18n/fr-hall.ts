// Les mots du hall : recherche, événements, personnes suivies et bloquées, signalements.

import type { enHall } from './en-hall.ts';
import type { SameAs } from './text.ts';

export const frHall: SameAs<typeof enHall> = {
  'search.title': 'Rechercher',
  'search.what': 'Un salon, ou une personne connue',
  'search.hint': 'Ce que vous cherchez reste sur cet appareil.',
  'search.none': 'Rien ne porte ce nom ici.',
  'search.found': { one: '{n} résultat', other: '{n} résultats' },
  'search.rooms': 'Salons',

  'open.followed': 'Les personnes que je suis',
  'open.followed_hint': 'Celles que vous suivez en ce moment.',
  'open.followed_n': {
    one: '{n} personne. Elle ne voit pas que vous la suivez.',
    other: '{n} personnes. Elles ne voient pas que vous les suivez.',
  },
  'open.follow_one': "Vous ne suivez encore personne. Suivez quelqu'un depuis son nom dans un salon.",

  'events.title': 'Événements',
  'events.none': "Rien n'est annoncé.",
  'events.announce': 'Annoncer un événement',
  'events.announced': "C'est annoncé.",
  'events.title_hint': "Ce qu'on lira dans le hall.",
  'events.title_missing': "Dites de quoi il s'agit.",
  'events.when': 'Quand ?',
  'events.zone': 'Votre heure : {zone}. Chacun la voit dans la sienne.',
  'events.sensitive': 'Sensible',
  'events.sensitive_hint': 'Le titre reste dans le club : ni les agendas ni les rappels ne le portent.',
  'events.remind': 'Me le rappeler',
  'events.remind_off': 'Ne plus me le rappeler',
  'events.remind_hint': "Dix minutes avant, tant qu'Aparté est ouvert ici. Le serveur n'en sait rien.",
  'events.calendar': 'Ajouter à mon agenda',
  'events.neutral': 'Aparté',
  'events.cancel': "Annuler l'événement",
  'events.cancel_ask': 'Annuler cet événement ?',
  'events.cancel_text': 'Il disparaît aussitôt pour tout le monde.',
  'events.keep': 'Le garder',
  'events.cancelled': 'Annulé.',

  'ties.title': 'Suivis et bloqués',
  'ties.text': 'Vous seul voyez ces listes. Personne ne peut demander qui le suit ou le bloque.',
  'ties.follows': 'Vous suivez',
  'ties.follows_none': 'Personne encore. Touchez un nom dans un salon pour le suivre.',
  'ties.blocks': 'Vous bloquez',
  'ties.blocks_none': 'Personne.',
  'ties.follow': 'Suivre',
  'ties.unfollow': 'Ne plus suivre',
  'ties.followed': "Vous suivez {name}. Cette personne n'en est pas informée.",
  'ties.unfollowed': 'Vous ne suivez plus {name}.',
  'ties.follow_hint':
    "Quand vous n'êtes pas seul sur scène, les personnes que vous suivez sont au premier rang du public.",
  'ties.block': 'Bloquer',
  'ties.unblock': 'Débloquer',
  'ties.blocked':
    "{name} ne voit plus les salons où vous êtes sur scène. Cette personne n'en est pas informée.",
  'ties.unblocked': '{name} peut de nouveau voir les salons où vous parlez.',
  'ties.block_hint':
    "Les salons où vous êtes sur scène n'existent pas pour cette personne. Hôtes et admins voient tout.",

  'report.title': 'Signaler {name}',
  'report.title_short': 'Signaler',
  'report.text':
    "Les admins de ce club le liront, et personne d'autre. Il est effacé quand il est clos, ou après 30 jours.",
  'report.reason': "Qu'est-ce qui ne va pas ?",
  'report.reason_harassment': 'Harcèlement ou menaces',
  'report.reason_hate': 'Haine',
  'report.reason_recording': 'Enregistrer ou divulguer ce qui a été dit',
  'report.reason_impersonation': "Se faire passer pour quelqu'un d'autre",
  'report.reason_spam': 'Indésirable',
  'report.reason_other': 'Autre chose',
  'report.choose': 'Choisissez ce qui ne va pas.',
  'report.what': "Que s'est-il passé ? (facultatif)",
  'report.along': 'Joindre ce que montre cet écran',
  'report.along_hint': "Exactement ces lignes. Pas de son : il n'y en a pas à envoyer.",
  'report.seen_person': '{name} ({account})',
  'report.seen_time': 'Vu le {time}',
  'report.seen_room': 'Dans le salon : {title}',
  'report.seen_stage': 'Sur scène : {names}',
  'report.untrue':
    "Votre appareil le signe. Qui signale ce qui n'est pas vrai ne peut plus signaler pendant un temps.",
  'report.send': 'Envoyer le signalement',
  'report.ok': 'Merci. Seuls les admins de ce club le verront.',

  'reports.title': 'Signalements',
  'reports.text': "Clore un signalement efface ce qu'il dit. S'il n'est pas vrai, une marque reste 30 jours.",
  'reports.none': 'Aucun signalement.',
  'reports.entry': '{by} signale {target}',
  'reports.until': 'Effacé le {date} au plus tard.',
  'reports.untrue_before': {
    one: "{n} signalement antérieur de cette personne n'était pas vrai.",
    other: "{n} signalements antérieurs de cette personne n'étaient pas vrais.",
  },
  'reports.close': 'Clore',
  'reports.close_untrue': 'Clore : pas vrai',
  'reports.closed': 'Clos, et effacé.',
};
