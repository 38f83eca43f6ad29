// Chat and reactions as the screens see them: several rooms of one evening, over a relay that hands everything on as
// the server does. Nothing here is sealed by hand: the real keys, the real signatures.

import { signal } from '@preact/signals';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Id, Person } from '../src/api/messages.ts';
import { b64, random } from '../src/base/bytes.ts';
import { keyOfSeed, type SeedKey, sign } from '../src/base/sign.ts';
import type { KeysState } from '../src/e2ee/types.ts';
import { RequestError } from '../src/socket/failure.ts';
import type { PersonView } from '../src/state/model.ts';
import { type TalkEvent, TalkRoom } from '../src/state/talk.ts';

const ROOM = b64(random(16));
const id = (): Id => b64(random(16));
const header = random(32);
const raw = random(16);

interface Sent {
  by: Id;
  name: string;
  data: string;
  again: boolean | undefined;
}

let members: Map<string, Member>;
let sent: Sent[];
let refuse: (by: string, name: string) => { code: string; retry_after_ms?: number } | null;
let answers: boolean; // false: they get lost

class Member {
  readonly name: string;
  readonly account = id();
  readonly device = id();
  readonly key: SeedKey;
  readonly reactions: [string, string | null][] = [];
  readonly people = signal<PersonView[]>([]);
  person: Person;
  proven = true;
  talk!: TalkRoom;

  constructor(name: string, key: SeedKey, more: Partial<Person>) {
    this.name = name;
    this.key = key;
    const { account, device } = this;
    const plain = {
      club: 'member',
      role: 'listener',
      stage: false,
      muted: true,
      away: false,
      called: false,
    } as const;
    this.person = { account, device, name, ...plain, hand: 0, order: members.size, leaf: '', ...more };
  }

  enter(): void {
    this.talk = new TalkRoom({
      room: ROOM,
      device: {
        account: this.account,
        device: this.device,
        sign: (purpose, body) => sign(this.key.key, purpose, body),
      },
      request: async (name, request) => {
        await Promise.resolve();
        const error = refuse(this.name, name);
        if (error) throw new RequestError({ message: '', ...error });
        const { data = '', again } = request as { data?: string; again?: boolean };
        sent.push({ by: this.account, name, data, again });
        for (const one of members.values()) {
          if (one === this || name === 'room.silence') continue;
          const event =
            name === 'room.react'
              ? { ev: name, room: ROOM, list: [{ account: this.account, data }] }
              : { ev: name, room: ROOM, account: this.account, data };
          one.talk.on(event as TalkEvent);
        }
        if (!answers) throw RequestError.local('timeout', name);
        return {} as never;
      },
      people: this.people,
      person: (account) => [...members.values()].find((one) => one.account === account)?.person,
      deviceKey: (account) => {
        const one = [...members.values()].find((other) => other.account === account);
        return one?.proven ? one.key.publicKey : null;
      },
      reacted: (account, reaction) => {
        const one = [...members.values()].find((other) => other.account === account);
        this.reactions.push([one?.name ?? '', reaction]);
      },
      sound: () => ({ heard: [], mine: null }),
    });
  }

  install(counter = 1, key = raw.slice()): void {
    this.talk.install({ counter, header, key });
  }

  texts(): string[] {
    return this.talk.lines.value.map((line) => line.text);
  }
}

async function member(name: string, more: Partial<Person> = {}): Promise<Member> {
  const one = new Member(name, await keyOfSeed(random(32)), more);
  members.set(name, one);
  one.enter();
  one.install();
  return one;
}

let host: Member;
let tom: Member;
let zoe: Member;
const soon = <T>(check: () => T): Promise<T> => vi.waitFor(check, { timeout: 2000, interval: 5 });
const settled = (): Promise<unknown> => new Promise((resolve) => setTimeout(resolve, 30));

beforeEach(async () => {
  members = new Map();
  sent = [];
  refuse = () => null;
  answers = true;
  host = await member('host', { role: 'moderator', stage: true });
  tom = await member('tom');
  zoe = await member('zoe');
});

afterEach(() => {
  for (const one of members.values()) one.talk.close();
  vi.useRealTimers();
});

describe('chat', () => {
  test('reaches everybody, and is unread where nobody reads', async () => {
    host.talk.reading(true);
    expect(await tom.talk.say('  Bonsoir\nà tous ')).toEqual({ ok: true, value: undefined });
    await soon(() => expect(host.texts()).toEqual(['Bonsoir à tous']));
    await soon(() => expect(zoe.texts()).toEqual(['Bonsoir à tous']));
    expect(tom.talk.lines.value[0]).toMatchObject({ mine: true, state: 'sent', removable: true });
    expect(zoe.talk.lines.value[0]).toMatchObject({ mine: false, name: 'tom', removable: false });
    expect(host.talk.lines.value[0]?.removable).toBe(true);
    expect([host, tom, zoe].map((one) => one.talk.unread.value)).toEqual([false, false, true]);
    zoe.talk.reading(true);
    expect(zoe.talk.unread.value).toBe(false);
    expect(sent.map(({ data }) => data).join()).not.toContain('Bonsoir');
  });

  test('keeps the order in which it was said', async () => {
    const all = Array.from({ length: 12 }, (_, i) => `line ${i}`);
    await Promise.all(all.map((text) => tom.talk.say(text)));
    await soon(() => expect(zoe.texts()).toEqual(all));
  });

  test.each([
    ['markup', '<b>x</b><script>alert(1)</script>', '<b>x</b><script>alert(1)</script>'],
    ['bidi', 'a\u202Eb\u2066c', 'abc'],
    ['10,000 characters', 'x'.repeat(10_000), 'x'.repeat(500)],
  ])('%s', async (_, text, shown) => {
    await tom.talk.say(text);
    await soon(() => expect(zoe.texts()).toEqual([shown]));
  });

  test('nothing that can be seen is not sent', async () => {
    expect(await tom.talk.say(' \u200B\u202E ')).toEqual({ ok: false, code: 'empty_text' });
    expect(tom.talk.lines.value).toEqual([]);
    expect(sent).toEqual([]);
  });

  test('what could not be sent stays, says why, and is sent again once', async () => {
    refuse = (_, name) => (name === 'room.say' ? { code: 'rate_limited', retry_after_ms: 900 } : null);
    expect(await tom.talk.say('fast')).toEqual({ ok: false, code: 'rate_limited', retryAfterMs: 900 });
    const line = tom.talk.lines.value[0];
    expect(line).toMatchObject({ text: 'fast', state: 'unsent', why: 'rate_limited', removable: false });
    refuse = () => null;
    await tom.talk.retry(line?.id ?? '');
    await soon(() => expect(zoe.texts()).toEqual(['fast']));
    expect(tom.talk.lines.value).toMatchObject([{ state: 'sent', why: null }]);
    expect(await tom.talk.retry(line?.id ?? '')).toMatchObject({ ok: false });
    tom.talk.drop(line?.id ?? ''); // only what was not sent can be let go
    expect(tom.texts()).toEqual(['fast']);
  });

  test('a line whose answer was lost is sent again, and shown once', async () => {
    answers = false;
    expect(await tom.talk.say('once')).toEqual({ ok: false, code: 'timeout' });
    answers = true;
    await soon(() => expect(zoe.texts()).toEqual(['once']));
    expect(await tom.talk.retry(tom.talk.lines.value[0]?.id ?? '')).toMatchObject({ ok: true });
    await tom.talk.say('twice');
    await soon(() => expect(zoe.texts()).toEqual(['once', 'twice']));
    expect(sent).toHaveLength(3);
  });

  test('a line that comes a second time by another hand is not shown', async () => {
    await tom.talk.say('once');
    await soon(() => expect(zoe.texts()).toEqual(['once']));
    zoe.talk.on({ ev: 'room.say', room: ROOM, account: tom.account, data: sent[0]?.data ?? '' });
    zoe.talk.on({ ev: 'room.say', room: ROOM, account: host.account, data: sent[0]?.data ?? '' });
    await settled();
    expect(zoe.texts()).toEqual(['once']);
  });

  test('is let go where it was not sent', async () => {
    refuse = () => ({ code: 'silenced' });
    await tom.talk.say('x');
    expect(tom.talk.lines.value[0]?.why).toBe('silenced');
    tom.talk.drop(tom.talk.lines.value[0]?.id ?? '');
    expect(tom.talk.lines.value).toEqual([]);
  });

  test('without a key nothing is sent, and the line says so', async () => {
    const late = new Member('late', await keyOfSeed(random(32)), {});
    members.set('late', late);
    late.enter();
    expect(await late.talk.say('x')).toEqual({ ok: false, code: 'no_key_yet' });
    expect(sent).toEqual([]);
    late.install();
    await settled();
    await late.talk.retry(late.talk.lines.value[0]?.id ?? '');
    await soon(() => expect(zoe.texts()).toEqual(['x']));
  });

  test('is sealed anew when a header was faster', async () => {
    let first = true;
    refuse = (_, name) => {
      const stale = name === 'room.say' && first;
      first = false;
      return stale ? { code: 'stale_header' } : null;
    };
    expect(await tom.talk.say('x')).toMatchObject({ ok: true });
    await soon(() => expect(zoe.texts()).toEqual(['x']));
  });

  test('waits for its header, and for somebody who is being checked, with all behind it', async () => {
    tom.proven = false;
    await tom.talk.say('1');
    const next = random(16);
    tom.install(2, next.slice());
    await settled();
    await tom.talk.say('2');
    await host.talk.say('from somebody else');
    await soon(() => expect(zoe.texts()).toEqual(['from somebody else']));
    tom.proven = true;
    zoe.talk.keys({ steward: null, hash: 'a', ready: true } as KeysState);
    await soon(() => expect(zoe.texts()).toEqual(['from somebody else', '1']));
    zoe.install(2, next.slice());
    await soon(() => expect(zoe.texts()).toEqual(['from somebody else', '1', '2']));
  });

  test('what could not be opened is forgotten after ten seconds', async () => {
    tom.proven = false;
    await tom.talk.say('late');
    await settled();
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 11_000 });
    zoe.talk.keys({ steward: null, hash: 'a', ready: true } as KeysState);
    await settled();
    tom.proven = true;
    zoe.talk.keys({ steward: null, hash: 'b', ready: true } as KeysState);
    await settled();
    expect(zoe.texts()).toEqual([]);
  });

  test('and no more than 64 wait', async () => {
    tom.proven = false;
    await tom.talk.say('pushed out');
    await settled();
    const data = 'AQAAAAk'; // of header 9
    for (let i = 0; i < 64; i++) zoe.talk.on({ ev: 'room.say', room: ROOM, account: host.account, data });
    await settled();
    tom.proven = true;
    await tom.talk.say('heard');
    await soon(() => expect(zoe.texts()).toEqual(['heard']));
  });

  test('holds the last 500 lines', async () => {
    for (let i = 0; i < 510; i++) await tom.talk.say(`${i}`);
    expect(tom.texts()).toHaveLength(500);
    expect(tom.texts()[0]).toBe('10');
    await soon(() => expect(zoe.texts()[0]).toBe('10'));
  });
});

describe('removing', () => {
  const said = async (by: Member, text: string): Promise<string> => {
    await by.talk.say(text);
    await soon(() => expect(zoe.texts().at(-1)).toBe(text));
    await soon(() => expect(host.texts().at(-1)).toBe(text));
    return by.talk.lines.value.at(-1)?.id ?? '';
  };

  test('by who wrote it, and by a moderator', async () => {
    const mine = await said(tom, 'mine');
    const his = await said(tom, 'his');
    await tom.talk.remove(mine);
    await host.talk.remove(his);
    for (const one of [host, tom, zoe])
      await soon(() =>
        expect(one.talk.lines.value).toMatchObject([
          { text: '', removed: 'author', removable: false },
          { text: '', removed: 'host', removable: false },
        ]),
      );
  });

  test('not by others, whatever their client sends', async () => {
    const id = await said(tom, 'stays');
    await zoe.talk.remove(id);
    await settled();
    expect([host.texts(), tom.texts()]).toEqual([['stays'], ['stays']]);
    expect(zoe.texts()).toEqual(['stays']);
    const of = await said(host, 'from above');
    await tom.talk.remove(of);
    await settled();
    expect(zoe.texts()).toEqual(['stays', 'from above']);
  });

  test('a moderator cannot remove what a superior wrote', async () => {
    host.person = { ...host.person, club: 'admin' };
    const id = await said(host, 'from above');
    tom.person = { ...tom.person, role: 'moderator' };
    await tom.talk.remove(id);
    await settled();
    expect(zoe.texts()).toEqual(['from above']);
  });

  test('what the server refuses stays', async () => {
    const id = await said(tom, 'x');
    refuse = () => ({ code: 'rate_limited' });
    expect(await tom.talk.remove(id)).toMatchObject({ ok: false });
    expect(tom.texts()).toEqual(['x']);
  });
});

describe('reactions', () => {
  test('show for a moment, at everybody', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    await tom.talk.react('heart');
    vi.useRealTimers();
    await soon(() => expect(zoe.reactions).toEqual([['tom', 'heart']]));
    expect(tom.reactions).toEqual([['tom', 'heart']]);
  });

  test('are over after a while', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    await tom.talk.react('clap');
    await vi.advanceTimersByTimeAsync(4000);
    expect(tom.reactions).toEqual([
      ['tom', 'clap'],
      ['tom', null],
    ]);
  });

  test('a hundred at once are no more than the server takes', async () => {
    let taken = 0;
    refuse = (_, name) => (name === 'room.react' && ++taken > 7 ? { code: 'rate_limited' } : null);
    const outcomes = await Promise.all(Array.from({ length: 100 }, () => tom.talk.react('yes')));
    expect(outcomes.filter(({ ok }) => ok)).toHaveLength(7);
    await soon(() => expect(zoe.reactions).toHaveLength(7));
  });
});

describe('the pinned line', () => {
  const view = (one: Member): PersonView =>
    ({ ...one.person, me: false, leaving: false }) as unknown as PersonView;

  test('comes from a moderator alone, and can be taken down', async () => {
    for (const one of [host, tom, zoe]) one.people.value = [host, tom, zoe].map(view);
    await host.talk.pinLine('https://example.org/');
    await soon(() => expect(zoe.talk.pin.value).toBe('https://example.org/'));
    await tom.talk.pinLine('mine instead');
    await settled();
    expect(zoe.talk.pin.value).toBe('https://example.org/');
    await host.talk.pinLine('');
    await soon(() => expect(zoe.talk.pin.value).toBe(''));
  });

  test('is sealed again by the steward for whoever came', async () => {
    await host.talk.pinLine('agenda');
    await soon(() => expect(tom.talk.pin.value).toBe('agenda'));
    for (const one of [host, tom])
      one.talk.keys({ steward: host.account, hash: 'next', ready: true } as KeysState);
    await soon(() => expect(sent.filter(({ again }) => again)).toMatchObject([{ by: host.account }]));
  });

  test('may be kept by the first on stage while nobody moderates', async () => {
    tom.person = { ...tom.person, stage: true };
    zoe.people.value = [tom, zoe].map(view);
    await tom.talk.pinLine('still here');
    await soon(() => expect(zoe.talk.pin.value).toBe('still here'));
  });
});

describe('who may not chat', () => {
  test('is asked of the server by account', async () => {
    await host.talk.silence(tom.account, true);
    expect(sent).toMatchObject([{ by: host.account, name: 'room.silence' }]);
    refuse = () => ({ code: 'forbidden' });
    expect(await tom.talk.silence(host.account, true)).toEqual({ ok: false, code: 'forbidden' });
  });
});

test('after the end nothing is sent, shown or kept', async () => {
  zoe.talk.close();
  expect(await zoe.talk.say('x')).toMatchObject({ ok: false });
  await tom.talk.say('y');
  await settled();
  expect(zoe.texts()).toEqual(['x']);
  expect(sent).toHaveLength(1);
});
