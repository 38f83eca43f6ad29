// The words of tracing a leak.

import type { Text } from './text.ts';

export const enTrace = {
  'lock.trace_yes':
    'A leak of this room can be traced. Each listener hears every voice with a mark of their own, which no ear notices; from a recording, two admins together can find out whose it was. The operator alone cannot. For that the server remembers for some weeks who was in the room when, and nothing of what was said.',
  'lock.trace_few': 'A leak of this room cannot be traced: fewer than two admins take part.',
  'lock.trace_music': 'A leak of this room cannot be traced: music goes out in stereo, without a mark.',
  'lock.trace_off': 'A leak of this room cannot be traced: this server keeps nothing for it.',
  'lock.unmarked': 'Your own voice is not marked here: this browser cannot.',
  'lock.unmarked_who': 'The voice of {name} comes without a mark: a leak of what they say cannot be traced.',

  'me.trace': 'A leak',
  'mod.trace_release': '{by} released a share for a trace',
  'trace.what':
    'A recording of a room has turned up somewhere? It can tell whose ears it came from, because each listener hears every voice with a mark of their own. It takes two people, and everyone in the club sees that they looked.',
  'trace.proof':
    'A result is a reason to talk and to act here. It names an account, not a person, and is no proof in court.',
  'trace.holders': 'Who can help with a trace',
  'trace.holders_none': 'Nobody yet.',
  'trace.holders_few': 'It takes two. Until then no room is marked.',
  'trace.mine': 'This device takes part.',
  'trace.take_part': 'Take part with this device',
  'trace.take_part_text':
    'This browser makes a key that never leaves it. From then on the devices of all who speak seal a share for it. Two shares are needed; yours alone says nothing.',
  'trace.rooms': 'Rooms that can still be traced',
  'trace.rooms_none': 'None.',
  'trace.untitled': 'A room without a title',
  'trace.voices': { one: '{n} voice', other: '{n} voices' },
  'trace.released': 'Share released by {names}',
  'trace.release': 'Release my share',
  'trace.release_ask': 'Release your share for this room?',
  'trace.release_text':
    'Everyone in the club can see in the member log that you did. It serves for this room alone, and only together with the share of a second person.',
  'trace.file': 'Your share',
  'trace.file_text':
    'Give this file to whoever runs the server, with the recording. Once there is a second one, they start:',
  'trace.file_save': 'Save the file',
  'trace.file_voices': {
    one: 'It has the share of {n} voice.',
    other: 'It has the shares of {n} voices.',
  },
  'trace.file_refused': {
    one: '{n} voice is not in it: it was not meant for this device, or is not what its speaker signed.',
    other:
      '{n} voices are not in it: they were not meant for this device, or are not what their speakers signed.',
  },
  'trace.done': 'Done',
  'trace.result': 'From the result to the account',
  'trace.account': 'Account in the report',
  'trace.account_hint': 'The 22 characters beside the name.',
  'trace.account_bad': 'That is not an account of this club.',
  'trace.find': 'Show',
  'trace.invited_by': 'Invited by {names}',
} satisfies Record<string, Text>;
