// The words of the ways back in: from another device, by a code on paper or a passkey.

import type { Text } from './text.ts';

export const enBack = {
  'stranger.add': 'Use my account from another device',
  'stranger.recover': 'I have a recovery code or a passkey',

  'devices.words': 'Do you see the same six words on the other device?',
  'devices.words_text': 'If only one differs, somebody stands in between: refuse.',
  'devices.same': 'They are the same',
  'devices.differ': 'They differ',

  'pair.title': 'Add this device to your account',
  'pair.text':
    'On a device that is already in: You, Devices, Add a device. Scan this picture there, or type the code.',
  'pair.qr': 'Code to scan with your other device',
  'pair.code': 'Code',
  'pair.waiting': 'Waiting for your other device…',
  'pair.expired': 'The code has expired.',
  'pair.again': 'Get a new code',
  'pair.adding': 'Adding this device…',
  'pair.back': 'Back',

  'recover.title': 'Come back to your account',
  'recover.code': 'Recovery code',
  'recover.code_hint': '28 characters; capitals, spaces and dashes do not matter.',
  'recover.look': 'Go on',
  'recover.passkey': 'Use a passkey',
  'recover.looking': 'Looking for your account…',
  'recover.found': 'Welcome back, {name}.',
  'recover.found_text':
    'This browser becomes a device of your account. Look through your devices afterwards, and revoke those you lost.',
  'recover.yes': 'Come back',
  'recover.unknown': 'This code belongs to no account here.',
  'recover.mistyped': 'A character of the code is wrong.',
  'recover.nothing':
    'No code either? Ask the person who invited you for a new invitation: together with an admin they can give you your place back.',
} satisfies Record<string, Text>;
