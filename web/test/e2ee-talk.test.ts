// Chat, reactions and notes: the bytes against test/golden/talk.json, and everything that must not be accepted.

import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Bytes, b64, hex, random, unb64, unhex, Writer } from '../src/base/bytes.ts';
import { keyOfSeed, type SeedKey, sign } from '../src/base/sign.ts';
import { talkKey } from '../src/e2ee/secrets.ts';
import { type Content, MOST_CHARS, ROADS, Talk } from '../src/e2ee/talk.ts';
import type { TalkGolden } from './make-golden-talk.ts';

const golden = JSON.parse(
  readFileSync(new URL('../../test/golden/talk.json', import.meta.url), 'utf8'),
) as TalkGolden;
const id = (): string => b64(random(16));
const fromHex = (text: string): string => b64(unhex(text));

const ROOM = id();
const people = new Map<string, { device: string; key: Bytes | null }>();
const keys = new Map<string, SeedKey>();
const [INES, TOM] = [id(), id()];
const epochs = [1, 2, 3, 4, 5].map((counter) => ({ counter, header: random(32), raw: random(16) }));

beforeAll(async () => {
  for (const account of [INES, TOM]) {
    const key = await keyOfSeed(random(32));
    keys.set(account, key);
    people.set(account, { device: id(), key: key.publicKey });
  }
});

const keyOf = (account: string): SeedKey => keys.get(account) as SeedKey;
const talkOf = (account: string, device = people.get(account)?.device ?? ''): Talk =>
  new Talk({
    room: ROOM,
    account,
    device,
    sign: (purpose, body) => sign(keyOf(account).key, purpose, body),
    sender: (who) => people.get(who) ?? null,
  });

async function install(talk: Talk, ...counters: number[]): Promise<void> {
  for (const { counter, header, raw } of epochs)
    if (counters.includes(counter)) await talk.install({ counter, header, key: raw.slice() });
}

async function pair(...counters: number[]): Promise<[Talk, Talk]> {
  const both: [Talk, Talk] = [talkOf(INES), talkOf(TOM)];
  for (const one of both) await install(one, ...(counters.length > 0 ? counters : [1]));
  return both;
}

const sealOf = async (talk: Talk, content: Content, name = id()): Promise<string> => {
  const sealed = await talk.seal(name, 5, content);
  if (sealed === null) throw new Error('no key');
  return sealed;
};
const chat = (text: string): Content => ({ kind: 'chat', text });

describe('golden vectors', () => {
  it('has the talk key', async () => {
    expect(hex(await talkKey(unhex(golden.secret), unhex(golden.header)))).toBe(golden.key);
  });

  it('reads every kind of message', async () => {
    const account = fromHex(golden.account);
    const talk = new Talk({
      room: fromHex(golden.room),
      account: id(),
      device: id(),
      sign: async () => random(64),
      sender: () => ({ device: fromHex(golden.device), key: unhex(golden.device_key) }),
    });
    await talk.install({ counter: golden.counter, header: unhex(golden.header), key: unhex(golden.key) });
    const said = [];
    for (const { kind, sealed } of golden.messages)
      said.push(await talk.open(ROADS[kind as Content['kind']], account, fromHex(sealed)));
    expect(said).toMatchObject(golden.messages.map(({ id, time }) => ({ account, id: fromHex(id), time })));
    const other = fromHex(golden.messages[2]?.content.slice(0, 32) ?? '');
    const recording = fromHex(golden.messages[4]?.content.slice(0, 32) ?? '');
    const removed = fromHex(golden.messages[2]?.content.slice(32) ?? '');
    expect(said.map((one) => (typeof one === 'object' ? one?.content : one))).toEqual([
      { kind: 'chat', text: 'Voilà : 🎧 https://example.org/?a=1' },
      { kind: 'reaction', reaction: 'laugh' },
      { kind: 'removal', author: other, id: removed },
      { kind: 'pin', text: 'x'.repeat(500) },
      { kind: 'recording', recording, state: 'running', agreed: [other] },
      { kind: 'answer', recording, yes: true },
      { kind: 'chat', text: '🎧'.repeat(500) },
    ]);
  });

  it('writes the same sizes', async () => {
    const [a] = await pair();
    const size = async (content: Content): Promise<number> => unb64(await sealOf(a, content))?.length ?? 0;
    // 110 bytes of body and 64 of signature and 2 of length beside the text.
    expect(await size(chat('x'.repeat(80)))).toBe(289);
    expect(await size(chat('x'.repeat(81)))).toBe(545);
    expect(await size(chat('x'.repeat(337)))).toBe(1057);
    expect(await size(chat('🎧'.repeat(MOST_CHARS)))).toBe(2337);
    expect(await size({ kind: 'reaction', reaction: 'clap' })).toBe(289);
    const agreed = Array.from({ length: 32 }, id);
    expect(await size({ kind: 'recording', recording: id(), state: 'paused', agreed })).toBe(1057);
  });
});

describe('a message', () => {
  it('is read by whoever holds the key, with every kind', async () => {
    const [a, b] = await pair();
    const kinds: Content[] = [
      chat('Bonsoir'),
      { kind: 'reaction', reaction: 'heart' },
      { kind: 'removal', author: INES, id: id() },
      { kind: 'pin', text: '' },
      { kind: 'recording', recording: id(), state: 'over', agreed: [] },
      { kind: 'answer', recording: id(), yes: false },
    ];
    for (const content of kinds) {
      const name = id();
      const said = await b.open(ROADS[content.kind], INES, await sealOf(a, content, name));
      expect(said).toEqual({ account: INES, id: name, time: 5, content });
    }
  });

  it('shows nothing of itself', async () => {
    const [a] = await pair();
    const sealed = unb64(await sealOf(a, chat('a secret that nobody else may read'))) as Bytes;
    expect(Buffer.from(sealed).includes('secret')).toBe(false);
    expect(Buffer.from(sealed).includes(Buffer.from(unb64(INES) as Bytes))).toBe(false);
  });

  it('is read under the last three keys, waits for a newer one, and is lost under an older one', async () => {
    const [a, b] = await pair(2);
    const old = await sealOf(a, chat('second'));
    await install(a, 3, 4, 5);
    const now = await sealOf(a, chat('fifth'));
    expect(await b.open('room.say', INES, now)).toBe('later');
    await install(b, 3, 4);
    expect(await b.open('room.say', INES, now)).toBe('later');
    expect(await b.open('room.say', INES, old)).toMatchObject({ content: { text: 'second' } });
    await install(b, 5);
    expect(await b.open('room.say', INES, now)).toMatchObject({ content: { text: 'fifth' } });
    const c = talkOf(TOM);
    await install(c, 2, 3, 4, 5);
    expect(await c.open('room.say', INES, old)).toBeNull();
  });

  it('is not sealed without a key, nor after the key was forgotten', async () => {
    const a = talkOf(INES);
    expect(await a.seal(id(), 5, chat('x'))).toBeNull();
    await install(a, 1);
    expect(await a.seal(id(), 5, chat('x'))).not.toBeNull();
    a.forget();
    expect(await a.seal(id(), 5, chat('x'))).toBeNull();
  });

  it('leaves no key behind in what it was given', async () => {
    const key = random(16);
    await talkOf(INES).install({ counter: 1, header: random(32), key });
    expect(key.every((byte) => byte === 0)).toBe(true);
  });
});

describe('refused is', () => {
  it('a message that comes again, or in another order', async () => {
    const [a, b] = await pair(1, 2);
    const [first, second] = [await sealOf(a, chat('1')), await sealOf(a, chat('2'))];
    expect(await b.open('room.say', INES, second)).toMatchObject({ content: { text: '2' } });
    expect(await b.open('room.say', INES, second)).toBeNull();
    expect(await b.open('room.say', INES, first)).toBeNull();
  });

  it('a message of an older key behind one of a newer', async () => {
    const [a, b] = await pair(1);
    const old = await sealOf(a, chat('1'));
    await install(a, 2);
    await install(b, 2);
    expect(await b.open('room.say', INES, await sealOf(a, chat('2')))).not.toBeNull();
    expect(await b.open('room.say', INES, old)).toBeNull();
  });

  it("somebody else's message, under any name", async () => {
    const [a, b] = await pair();
    expect(await b.open('room.say', TOM, await sealOf(a, chat('not mine')))).toBeNull();
    // Tom holds the key, and so could seal as Inès; he cannot sign as her.
    const liar = new Talk({
      room: ROOM,
      account: INES,
      device: people.get(INES)?.device ?? '',
      sign: (purpose, body) => sign(keyOf(TOM).key, purpose, body),
      sender: () => null,
    });
    await install(liar, 1);
    expect(await b.open('room.say', INES, await sealOf(liar, chat('I am Inès')))).toBeNull();
    expect(await b.open('room.say', INES, await sealOf(a, chat('no, I am')))).not.toBeNull();
  });

  it('another device of the account, and somebody who is not here', async () => {
    const [, b] = await pair();
    const other = talkOf(INES, id());
    await install(other, 1);
    expect(await b.open('room.say', INES, await sealOf(other, chat('x')))).toBeNull();
    const [a] = await pair();
    const sealed = await sealOf(a, chat('x'));
    const known = people.get(INES) as { device: string; key: Bytes | null };
    people.delete(INES);
    expect(await b.open('room.say', INES, sealed)).toBeNull();
    people.set(INES, { ...known, key: null }); // present, not proven yet
    expect(await b.open('room.say', INES, sealed)).toBe('later');
    people.set(INES, known);
    expect(await b.open('room.say', INES, sealed)).not.toBeNull();
  });

  it('a kind under the wrong request', async () => {
    const [a, b] = await pair();
    expect(await b.open('room.note', INES, await sealOf(a, chat('x')))).toBeNull();
    expect(await b.open('room.say', INES, await sealOf(a, { kind: 'pin', text: 'x' }))).toBeNull();
    expect(await b.open('room.say', INES, await sealOf(a, { kind: 'reaction', reaction: 'yes' }))).toBeNull();
  });

  it('a message of another room or another header', async () => {
    const [a] = await pair();
    const sealed = await sealOf(a, chat('x'));
    const elsewhere = new Talk({
      ...{ room: id(), account: TOM, device: id(), sign: async () => random(64) },
      sender: (who) => people.get(who) ?? null,
    });
    await install(elsewhere, 1);
    expect(await elsewhere.open('room.say', INES, sealed)).toBeNull();
    const b = talkOf(TOM);
    await b.install({ counter: 1, header: random(32), key: (epochs[0]?.raw ?? random(16)).slice() });
    expect(await b.open('room.say', INES, sealed)).toBeNull();
  });

  it('every other byte', async () => {
    const [a, b] = await pair();
    const sealed = unb64(await sealOf(a, { kind: 'reaction', reaction: 'clap' })) as Bytes;
    for (let at = 0; at < sealed.length; at += 1) {
      const bad = sealed.slice();
      bad[at] = (bad[at] ?? 0) ^ 0x41;
      const said = await b.open('room.react', INES, b64(bad));
      // Of the counter in front a change may look like a header to come: that waits in vain.
      if (at >= 1 && at < 5) expect(said === null || said === 'later', `byte ${at}`).toBe(true);
      else expect(said, `byte ${at}`).toBeNull();
    }
    for (const bad of ['', 'A', '!!', b64(sealed.slice(0, 20)), b64(sealed.slice(0, -1))])
      expect(await b.open('room.react', INES, bad)).toBeNull();
    expect(await b.open('room.react', INES, b64(sealed))).not.toBeNull();
  });
});

// What a key holder with a changed client may sign and seal: good seals around bad content.
describe('content that is refused', () => {
  const [epoch] = epochs as [(typeof epochs)[number]];
  let number = 0;

  async function sealRaw(kind: number, content: Bytes, change: { zeros?: number; size?: number } = {}) {
    const body = new Writer()
      .u8(1)
      .bytes(unb64(ROOM) as Bytes)
      .bytes(epoch.header)
      .bytes(unb64(INES) as Bytes)
      .bytes(unb64(people.get(INES)?.device ?? '') as Bytes)
      .bytes(random(16))
      .u32(number++)
      .u64(5)
      .u8(kind)
      .bytes(content)
      .done();
    const sig = await sign(keyOf(INES).key, 'talk', body);
    const { zeros = 0, size = body.length + 64 + 2 <= 256 ? 256 : 2304 } = change;
    const padded = new Uint8Array(size).fill(zeros);
    padded.set(
      new Writer()
        .u16(body.length + 64)
        .bytes(body)
        .bytes(sig)
        .done(),
    );
    const iv = random(12);
    const key = await crypto.subtle.importKey('raw', epoch.raw, 'AES-GCM', false, ['encrypt']);
    const aad = new Writer()
      .bytes(new TextEncoder().encode('aparte/v1/talk\0') as Bytes)
      .u8(1)
      .bytes(epoch.header)
      .bytes(unb64(INES) as Bytes)
      .done();
    const box = await crypto.subtle.encrypt({ name: 'AES-GCM', iv, additionalData: aad }, key, padded);
    return b64(new Writer().u8(1).u32(1).bytes(iv).bytes(new Uint8Array(box)).done());
  }

  it.each<[string, number, Bytes, keyof typeof ROADS, { zeros?: number; size?: number }?]>([
    ['no kind', 0, new Uint8Array(1), 'chat'],
    ['an unknown kind', 7, new Uint8Array(1), 'chat'],
    ['an empty text', 1, new Uint8Array(0), 'chat'],
    ['501 characters', 1, new Uint8Array(501).fill(0x61), 'chat'],
    ['no UTF-8', 1, Uint8Array.of(0xc3, 0x28), 'chat'],
    ['an overlong form', 1, Uint8Array.of(0xc0, 0xaf), 'chat'],
    ['half a surrogate pair', 1, Uint8Array.of(0xed, 0xa0, 0x80), 'chat'],
    ['reaction 0', 2, Uint8Array.of(0), 'reaction'],
    ['reaction 6', 2, Uint8Array.of(6), 'reaction'],
    ['a reaction and more', 2, Uint8Array.of(1, 1), 'reaction'],
    ['half a removal', 3, new Uint8Array(31), 'removal'],
    ['a recording state of 4', 5, new Uint8Array(18).fill(4, 16, 17), 'recording'],
    ['33 who agreed', 5, new Uint8Array(18 + 33 * 16).fill(33, 17, 18), 'recording'],
    ['fewer than it says', 5, new Uint8Array(18).fill(1, 17, 18), 'recording'],
    ['an answer of 2', 6, new Uint8Array(17).fill(2, 16), 'answer'],
    ['something behind the end', 1, Uint8Array.of(0x61), 'chat', { zeros: 1 }],
    ['another size', 1, Uint8Array.of(0x61), 'chat', { size: 255 }],
  ])('%s', async (_, kind, content, name, change) => {
    const b = talkOf(TOM);
    await install(b, 1);
    expect(await b.open(ROADS[name], INES, await sealRaw(kind, content, change))).toBeNull();
    // The same way with good content is accepted, so it was the content.
    expect(await b.open('room.say', INES, await sealRaw(1, Uint8Array.of(0x61)))).toMatchObject({
      content: { text: 'a' },
    });
  });
});
