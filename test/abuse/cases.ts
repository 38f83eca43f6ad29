// The abuse cases: what an attacker does, and the control that proves the test of it: one protection taken away
// (src/base/without.h on the server, web/src/e2ee/weakness.ts in the client) must make the test fail.

import type { Weakness } from '../../web/src/e2ee/weakness.ts';

export type Control = { without: string } | { weakness: Weakness } | { set: string; to: string };

export interface Case {
  id: string;
  title: string;
  controls: Control[];
  planted?: true; // no protection to take away: the test plants what it looks for, and has to find it
  browser?: string[]; // tests of test/browser that play a part of the case
  web?: string[]; // and of web/test
  open?: string; // a part of the case that there is nothing to test for yet
}

export interface NotYet {
  id: string;
  title: string;
  notYet: string;
}

const weak = (...names: Weakness[]): Control[] => names.map((weakness) => ({ weakness }));
const without = (...names: string[]): Control[] => names.map((name) => ({ without: name }));

export const CASES: (Case | NotYet)[] = [
  { id: 'A1', title: 'relay bot: one account in several rooms', controls: without('one-room') },
  {
    id: 'A2',
    title: 'a grant, hello or join copied to another browser',
    controls: without('dtls-fingerprint', 'hello-signature'),
  },
  { id: 'A3', title: 'a patched client ignores its removal', controls: without('media-drop') },
  { id: 'A4', title: 'the same identity twice in one room', controls: without('one-room') },
  { id: 'A5', title: 'guessed or stale ICE credentials', controls: without('stun-password', 'media-drop') },
  { id: 'A6', title: 'a banned member tries every door', controls: without('ban', 'media-drop') },
  { id: 'A7', title: "a page on another origin uses the member's browser", controls: without('origin') },
  { id: 'A8', title: 'an anonymous visitor looks around', controls: without('hall-members') },
  { id: 'A9', title: 'a member enumerates rooms', controls: without('picked') },
  { id: 'A10', title: "events of somebody else's room", controls: without('picked') },
  {
    id: 'A11',
    title: 'leaving on one device while another stays',
    controls: without('one-room', 'media-drop'),
  },
  { id: 'A12', title: 'a muted or removed speaker sends on', controls: without('speak') },
  { id: 'A13', title: 'a hidden participant', controls: weak('roster unchecked') },
  { id: 'A14', title: 'a crash or a dead network leaves nobody behind', controls: without('patience') },
  { id: 'A15', title: 'a removed member keeps the ciphertext', controls: weak('dirty bucket kept') },
  {
    id: 'A16',
    title: 'a late joiner has recorded ciphertext',
    controls: weak('no generation ratchet', 'no wrap ratchet'),
  },
  { id: 'A17', title: "the server swaps a member's key", controls: weak('leaf unchecked') },
  {
    id: 'A18',
    title: 'a client without encryption, or a server that switches it off',
    controls: weak('plain frames'),
  },
  { id: 'A19', title: 'a passive observer on the wire', controls: without('random-names') },
  {
    id: 'A20',
    title: 'who talks, from what a network sees',
    controls: [...weak('padding left out', 'silence left out', 'level left in'), ...without('constant')],
  },
  { id: 'A21', title: "another one's network address", controls: [], planted: true },
  {
    id: 'A22',
    title: 'the operator, as root, taps the server',
    controls: weak('wraps in the clear'),
    browser: ['tap.test.ts'],
  },
  {
    id: 'A23',
    title: 'profile scraping with a valid account',
    controls: without('profile-budget', 'kept-budget', 'officers'),
  },
  {
    id: 'A24',
    title: 'contact matching, and oracles of who is a member',
    controls: without('look-signature'),
  },
  {
    id: 'A25',
    title: 'one invitation, fifty at once; expired and withdrawn ones',
    controls: without('single-use'),
  },
  { id: 'A26', title: 'first-run takeover', controls: without('setup-link') },
  { id: 'A27', title: 'abuse of the invitation tree', controls: without('invite-quota', 'hold') },
  { id: 'A28', title: 'a rogue moderator', controls: without('rank', 'removals') },
  { id: 'A29', title: 'power by being first, last or inside', controls: without('opener', 'lock') },
  { id: 'A30', title: 'spam by hand, chat and reaction', controls: without('pace', 'hands-off', 'ban') },
  { id: 'A31', title: 'a report without a recording, and false ones', controls: without('report-readers') },
  {
    id: 'A32',
    title: 'audio in a file, a log or a dump',
    controls: [{ set: 'APARTE_TEST_TAP', to: 'tap' }, ...without('locked-memory', 'closed-calls')],
  },
  {
    id: 'A33',
    title: 'a recording of a room is asked for',
    controls: [{ set: 'APARTE_TEST_TAP', to: 'tap' }],
    web: ['test/state-recording.test.ts'],
  },
  { id: 'A34', title: 'what a listener can do all the same is said', controls: [], planted: true },
  { id: 'A35', title: 'a blocked person looks for the room, or the block', controls: without('block') },
  { id: 'A36', title: 'a flood of packets, and nonsense of every kind', controls: without('rtp-pace') },
  { id: 'A37', title: 'reflection and amplification', controls: without('stun-password') },
  {
    id: 'A38',
    title: 'TURN as an open proxy',
    notYet: 'there is no TURN server: media come over UDP or TCP to ours',
  },
  {
    id: 'A39',
    title: 'markup, bidi and pictures in names and titles',
    controls: without('text'),
  },
  {
    id: 'A40',
    title: 'an altered client',
    controls: weak('bundle unchecked', 'release key unpinned'),
  },
  {
    id: 'A41',
    title: 'what the log tells',
    controls: without('quiet-log'),
    open: 'metrics and web hooks: there are none',
  },
  { id: 'A42', title: 'what a deleted account leaves behind', controls: without('erase'), open: 'backups' },
  { id: 'A43', title: 'rights of the audience', controls: without('moderator') },
  {
    id: 'A44',
    title: 'a lost device is signed out',
    controls: without('device-revoke'),
  },
];
