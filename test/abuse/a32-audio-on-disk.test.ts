// A32: does audio reach a file, a temporary folder, the log or a crash dump?

import { readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Club, pause } from './club.ts';
import { contents, writable } from './process.ts';

const SOUND = Buffer.alloc(40, 0x5a); // a part of what the guests say: see bench/client.c

let club: Club;

beforeAll(async () => {
  club = await Club.found();
  const room = await club.evening();
  await club.guest('Tom', room);
  await pause(1000);
});

afterAll(() => club?.close());

test('the server holds no file open for writing but its own data', () => {
  const data = join(club.server.dir, 'data');
  const files = writable(club.server.pid);
  expect(files.length, 'control: there are some').toBeGreaterThan(0);
  expect(files.filter((file) => !file.startsWith(`${data}/`))).toEqual([]);
  expect(readdirSync(club.server.dir)).toEqual(['data']);
});

test('no file has sound in it, nor the log', () => {
  for (const [file, bytes] of contents(club.server.dir)) expect(bytes.indexOf(SOUND), file).toBe(-1);
  expect(club.server.log).not.toContain(SOUND.toString('latin1'));
});

test('no temporary file of the server is left lying about, and it leaves no core', () => {
  const mine = readdirSync(tmpdir()).filter((name) => name.includes(String(club.server.pid)));
  expect(mine).toEqual([]);
  expect(readFileSync(`/proc/${club.server.pid}/limits`, 'utf8')).toMatch(/Max core file size\s+0\s+0/);
});

test('no page of it is swapped out, and it asks nothing of the kernel that a server has no use for', () => {
  const status = readFileSync(`/proc/${club.server.pid}/status`, 'utf8');
  const told = (name: string): number => Number(new RegExp(`^${name}:\\s*(\\d+)`, 'm').exec(status)?.[1]);
  // Where the machine allows neither, the log says so.
  if (!club.server.log.includes('memory is not locked')) expect(told('VmLck'), 'kB').toBeGreaterThan(1000);
  if (!club.server.log.includes('no seccomp')) expect(told('Seccomp'), 'a filter').toBe(2);
  expect(told('VmSwap')).toBe(0);
  expect(told('NoNewPrivs')).toBe(1);
});
