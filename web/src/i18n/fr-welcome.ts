import type { enWelcome } from './en-welcome.ts';
import type { SameAs } from './text.ts';

export const frWelcome: SameAs<typeof enWelcome> = {
  'welcome.title': 'Bienvenue, {name}',
  'welcome.text':
    "Trois petites choses, si vous voulez : une image, un essai du son, Aparté comme application. Les salons n'attendent pas.",
  'welcome.no': 'Non merci',
  'welcome.yes': 'Commencer',
  'welcome.sheet': 'Pour commencer',
  'welcome.step': '{n} sur {of} :',
  'welcome.picture': 'Votre image',
  'welcome.sound': 'Nous entendez-vous ?',
  'welcome.sound_text':
    'Un accord se joue sur cet appareil. Votre micro reste coupé : il est demandé quand vous parlez pour la première fois.',
  'welcome.back': 'Retour',
  'welcome.next': 'Continuer',
  'welcome.done': 'Terminé',

  'install.title': 'Aparté comme application',
  'install.text':
    "Aparté reçoit une icône et une fenêtre à lui. C'est le même : il ne conserve rien de plus et ne vous demande rien de plus.",
  'install.yes': 'Installer',
  'install.installed': "C'est installé : vous y êtes.",
  'install.ios_share': 'Touchez Partager dans la barre du navigateur.',
  'install.ios_add': "Choisissez « Sur l'écran d'accueil », puis Ajouter.",
  'install.mac_file': 'Ouvrez le menu Fichier de Safari.',
  'install.mac_add': 'Choisissez « Ajouter au Dock… », puis Ajouter.',
  'install.apart':
    "Votre clé reste dans ce navigateur. Derrière l'icône, Aparté commence comme un nouvel appareil : choisissez-y « Utiliser mon compte depuis un autre appareil », et ajoutez-le ici sous Vous, Appareils.",
  'install.menu': 'Ouvrez le menu du navigateur.',
  'install.android_add': "Choisissez « Installer », ou « Ajouter à l'écran d'accueil ».",
  'install.menu_add':
    'Cherchez « Installer », dans certains navigateurs sous « Applications » ou « Partager ».',
  'install.none':
    "Ce navigateur n'installe pas de pages web. Un signet fait aussi l'affaire : tout fonctionne de la même façon.",
};
