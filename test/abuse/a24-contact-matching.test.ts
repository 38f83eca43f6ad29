// A24: somebody matches a list of people against the club: who is a member?

import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Wire } from '../../bench/wire.ts';
import { b64, random, unb64 } from '../../web/src/base/bytes.ts';
import { Invitation } from '../../web/src/identity/device.ts';
import { parseLink } from '../../web/src/identity/links.ts';
import { Club, type Player, refusal } from './club.ts';

let club: Club;
let tom: Player;
let visitor: Wire;

beforeAll(async () => {
  club = await Club.found();
  tom = await club.member('Tom');
  visitor = await club.visitor();
});

afterAll(() => {
  visitor?.close();
  return club?.close();
});

test('there is nothing to send a list of numbers, addresses or hashes to', async () => {
  const list = ['+33612345678', 'tom@example.org', b64(random(32))];
  for (const name of [
    'contacts.match',
    'contacts.upload',
    'people.find',
    'members.list',
    'search',
    'account.exists',
  ])
    for (const asker of [visitor, tom.bench.wire])
      expect(await refusal(asker.ask(name, { contacts: list })), name).toBe('unknown_request');
  for (const path of ['/api/contacts', '/contacts', '/match', '/ws', '/']) {
    const reply = await fetch(club.server.origin + path, { method: 'POST', body: JSON.stringify(list) });
    expect(reply.status, path).toBe(405);
  }
});

test('an invitation is talked about with nobody who has only seen its public half', async () => {
  const link = await club.founder.bench.invite();
  const parsed = await parseLink(link);
  if (!parsed || parsed === 'mistyped' || parsed.kind === 'device') throw new Error('a bad link');
  const { invite } = await Invitation.open(parsed);
  for (const key of [invite, b64(random(32))])
    expect(await refusal(visitor.ask('invite.look', { invite: key, sig: b64(random(64)) }))).toBe(
      'bad_signature',
    );
});

test('recovery and passkeys say the same of a member and of nobody', async () => {
  const answers = async (name: string, members: object[]) => {
    const texts: string[] = [];
    for (const one of members) texts.push(await visitor.ask(name, one).then(JSON.stringify, JSON.stringify));
    return new Set(texts).size;
  };
  const keys = [random(32), unb64(tom.account, 16), random(16)].map((bytes) =>
    b64(bytes as Uint8Array<ArrayBuffer>),
  );
  const looks = [b64(random(32)), b64(random(32))].map((key) => ({ key, sig: b64(random(64)) }));
  expect(await answers('recovery.look', looks)).toBe(1);
  expect(
    await answers(
      'passkey.look',
      keys.map((credential) => ({ credential })),
    ),
  ).toBe(1);
});
