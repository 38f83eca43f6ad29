// What is wrong with a room's keys, in a sentence.

import { t } from '../i18n/translate.ts';
import type { RoomView } from '../state/model.ts';

export function troubleText(trouble: RoomView['trouble'], name: string | null): string {
  switch (trouble) {
    case 'signature':
      return name ? t('lock.signature_who', { name }) : t('lock.signature');
    case 'chain':
      return name ? t('lock.chain_who', { name }) : t('lock.chain');
    case 'roster':
      return t('lock.roster_bad');
    case 'order':
      return t('lock.order');
    case 'suite':
      return t('lock.suite');
    case 'fork':
      return t('lock.fork');
    case 'secret':
      return t('lock.secret');
    default:
      return name ? t('lock.bad_who', { name }) : t('lock.bad');
  }
}
