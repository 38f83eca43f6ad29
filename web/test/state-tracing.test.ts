import { beforeEach, expect, test } from 'vitest';
import type { Id, RequestName } from '../src/api/messages.ts';
import { b64, random, unb64 } from '../src/base/bytes.ts';
import { makeRun } from '../src/e2ee/pattern.ts';
import { idBytes } from '../src/identity/device.ts';
import { combine } from '../src/identity/shamir.ts';
import { parseRelease } from '../src/identity/tracemsg.ts';
import type { TraceKeys } from '../src/identity/vault.ts';
import { RequestError } from '../src/socket/failure.ts';
import type { Core } from '../src/state/core.ts';
import { Tracing } from '../src/state/tracing.ts';
import { Club, type Member } from './club.ts';

const ROOM = b64(random(16));
let club: Club;
let patterns: string[]; // of ROOM, as the server has them
let released: Id[];

// What of the client a member's tracing needs, in front of a server that does what it should.
async function clientOf(member: Member) {
  const book = await club.book();
  await book.catchUp();
  let kept: TraceKeys | null = null;
  const answers: Partial<Record<RequestName, (members: never) => unknown>> = {
    'log.append': async ({ record }: { record: string }) => {
      await club.append(record);
      await book.catchUp();
      if (unb64(record)?.[0] === 20) released.push(member.account);
    },
    'trace.list': () => ({
      rooms: [{ room: ROOM, title: 'Café', opened: 5, patterns: patterns.length, released }],
    }),
    'trace.read': () => {
      if (released.includes(member.account)) return { patterns };
      throw new RequestError({ code: 'forbidden', message: '' });
    },
    'profile.read': ({ accounts }: { accounts: Id[] }) => ({
      profiles: accounts.map((account) => ({ account, name: `N${account.slice(0, 2)}`, role: 'member' })),
    }),
  };
  const core = {
    device: member.device_,
    book,
    member: { device: member.device_, book },
    vault: {
      traceKey: async () => kept,
      saveTraceKey: async (pair: TraceKeys) => {
        kept = pair;
      },
    },
    request: async (name: RequestName, members: never) => {
      const answer = answers[name];
      if (!answer) throw new Error(name);
      return answer(members);
    },
  } as unknown as Core;
  return { tracing: new Tracing(core), book, core };
}

beforeEach(async () => {
  club = await Club.found();
  patterns = [];
  released = [];
});

test('two who take part are enough: rooms are marked, and their releases give the pattern key', async () => {
  const speaker = await club.invite(club.founder);
  const admin = await club.invite(club.founder);
  await club.append(
    await club.founder.device_.record({ type: 'role', target: idBytes(admin.account), role: 2 }, 9),
  );
  const [f, a, s] = [await clientOf(club.founder), await clientOf(admin), await clientOf(speaker)];
  expect(s.tracing.of(true, 'voice')).toBe('few');
  expect(await s.tracing.newRun(ROOM)).toBeNull();
  expect(await f.tracing.takePart()).toMatchObject({ ok: true });
  await s.book.catchUp();
  expect(s.tracing.of(true, 'voice')).toBe('few');
  await a.book.catchUp();
  expect(await a.tracing.takePart()).toMatchObject({ ok: true });
  for (const { book } of [f, s]) await book.catchUp();
  expect(s.tracing.of(true, 'voice')).toBe('yes');
  expect(s.tracing.of(true, 'music')).toBe('music');
  expect(s.tracing.of(false, 'voice')).toBe('off');

  const run = await s.tracing.newRun(ROOM);
  patterns = [run?.pattern ?? '', 'AAAA'];
  await f.tracing.load();
  expect(f.tracing.view.value).toMatchObject({ mine: true, rooms: [{ title: 'Café', released: [] }] });
  expect(f.tracing.view.value?.holders.map(({ account }) => account).sort()).toEqual(
    [club.founder.account, admin.account].sort(),
  );
  const shares = [];
  for (const { tracing } of [f, a]) {
    const outcome = await tracing.release(ROOM);
    expect(outcome).toMatchObject({ ok: true, value: { speakers: 1, refused: 1 } });
    if (!outcome.ok) continue;
    const release = parseRelease(unb64(outcome.value.text) ?? new Uint8Array(0));
    expect(b64(release?.room ?? new Uint8Array(0))).toBe(ROOM);
    const [one] = release?.shares ?? [];
    if (one) shares.push({ x: one.x, bytes: one.share });
  }
  const [x, y] = shares;
  expect(x && y && combine(x, y)).toEqual(run?.key);
  expect(released).toEqual([club.founder.account, admin.account]); // in the log before a share was given out
});

test('a device that takes no part releases nothing, and says nothing in the log', async () => {
  const f = await clientOf(club.founder);
  const before = club.log.size;
  expect(await f.tracing.release(ROOM)).toEqual({ ok: false, code: 'forbidden' });
  expect(club.log.size).toBe(before);
});

test('taking part twice makes one key; a key whose record got lost is taken again', async () => {
  const f = await clientOf(club.founder);
  const { request } = f.core;
  f.core.request = async () => {
    throw RequestError.local('offline', '');
  };
  expect((await f.tracing.takePart()).ok).toBe(false);
  const kept = await f.core.vault?.traceKey();
  f.core.request = request;
  expect((await f.tracing.takePart()).ok).toBe(true);
  expect((await f.tracing.takePart()).ok).toBe(true);
  expect(f.book.traceKeys().map(({ key }) => key)).toEqual([kept?.publicKey]);
  expect(club.log.size).toBe(2);
});

test('a pattern that somebody else signed is not opened', async () => {
  const [admin, mallory] = [await club.invite(club.founder), await club.invite(club.founder)];
  await club.append(
    await club.founder.device_.record({ type: 'role', target: idBytes(admin.account), role: 2 }, 9),
  );
  const [f, a] = [await clientOf(club.founder), await clientOf(admin)];
  await f.tracing.takePart();
  await a.tracing.takePart();
  await f.book.catchUp();
  const victim = await club.invite(club.founder);
  const forged = await makeRun(
    {
      room: idBytes(ROOM),
      account: idBytes(victim.account),
      device: idBytes(victim.device),
      sign: (purpose, body) => mallory.device_.sign(purpose, body),
    },
    f.book.traceKeys(),
  );
  patterns = [forged?.pattern ?? ''];
  expect(await f.tracing.release(ROOM)).toMatchObject({ ok: true, value: { speakers: 0, refused: 1 } });
});

test('whom a report names is found with the way in, and what is no account is not', async () => {
  const member = await club.invite(club.founder);
  const f = await clientOf(club.founder);
  expect(await f.tracing.find(member.account)).toMatchObject({
    ok: true,
    value: { face: { account: member.account }, inviters: [{ account: club.founder.account }] },
  });
  expect(await f.tracing.find('nobody')).toEqual({ ok: false, code: 'not_found' });
});
