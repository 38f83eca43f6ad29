// A33: somebody asks the server to record a room. (That a client records with everybody's consent, seen and heard by all,
// and stops at one no, is played by web/test/state-recording.test.ts.)

import { afterAll, beforeAll, expect, test } from 'vitest';
import { Club, refusal } from './club.ts';
import { writable } from './process.ts';
import { sampleRequests } from './requests.ts';

let club: Club;
let room = '';

beforeAll(async () => {
  club = await Club.found();
  room = await club.evening();
});

afterAll(() => club?.close());

test('there is no request for it, not for the founder either', async () => {
  expect(
    [...sampleRequests().keys()].filter((name) => /record(?!s?\.)|capture|replay|tape/.test(name)),
  ).toEqual([]);
  for (const name of ['room.record', 'room.recording', 'record.start', 'room.replay', 'operator.record'])
    expect(await refusal(club.founder.bench.wire.ask(name, { room })), name).toBe('unknown_request');
});

test('and no recorder that runs by itself', () => {
  expect(writable(club.server.pid).filter((file) => !file.includes('/data/'))).toEqual([]);
});
