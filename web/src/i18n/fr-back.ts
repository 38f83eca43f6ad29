import type { enBack } from './en-back.ts';
import type { SameAs } from './text.ts';

export const frBack: SameAs<typeof enBack> = {
  'stranger.add': 'Utiliser mon compte depuis un autre appareil',
  'stranger.recover': "J'ai un code de secours ou une clé d'accès",

  'devices.words': "Voyez-vous les mêmes six mots sur l'autre appareil ?",
  'devices.words_text': "Si un seul diffère, quelqu'un s'est glissé entre les deux : refusez.",
  'devices.same': 'Ce sont les mêmes',
  'devices.differ': 'Ils diffèrent',

  'pair.title': 'Ajouter cet appareil à votre compte',
  'pair.text':
    'Sur un appareil déjà connecté : Vous, Appareils, Ajouter un appareil. Lisez-y cette image, ou saisissez le code.',
  'pair.qr': 'Code à lire avec votre autre appareil',
  'pair.code': 'Code',
  'pair.waiting': 'En attente de votre autre appareil…',
  'pair.expired': 'Le code a expiré.',
  'pair.again': 'Obtenir un nouveau code',
  'pair.adding': 'Ajout de cet appareil…',
  'pair.back': 'Retour',

  'recover.title': 'Retrouver votre compte',
  'recover.code': 'Code de secours',
  'recover.code_hint': '28 caractères ; majuscules, espaces et tirets sont sans importance.',
  'recover.look': 'Continuer',
  'recover.passkey': "Utiliser une clé d'accès",
  'recover.looking': 'Recherche de votre compte…',
  'recover.found': 'Bon retour, {name}.',
  'recover.found_text':
    'Ce navigateur devient un appareil de votre compte. Passez ensuite vos appareils en revue et révoquez ceux que vous avez perdus.',
  'recover.yes': 'Revenir',
  'recover.unknown': "Ce code n'appartient à aucun compte ici.",
  'recover.mistyped': 'Un caractère du code est faux.',
  'recover.nothing':
    "Pas de code non plus ? Demandez une nouvelle invitation à la personne qui vous a invité : avec l'administration, elle peut vous rendre votre place.",
};
