// A42: somebody deletes their account. What stays?

import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { b64, concat, random, utf8 } from '../../web/src/base/bytes.ts';
import { Club, type Player, refusal, until } from './club.ts';
import { contents } from './process.ts';

let club: Club;
let tom: Player;
let link = '';
let exported: Record<string, unknown> = {};

const RARE = [
  'Thomas Rarename',
  'A bio that nobody else has',
  'rare_handle',
  'xir/xirself',
  'the-picture-of-nobody',
];
const PNG = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

beforeAll(async () => {
  club = await Club.found();
  tom = await club.member('Thomas Rarename');
  const picture = b64(concat(PNG, utf8('the-picture-of-nobody'), random(500)));
  const said = { handle: 'rare_handle', pronouns: 'xir/xirself', bio: 'A bio that nobody else has' };
  await tom.ask('profile.set', { ...said, picture });
  link = await tom.bench.invite();
  exported = (await tom.ask('account.export', {})).export;
});

afterAll(() => club?.close());

/** Which of the rare texts stand in the data folder. */
function onDisk(): string[] {
  const files = contents(join(club.server.dir, 'data'));
  return RARE.filter((text) => [...files.values()].some((bytes) => bytes.includes(text)));
}

test('an export has what the privacy page lists, and nothing else', () => {
  const known =
    'account name handle pronouns bio picture role records passkeys places slips stays lookups alerts'.split(
      ' ',
    );
  expect(Object.keys(exported).filter((key) => !known.includes(key))).toEqual([]);
  expect(JSON.stringify(exported)).toContain('rare_handle');
});

test('name, bio, handle and picture are gone from the disk at once, and the session with them', async () => {
  expect(onDisk(), 'control: they were there').toEqual(RARE);
  const record = await tom.bench.device.about('deletion', tom.account, Date.now());
  await tom.append(record).catch(() => {}); // the socket may close before the answer
  await until('the socket is closed', () => tom.bench.wire.closed);
  await until('nothing is left on the disk', () => onDisk().length === 0);
});

test('nobody finds the account, comes back to it, or comes in by its invitation', async () => {
  expect((await club.founder.ask('profile.read', { accounts: [tom.account] })).profiles).toEqual([]);
  expect(await refusal(tom.again())).toBe('unknown_account');
  expect(await refusal(club.redeem(link, 'Guest'))).toBe('invite_revoked');
  const other = await club.member('Other');
  await other.ask('profile.set', { handle: 'rare_handle' });
});
