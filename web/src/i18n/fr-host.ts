import type { enHost } from './en-host.ts';
import type { SameAs } from './text.ts';

export const frHost: SameAs<typeof enHost> = {
  'host.title': 'Modérer ce salon',
  'host.lock': 'Verrouiller le salon',
  'host.unlock': 'Déverrouiller le salon',
  'host.lock_hint':
    "Personne d'autre n'entre, sauf sur invitation de la modération. Chaque personne présente est vérifiée à nouveau.",
  'host.locked_hint': 'Le salon est verrouillé. Les personnes que vous invitez peuvent encore entrer.',
  'host.hands': 'Qui peut lever la main ?',
  'host.hands_everyone': 'Tout le monde',
  'host.hands_followed': 'Les personnes que suit la scène',
  'host.hands_are_followed': 'Ici lèvent la main les personnes que suit la scène.',
  'host.hands_off': 'Personne',
  'host.title_save': 'Enregistrer',
  'host.title_saved': 'Tout le monde voit le nouveau titre.',
  'host.not_now': 'Pas maintenant',
  'host.lower': 'Pas maintenant : baisser la main',
  'host.lower_all': 'Baisser toutes les mains',
  'host.make': 'Confier la modération',
  'host.unmake': 'Retirer la modération',
  'host.lay_down': 'Ne plus modérer',
  'host.departed': { one: '{n} personne est partie', other: '{n} personnes sont parties' },
  'host.keep_out': 'Ne plus laisser entrer ce soir',
  'host.kept_out': '{name} ne peut plus entrer dans ce salon ce soir.',
  'ping.text': 'Les personnes que vous avez croisées ici. Elles le voient si elles sont en ligne.',
  'ping.text_locked':
    'Les personnes que vous avez croisées ici. Celles que vous invitez peuvent entrer malgré le verrou.',
  'ping.nobody':
    "Toutes les personnes que vous avez croisées sont ici, ou vous n'avez encore croisé personne.",
  'ping.ask': 'Inviter',
  'ping.again': 'Inviter encore',
  'ping.sent': "L'invitation est partie pour {name}.",
  'ping.cannot': "{name} ne peut pas entrer dans ce salon pour l'instant.",
  'ping.asks': '{name} vous invite dans « {room} ».',
  'ping.asks_untitled': '{name} vous invite dans un salon.',
  'ping.enter': 'Entrer',
  'alike.label': "le nom ressemble à celui d'une autre personne",
  'alike.text':
    "Une autre personne, ici ou déjà croisée, porte un nom qui ressemble à celui-ci. Voyez qui l'a invitée.",
  'full.room': 'Le salon est plein ({n}).',
  'full.room_text':
    "Nous vous préviendrons dès qu'une place se libère. En attendant, vous pouvez faire un tour.",
  'full.server': 'Le serveur est plein.',
  'full.server_text':
    "Il ne laisse plus entrer personne pour l'instant, afin que l'on entende bien ceux qui sont déjà là. Réessayez dans un moment.",
  'full.place': "Une place s'est libérée",
  'full.again': 'Réessayer',
  'knock.title': 'Frapper à la porte de « {room} » ?',
  'knock.text':
    "Le salon est verrouillé. Ses modérateurs apprennent que vous aimeriez entrer. S'ils vous invitent, vous le verrez ici.",
  'knock.yes': 'Frapper',
  'knock.sent': 'Les modérateurs vous ont entendu frapper.',
  'knock.door': 'À la porte',
  'knock.heard': '{name} frappe à la porte.',
};
