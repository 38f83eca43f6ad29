// A43: what somebody in the audience may do: listen, raise a hand, write, leave. Every request of the protocol is tried.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { Club, type Player } from './club.ts';
import { sampleRequests } from './requests.ts';

// What moderates, keys, speaks or administers; the code is what the audience is told.
const NEVER: Record<string, string> = {
  'admin.alerts': 'forbidden',
  'admin.find': 'forbidden',
  'admin.health': 'forbidden',
  'admin.invites': 'forbidden',
  'claim.list': 'forbidden',
  'mod.list': 'forbidden',
  'operator.export': 'forbidden',
  'operator.members': 'forbidden',
  'operator.stats': 'forbidden',
  'operator.trace': 'forbidden',
  'report.close': 'forbidden',
  'report.list': 'forbidden',
  'room.answer': 'out_of_state', // nobody has called them
  'room.beat': '*',
  'room.bring': 'forbidden',
  'room.end': 'forbidden',
  'room.hands': 'forbidden',
  'room.kem': 'forbidden',
  'room.keys': '*',
  'room.lock': 'forbidden',
  'room.lower': 'forbidden',
  'room.lower_all': 'forbidden',
  'room.mute': 'out_of_state',
  'room.mute_other': 'forbidden',
  'room.pin': 'forbidden',
  'room.readmit': 'forbidden',
  'room.remove': '*', // a record that they cannot sign: see A28
  'room.role': 'forbidden',
  'room.seals': '*',
  'room.send_back': 'forbidden',
  'room.silence': 'forbidden',
  'room.tags': '*',
  'room.title': 'forbidden',
  'room.twin': '*',
};
// What every member may do with what is their own, and what the audience is there for.
const THEIRS =
  /^(account|club|invite|recovery|pair|passkey|profile|people|event|device|chain|log|trace)\.|^(hello|report|claim\.open|room\.(open|join|leave|hand|say|react|note|ping|path|knock))$/;

let club: Club;
let tom: Player;
let zoe: Player;
let room = '';

beforeAll(async () => {
  club = await Club.found();
  room = await club.evening();
  tom = await club.guest('Tom', room);
  zoe = await club.guest('Zoé', room);
  await zoe.ask('room.hand', { up: true });
  await club.founder.keyed(3);
});

afterAll(() => club?.close());

test('every request is either theirs or refused, and none was forgotten here', () => {
  const unknown = [...sampleRequests().keys()].filter((name) => !(name in NEVER) && !THEIRS.test(name));
  expect(unknown).toEqual([]);
  expect(Object.keys(NEVER).filter((name) => THEIRS.test(name))).toEqual([]);
});

test.each(Object.entries(NEVER))('%s is refused', async (name, code) => {
  const sample = sampleRequests().get(name);
  expect(sample, 'there is a sample').toBeDefined();
  const { id: _, do: __, ...members }: Record<string, unknown> = { ...sample };
  if ('room' in members) members.room = room;
  if ('account' in members) members.account = zoe.account;
  if (name === 'room.pin') members.data = pin();
  const outcome = await tom.bench.wire.ask(name, members).then(
    () => 'done',
    (error: { code: string }) => error.code,
  );
  if (code === '*') expect(outcome).not.toBe('done');
  else expect(outcome).toBe(code);
});

/** A pinned line under the key that is in force. */
function pin(): string {
  const bytes = Buffer.alloc(289, 7);
  bytes[0] = 1;
  bytes.writeUInt32BE(club.founder.bench.state?.epoch.counter ?? 0, 1);
  return bytes.toString('base64url');
}

test('what they are there for works', async () => {
  await tom.ask('room.hand', { up: true });
  await tom.ask('room.hand', { up: false });
  await tom.ask('room.leave', {});
});
