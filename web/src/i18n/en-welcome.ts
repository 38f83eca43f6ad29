// The words for who has just joined, and of Aparté as an app.

import type { Text } from './text.ts';

export const enWelcome = {
  'welcome.title': 'Welcome, {name}',
  'welcome.text':
    'Three small things, if you like: a picture, a sound check, Aparté as an app. Rooms do not wait for them.',
  'welcome.no': 'No, thanks',
  'welcome.yes': 'Begin',
  'welcome.sheet': 'Getting settled',
  'welcome.step': '{n} of {of}:',
  'welcome.picture': 'Your picture',
  'welcome.sound': 'Can you hear us?',
  'welcome.sound_text':
    'A chord plays on this device. Your microphone stays off: it is asked for when you first speak.',
  'welcome.back': 'Back',
  'welcome.next': 'Go on',
  'welcome.done': 'Done',

  'install.title': 'Aparté as an app',
  'install.text':
    'It gets an icon and a window of its own. It is the same Aparté: it stores nothing more and asks you for nothing more.',
  'install.yes': 'Install',
  'install.installed': 'It is installed: you are looking at it.',
  'install.ios_share': 'Press Share in the bar of the browser.',
  'install.ios_add': 'Choose “Add to Home Screen”, then Add.',
  'install.mac_file': 'Open the File menu of Safari.',
  'install.mac_add': 'Choose “Add to Dock…”, then Add.',
  'install.apart':
    'Your key stays in this browser. Behind the icon Aparté starts as a new device: choose “Use my account from another device” there, and add it here under You, Devices.',
  'install.menu': 'Open the menu of the browser.',
  'install.android_add': 'Choose “Install”, or “Add to Home screen”.',
  'install.menu_add': 'Look for “Install”, in some browsers under “Apps” or “Share”.',
  'install.none': 'This browser installs no web pages. A bookmark does as well: everything works the same.',
} satisfies Record<string, Text>;
