// The words of sound: the check, the devices, what may be wrong.

import type { Text } from './text.ts';

export const enSound = {
  'sound.title': 'Sound',
  'sound.hear': 'What you hear',
  'sound.speaker': 'Speakers',
  'sound.system': 'The one your system uses',
  'sound.device': 'Device {n}',
  'sound.play': 'Play a chord',
  'sound.playing': 'Playing…',
  'sound.did_you': 'Did you hear it?',
  'sound.yes': 'Yes',
  'sound.no': 'No',
  'sound.heard': 'Then you will hear the rooms too.',
  'sound.not_heard':
    'Turn the volume up, and switch a phone out of silent mode. If headphones are connected, the sound may be there: choose another device and try again.',
  'sound.mic': 'What others hear',
  'sound.microphone': 'Microphone',
  'sound.test_mic': 'Test the microphone',
  'sound.test_stop': 'Stop the test',
  'sound.test_text': 'Nobody hears the test. Your browser asks for the microphone.',
  'sound.level': 'Level of the microphone',
  'sound.say_something': 'Say something.',
  'sound.hears_you': 'The microphone hears you.',
  'sound.echo': 'Cancel echo',
  'sound.echo_hint': 'Off only with headphones: else others hear themselves.',
  'sound.noise': 'Suppress noise',
  'sound.gain': 'Set the microphone level for me',
  'sound.ptt': 'Push to talk',
  'sound.ptt_hint': 'The microphone is live while you hold its button or the key.',
  'sound.levelling': 'Even out loud voices',
  'sound.levelling_hint': 'Loud people are turned down a little, for you alone.',
  'sound.mono': 'Play in mono',
  'sound.mono_hint': 'Both ears hear everything. From the next room you enter.',
  'sound.captions': 'Captions',
  'sound.captions_text':
    'Your system can write down what you hear: turn on live captions in the settings of Android, iOS, macOS, Windows or Chrome. They are made on your device, for you alone. Aparté has none of its own, so that no words leave it.',
  'sound.debug': 'Something is wrong with the sound',

  'sound.debug_title': 'What is wrong with the sound?',
  'sound.looking': 'Listening for some seconds…',
  'sound.again': 'Look again',
  'sound.all_well': 'All is well.',
  'sound.no_room': 'You are in no room. Enter one and look again, or try the sound check.',
  'sound.path_none':
    'There is no connection for sound. If it does not come back by itself, leave and enter again.',
  'sound.path_slow': 'The connection is slow: {ms} ms there and back. Words come late.',
  'sound.path_tcp':
    'Your network lets no UDP through, so the sound comes by TCP: {ms} ms there and back. It may stutter when the network is busy.',
  'sound.path_udp': 'The connection is good: {ms} ms there and back.',
  'sound.blocked':
    'Your browser waits for a tap before it plays sound. Go back to the room and press "Tap to listen".',
  'sound.turned_down': 'You have turned these people down to nothing, or muted them for yourself: {names}.',
  'sound.nobody': 'Everybody on stage is muted, so there is nothing to hear.',
  'sound.no_packets':
    'Somebody has the microphone on, and nothing of it arrives. They may be silent, or their connection is gone.',
  'sound.key_missing':
    'Sound arrives, but we have no key for it. A host has to hand it to us: wait a little, or enter again.',
  'sound.refused': 'Sound arrived that was not made by the people of this room. We did not play it.',
  'sound.lost': '{n}% of the sound is lost on the way. Try another network, or come closer to the Wi-Fi.',
  'sound.concealed':
    '{n}% of what you hear is made up because it comes late. Try another network, or come closer to the Wi-Fi.',
  'sound.hearing': 'Sound arrives, is decrypted and played.',
  'sound.muted': 'You are muted. Nothing of you is sent.',
  'sound.held_back': 'Your sound is held back until the keys of the room are in order.',
  'sound.mic_silent':
    'Your microphone is on, and hears nothing at all. Is it switched off, or another one chosen?',
  'sound.not_sent': 'Your microphone hears you, but nothing is sent. Press Mute, then Unmute.',
  'sound.send_key': 'Your sound cannot be encrypted yet, so it is not sent. Wait a little, or enter again.',
  'sound.speaking': 'Your microphone hears you, and your sound is encrypted and sent.',

  'person.mute_for_me': 'Mute for me',
  'person.mute_for_me_hint': 'You alone hear them no more, here and in other rooms. They are not told.',
  'person.hear': 'Hear again',
  'person.hear_hint': 'You have muted them for yourself. Others hear them.',
  'person.unheard': 'muted for you',

  'open.sound': 'What for',
  'open.voice': 'Talking',
  'open.voice_hint': 'Echo and noise are taken out.',
  'open.music': 'Music',
  'open.music_hint': 'Stereo and untouched, three times the data. Speakers should wear headphones.',
} satisfies Record<string, Text>;
