// A41: what the log tells, after an evening at the most talkative level.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { b64, concat, random } from '../../web/src/base/bytes.ts';
import { Club, type Player, pause, refusal } from './club.ts';

const HOUR = 3_600_000;

let club: Club;
let tom: Player;
const secrets = new Map<string, string>(); // what must not be told, by what it is

beforeAll(async () => {
  club = await Club.found({ APARTE_LOG: 'debug', APARTE_NAME: 'Club of the quiet log' });
  const { founder } = club;
  const room = await club.evening('A title for nobody');
  const link = await founder.bench.invite();
  tom = await club.redeem(link, 'Thomas Rarename');
  await tom.ask('profile.set', { handle: 'rare_handle', bio: 'A bio that nobody else has' });
  await tom.join(room, { guests: await club.machine('127.77.66.55') });
  await tom.ask('room.hand', { up: true });
  await founder.ask('room.bring', { account: tom.account });
  await tom.ask('room.mute', { muted: false });
  await founder.ask('room.title', { title: 'Another title for nobody' });
  await refusal(tom.ask('room.end', {}));
  await refusal(tom.join('A'.repeat(22)));
  await founder.ask('people.follow', { account: tom.account, on: true });
  const party = {
    title: 'A party for nobody',
    start: Date.now() + HOUR,
    sensitive: false,
    who: 'everyone',
  } as const;
  await founder.ask('event.new', party);
  const said = b64(concat(new Uint8Array(1), random(288))); // of no version that there is
  await refusal(tom.ask('room.say', { room, data: said }));
  await founder.remove(tom, room, founder);
  await founder.bench.ban(tom.account);
  await refusal(tom.again());
  // And strangers, with whatever they bring: a device to be added, an invitation that was used, paths and headers.
  const stranger = await club.visitor();
  const { code } = await stranger.ask('pair.open', { key: b64(random(32)) });
  await refusal(stranger.ask('rarerequest', {}));
  await refusal(club.redeem(link, 'Latecomer Rarename'));
  const headers = { 'user-agent': 'Raregent/1.0', cookie: 'rarecookie=1', 'x-forwarded-for': '203.0.113.77' };
  for (const path of [`/r/${room}`, '/rarepath', '/ws'])
    await (await fetch(club.server.origin + path, { headers })).text();
  await pause(500);
  for (const [what, text] of Object.entries({
    name: 'Rarename',
    title: 'for nobody',
    club: 'quiet log',
    handle: 'rare_handle',
    bio: 'nobody else',
    address: '127.77.66',
    link: new URL(link).hash.slice(1, 41),
    room,
    account: tom.account,
    device: tom.bench.device.device,
    founder: founder.account,
    code: String(code),
    said: said.slice(0, 40),
    request: 'rarerequest',
    path: 'rarepath',
    agent: 'Raregent',
    cookie: 'rarecookie',
    forwarded: '203.0.113',
    user: String(tom.media?.ufrag),
    password: String(tom.media?.pwd),
  }))
    secrets.set(what, text);
});

afterAll(() => club?.close());

test('no name, title, id, address, link or password', () => {
  const log = club.server.log.replace(club.server.founderLink, ''); // for the owner of the console
  expect(log, 'control: it was recorded').toContain('Listening on');
  for (const [what, text] of secrets) {
    expect(log, what).not.toContain(text);
    expect(log, `${what}, in hex`).not.toContain(Buffer.from(text, 'base64url').toString('hex').slice(0, 24));
  }
});

test('there is no endpoint that counts people or rooms for strangers', async () => {
  for (const path of ['/healthz', '/readyz']) {
    const text = await (await fetch(club.server.origin + path)).text();
    expect(text.length, path).toBeLessThan(40);
    for (const [what, secret] of secrets) expect(text, what).not.toContain(secret);
  }
  for (const path of ['/metrics', '/stats', '/debug'])
    expect((await fetch(club.server.origin + path)).status).toBe(404);
});
