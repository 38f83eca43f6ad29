// What founder and admins see of the club and its server: part of messages.ts.

import type { ClubRole, Face, Id, Key } from './messages.ts';

export interface OpenInvite {
  invite: Key;
  author: Face;
  time: number;
  expires: number;
  held: boolean; // its author is held for review: it lets nobody in meanwhile
  may_revoke: boolean; // by us
}

export interface Account {
  account: Id;
  name: string;
  handle?: string;
  role: ClubRole;
  state: 'member' | 'held' | 'banned' | 'deleted' | 'superseded';
  n: number;
  devices: number;
  invites: number; // open ones
  time: number; // came then
  inviter?: Face; // absent: the founder
}

export type AlertKind = 'budget' | 'moves' | 'fingerprint' | 'stray' | 'store_failed' | 'store_slow' | 'disk';
export interface Alert {
  n: number; // rises with every one
  kind: AlertKind;
  time: number;
  count: number;
  about?: Face;
}

export interface Health {
  version: string;
  since: number;
  now: number; // by the server's clock
  members: number;
  sessions: number;
  sockets: number;
  rooms: number;
  people: number;
  invites: number;
  log_size: number;
  store: { written?: number; failed: number; slowest_ms: number; waiting: number };
  disk?: { left: number; whole: number }; // bytes
  media: { port: number; threads: number; peers: number; busy: number; up: number }; // busy: thousandths
  refused: Record<Refused, number>; // since the start
  limits: Record<LimitName, number>;
}
export const REFUSED = [
  'moved',
  'budget',
  'fingerprints',
  'handshakes',
  'checks',
  'forged',
  'muted',
  'policed',
] as const;
export type Refused = (typeof REFUSED)[number];
export const LIMITS = [
  'members',
  'sockets',
  'sockets_per_address',
  'rooms',
  'people_per_room',
  'stage',
  'peers_per_thread',
  'invites_per_member',
  'invites_per_admin',
  'invite_days',
  'chain_depth',
  'devices_per_member',
  'profiles_per_day',
  'removals_per_minute',
  'messages_per_second',
  'chat_ms',
  'events',
  'reports',
  'report_days',
  'alerts',
  'log_records',
] as const;
export type LimitName = (typeof LIMITS)[number];
