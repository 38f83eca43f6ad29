import type { enAdmin } from './en-admin.ts';
import type { SameAs } from './text.ts';

export const frAdmin: SameAs<typeof enAdmin> = {
  'admin.title': 'Le serveur',
  'admin.elsewhere': 'Signalements, modération, fuites',
  'admin.look_up': 'Consulter',
  'admin.more': 'Afficher la suite',
  'admin.done': "C'est fait.",

  'admin.alerts': 'Alertes',
  'admin.alerts_none': 'Rien à signaler.',
  'admin.alerts_text':
    "La même chose n'est dite qu'une fois par jour. Une alerte nomme un compte, jamais ce qu'il a consulté, et est supprimée au bout de 30 jours.",
  'admin.alert_budget': '{name} a épuisé les {n} profils de la journée',
  'admin.alert_budget_hint':
    "Quelqu'un, ou un script, recense peut-être les membres. Demandez-lui, ou suspendez le compte.",
  'admin.alert_moves': '{name} a changé de session {n} fois en un jour',
  'admin.alert_moves_hint':
    'Chaque fois, une autre de ses sessions a pris fin. Des scripts qui partagent un compte font cela.',
  'admin.alert_fingerprint': 'Une connexion a présenté un autre certificat que celui annoncé pour elle',
  'admin.alert_fingerprint_hint':
    "Elle a été refusée. Un réseau qui s'en mêle, ou quelqu'un avec des identifiants copiés.",
  'admin.alert_stray': "Quelqu'un recevait des paquets sans être dans un salon",
  'admin.alert_stray_hint':
    "L'envoi a été coupé, et rien n'était déchiffrable. C'est une erreur du serveur : signalez-la.",
  'admin.alert_store_failed': 'Le stockage a refusé une modification',
  'admin.alert_store_failed_hint':
    "Le journal du serveur dit pourquoi : un disque plein ou défaillant. Rien de ce qui a été confirmé n'est perdu.",
  'admin.alert_store_slow': 'Le stockage a mis {n} millisecondes pour une modification',
  'admin.alert_store_slow_hint':
    "Toute personne qui modifie quelque chose l'attend. Le disque est peut-être occupé ou défaillant.",
  'admin.alert_disk': 'Il reste {n} Mo sur le disque',
  'admin.alert_disk_hint': 'Une fois plein, plus rien ne peut être modifié : faites de la place.',

  'admin.health': 'Santé',
  'admin.health_text': 'Des chiffres du serveur entier ; aucun ne concerne une personne.',
  'admin.again': 'Regarder à nouveau',
  'admin.normal': "C'est normal.",
  'admin.look': 'À regarder.',
  'admin.running': 'Version {version}, en marche depuis le {date}.',
  'admin.use_members': { one: '{n} membre en tout, sur {most}.', other: '{n} membres en tout, sur {most}.' },
  'admin.use_sockets': { one: '{n} connexion, sur {most}.', other: '{n} connexions, sur {most}.' },
  'admin.use_rooms': { one: '{n} salon, sur {most}.', other: '{n} salons, sur {most}.' },
  'admin.use_people': {
    one: '{n} personne dans les salons, sur {most}.',
    other: '{n} personnes dans les salons, sur {most}.',
  },
  'admin.use_log': {
    one: '{n} entrée au journal des membres, sur {most}.',
    other: '{n} entrées au journal des membres, sur {most}.',
  },
  'admin.ports_answer': {
    one: 'Le son passe par le port UDP {ports} : {n} connexion a abouti.',
    other: 'Le son passe par le port UDP {ports} : {n} connexions ont abouti.',
  },
  'admin.ports_silent':
    "Personne n'a abouti au port UDP {ports}, et quelqu'un a essayé : un pare-feu le ferme peut-être.",
  'admin.ports_untried': "Le son passe par le port UDP {ports} ; personne ne l'a essayé depuis le démarrage.",
  'admin.busy': "Le fil média le plus chargé occupe {n} % d'un cœur.",
  'admin.store_new': "Rien n'a dû être écrit depuis le démarrage.",
  'admin.store_written': 'Dernière écriture sur le disque le {date}.',
  'admin.store_failed': {
    one: "{n} modification n'a pas pu être écrite.",
    other: "{n} modifications n'ont pas pu être écrites.",
  },
  'admin.store_slow': {
    one: 'La modification la plus lente a pris {n} seconde.',
    other: 'La modification la plus lente a pris {n} secondes.',
  },
  'admin.disk': 'Il reste {n} Mo sur les {most} Mo du disque.',
  'admin.clock': "L'horloge du serveur et celle de cet appareil concordent.",
  'admin.clock_apart': {
    one: "L'horloge du serveur et celle de cet appareil ont {n} seconde d'écart : l'une des deux est fausse.",
    other:
      "L'horloge du serveur et celle de cet appareil ont {n} secondes d'écart : l'une des deux est fausse.",
  },
  'admin.refused': 'Refusé depuis le démarrage',
  'admin.refused_none': 'Rien.',
  'admin.refused_moved': {
    one: '{n} présence terminée parce que son compte est entré ailleurs.',
    other: '{n} présences terminées parce que leur compte est entré ailleurs.',
  },
  'admin.refused_budget': {
    one: "{n} demande de plus de profils qu'une journée n'en a.",
    other: "{n} demandes de plus de profils qu'une journée n'en a.",
  },
  'admin.refused_fingerprints': {
    one: "{n} connexion avec un certificat qui n'était pas annoncé.",
    other: "{n} connexions avec un certificat qui n'était pas annoncé.",
  },
  'admin.refused_handshakes': {
    one: "{n} connexion chiffrée qui n'a pas abouti.",
    other: "{n} connexions chiffrées qui n'ont pas abouti.",
  },
  'admin.refused_checks': {
    one: '{n} vérification sans le bon mot de passe.',
    other: '{n} vérifications sans le bon mot de passe.',
  },
  'admin.refused_forged': {
    one: '{n} paquet falsifié ou arrivé deux fois.',
    other: '{n} paquets falsifiés ou arrivés deux fois.',
  },
  'admin.refused_muted': {
    one: "{n} paquet de quelqu'un qui n'a pas la parole.",
    other: "{n} paquets de personnes qui n'ont pas la parole.",
  },
  'admin.refused_policed': {
    one: "{n} paquet au-delà du rythme d'une voix.",
    other: "{n} paquets au-delà du rythme d'une voix.",
  },

  'admin.invites': 'Invitations ouvertes',
  'admin.invites_open': { one: '{n} invitation ouverte.', other: '{n} invitations ouvertes.' },
  'admin.invites_text':
    "On n'entre pas autrement. Vous pouvez retirer les vôtres et celles des personnes d'un rang inférieur ; pour arrêter toute une branche, consultez son membre et suspendez les personnes qu'il a fait entrer.",
  'admin.invite_by': 'De {name}',
  'admin.invite_held': 'suspendue : ne laisse entrer personne',
  'admin.withdrawn': "L'invitation est retirée.",

  'admin.find': "Consulter le compte de quelqu'un",
  'admin.find_label': "Identifiant, compte ou lien d'invitation",
  'admin.find_hint':
    "L'identifiant entier, les 22 caractères d'un compte, ou le lien par lequel quelqu'un est entré.",
  'admin.find_none': 'Personne ici ne répond à cela.',
  'admin.no_list':
    "Il n'y a pas de liste des membres ici, et c'est voulu : un navigateur volé livrerait tout le monde. Ce que vous consultez compte dans vos profils de la journée. La ligne de commande du serveur a la liste.",
  'admin.state_member': 'en règle',
  'admin.state_held': 'compte suspendu, à examiner',
  'admin.state_banned': 'compte exclu',
  'admin.state_deleted': 'compte supprimé',
  'admin.state_superseded': 'revenu sous un autre compte',
  'admin.came': 'Entrée le {date}, sur invitation de {name}.',
  'admin.came_first': 'A fondé le club le {date}.',
  'admin.devices': { one: '{n} appareil.', other: '{n} appareils.' },
  'admin.unban': "Lever l'exclusion",
  'admin.release': 'Lever la suspension',
  'admin.release_below': 'Lever, et pour toute la branche',
  'admin.release_all': 'Lever pour toute la branche',

  'admin.limits': 'Limites',
  'admin.limits_text': 'Ce que le serveur supporte au plus. Elles sont fixées dans le programme.',
  'admin.used': { one: '{n} en usage.', other: '{n} en usage.' },
  'admin.limits_people': 'Personnes',
  'admin.limits_invites': 'Invitations',
  'admin.limits_rooms': 'Salons',
  'admin.limits_pace': 'Rythme',
  'admin.limits_kept': 'Ce qui est conservé',
  'admin.limit_members': 'Comptes en tout : {n}',
  'admin.limit_devices_per_member': "Appareils d'un compte : {n}",
  'admin.limit_chain_depth': 'Invitations entre la fondation et quiconque : {n}',
  'admin.limit_log_records': 'Entrées au journal des membres : {n}',
  'admin.limit_invites_per_member': "Invitations ouvertes d'un membre : {n}",
  'admin.limit_invites_per_admin': "Invitations ouvertes d'un admin : {n}",
  'admin.limit_invite_days': "Jours de vie d'une invitation : {n}",
  'admin.limit_rooms': 'Salons à la fois : {n}',
  'admin.limit_people_per_room': 'Personnes dans un salon : {n}',
  'admin.limit_stage': 'Personnes sur une scène : {n}',
  'admin.limit_peers_per_thread': 'Personnes par fil média : {n}',
  'admin.limit_messages_per_second': "Messages par seconde d'une connexion : {n}",
  'admin.limit_chat_ms': 'Millisecondes entre deux messages écrits : {n}',
  'admin.limit_profiles_per_day': "Profils d'autres personnes qu'un compte lit en un jour : {n}",
  'admin.limit_removals_per_minute': 'Retraits par minute sans second admin : {n}',
  'admin.limit_sockets': 'Connexions à la fois : {n}',
  'admin.limit_sockets_per_address': "Connexions d'une adresse : {n}",
  'admin.limit_events': 'Évènements annoncés : {n}',
  'admin.limit_reports': 'Signalements en attente : {n}',
  'admin.limit_report_days': "Jours avant la suppression d'un signalement : {n}",
  'admin.limit_alerts': 'Alertes : {n}',
};
