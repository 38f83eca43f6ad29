// Every i18n key that the client's state may put into a notice, and the only place where an error code of
// docs/protocol.md (or one of the client's own) becomes a key. Both languages must have all of them.

// The server's codes, then the client's own.
export const ERROR_CODES = [
  'malformed',
  'unsupported',
  'too_large',
  'unknown_request',
  'bad_signature',
  'replayed',
  'out_of_state',
  'not_authenticated',
  'wrong_origin',
  'not_found',
  'forbidden',
  'banned',
  'removed',
  'not_in_room',
  'unknown_account',
  'invite_unknown',
  'invite_used',
  'invite_expired',
  'invite_revoked',
  'invite_quota',
  'room_full',
  'room_locked',
  'hands_off',
  'stage_full',
  'mics_full', // a sensitive room carries four
  'server_full',
  'stale_header',
  'bad_name',
  'bad_title',
  'bad_text',
  'bad_time',
  'too_many', // as many of these as one may have
  'held', // an admin has to look at the account first
  'second_needed', // so many removals need a second admin
  'too_early', // the time to object is not over
  'device_limit',
  'budget', // so many people were looked up today
  'bad_handle',
  'handle_taken',
  'bad_pronouns',
  'bad_bio',
  'bad_picture',
  'other_log', // the server has another member log than we
  'suite_needed', // the room's keys are post-quantum, and ours are not
  'empty_text', // nothing that could be seen
  'no_key_yet', // the room's keys are not here, or in doubt
  'recording_stands', // somebody asks, or records, already
  'no_recorder', // this browser cannot record
  'silenced', // a moderator took chat and reactions from us
  'rate_limited',
  'busy',
  'store_failed',
  'internal',
  'offline', // no connection to the server
  'timeout', // the server did not answer
  'bad_reply', // the server's answer is not understood
  'wrong_club', // the server's founder is not the one of our link
  'log_shrunk', // the server's member log lost records that we had seen
  'log_forked', // the server shows another member log than before
  'no_keys', // this browser could not make or keep its keys
  'no_media', // this browser could not set up its audio connection
  'mic_denied',
  'mic_missing',
  'no_sound', // this browser could not play
  'no_passkey', // no passkey that can keep a secret, or it was not used
  'part_missing', // a part of the client could not be loaded
  'words_differ', // somebody stands between two devices
] as const;

export const MOST_PEOPLE = 10_000; // LIMIT_PEOPLE_PER_ROOM of the server, and {n} of error.room_full

export type ErrorCode = (typeof ERROR_CODES)[number];
export type ErrorKey = `error.${ErrorCode}`;

export const NOTICE_KEYS = [
  'notice.guest', // {name} accepted your invitation
  'notice.on_stage', // you are on stage, muted
  'notice.to_audience',
  'notice.muted_by', // {name} muted you
  'notice.not_now', // {name} lowered your hand
  'notice.hands_down', // {name} lowered all hands, ours with them
  'notice.moderator', // {name} made you a moderator of this room
  'notice.no_moderator', // {name} took that back
  'notice.declined', // {name} does not come to the stage
  'notice.space', // there is a place in {room} again
  'notice.space_untitled',
  'notice.event_soon', // {title} starts in {n} minutes
  'notice.event_soon_private',
  'notice.silenced', // in the chat
  'notice.unsilenced',
  'notice.mic_ended',
  'notice.mics_full', // in a sensitive room, while we were away
  'notice.unmarked', // this browser cannot mark our voice
  'notice.out_removed', // {name}: who did it, may be ''
  'notice.out_banned',
  'notice.out_ended',
  'notice.out_lost',
] as const;

export type NoticeKey = (typeof NOTICE_KEYS)[number];

const known = new Set<string>(ERROR_CODES);

// A server may say anything; the screens have sentences for these.
export function errorCode(code: string): ErrorCode {
  return known.has(code) ? (code as ErrorCode) : 'internal';
}

export const errorKey = (code: string): ErrorKey => `error.${errorCode(code)}`;

export const KEYS: readonly string[] = [...ERROR_CODES.map(errorKey), ...NOTICE_KEYS];
