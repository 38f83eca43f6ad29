// The words of the admin page.

import type { Text } from './text.ts';

export const enAdmin = {
  'admin.title': 'The server',
  'admin.elsewhere': 'Reports, moderation, leaks',
  'admin.look_up': 'Look up',
  'admin.more': 'Show more',
  'admin.done': 'Done.',

  'admin.alerts': 'Alerts',
  'admin.alerts_none': 'Nothing to tell.',
  'admin.alerts_text':
    'The same is told once a day. An alert names an account, never what it looked at, and is deleted after 30 days.',
  'admin.alert_budget': '{name} has used up the {n} profiles of a day',
  'admin.alert_budget_hint':
    'Somebody, or a script, may be collecting the members. Ask them, or hold the account.',
  'admin.alert_moves': '{name} came in elsewhere {n} times in one day',
  'admin.alert_moves_hint': 'Each time another session of theirs ended. Scripts that share an account do so.',
  'admin.alert_fingerprint': 'A connection showed another certificate than was announced for it',
  'admin.alert_fingerprint_hint':
    'It was refused. A network that meddles, or somebody with copied credentials.',
  'admin.alert_stray': 'Somebody got packets who was in no room',
  'admin.alert_stray_hint':
    'They were cut off, and could decrypt nothing. This is a fault of the server: report it.',
  'admin.alert_store_failed': 'The storage refused a change',
  'admin.alert_store_failed_hint':
    'The server logs why: a full disk, or one that fails. Nothing was acknowledged that is lost.',
  'admin.alert_store_slow': 'The storage took {n} milliseconds for a change',
  'admin.alert_store_slow_hint':
    'Everyone who changes something waits for it. The disk may be busy or failing.',
  'admin.alert_disk': '{n} MB of the disk are left',
  'admin.alert_disk_hint': 'When it is full nothing can be changed any more: make room.',

  'admin.health': 'Health',
  'admin.health_text': 'Figures of the whole server; none of them is about one person.',
  'admin.again': 'Look again',
  'admin.normal': 'This is normal.',
  'admin.look': 'Look at this.',
  'admin.running': 'Version {version}, running since {date}.',
  'admin.use_members': { one: '{n} member ever, of {most}.', other: '{n} members ever, of {most}.' },
  'admin.use_sockets': { one: '{n} connection, of {most}.', other: '{n} connections, of {most}.' },
  'admin.use_rooms': { one: '{n} room, of {most}.', other: '{n} rooms, of {most}.' },
  'admin.use_people': { one: '{n} person in rooms, of {most}.', other: '{n} people in rooms, of {most}.' },
  'admin.use_log': {
    one: '{n} record in the member log, of {most}.',
    other: '{n} records in the member log, of {most}.',
  },
  'admin.ports_answer': {
    one: 'Sound goes over UDP port {ports}: {n} connection has come through.',
    other: 'Sound goes over UDP port {ports}: {n} connections have come through.',
  },
  'admin.ports_silent':
    'Nobody has come through to UDP port {ports}, and somebody tried: a firewall may close it.',
  'admin.ports_untried': 'Sound goes over UDP port {ports}; nobody has tried it since the start.',
  'admin.busy': 'The busiest media thread uses {n} % of a core.',
  'admin.store_new': 'Nothing had to be written since the start.',
  'admin.store_written': 'Last written to the disk on {date}.',
  'admin.store_failed': {
    one: '{n} change could not be written.',
    other: '{n} changes could not be written.',
  },
  'admin.store_slow': {
    one: 'The slowest change took {n} second.',
    other: 'The slowest change took {n} seconds.',
  },
  'admin.disk': '{n} MB of {most} MB of the disk are left.',
  'admin.clock': "The server's clock and this device's agree.",
  'admin.clock_apart': {
    one: "The server's clock and this device's are {n} second apart: one of them is wrong.",
    other: "The server's clock and this device's are {n} seconds apart: one of them is wrong.",
  },
  'admin.refused': 'Refused since the start',
  'admin.refused_none': 'Nothing.',
  'admin.refused_moved': {
    one: '{n} presence ended because its account came in elsewhere.',
    other: '{n} presences ended because their account came in elsewhere.',
  },
  'admin.refused_budget': {
    one: '{n} request for more profiles than a day has.',
    other: '{n} requests for more profiles than a day has.',
  },
  'admin.refused_fingerprints': {
    one: '{n} connection with a certificate that was not announced.',
    other: '{n} connections with a certificate that was not announced.',
  },
  'admin.refused_handshakes': {
    one: '{n} encrypted connection that was not completed.',
    other: '{n} encrypted connections that were not completed.',
  },
  'admin.refused_checks': {
    one: '{n} check without the right password.',
    other: '{n} checks without the right password.',
  },
  'admin.refused_forged': {
    one: '{n} packet that was forged or came twice.',
    other: '{n} packets that were forged or came twice.',
  },
  'admin.refused_muted': {
    one: '{n} packet of somebody who may not speak.',
    other: '{n} packets of people who may not speak.',
  },
  'admin.refused_policed': {
    one: '{n} packet beyond the pace of a speaker.',
    other: '{n} packets beyond the pace of a speaker.',
  },

  'admin.invites': 'Open invitations',
  'admin.invites_open': { one: '{n} open invitation.', other: '{n} open invitations.' },
  'admin.invites_text':
    'Nobody new comes in otherwise. You can withdraw your own and those of people below you in rank; to stop a whole branch, look its member up and hold whom they brought in.',
  'admin.invite_by': 'By {name}',
  'admin.invite_held': 'held: lets nobody in',
  'admin.withdrawn': 'The invitation is withdrawn.',

  'admin.find': 'Look somebody up',
  'admin.find_label': 'Handle, account or invitation link',
  'admin.find_hint': 'The whole handle, the 22 characters of an account, or the link that somebody came by.',
  'admin.find_none': 'Nobody here goes by that.',
  'admin.no_list':
    'There is no list of members here, on purpose: a browser that was stolen would give everybody away. What you look up counts against your profiles of the day. The command line of the server has the list.',
  'admin.state_member': 'in good standing',
  'admin.state_held': 'held for review',
  'admin.state_banned': 'banned',
  'admin.state_deleted': 'deleted',
  'admin.state_superseded': 'came back as another account',
  'admin.came': 'Came on {date}, invited by {name}.',
  'admin.came_first': 'Founded the club on {date}.',
  'admin.devices': { one: '{n} device.', other: '{n} devices.' },
  'admin.unban': 'Take the ban back',
  'admin.release': 'Release',
  'admin.release_below': 'Release, and all below',
  'admin.release_all': 'Release all below',

  'admin.limits': 'Limits',
  'admin.limits_text': 'What the server bears at most. They are set in the program.',
  'admin.used': { one: '{n} in use.', other: '{n} in use.' },
  'admin.limits_people': 'People',
  'admin.limits_invites': 'Invitations',
  'admin.limits_rooms': 'Rooms',
  'admin.limits_pace': 'Pace',
  'admin.limits_kept': 'What is kept',
  'admin.limit_members': 'Accounts ever: {n}',
  'admin.limit_devices_per_member': 'Devices of one account: {n}',
  'admin.limit_chain_depth': 'Invitations between the founder and anybody: {n}',
  'admin.limit_log_records': 'Records in the member log: {n}',
  'admin.limit_invites_per_member': 'Open invitations of a member: {n}',
  'admin.limit_invites_per_admin': 'Open invitations of an admin: {n}',
  'admin.limit_invite_days': 'Days that an invitation lives: {n}',
  'admin.limit_rooms': 'Rooms at once: {n}',
  'admin.limit_people_per_room': 'People in one room: {n}',
  'admin.limit_stage': 'People on one stage: {n}',
  'admin.limit_peers_per_thread': 'People on one media thread: {n}',
  'admin.limit_messages_per_second': 'Messages a second from one connection: {n}',
  'admin.limit_chat_ms': 'Milliseconds between two chat messages: {n}',
  'admin.limit_profiles_per_day': 'Profiles of others that one account reads in a day: {n}',
  'admin.limit_removals_per_minute': 'Removals a minute without a second admin: {n}',
  'admin.limit_sockets': 'Connections at once: {n}',
  'admin.limit_sockets_per_address': 'Connections from one address: {n}',
  'admin.limit_events': 'Announced events: {n}',
  'admin.limit_reports': 'Reports that wait: {n}',
  'admin.limit_report_days': 'Days until a report is deleted: {n}',
  'admin.limit_alerts': 'Alerts: {n}',
} satisfies Record<string, Text>;
