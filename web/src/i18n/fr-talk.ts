import type { enTalk } from './en-talk.ts';
import type { SameAs } from './text.ts';

export const frTalk: SameAs<typeof enTalk> = {
  'talk.title': 'Discussion',
  'talk.log': 'Messages',
  'talk.empty': "Rien n'a été écrit depuis votre arrivée.",
  'talk.gone':
    "Chiffré de bout en bout avec la clé du salon. Vous voyez ce qui s'écrit à partir de votre arrivée, et tout disparaît avec le salon.",
  'talk.field': 'Message',
  'talk.send': 'Envoyer',
  'talk.left': { one: '{n} caractère restant', other: '{n} caractères restants' },
  'talk.silent':
    'Un hôte vous a demandé de faire une pause dans la discussion. Vous pouvez continuer à écouter et lever la main.',
  'talk.sending': 'Envoi…',
  'talk.retry': 'Renvoyer',
  'talk.drop': 'Abandonner',
  'talk.remove': 'Retirer',
  'talk.remove_of': 'Retirer le message de {name}',
  'talk.removed_author': 'Repris par {name}',
  'talk.removed_host': 'Retiré par un hôte',
  'talk.you': 'Vous',
  'talk.link_ask': 'Ouvrir {host} ?',
  'talk.link_text':
    "Ce lien mène hors du club. Le site verra votre adresse réseau et votre visite ; rien n'en a été chargé jusqu'ici.",
  'talk.link_plain': "Ce lien n'est pas chiffré : d'autres sur votre réseau peuvent lire ce qui passe.",
  'talk.link_open': 'Ouvrir',
  'talk.missing':
    "La discussion n'a pas pu être chargée. Un nouvel essai aura lieu quand vous reviendrez dans le salon.",

  'react.title': 'Réagir',
  'react.hint': 'La réaction apparaît un instant sur votre image, pour tout le salon.',
  'react.clap': 'Bravo',
  'react.heart': 'Cœur',
  'react.laugh': 'Rire',
  'react.yes': "D'accord",
  'react.wonder': 'Je me demande',

  'pin.label': 'Épinglé',
  'pin.change': 'Épingler une ligne',
  'pin.title': 'Ligne épinglée',
  'pin.field': 'Une ligne ou un lien pour tout le monde',
  'pin.hint':
    'Elle reste en haut du salon, aussi pour ceux qui arrivent plus tard. Elle est chiffrée comme la discussion.',
  'pin.set': 'Épingler',
  'pin.take': "Retirer l'épingle",

  'person.silence': 'Mettre en pause dans la discussion',
  'person.unsilence': 'Laisser écrire à nouveau',
  'person.is_silent': 'En pause dans la discussion',

  'record.open': "Enregistrer, si tout le monde est d'accord",
  'record.title': 'Enregistrer cette conversation',
  'record.text':
    "Chaque personne sur scène est consultée. L'enregistrement ne commence que si toutes ont accepté, s'interrompt quand quelqu'un monte sur scène jusqu'à son accord, et s'arrête dès que l'une revient sur le sien. Tout le salon voit et entend qu'il est en cours.",
  'record.own':
    "L'enregistrement se fait sur votre appareil seulement, et y est sauvegardé à la fin. Le serveur ne garde rien.",
  'record.honest':
    "Cela ne peut pas empêcher quelqu'un d'enregistrer en secret avec un appareil qui lui appartient.",
  'record.ask': 'Demander à la scène',
  'record.asking':
    "{name} demande à enregistrer cette conversation sur son propre appareil. Cela ne commence que si toute la scène est d'accord.",
  'record.asking_mine': 'Vous avez demandé à enregistrer.',
  'record.waiting': 'Accords attendus : {names}',
  'record.running': "{name} enregistre, avec l'accord de toute la scène.",
  'record.running_mine': "Vous enregistrez, avec l'accord de toute la scène.",
  'record.paused': "L'enregistrement de {name} est en pause.",
  'record.paused_mine': 'Votre enregistrement est en pause.',
  'record.over': "L'enregistrement est terminé.",
  'record.yes': "Je suis d'accord",
  'record.no': 'Non',
  'record.withdraw': "Je ne suis plus d'accord",
  'record.stop': "Arrêter l'enregistrement",
  'record.withdraw_ask': 'Renoncer',
  'record.wronged':
    "L'appareil de {name} affirme que vous avez accepté, ce qui n'est pas le cas. Ne parlez pas si vous ne voulez pas être enregistré.",
};
