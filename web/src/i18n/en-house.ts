// The words of the club's own page, and of the client that it gave.

import type { Text } from './text.ts';

export const enHouse = {
  'house.title': 'About this club',
  'house.about': 'About',
  'house.about_none': 'Whoever runs this club has not written anything about it yet.',
  'house.contact': 'Whoever runs the server can be reached at: {contact}',
  'house.contact_none':
    'Whoever runs the server has not said how to reach them. Ask the person who invited you.',
  'house.members': { one: '{n} member, since {date}.', other: '{n} members, since {date}.' },
  'house.directory':
    'There is no list of members, for anybody: you meet people in rooms. Whom you follow is a list of your own.',
  'house.rooms': 'Rooms and events',
  'house.rooms_none': 'No room is open.',
  'house.events_none': 'Nothing is announced.',
  'house.roles': 'Who looks after it',
  'house.role_founder': 'You founded this club: you make and dismiss admins, and may do all that they may.',
  'house.role_admin':
    'You are an admin: you read reports, ban, hold people for review, and moderate every room. All of it is signed and stands in the moderation log.',
  'house.role_member':
    'You are a member: you open rooms and moderate your own, invite people, and report what should not be. You answer to the founder and the admins.',
  'house.founder_unknown': 'You have not met the founder yet.',
  'house.admins_unknown': {
    one: '{n} admin whom you have not met yet.',
    other: '{n} admins whom you have not met yet.',
  },
  'house.promises': 'What holds here',
  'house.lock':
    'The lock of a room says what is true at that moment: how many hold its key, and whether something is wrong. The more people hold a key, the less of a secret it is.',
  'house.kept': 'What the server keeps',
  'house.kept_profile': 'Your name, handle, pronouns, picture and what you say about yourself',
  'house.kept_profile_why': 'So that people know who talks',
  'house.kept_profile_long': 'Until you change it; deleted with your account',
  'house.kept_records': 'Signed records: keys, invitations, devices, ranks, bans; no names',
  'house.kept_records_why': 'Membership that nobody can forge',
  'house.kept_records_long': 'As long as the club: the invitations of others hang from them',
  'house.kept_ties': 'Whom you follow and block, events you announced, reports you made',
  'house.kept_ties_why': 'To show the right people and rooms, and to act on reports',
  'house.kept_ties_long':
    'Until you undo it; events 3 hours, reports 30 days at most; deleted with your account',
  'house.kept_passkeys': 'Your recovery code, sealed under your passkeys, if you made any',
  'house.kept_passkeys_why': 'To come back after all devices are lost',
  'house.kept_passkeys_long': 'Until replaced; deleted with your account',
  'house.kept_stays': 'Rooms you were in, where voices carry the mark against leaks',
  'house.kept_stays_why': 'So that a leaked recording can be traced',
  'house.kept_stays_long': {
    one: '{n} day after the room ended, also without your account',
    other: '{n} days after the room ended, also without your account',
  },
  'house.kept_stays_never': 'Not at all: this club traces nothing',
  'house.kept_places': 'While a room lives: its stage, raised hands, and who was removed',
  'house.kept_places_why': 'So that a restart of the server does not end it',
  'house.kept_places_long': 'Until the room ends',
  'house.kept_memory': 'In memory only: who is in which room, titles, network addresses',
  'house.kept_memory_why': 'To run the rooms',
  'house.kept_memory_long': 'Until the room ends, or you leave',
  'house.kept_never': 'Never: sound, chat, phone numbers, e-mail addresses, contacts, passwords, cookies.',
  'version.title': 'This app',
  'version.text':
    'The fingerprint of the Aparté that this browser keeps, computed here from every file of it. Two people who compare theirs see whether they have the same; whoever builds it from its source gets the same, too.',
  'version.none':
    'This browser keeps no copy of Aparté, so there is nothing to compare: each start takes what the server gives.',
  'version.past':
    'This window was reloaded past the copy: what runs in it came straight from the server. Close it, and open Aparté again.',
  'version.hash': 'Fingerprint of this app',
  'version.key': 'Key that signed it',
  'version.since': 'Here since {date}.',
  'version.signed': 'It is signed: only what the same key signs replaces it.',
  'version.unsigned': 'It is not signed: a new version replaces it at the next start, if it is whole.',
  'version.limit':
    'The first visit trusted the server, and a server can exchange the part of a browser that checks. To compare with somebody over another way helps against that.',
  'version.offered': 'Fingerprint of what was offered',
  'version.refused': 'A new version was offered, and not taken.',
  'version.why_altered':
    'It is not whole: {file} is not the file that was built. What you have goes on. Either an upgrade is half done, or somebody changed it.',
  'version.why_unsigned': 'Yours is signed, and the new one is not. What you have goes on.',
  'version.why_other_key': 'It is signed by another key than yours. What you have goes on.',
  'version.lost':
    'If whoever runs the club lost the key, they can tell you so, but not through this server. Ask by another way, and compare the fingerprint of what was offered.',
  'version.more': 'See what to do',
  'version.anyway': 'Use the new version anyway',
  'version.anyway_ask': 'Use a version that your key did not sign?',
  'version.anyway_text':
    'Whoever made it can hear all that you say and hear from then on. Only do it if the person who runs the club told you so, and named this fingerprint:',
  'version.replaced_title': 'The part of Aparté that guards upgrades was exchanged.',
  'version.replaced':
    'Whoever signs this app did not sign for that. Do not speak here, do not start again, and ask the person who runs the club by another way.',
} as const satisfies Record<string, Text>;
