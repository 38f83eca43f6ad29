import { beforeEach, describe, expect, test } from 'vitest';
import type { LogHead, Person, RequestName } from '../src/api/messages.ts';
import {
  type Credential,
  type Line,
  type LogVerdict,
  type Member,
  Session,
  type SessionState,
} from '../src/api/session.ts';
import { RequestError } from '../src/socket/failure.ts';
import type { Incoming } from '../src/socket/socket.ts';

const A = 'AAAAAAAAAAAAAAAAAAAAAA';
const F = 'FFFFFFFFFFFFFFFFFFFFFA';
const head = (size: number, letter = 'H'): LogHead => ({ size, head: letter.repeat(43) });
const challenge = (nonce = 'n'.repeat(43), version = 1): Incoming => ({
  ev: 'challenge',
  nonce,
  club: 'Club',
  time: 1,
  version,
});

let sent: [RequestName, unknown][];
let answers: Record<string, () => unknown>;
let calls: string[];
let members: Member[];
let states: SessionState[];
let refusals: string[];
let events: Incoming[];
let session: Session;

const line: Line = {
  open: () => calls.push('open'),
  close: () => calls.push('close'),
  reconnect: () => calls.push('reconnect'),
  tell: (name, members) => sent.push([name, members]),
  request: async (name, members) => {
    sent.push([name, members]);
    const answer = answers[name];
    if (!answer) throw new RequestError({ code: 'unknown_request', message: name });
    return answer() as never;
  },
};

class Me implements Credential {
  account = A;
  device = A;
  founder = F;
  log = head(3);
  async hello(host: string, nonce: string): Promise<string> {
    return `signed ${host} ${nonce[0]}`;
  }
  heard(log: LogHead): LogVerdict {
    if (log.size < this.log.size) return 'log_shrunk';
    if (log.size === this.log.size && log.head !== this.log.head) return 'log_forked';
    this.log = log;
    return 'good';
  }
}

const welcome = (log = head(3), founder = F) => ({
  account: A,
  name: 'Inès',
  role: 'member',
  log,
  founder,
  held: false,
});
const refuse = (code: string) => () => {
  throw new RequestError({ code, message: code });
};
const settle = () => new Promise((resolve) => setTimeout(resolve, 0));

async function connected(me: Me | null): Promise<void> {
  session.open(me);
  session.onState('connecting');
  session.onState('open');
  session.onEvent(challenge());
  await settle();
}

beforeEach(() => {
  sent = [];
  calls = [];
  members = [];
  states = [];
  refusals = [];
  events = [];
  answers = { hello: () => welcome() };
  session = new Session(line, 'club.example', {
    state: (state) => states.push(state),
    club: (name) => calls.push(`club ${name}`),
    member: (me) => {
      members.push(me);
      calls.push(`member ${me.name}`);
    },
    refused: (code) => refusals.push(code),
    event: (event) => events.push(event),
  });
});

describe('a member', () => {
  test('hears at once which room the account is in on another device', async () => {
    answers = { hello: () => ({ ...welcome(), elsewhere: A }) };
    await connected(new Me());
    expect(members.map(({ elsewhere }) => elsewhere)).toEqual([A]);
    answers = { hello: () => welcome() };
    session.onState('waiting');
    await connected(new Me());
    expect(members.map(({ elsewhere }) => elsewhere)).toEqual([A, null]);
  });

  test('answers the challenge with hello and is in', async () => {
    await connected(new Me());
    expect(sent).toEqual([['hello', { account: A, device: A, sig: 'signed club.example n', log: head(3) }]]);
    expect(calls).toEqual(['open', 'club Club', 'member Inès']);
    expect(states).toEqual(['member']);
  });

  test('answers each new connection, but only one challenge of it', async () => {
    await connected(new Me());
    session.onEvent(challenge('x'.repeat(43)));
    await settle();
    expect(sent.length).toBe(1);
    session.onState('waiting');
    session.onState('connecting');
    session.onState('open');
    session.onEvent(challenge('y'.repeat(43)));
    await settle();
    expect(sent[1]?.[1]).toMatchObject({ sig: 'signed club.example y' });
    expect(states).toEqual(['member', 'offline', 'connecting', 'member']);
  });

  test('does not send the proof for one connection on the next', async () => {
    const me = new Me();
    let signed: (sig: string) => void = () => undefined;
    me.hello = () => new Promise((resolve) => (signed = resolve));
    await connected(me);
    session.onState('waiting');
    signed('late');
    await settle();
    expect(sent).toEqual([]);
    expect(refusals).toEqual([]);
  });

  test('hears the news of a large room one by one', async () => {
    await connected(new Me());
    const people = [{ account: 'Tom' }, { account: 'Zoe' }] as Person[];
    session.onEvent({ ev: 'room.news', room: 'r', people, left: [{ account: 'Ines', why: 'lost' }] });
    expect(events).toEqual([
      { ev: 'room.person', room: 'r', person: { account: 'Tom' } },
      { ev: 'room.person', room: 'r', person: { account: 'Zoe' } },
      { ev: 'room.left', room: 'r', account: 'Ines', why: 'lost' },
    ]);
  });

  test('hears events only once in', async () => {
    answers = { hello: refuse('banned') };
    const me = new Me();
    session.open(me);
    session.onState('open');
    session.onEvent(challenge());
    session.onEvent({ ev: 'hall', rooms: [] });
    session.onEvent({ ev: 'log', log: head(9) });
    await settle();
    expect(me.log).toEqual(head(3));
    session.onEvent({ ev: 'hall', rooms: [] });
    expect(events).toEqual([]);
  });

  test.each(['banned', 'unknown_account', 'bad_signature', 'forbidden'])(
    'refused with %s is refused for good',
    async (code) => {
      answers = { hello: refuse(code) };
      await connected(new Me());
      expect(refusals).toEqual([code]);
      expect(calls.slice(-1)).toEqual(['close']);
      session.onState('closed');
      session.onState('connecting');
      expect(states).toEqual(['refused']);
    },
  );

  test.each(['busy', 'rate_limited', 'store_failed', 'timeout'])(
    '%s passes: another connection',
    async (code) => {
      answers = { hello: refuse(code) };
      await connected(new Me());
      expect(calls.slice(-1)).toEqual(['reconnect']);
      expect(refusals).toEqual([]);
    },
  );

  test('a challenge that went stale is tried again, not for ever', async () => {
    answers = { hello: refuse('replayed') };
    await connected(new Me());
    for (let i = 0; i < 3; i++) {
      session.onState('waiting');
      session.onState('open');
      session.onEvent(challenge());
      await settle();
    }
    expect(calls.filter((call) => call === 'reconnect').length).toBe(3);
    expect(refusals).toEqual(['replayed']);
  });

  test.each([
    ['another founder', welcome(head(3), A), 'wrong_club'],
    ['another account', { ...welcome(), account: F }, 'bad_reply'],
    ['a log that lost records', welcome(head(2)), 'log_shrunk'],
    ['another log of the same size', welcome(head(3, 'X')), 'log_forked'],
  ])('a server with %s is refused', async (_, reply, code) => {
    answers = { hello: () => reply };
    await connected(new Me());
    expect(refusals).toEqual([code]);
    expect(states).toEqual(['refused']);
  });

  test('a server that the client itself found out about is refused', async () => {
    await connected(new Me());
    session.distrust('log_forked');
    session.distrust('log_forked');
    expect(refusals).toEqual(['log_forked']);
    expect(states).toEqual(['member', 'refused']);
  });

  test('an older protocol is not spoken', async () => {
    session.open(new Me());
    session.onState('open');
    session.onEvent(challenge('n'.repeat(43), 2));
    await settle();
    expect(refusals).toEqual(['unsupported']);
    expect(sent).toEqual([]);
  });
});

describe('the member log', () => {
  test('grows by events and replies, and the newest head is kept', async () => {
    const me = new Me();
    await connected(me);
    session.onEvent({ ev: 'log', log: head(4) });
    expect(me.log).toEqual(head(4));
    answers['log.append'] = () => ({ n: 4, log: head(5) });
    await session.request('log.append', { record: '' });
    expect(me.log).toEqual(head(5));
    expect(refusals).toEqual([]);
  });

  test.each([
    [head(2), 'log_shrunk'],
    [head(3, 'X'), 'log_forked'],
  ])('%j afterwards ends the session', async (log, code) => {
    const me = new Me();
    await connected(me);
    session.onEvent({ ev: 'log', log });
    expect(refusals).toEqual([code]);
    expect(me.log).toEqual(head(3));
    await expect(session.request('room.leave', {})).rejects.toMatchObject({ code: 'offline' });
  });
});

describe('a visitor', () => {
  test('looks, redeems and becomes a member on one challenge', async () => {
    await connected(null);
    expect(states).toEqual(['visitor']);
    answers['invite.look'] = () => ({ kind: 'invite', inviter: 'Tom', club: 'Club', founder: F });
    answers['invite.redeem'] = () => ({ n: 3, log: head(4), account: A, device: A });
    const signed = async (host: string, nonce: string) => `${host} ${nonce[0]}`;
    await session.look('invite.look', (sig) => ({ invite: 'key', sig }), signed);
    await session.visit('invite.redeem', { record: 'record', name: 'Inès' });
    await session.become(new Me());
    expect(sent.map(([name]) => name)).toEqual(['invite.look', 'invite.redeem', 'hello']);
    expect(sent[0]?.[1]).toEqual({ invite: 'key', sig: 'club.example n' });
    expect(session.state).toBe('member');
  });

  test('waits for the challenge, and not for ever', async () => {
    session.open(null);
    session.onState('open');
    answers['invite.redeem'] = () => ({ n: 3, log: head(4), account: A, device: A });
    const redeemed = session.visit('invite.redeem', { record: 'record', name: 'Inès' });
    expect(sent).toEqual([]);
    session.onEvent(challenge());
    expect(await redeemed).toMatchObject({ n: 3 });
    session.onState('waiting');
    const never = session.visit('invite.redeem', { record: 'record', name: 'Inès' });
    session.close();
    await expect(never).rejects.toMatchObject({ code: 'offline' });
  });

  test('hears the offer of another device, and nothing that is for members', async () => {
    await connected(null);
    const offer = { ev: 'pair.offer' as const, account: A, founder: F, body: 'b', sig: '' };
    session.onEvent(offer);
    session.onEvent({ ev: 'hall', rooms: [] });
    expect(events).toEqual([offer]);
  });

  test('has no requests of members', async () => {
    await connected(null);
    await expect(session.request('room.leave', {})).rejects.toMatchObject({ code: 'offline' });
    session.tell('room.leave', {});
    expect(sent).toEqual([]);
  });
});
