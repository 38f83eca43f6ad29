import type { enDoor } from './en-door.ts';
import type { SameAs } from './text.ts';

export const frDoor: SameAs<typeof enDoor> = {
  'unsupported.title': 'Ce navigateur ne peut pas garder un salon privé',
  'unsupported.missing':
    "Il lui manque {missing}, nécessaire au chiffrement. Il n'existe pas de mode non chiffré.",
  'unsupported.https':
    'Les navigateurs réservent le micro et le chiffrement aux pages sécurisées. Ouvrez cette page en https://, ou comme localhost.',
  'unsupported.try': 'Ouvrez cette page avec une version récente de Chrome, Edge, Firefox ou Safari.',
  'stranger.title': 'Sur invitation seulement',
  'stranger.text':
    "On entre ici grâce au lien d'un membre. Si vous en connaissez un, demandez-lui une invitation.",
  'stranger.device':
    "Vous êtes déjà membre ? Ouvrez cette page dans le navigateur où vous vous êtes inscrit : votre clé s'y trouve, et nulle part ailleurs.",

  'invite.checking': 'Lecture de votre invitation…',
  'invite.valid': '{name} vous invite à rejoindre {club}',
  'invite.founder': 'Bienvenue dans votre nouveau club',
  'invite.founder_text':
    "Ce lien fait de vous la personne fondatrice de {club}. Il ne sert qu'une fois. Les autres entreront sur invitation.",
  'invite.promise_lock': 'Chiffré de bout en bout',
  'invite.promise_lock_text':
    "Les personnes que vous voyez dans un salon sont exactement celles qui l'entendent. Le serveur n'en fait pas partie.",
  'invite.promise_record': 'Jamais enregistré',
  'invite.promise_record_text':
    "Il n'y a pas d'enregistreur ici, et aucun son n'est conservé. Un auditeur peut toutefois enregistrer avec son appareil.",
  'invite.promise_nothing': 'Rien à livrer',
  'invite.promise_nothing_text':
    'Ni téléphone, ni e-mail, ni mot de passe, ni contacts. Le nom de votre choix suffit.',
  'invite.name': 'Votre nom',
  'invite.name_hint': 'Celui sous lequel on vous connaît. Les personnes de vos salons le voient.',
  'invite.name_missing': 'Indiquez votre nom.',
  'invite.join': 'Rejoindre',
  'invite.joining': 'Création de votre clé…',
  'invite.key': 'Votre clé est créée dans ce navigateur et ne le quitte jamais.',
  'invite.used': 'Cette invitation a déjà servi.',
  'invite.used_text':
    "Chacune ne sert qu'une fois. Si ce n'était pas vous, dites-le à {name} et demandez-en une autre.",
  'invite.expired': 'Cette invitation a expiré. Demandez-en une autre à {name}.',
  'invite.expired_text': "Les invitations sont brèves : un lien oublié n'ouvre à personne.",
  'invite.revoked': 'Cette invitation a été retirée.',
  'invite.revoked_text': '{name} a repris son invitation. Si cela vous étonne, parlez-en ensemble.',
  'invite.unknown': "Personne ici n'a fait cette invitation.",
  'invite.unknown_text': "Elle vient peut-être d'un autre club. Demandez à la personne qui vous l'a envoyée.",
  'invite.mistyped': 'Ce lien est incomplet.',
  'invite.mistyped_text': "Une partie s'est perdue en route. Copiez de nouveau le lien entier et ouvrez-le.",
  'invite.member_already': 'Vous êtes déjà membre.',
  'invite.member_already_text':
    "Votre invitation n'a pas été utilisée : elle peut servir à quelqu'un d'autre.",
  'invite.offline': 'Le serveur est injoignable.',
  'invite.offline_text': "Votre invitation n'est pas perdue. Nous réessayons dès que vous êtes en ligne.",
  'invite.full': 'Le serveur est plein.',
  'invite.full_text':
    "Il ne laisse entrer personne pour l'instant. Votre invitation n'est pas perdue : réessayez dans un moment.",
  'invite.someone': "la personne qui vous l'a envoyée",
  'invite.to_hall': 'Aller dans le hall',
};
