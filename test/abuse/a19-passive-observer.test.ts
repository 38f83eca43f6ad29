// A19: somebody records every byte on the wire: the WebSocket under TLS, and the media of one person.

import { execFileSync } from 'node:child_process';
import { createSocket, type Socket as Udp } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type Server as TcpServer, connect as tcpConnect } from 'node:net';
import { join } from 'node:path';
import { connect as tlsConnect } from 'node:tls';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freePort, Server } from '../browser/server.ts';
import { Club, type Media, pause, until } from './club.ts';

let club: Club;
const taps: (Udp | TcpServer)[] = [];

beforeAll(async () => {
  club = await Club.found();
});

afterAll(() => {
  for (const tap of taps) tap.close();
  return club?.close();
});

/** A cable between a guest and the server's media port; returns where the guest connects to. */
async function mediaTap(server: Media, seen: Buffer[]): Promise<Media> {
  const [candidate] = server.candidates;
  if (!candidate) throw new Error('the server has no address');
  const [inside, outside] = [createSocket('udp4'), createSocket('udp4')];
  let guest: { address: string; port: number } | null = null;
  inside.on('message', (data, from) => {
    guest = from;
    seen.push(data);
    outside.send(data, candidate.port, candidate.address);
  });
  outside.on('message', (data) => {
    seen.push(data);
    if (guest) inside.send(data, guest.port, guest.address);
  });
  inside.bind(0, '127.0.0.1');
  outside.bind(0);
  await Promise.all([once(inside, 'listening'), once(outside, 'listening')]);
  taps.push(inside, outside);
  return { ...server, candidates: [{ address: '127.0.0.1', port: inside.address().port }] };
}

test('media: no name, title or id, and the certificates say nothing', async () => {
  const { founder } = club;
  const { room } = await founder.open('Salon des secrets');
  await founder.join(room, { connect: false });
  const seen: Buffer[] = [];
  club.guests.come(await mediaTap(founder.media as Media, seen), founder.guest);
  await founder.ask('room.mute', { muted: false });
  await until('the media are up', () => club.connected(founder));
  club.guests.say(founder.guest);
  await pause(1500);
  const all = Buffer.concat(seen);
  expect(seen.length, 'control: it was recorded').toBeGreaterThan(60);
  expect(all.includes(String(founder.media?.ufrag)), 'control: user names are in the clear').toBe(true);
  for (const id of [founder.account, founder.bench.device.device, room]) {
    expect(all.includes(id), 'as text').toBe(false);
    expect(all.includes(id.slice(0, 8)), 'a part of it').toBe(false);
    expect(all.includes(Buffer.from(id, 'base64url')), 'as bytes').toBe(false);
  }
  for (const text of ['Salon', 'secrets', 'Inès', founder.name, 'localhost'])
    expect(all.includes(text), text).toBe(false);
  // DTLS 1.2 shows the certificates: after the type "common name", kind and length, comes the text.
  const [type, names] = [Buffer.from([0x55, 0x04, 0x03]), new Set<string>()];
  for (let at = all.indexOf(type); at >= 0; at = all.indexOf(type, at + 1))
    names.add(all.subarray(at + 5, at + 5 + (all[at + 4] ?? 0)).toString());
  expect(names.size, 'control: there are certificates').toBeGreaterThan(0);
  for (const name of names)
    expect(name, 'a common name that is the same for everybody').toMatch(/^[A-Za-z]{1,12}$/);
});

test('the WebSocket under TLS: the host of the server and nothing else', async () => {
  const server = new Server();
  const [key, cert] = [join(server.dir, 'key.pem'), join(server.dir, 'cert.pem')];
  execFileSync(
    'openssl',
    [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-subj',
      '/CN=localhost',
    ].concat(['-addext', 'subjectAltName=DNS:localhost', '-days', '2', '-keyout', key, '-out', cert]),
    { stdio: 'ignore' },
  );
  server.port = await freePort();
  await server.start({ APARTE_TLS_CERT: cert, APARTE_TLS_KEY: key, APARTE_NAME: 'Club of silence' });
  const seen: Buffer[] = [];
  const tap = createServer((socket) => {
    const on = tcpConnect(server.port, '127.0.0.1');
    socket.on('data', (data) => seen.push(data));
    on.on('data', (data) => seen.push(data));
    socket.pipe(on).pipe(socket);
    for (const end of [socket, on]) end.on('error', () => socket.destroy());
  }).listen(0, '127.0.0.1');
  await once(tap, 'listening');
  taps.push(tap);
  const address = tap.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const origin = `https://localhost:${server.port}`;
  const socket = tlsConnect({ port, host: '127.0.0.1', servername: 'localhost', rejectUnauthorized: false });
  const got: Buffer[] = [];
  socket.on('data', (data) => got.push(data));
  socket.on('error', () => {});
  await once(socket, 'secureConnect');
  socket.write(
    `GET /ws HTTP/1.1\r\nHost: localhost:${server.port}\r\nOrigin: ${origin}\r\nUpgrade: websocket\r\n` +
      'Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n' +
      'Sec-WebSocket-Protocol: aparte.v1\r\n\r\n',
  );
  await until('the challenge comes', () => Buffer.concat(got).includes('Club of silence'));
  const all = Buffer.concat(seen);
  expect(all.includes('localhost'), 'control: the name of the host is in the handshake').toBe(true);
  for (const text of ['Club of silence', 'challenge', '/ws', 'aparte', 'Origin'])
    expect(all.includes(text), text).toBe(false);
  socket.destroy();
  expect(await server.stop(), server.log).toBe(0);
  server.forget();
});
