// The incident, replayed: `make relay-bot`. One member account, scripted, without a screen, tries to be what a relay was:
// in several rooms at once, unseen, lent to other browsers and other origins, there after a kick. It says step by step
// what stops it, and what it can still do. What the steps mean: docs/threat-model.md, "The incident".

import { request } from 'node:http';
import { utf8 } from '../../web/src/base/bytes.ts';
import { Frames } from '../../web/src/e2ee/frames.ts';
import { Adversary } from '../../web/test/relay.ts';
import { Club, type Media, opensFrame, type Player, pause } from './club.ts';

let failures = 0;

/** One step: what the bot tries, whether it works, and what stops it. */
function step(attempt: string, worked: boolean, expected: boolean, why: string): void {
  const good = worked === expected;
  if (!good) failures++;
  console.log(
    `${good ? '    ' : 'BAD '}${worked ? 'WORKS  ' : 'STOPPED'}  ${attempt}\n                 ${why}`,
  );
}

const code = (request: Promise<unknown>): Promise<string> =>
  request.then(
    () => '',
    (error: { code?: string }) => error.code ?? String(error),
  );

const hears = async (club: Club, who: Player): Promise<boolean> => {
  await pause(1500);
  return Date.now() - (await club.heardAt(who)) < 1000;
};

/** A socket as a page of that origin would open it. */
async function handshake(club: Club, origin: string): Promise<number> {
  return new Promise((resolve) => {
    const headers = {
      connection: 'Upgrade',
      upgrade: 'websocket',
      origin,
      'sec-websocket-version': '13',
      'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA==',
      'sec-websocket-protocol': 'aparte.v1',
    };
    const ask = request({ host: 'localhost', port: club.server.port, path: '/ws', headers });
    ask.on('response', (reply) => resolve(reply.statusCode ?? 0));
    ask.on('upgrade', (reply, socket) => {
      socket.destroy();
      resolve(reply.statusCode ?? 0);
    });
    ask.on('error', () => resolve(0));
    ask.end();
  });
}

async function evening(club: Club): Promise<void> {
  const { founder } = club;
  const archive = founder.archive();
  const one = await club.evening('Room one');
  const host = await club.member('Host');
  const two = (await host.open('Room two')).room;
  await host.join(two);
  await host.ask('room.mute', { muted: false });
  club.guests.say(host.guest);
  const closed = (await host.open('Closed', [])).room;

  const bot = await club.member('Bot');
  const [second, third] = [await bot.again(), await bot.again()];

  await bot.join(one);
  step(
    'listen to one room, as a member who came in',
    await hears(club, bot),
    true,
    'it is in the list of the room, under its name, for everybody to see',
  );
  await founder.keyed(2);
  const seen = founder.bench.state?.hearers;
  step(
    'sit there unseen',
    seen !== 2,
    false,
    'whoever is in the list of keys is in the list on the screen: the header commits to it',
  );

  await second.join(two);
  const [first, other] = [await hears(club, bot), await hears(club, second)];
  step(
    'listen to a second room at the same time',
    first && other,
    false,
    'the first presence ends when the second begins, where packets are forwarded',
  );
  step(
    'listen to a room that is closed',
    (await code(third.join(closed))) === '',
    false,
    'not found: the same answer as for a room that never was',
  );

  const lent = await club.machine('127.20.0.0');
  await third.join(one, { connect: false });
  for (let i = 0; i <= third.guest; i++) lent.terms();
  lent.come(third.media as Media, third.guest);
  await pause(3000);
  step(
    'hand its media session to another browser',
    (await lent.heard()).connected[third.guest] === true,
    false,
    'DTLS accepts the one certificate that was announced over the signed socket',
  );

  const visitor = await club.visitor();
  const sig = await bot.bench.device.hello(`localhost:${club.server.port}`, 'A'.repeat(43));
  const { account, device } = bot.bench.device;
  const hello = { account, device, sig, log: { size: 0, head: 'A'.repeat(43) } };
  step(
    'hand its session to another browser',
    (await code(visitor.ask('hello', hello))) === '',
    false,
    'a hello signs the challenge of one socket, with a key that leaves no browser',
  );
  step(
    'serve it from a web page of its own',
    (await handshake(club, 'https://relay.example')) === 101,
    false,
    'the WebSocket takes pages of this origin only; there is no cookie and no token',
  );

  await third.join(one);
  await founder.keyed(2);
  const voice = await founder.frames();
  const ear = await third.frames();
  await pause(500);
  const word = await voice.encrypt(utf8('a word in the room it is visibly in'));
  const plain = word ? await ear.decrypt(0, word.slice()) : null;
  step(
    'record the one room that it is visibly in, and play it elsewhere',
    plain !== null,
    true,
    'whoever hears can record: nothing prevents that. Tracing names the account (docs/tracing.md)',
  );

  await founder.remove(third, one, founder);
  await pause(1500);
  step(
    'stay after a kick, with a client that ignores it',
    (await club.datagrams(third, 3000)) > 0,
    false,
    'the server forgets its keys and its place; not even its checks are answered',
  );
  step(
    'come back this evening, by any session',
    (await code(bot.join(one))) === '',
    false,
    'the removal is of the account, not of the session',
  );
  const late = await voice.encrypt(utf8('said after the kick'));
  const pair = third.bench.pair;
  const secrets = pair ? await new Adversary({ pair }).opens({ room: one, archive }) : new Map();
  step(
    'decrypt what goes on, if somebody records the ciphertext for it',
    late !== null && (await opensFrame(archive, secrets, late)),
    false,
    'the key changed when it left, and was not sealed to it',
  );
  const deaf = new Frames(Date.now, () => {});
  step(
    'have the server switch the encryption off for it',
    (await deaf.encrypt(utf8('x'))) !== null,
    false,
    'a client without a key sends nothing: there is no plain mode',
  );

  await founder.bench.ban(bot.account);
  await pause(500);
  step(
    'come back after a ban, with another session of the account',
    (await code(bot.again())) === '',
    false,
    'banned: account and devices, for good',
  );
  step(
    'come back as somebody else',
    (await code(club.redeem(await host.bench.invite(), 'Bot II'))) === '',
    true,
    'if another member invites it: the invitation chain says who',
  );
  visitor.close();
}

const club = await Club.found();
try {
  await evening(club);
} finally {
  await club.close();
}
console.log(failures === 0 ? 'All as documented.' : `${failures} steps went otherwise.`);
process.exit(failures === 0 ? 0 : 1);
