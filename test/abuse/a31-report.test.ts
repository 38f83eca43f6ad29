// A31: a report without anything that the server recorded; and somebody who reports to do harm.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { b64, concat, utf8, Writer } from '../../web/src/base/bytes.ts';
import type { Purpose } from '../../web/src/base/sign.ts';
import { idBytes } from '../../web/src/identity/device.ts';
import { Club, type Message, type Player, refusal, until } from './club.ts';

let club: Club;
let judge: Player; // an admin
let tom: Player;
let eve: Player;

beforeAll(async () => {
  club = await Club.found();
  judge = await club.admin('Judge');
  tom = await club.member('Tom');
  eve = await club.member('Eve');
});

afterAll(() => club?.close());

/** Signed by who reports: what they wrote, and what their own screen showed. */
async function report(by: Player, about: Player, text: string, evidence = 'Eve: a rare insult', signer = by) {
  const time = Date.now();
  const parts = [utf8(text), utf8(evidence)];
  const w = new Writer();
  w.u8(1);
  for (const id of [by.account, by.bench.device.device, about.account]) w.bytes(idBytes(id));
  w.bytes(new Uint8Array(16));
  w.u8(0);
  w.u64(time);
  for (const part of parts) {
    w.u16(part.length);
    w.bytes(part);
  }
  const sig = b64(await signer.bench.device.sign('report' as Purpose, concat(w.done())));
  const members = { account: about.account, reason: 'harassment', time, text, evidence, sig };
  return by.bench.wire.ask('report', members);
}

const list = async (who: Player) => (await who.bench.wire.ask('report.list', {})).reports as Message[];

test('it carries the signature of who makes it, and nothing that others could have added', async () => {
  expect(await refusal(report(tom, eve, 'forged', 'x', eve))).toBe('bad_signature');
  await report(tom, eve, 'She insulted me');
  await until('the admins are told', () => judge.events('reports').length > 0);
  const [one] = await list(judge);
  expect(one).toMatchObject({ text: 'She insulted me', evidence: 'Eve: a rare insult', untrue: 0 });
  expect(Number(one?.until) - Date.now()).toBeLessThanOrEqual(30 * 86_400_000);
  expect(Object.keys(one ?? {}), 'no sound in it').not.toContain('audio');
});

test('whom it is about learns nothing, and nobody but founder and admins reads it', async () => {
  expect(await refusal(eve.bench.wire.ask('report.list', {}))).toBe('forbidden');
  expect(JSON.stringify(eve.got)).not.toContain('report');
  await report(tom, judge, 'The judge is unfair');
  expect((await list(judge)).length, 'not even an admin about whom it is').toBe(1);
  expect((await list(club.founder)).length).toBe(2);
});

test('closed, it is gone; and false ones have a price', async () => {
  for (const text of ['one', 'two']) await report(eve, tom, text);
  for (const one of await list(club.founder))
    await club.founder.bench.wire.ask('report.close', {
      report: one.id,
      by: (one.by as { account: string }).account,
      untrue: (one.by as { account: string }).account === eve.account,
    });
  expect(await list(club.founder)).toEqual([]);
  expect(await refusal(report(eve, tom, 'three'))).toBe('rate_limited');
  await report(tom, eve, 'who told the truth may go on');
});
