// From a ban to silence for the one who was banned, end to end over the real server: `node bench/keys-ban.ts [people]
// [suite]`. The steward, who also speaks, the banned one and another listener run the whole key machine and the
// worker's frames over their WebSockets. The crowd has real sockets, leaves and places in the key list, and counts
// what it gets. Nobody has a media connection, which the server wants to see within 15 s: so all come at once, and as
// many as can be keyed in that time. Time stops with the first frame that the banned one cannot open, though the server gave it to them.

import { freePort, Server } from '../test/browser/server.ts';
import { Frames } from '../web/src/e2ee/frames.ts';
import type { Suite } from '../web/src/identity/keymsg.ts';
import { BenchMember } from './member.ts';
import { machine, print } from './row.ts';

const GOAL_MS = 1000;
const FRAME_MS = 20;
const people = Number(process.argv[2] ?? 200); // see above
const suite = Number(process.argv[3] ?? 2) as Suite;
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function until(what: string, holds: () => boolean): Promise<void> {
  for (let i = 0; !holds(); i++) {
    if (i === 6000) throw new Error(`waited too long until ${what}`);
    await pause(100);
  }
}

const server = new Server();
server.port = await freePort();
// As behind a proxy, which all of the crowd would come through: no limit per address.
await server.start({ APARTE_BEHIND_PROXY: 'yes', APARTE_ORIGIN: server.origin }, 'release');
machine('keys-ban');
const crowd: BenchMember[] = [];
let headers = 0; // that reached the crowd since the ban
let lastHeader = 0;
try {
  const host = await BenchMember.come(server.port, server.founderLink, null, 'Host');
  const founder = host.device.account;
  const book = await host.book();
  let joining = host;
  const own = await host.book(() => joining); // of whoever is about to join
  const arrive = async (name: string): Promise<BenchMember> =>
    BenchMember.come(server.port, await host.invite(), founder, name);
  const tom = await arrive('Tom');
  const zoe = await arrive('Zoe');
  for (let i = 3; i < people; i++) {
    const one = await arrive(`Listener ${i}`);
    one.wire.wants = (head) => {
      if (!head.startsWith('{"ev":"room.keys"')) return false;
      headers++;
      lastHeader = performance.now();
      return false;
    };
    crowd.push(one);
  }
  console.error('all are members');
  const { room } = await host.ask('room.open', { title: 'Evening', who: 'everyone' });
  for (const one of [host, tom, zoe, ...crowd]) {
    joining = one;
    const watches = crowd.includes(one) ? null : book;
    await one.join(room, one === host ? 'founder' : 'member', own, suite, watches);
  }
  console.error('all are in the room');
  await until('everybody is keyed', () => host.state?.hearers === people && host.state.checking === 0);
  await until('the listeners have followed', () =>
    [tom, zoe].every(({ epoch }) => epoch?.counter === host.epoch?.counter),
  );
  console.error(`${people} hold the key`);

  const frames = new Map([host, tom, zoe].map((one) => [one, new Frames(Date.now, () => {})]));
  for (const [one, own] of frames) {
    if (one.epoch) await own.install(one.epoch);
    one.installed = (epoch) => void own.install({ ...epoch, base: epoch.base.slice() });
  }
  const opened = { tom: 0, zoe: 0 };
  let [deafAt, headerAt, missed] = [0, 0, 0];
  const before = host.epoch?.counter;
  let began = 0;
  const talk = setInterval(async () => {
    const sealed = await frames.get(host)?.encrypt(new Uint8Array(80));
    if (!sealed) return;
    const [a, b] = [sealed.slice(), sealed.slice()];
    if (await frames.get(tom)?.decrypt(0, a)) opened.tom++;
    else if (began && !deafAt) deafAt = performance.now();
    if (await frames.get(zoe)?.decrypt(0, b)) opened.zoe++;
    else missed++;
  }, FRAME_MS);
  await pause(1000);
  headers = 0;
  began = performance.now();
  await host.ban(tom.device.account);
  const stored = performance.now();
  await until('the key has changed', () => {
    if (host.epoch?.counter !== before && !headerAt) headerAt = performance.now();
    return deafAt > 0 && headers >= crowd.length;
  });
  await pause(1000);
  clearInterval(talk);
  const ms = deafAt - began;
  const row = `ban to undecryptable at ${people}, suite ${suite}`;
  print(
    { bench: 'keys-ban', row, value: ms, unit: 'ms', goal: GOAL_MS, met: ms <= GOAL_MS },
    {
      stored_ms: Math.round(stored - began),
      last_of_the_crowd_ms: Math.round(lastHeader - began),
      frames_missed_by_others: missed,
      frames_opened: opened.zoe,
    },
  );
} finally {
  for (const one of crowd) one.wire.close();
  await server.stop();
  server.forget();
}
process.exit(0);
