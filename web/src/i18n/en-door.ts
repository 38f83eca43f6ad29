// The words of the door: an invitation, none, an unfit browser.

import type { Text } from './text.ts';

export const enDoor = {
  'unsupported.title': 'This browser cannot keep a room private',
  'unsupported.missing':
    'It lacks {missing}, which the encryption needs. There is no unencrypted mode to fall back to.',
  'unsupported.https':
    'Browsers give the microphone and the encryption to secure pages only. Open this page with https://, or as localhost.',
  'unsupported.try': 'Please open this page in a current Chrome, Edge, Firefox or Safari.',
  'stranger.title': 'By invitation only',
  'stranger.text':
    'One gets in here through a link from a member. If you know one, ask them to send you an invitation.',
  'stranger.device':
    'Already a member? Then open this page in the browser where you joined: your key lives there, and nowhere else.',

  'invite.checking': 'Looking at your invitation…',
  'invite.valid': '{name} invites you to {club}',
  'invite.founder': 'Welcome to your new club',
  'invite.founder_text':
    'This link makes you the founder of {club}. It works once. Everybody else comes in by invitation.',
  'invite.promise_lock': 'End-to-end encrypted',
  'invite.promise_lock_text':
    'The people you see in a room are exactly the people who can hear it. The server is not one of them.',
  'invite.promise_record': 'Never recorded',
  'invite.promise_record_text':
    'There is no recorder here, and no audio is ever stored. A listener could still record on their own device.',
  'invite.promise_nothing': 'Nothing to give away',
  'invite.promise_nothing_text':
    'No phone number, no e-mail, no password, no contacts. A name of your choice is enough.',
  'invite.name': 'Your name',
  'invite.name_hint': 'As people here know you. Everyone in a room with you sees it.',
  'invite.name_missing': 'Please tell us your name.',
  'invite.join': 'Join',
  'invite.joining': 'Making your key…',
  'invite.key': 'Your key is made in this browser and never leaves it.',
  'invite.used': 'This invitation was already used.',
  'invite.used_text': 'Each one works once. If it was not you, tell {name}, and ask for a new one.',
  'invite.expired': 'This invitation has expired. Ask {name} for a new one.',
  'invite.expired_text': 'Invitations are kept short, so that a forgotten link lets nobody in.',
  'invite.revoked': 'This invitation was withdrawn.',
  'invite.revoked_text': '{name} took it back. If that surprises you, ask them.',
  'invite.unknown': 'Nobody here made this invitation.',
  'invite.unknown_text': 'Perhaps it belongs to another club. Ask the person who sent it to you.',
  'invite.mistyped': 'This link is not complete.',
  'invite.mistyped_text':
    'A part of it was lost on the way. Copy the whole link once more and open it again.',
  'invite.member_already': 'You are a member already.',
  'invite.member_already_text': 'Your invitation was not needed and still works: give it to somebody else.',
  'invite.offline': 'We cannot reach the server.',
  'invite.offline_text': 'Your invitation is safe. We keep trying, as soon as you are back online.',
  'invite.full': 'The server is full.',
  'invite.full_text': 'It lets nobody in just now. Your invitation is safe: try again in a moment.',
  'invite.someone': 'the person who sent it',
  'invite.to_hall': 'Go to the hallway',
} as const satisfies Record<string, Text>;
