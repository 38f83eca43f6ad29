// A8: somebody without an account asks for rooms, people, pictures and media.

import { request } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { b64, random } from '../../web/src/base/bytes.ts';
import { Club, type Message, pause, until } from './club.ts';
import { sampleRequests } from './requests.ts';

const FOR_VISITORS = new Set([
  'invite.look',
  'invite.redeem',
  'hello',
  'pair.open',
  'pair.accept',
  'recovery.look',
  'recovery.use',
  'passkey.look',
]);

let club: Club;
let room = '';
const nowhere = b64(random(16));

beforeAll(async () => {
  club = await Club.found();
  room = await club.evening('A secret title');
});

afterAll(() => club?.close());

const answer = (text: unknown): string => JSON.stringify(text);

test('everything but the way in is refused with the same bytes, whether the room is there or not', async () => {
  const wire = await club.visitor();
  const asked: string[] = [];
  for (const [name, json] of sampleRequests()) {
    if (FOR_VISITORS.has(name)) continue;
    const answers: string[] = [];
    for (const one of [room, nowhere]) {
      const { id: _, do: __, ...members } = 'room' in json ? { ...json, room: one } : json;
      answers.push(await wire.ask(name, members).then(answer, answer));
    }
    // A key message is looked at for its shape first: its header names another room than the request here.
    const code = name.startsWith('operator.')
      ? 'forbidden'
      : name === 'room.keys'
        ? 'malformed'
        : 'not_authenticated';
    expect(answers[0], name).toContain(code);
    expect(answers[0], name).toBe(answers[1]);
    asked.push(name);
  }
  expect(asked.length, 'control: the samples are there').toBeGreaterThan(30);
  wire.close();
});

test('a visitor hears nothing of what goes on, but for the name of the club', async () => {
  const heard: Message[] = [];
  const wire = await club.visitor((message) => heard.push(message));
  const tom = await club.member('Tom');
  await tom.open('Another secret');
  await until('members hear of it', () =>
    club.founder.events('hall.room').some((e) => (e.room as Message).title === 'Another secret'),
  );
  await pause(500);
  expect(heard.map(({ ev }) => ev)).toEqual(['challenge']);
  expect(Object.keys(heard[0] ?? {}).sort()).toEqual(['club', 'ev', 'founder', 'nonce', 'time', 'version']);
  wire.close();
});

/** Status, headers and body, as text. */
const get = (path: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const ask = request({ host: 'localhost', port: club.server.port, path }, (reply) => {
      const { date: _, ...headers } = reply.headers;
      const parts: Buffer[] = [];
      reply.on('data', (part: Buffer) => parts.push(part));
      reply.on('end', () =>
        resolve(JSON.stringify([reply.statusCode, headers, Buffer.concat(parts).toString()])),
      );
    });
    ask.on('error', reject);
    ask.end();
  });

test('over HTTP a room that is there looks like one that is not, and there is nothing else', async () => {
  expect(await get(`/r/${room}`)).toBe(await get(`/r/${nowhere}`));
  expect(await get(`/r/${room}`)).not.toContain('secret');
  for (const path of [
    '/api/rooms',
    '/rooms',
    `/rooms/${room}`,
    `/avatars/${club.founder.account}`,
    '/events',
    '/metrics',
  ])
    expect(await get(path), path).toMatch(/^\[404,/);
});
