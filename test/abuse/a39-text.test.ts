// A39: names, titles and pictures that are more than they seem.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { b64, utf8 } from '../../web/src/base/bytes.ts';
import { Club, type Player, refusal } from './club.ts';

const BAD = [
  'Tom\u202Egpj.exe', // turns what follows round
  'To\u2066m',
  'Tom\u0007',
  'Tom\nInès',
  '\u200B\u200B', // nothing that can be seen
  '   ',
  'x'.repeat(41),
  '\uE000', // private use
];

let club: Club;
let tom: Player;

beforeAll(async () => {
  club = await Club.found();
  tom = await club.member('Tom');
});

afterAll(() => club?.close());

test('a name that reorders, hides or fakes what stands beside it is refused, at the door and later', async () => {
  for (const name of BAD) {
    const link = await club.founder.bench.invite();
    expect(await refusal(club.redeem(link, name)), JSON.stringify(name)).toBe('bad_name');
    expect(await refusal(tom.ask('profile.set', { name })), JSON.stringify(name)).toBe('bad_name');
  }
});

test('so are titles, pronouns, bios and handles', async () => {
  for (const text of BAD.slice(0, 4)) {
    expect(await refusal(tom.open(text))).toBe('bad_title');
    expect(await refusal(tom.ask('profile.set', { bio: text }))).toBe('bad_bio');
    expect(await refusal(tom.ask('profile.set', { pronouns: text }))).toBe('bad_pronouns');
  }
  for (const handle of ['Tom', 'tom!', 'tоm', 'a', 'x'.repeat(21), '../tom'])
    expect(await refusal(tom.ask('profile.set', { handle })), handle).toBe('bad_handle');
});

test('a picture that could carry a script is none', async () => {
  for (const picture of [
    '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    'GIF89a',
    '<html>',
    'https://x',
  ])
    expect(await refusal(tom.ask('profile.set', { picture: b64(utf8(picture)) })), picture).toBe(
      'bad_picture',
    );
});

test('every page is served under a policy that runs and loads nothing from elsewhere', async () => {
  for (const path of ['/', '/r/x', '/nothing']) {
    const reply = await fetch(club.server.origin + path);
    const policy = reply.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toMatch(/https?:|\*|unsafe-inline|'unsafe-eval'/);
    expect(reply.headers.get('x-content-type-options')).toBe('nosniff');
  }
});
