import type { enSound } from './en-sound.ts';
import type { SameAs } from './text.ts';

export const frSound: SameAs<typeof enSound> = {
  'sound.title': 'Son',
  'sound.hear': 'Ce que vous entendez',
  'sound.speaker': 'Haut-parleurs',
  'sound.system': 'Celui de votre système',
  'sound.device': 'Appareil {n}',
  'sound.play': 'Jouer un accord',
  'sound.playing': 'Lecture…',
  'sound.did_you': "L'avez-vous entendu ?",
  'sound.yes': 'Oui',
  'sound.no': 'Non',
  'sound.heard': 'Alors vous entendrez aussi les salons.',
  'sound.not_heard':
    'Montez le volume et désactivez le mode silencieux du téléphone. Si un casque est connecté, le son y est peut-être : choisissez un autre appareil et réessayez.',
  'sound.mic': 'Ce que les autres entendent',
  'sound.microphone': 'Micro',
  'sound.test_mic': 'Essayer le micro',
  'sound.test_stop': "Arrêter l'essai",
  'sound.test_text': "Personne n'entend l'essai. Votre navigateur demande le micro.",
  'sound.level': 'Niveau du micro',
  'sound.say_something': 'Dites quelque chose.',
  'sound.hears_you': 'Le micro vous entend.',
  'sound.echo': "Supprimer l'écho",
  'sound.echo_hint': "À désactiver seulement avec un casque : sinon les autres s'entendent eux-mêmes.",
  'sound.noise': 'Réduire le bruit',
  'sound.gain': 'Régler le niveau du micro pour moi',
  'sound.ptt': 'Appuyer pour parler',
  'sound.ptt_hint': 'Le micro est ouvert tant que vous maintenez son bouton ou la touche.',
  'sound.levelling': 'Atténuer les voix fortes',
  'sound.levelling_hint': 'Les personnes qui parlent fort sont un peu baissées, pour vous seulement.',
  'sound.mono': 'Écouter en mono',
  'sound.mono_hint': 'Les deux oreilles entendent tout. À partir du prochain salon où vous entrez.',
  'sound.captions': 'Sous-titres',
  'sound.captions_text':
    "Votre système peut écrire ce que vous entendez : activez les sous-titres instantanés dans les réglages d'Android, iOS, macOS, Windows ou Chrome. Ils sont produits sur votre appareil, pour vous seulement. Aparté n'en produit pas, afin qu'aucun mot n'en sorte.",
  'sound.debug': 'Il y a un problème de son',

  'sound.debug_title': "D'où vient le problème de son ?",
  'sound.looking': 'Écoute pendant quelques secondes…',
  'sound.again': 'Regarder à nouveau',
  'sound.all_well': 'Tout va bien.',
  'sound.no_room':
    "Vous n'êtes dans aucun salon. Entrez dans un salon et regardez à nouveau, ou faites l'essai du son.",
  'sound.path_none':
    "Il n'y a pas de connexion pour le son. Si elle ne revient pas d'elle-même, partez et entrez à nouveau.",
  'sound.path_slow': 'La connexion est lente : {ms} ms aller et retour. Les mots arrivent en retard.',
  'sound.path_tcp':
    "Votre réseau ne laisse pas passer l'UDP, le son arrive donc en TCP : {ms} ms aller et retour. Il peut être haché quand le réseau est chargé.",
  'sound.path_udp': 'La connexion est bonne : {ms} ms aller et retour.',
  'sound.blocked':
    'Votre navigateur attend que vous touchiez la page pour jouer du son. Retournez dans le salon et choisissez « Touchez pour écouter ».',
  'sound.turned_down': 'Vous avez baissé ces personnes à zéro, ou choisi de ne plus les entendre : {names}.',
  'sound.nobody': "Tous les micros de la scène sont coupés, il n'y a donc rien à entendre.",
  'sound.no_packets':
    "Quelqu'un a le micro ouvert et rien n'en arrive. Cette personne se tait peut-être, ou sa connexion est perdue.",
  'sound.key_missing':
    "Du son arrive, mais nous n'en avons pas la clé. Un hôte doit nous la remettre : patientez un peu, ou entrez à nouveau.",
  'sound.refused': "Du son est arrivé qui ne vient pas des personnes de ce salon. Nous ne l'avons pas joué.",
  'sound.lost': '{n} % du son se perd en chemin. Essayez un autre réseau, ou rapprochez-vous du Wi-Fi.',
  'sound.concealed':
    '{n} % de ce que vous entendez est reconstitué parce que le son arrive trop tard. Essayez un autre réseau, ou rapprochez-vous du Wi-Fi.',
  'sound.hearing': 'Le son arrive, il est déchiffré et joué.',
  'sound.muted': "Votre micro est coupé. Rien de vous n'est envoyé.",
  'sound.held_back': "Votre son est retenu jusqu'à ce que les clés du salon soient en ordre.",
  'sound.mic_silent':
    "Votre micro est ouvert et n'entend rien du tout. Est-il éteint, ou un autre est-il choisi ?",
  'sound.not_sent': "Votre micro vous entend, mais rien n'est envoyé. Coupez-le, puis rouvrez-le.",
  'sound.send_key':
    "Votre son ne peut pas encore être chiffré, il n'est donc pas envoyé. Patientez un peu, ou entrez à nouveau.",
  'sound.speaking': 'Votre micro vous entend, et votre son est chiffré et envoyé.',

  'person.mute_for_me': 'Ne plus entendre',
  'person.mute_for_me_hint':
    "Pour vous seulement, ici et dans les autres salons. La personne n'en sait rien.",
  'person.hear': 'Entendre à nouveau',
  'person.hear_hint': "Vous avez choisi de ne plus l'entendre. Les autres l'entendent.",
  'person.unheard': 'coupé pour vous',

  'open.sound': 'Pour quoi faire',
  'open.voice': 'Parler',
  'open.voice_hint': "L'écho et le bruit sont supprimés.",
  'open.music': 'Écouter de la musique',
  'open.music_hint':
    'En stéréo et sans retouche, trois fois plus de données. Sur scène, un casque est conseillé.',
};
