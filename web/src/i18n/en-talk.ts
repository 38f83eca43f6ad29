// The words of talking without speaking: chat, reactions, the pinned line, the consent to record.

import type { Text } from './text.ts';

export const enTalk = {
  'talk.title': 'Chat',
  'talk.log': 'Messages',
  'talk.empty': 'Nothing has been written since you came.',
  'talk.gone':
    'End-to-end encrypted with the room’s key. You see what is written from your arrival on, and it is gone with the room.',
  'talk.field': 'Message',
  'talk.send': 'Send',
  'talk.left': { one: '{n} character left', other: '{n} characters left' },
  'talk.silent': 'A host has asked you to pause in the chat. You can go on listening, and raise your hand.',
  'talk.sending': 'Sending…',
  'talk.retry': 'Send again',
  'talk.drop': 'Discard',
  'talk.remove': 'Remove',
  'talk.remove_of': 'Remove the message of {name}',
  'talk.removed_author': 'Taken back by {name}',
  'talk.removed_host': 'Removed by a host',
  'talk.you': 'You',
  'talk.link_ask': 'Open {host}?',
  'talk.link_text':
    'This leads out of the club. The site will see your network address and that you came; nothing of it was loaded so far.',
  'talk.link_plain': 'This link is not encrypted: others on your network can read along.',
  'talk.link_open': 'Open',
  'talk.missing': 'The chat could not be loaded. It is tried again when you come back to the room.',

  'react.title': 'React',
  'react.hint': 'It shows at your picture for a moment, for everyone in the room.',
  'react.clap': 'Applause',
  'react.heart': 'Heart',
  'react.laugh': 'Laughter',
  'react.yes': 'I agree',
  'react.wonder': 'I wonder',

  'pin.label': 'Pinned',
  'pin.change': 'Pin a line',
  'pin.title': 'Pinned line',
  'pin.field': 'A line or a link for everyone',
  'pin.hint': 'It stands above the room, also for those who come later. It is encrypted like the chat.',
  'pin.set': 'Pin it',
  'pin.take': 'Take it down',

  'person.silence': 'Pause in the chat',
  'person.unsilence': 'Let chat again',
  'person.is_silent': 'Paused in the chat',

  'record.open': 'Record, if everyone agrees',
  'record.title': 'Record this conversation',
  'record.text':
    'Everyone on stage is asked. Recording starts only when all have agreed, pauses for anyone who comes up until they agree too, and stops as soon as one takes it back. Everyone in the room sees and hears that it runs.',
  'record.own':
    'It is recorded on your device alone, and saved there when it ends. The server holds nothing.',
  'record.honest': 'This cannot prevent somebody from recording in secret on a device of their own.',
  'record.ask': 'Ask everyone on stage',
  'record.asking':
    '{name} asks to record this conversation on their own device. It starts only if everyone on stage agrees.',
  'record.asking_mine': 'You have asked to record.',
  'record.waiting': 'Still to agree: {names}',
  'record.running': '{name} is recording, with the consent of everyone on stage.',
  'record.running_mine': 'You are recording, with the consent of everyone on stage.',
  'record.paused': 'The recording of {name} is paused.',
  'record.paused_mine': 'Your recording is paused.',
  'record.over': 'The recording is over.',
  'record.yes': 'I agree',
  'record.no': 'No',
  'record.withdraw': 'I don’t agree any more',
  'record.stop': 'Stop recording',
  'record.withdraw_ask': 'Never mind',
  'record.wronged':
    '{name}’s device says that you agreed, but you did not. Do not speak if you do not want to be recorded.',
} as const satisfies Record<string, Text>;
