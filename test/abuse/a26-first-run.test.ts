// A26: a stranger reaches a fresh server before its owner does.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { BenchMember } from '../../bench/member.ts';
import { random } from '../../web/src/base/bytes.ts';
import { makeLink } from '../../web/src/identity/links.ts';
import { Server } from '../browser/server.ts';
import { refusal } from './club.ts';

const server = new Server();

beforeAll(() => server.start());

afterAll(async () => {
  expect(await server.stop(), server.log).toBe(0);
  server.forget();
});

test('without the link from the console nobody founds the club, whoever comes first', async () => {
  for (let i = 0; i < 3; i++) {
    const link = await makeLink(server.origin, {
      kind: 'founder',
      seed: random(32),
      fingerprint: new Uint8Array(16),
    });
    expect(await refusal(BenchMember.come(server.port, link, null, 'Stranger'))).toBe('invite_unknown');
  }
});

test('the link lets its owner in, once', async () => {
  expect(server.founderLink).toContain('#');
  const owner = await BenchMember.come(server.port, server.founderLink, null, 'Owner');
  expect(await refusal(BenchMember.come(server.port, server.founderLink, null, 'Second'))).toBe(
    'invite_used',
  );
  owner.wire.close();
});

test('the page of the server does not have it', async () => {
  const secret = new URL(server.founderLink).hash.slice(1);
  for (const path of ['/', '/healthz', '/readyz', '/nothing'])
    expect(await (await fetch(server.origin + path)).text()).not.toContain(secret);
});
