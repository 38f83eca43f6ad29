import type { enHouse } from './en-house.ts';
import type { SameAs } from './text.ts';

export const frHouse: SameAs<typeof enHouse> = {
  'house.title': 'À propos de ce club',
  'house.about': 'À propos',
  'house.about_none': "La personne qui gère ce club n'a encore rien écrit à son sujet.",
  'house.contact': 'Pour joindre la personne qui gère le serveur : {contact}',
  'house.contact_none':
    "La personne qui gère le serveur n'a pas dit comment la joindre. Demandez à qui vous a invité.",
  'house.members': { one: '{n} membre, depuis le {date}.', other: '{n} membres, depuis le {date}.' },
  'house.directory':
    "Il n'existe de liste des membres pour personne : on se rencontre dans les salons. Les personnes que vous suivez forment votre propre liste.",
  'house.rooms': 'Salons et événements',
  'house.rooms_none': "Aucun salon n'est ouvert.",
  'house.events_none': "Rien n'est annoncé.",
  'house.roles': 'Qui en prend soin',
  'house.role_founder':
    "Vous avez fondé ce club : vous nommez et révoquez celles et ceux qui l'administrent, et pouvez tout ce qu'ils peuvent.",
  'house.role_admin':
    'Vous administrez ce club : vous lisez les signalements, excluez, mettez en attente et modérez tous les salons. Tout est signé et figure au journal de modération.',
  'house.role_member':
    "Vous êtes membre : vous ouvrez des salons et modérez les vôtres, invitez, et signalez ce qui ne devrait pas être. Vous répondez devant la personne qui a fondé le club et celles qui l'administrent.",
  'house.founder_unknown': "Vous n'avez pas encore rencontré la personne qui a fondé le club.",
  'house.admins_unknown': {
    one: "{n} personne qui l'administre, que vous n'avez pas encore rencontrée.",
    other: "{n} personnes qui l'administrent, que vous n'avez pas encore rencontrées.",
  },
  'house.promises': 'Ce qui vaut ici',
  'house.lock':
    "Le cadenas d'un salon dit ce qui est vrai à cet instant : combien de personnes en détiennent la clé, et si quelque chose ne va pas. Plus elles sont nombreuses, moins c'est un secret.",
  'house.kept': 'Ce que le serveur conserve',
  'house.kept_profile': 'Votre nom, identifiant, pronoms, image et ce que vous dites de vous',
  'house.kept_profile_why': "Pour que l'on sache qui parle",
  'house.kept_profile_long': "Jusqu'à ce que vous le changiez ; supprimé avec votre compte",
  'house.kept_records': 'Des actes signés : clés, invitations, appareils, rangs, exclusions ; aucun nom',
  'house.kept_records_why': 'Une appartenance que personne ne peut falsifier',
  'house.kept_records_long': "Tant que le club existe : les invitations d'autres personnes en dépendent",
  'house.kept_ties': 'Qui vous suivez et bloquez, vos événements annoncés, vos signalements',
  'house.kept_ties_why': 'Pour montrer les bonnes personnes et les bons salons, et traiter les signalements',
  'house.kept_ties_long':
    "Jusqu'à ce que vous les retiriez ; événements 3 heures, signalements 30 jours au plus ; supprimé avec votre compte",
  'house.kept_passkeys': "Votre code de secours, scellé par vos clés d'accès, si vous en avez créé",
  'house.kept_passkeys_why': 'Pour revenir quand tous les appareils sont perdus',
  'house.kept_passkeys_long': "Jusqu'au remplacement ; supprimé avec votre compte",
  'house.kept_stays': 'Les salons où vous étiez et où les voix portent la marque contre les fuites',
  'house.kept_stays_why': 'Pour retrouver la source d’un enregistrement divulgué',
  'house.kept_stays_long': {
    one: '{n} jour après la fin du salon, même sans votre compte',
    other: '{n} jours après la fin du salon, même sans votre compte',
  },
  'house.kept_stays_never': 'Pas du tout : ce club ne retrace rien',
  'house.kept_places': "Tant qu'un salon vit : sa scène, les mains levées et qui en a été retiré",
  'house.kept_places_why': "Pour qu'un redémarrage du serveur n'y mette pas fin",
  'house.kept_places_long': "Jusqu'à la fin du salon",
  'house.kept_memory': 'En mémoire seulement : qui est dans quel salon, les titres, les adresses réseau',
  'house.kept_memory_why': 'Pour faire fonctionner les salons',
  'house.kept_memory_long': "Jusqu'à la fin du salon, ou votre départ",
  'house.kept_never':
    'Jamais : le son, les messages, numéros de téléphone, adresses e-mail, contacts, mots de passe, cookies.',
  'version.title': 'Cette application',
  'version.text':
    "L'empreinte de l'Aparté que ce navigateur conserve, calculée ici à partir de chacun de ses fichiers. Deux personnes qui comparent les leurs voient si elles ont la même ; qui la construit à partir de ses sources obtient la même aussi.",
  'version.none':
    "Ce navigateur ne conserve pas de copie d'Aparté, il n'y a donc rien à comparer : chaque démarrage prend ce que le serveur donne.",
  'version.past':
    'Cette fenêtre a été rechargée en contournant la copie : ce qui y tourne vient directement du serveur. Fermez-la et rouvrez Aparté.',
  'version.hash': 'Empreinte de cette application',
  'version.key': "Clé qui l'a signée",
  'version.since': 'Ici depuis le {date}.',
  'version.signed': 'Elle est signée : seul ce que la même clé signe la remplace.',
  'version.unsigned':
    "Elle n'est pas signée : une nouvelle version la remplace au prochain démarrage, si elle est entière.",
  'version.limit':
    "La première visite a fait confiance au serveur, et un serveur peut échanger la partie du navigateur qui vérifie. Comparer avec quelqu'un par un autre moyen protège contre cela.",
  'version.offered': 'Empreinte de ce qui a été proposé',
  'version.refused': 'Une nouvelle version a été proposée, et refusée.',
  'version.why_altered':
    "Elle n'est pas entière : {file} n'est pas le fichier qui a été construit. Ce que vous avez continue. Soit une mise à jour est à moitié faite, soit quelqu'un l'a modifiée.",
  'version.why_unsigned': "La vôtre est signée, et la nouvelle ne l'est pas. Ce que vous avez continue.",
  'version.why_other_key': 'Elle est signée par une autre clé que la vôtre. Ce que vous avez continue.',
  'version.lost':
    "Si la personne qui gère le club a perdu la clé, elle peut vous le dire, mais pas par ce serveur. Demandez par un autre moyen, et comparez l'empreinte de ce qui a été proposé.",
  'version.more': 'Voir que faire',
  'version.anyway': 'Utiliser quand même la nouvelle version',
  'version.anyway_ask': "Utiliser une version que votre clé n'a pas signée ?",
  'version.anyway_text':
    "Qui l'a faite pourra entendre tout ce que vous direz et entendrez ensuite. Ne le faites que si la personne qui gère le club vous l'a demandé, et a nommé cette empreinte :",
  'version.replaced_title': "La partie d'Aparté qui garde les mises à jour a été échangée.",
  'version.replaced':
    "Qui signe cette application n'a pas signé cela. Ne parlez pas ici, ne redémarrez pas, et interrogez par un autre moyen la personne qui gère le club.",
};
