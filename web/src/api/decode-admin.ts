import {
  type Account,
  type Alert,
  type Health,
  LIMITS,
  type LimitName,
  type OpenInvite,
  REFUSED,
  type Refused,
} from './admin.ts';
import {
  big,
  bool,
  type Check,
  club,
  face,
  handle,
  hash,
  id,
  list,
  type Members,
  maybe,
  name,
  object,
  oneOf,
  text,
  u32,
} from './check.ts';
import type { Requests } from './messages.ts';

const openInvite = object<OpenInvite>({
  invite: hash,
  author: face,
  time: big,
  expires: big,
  held: bool,
  may_revoke: bool,
});
const account = object<Account>({
  account: id,
  name,
  handle: maybe(handle),
  role: club,
  state: oneOf('member', 'held', 'banned', 'deleted', 'superseded'),
  n: big,
  devices: u32,
  invites: u32,
  time: big,
  inviter: maybe(face),
});
const alert = object<Alert>({
  n: big,
  kind: oneOf('budget', 'moves', 'fingerprint', 'stray', 'store_failed', 'store_slow', 'disk'),
  time: big,
  count: u32,
  about: maybe(face),
});
const numbers = <K extends string>(names: readonly K[]): Check<Record<K, number>> =>
  object(Object.fromEntries(names.map((one) => [one, big])) as unknown as Members<Record<K, number>>);
const health = object<Health>({
  version: text(64),
  since: big,
  now: big,
  members: u32,
  sessions: u32,
  sockets: u32,
  rooms: u32,
  people: u32,
  invites: u32,
  log_size: big,
  store: object<Health['store']>({ written: maybe(big), failed: big, slowest_ms: big, waiting: u32 }),
  disk: maybe(numbers(['left', 'whole'])),
  media: numbers(['port', 'threads', 'peers', 'busy', 'up']),
  refused: numbers<Refused>(REFUSED),
  limits: numbers<LimitName>(LIMITS),
});

export const adminReplies = {
  'admin.health': health,
  'admin.invites': object<Requests['admin.invites'][1]>({
    open: u32,
    invites: list(openInvite, 200),
    next: maybe(big),
  }),
  'admin.find': object<Requests['admin.find'][1]>({ member: account }),
  'admin.alerts': object<Requests['admin.alerts'][1]>({ alerts: list(alert, 200), newest: big }),
};
