// Writes test/golden/talk.json: `node web/test/make-golden-talk.ts`. Made with node:crypto from the text of
// docs/protocol.md, "Talk", and with nothing of web/src: e2ee-talk.test.ts holds the client against it.

import {
  createCipheriv,
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  type KeyObject,
  sign,
} from 'node:crypto';
import { writeFileSync } from 'node:fs';

export interface TalkGolden {
  secret: string; // R
  header: string; // H
  counter: number;
  key: string; // talk key
  room: string;
  account: string;
  device: string;
  device_key: string;
  messages: {
    kind: string;
    id: string;
    number: number;
    time: number;
    content: string;
    nonce: string;
    body: string;
    sealed: string;
  }[];
}

const seedOf = (label: string): Buffer => createHash('sha256').update(`aparte golden ${label}`).digest();
const prefix = (purpose: string): Buffer => Buffer.from(`aparte/v1/${purpose}\0`);
const uint = (value: number, size: number): Buffer => {
  const out = Buffer.alloc(size);
  if (size === 8) out.writeBigUInt64BE(BigInt(value));
  else out.writeUIntBE(value, 0, size);
  return out;
};

// RFC 5869 2.3, one block.
const expand = (secret: Buffer, label: string, context: Buffer, n: number): Buffer =>
  createHmac('sha256', secret)
    .update(Buffer.concat([prefix(label), context, Uint8Array.of(1)]))
    .digest()
    .subarray(0, n);

function privateKey(seed: Buffer): KeyObject {
  const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]);
  return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
}

function padded(signed: Buffer): Buffer {
  const size = [256, 512, 1024, 2304].find((one) => signed.length + 2 <= one);
  if (size === undefined) throw new RangeError('more than a message holds');
  return Buffer.concat([uint(signed.length, 2), signed, Buffer.alloc(size - 2 - signed.length)]);
}

function make(): TalkGolden {
  const secret = seedOf('room secret');
  const header = seedOf('header hash');
  const [room, account, device] = ['room', 'account', 'device'].map((one) => seedOf(one).subarray(0, 16)) as [
    Buffer,
    Buffer,
    Buffer,
  ];
  const signer = privateKey(seedOf('device seed'));
  const counter = 7;
  const key = expand(secret, 'talk', header, 16);
  const other = seedOf('somebody else').subarray(0, 16);
  const contents: [string, number, Buffer][] = [
    ['chat', 1, Buffer.from('Voilà : 🎧 https://example.org/?a=1')],
    ['reaction', 2, Uint8Array.of(3) as Buffer],
    ['removal', 3, Buffer.concat([other, seedOf('removed').subarray(0, 16)])],
    ['pin', 4, Buffer.from('x'.repeat(500))],
    ['recording', 5, Buffer.concat([seedOf('recording').subarray(0, 16), Uint8Array.of(2, 1), other])],
    ['answer', 6, Buffer.concat([seedOf('recording').subarray(0, 16), Uint8Array.of(1)])],
    ['chat', 1, Buffer.from('🎧'.repeat(500))],
  ];
  const messages = contents.map(([kind, code, content], n) => {
    const id = seedOf(`message ${n}`).subarray(0, 16);
    const nonce = seedOf(`nonce ${n}`).subarray(0, 12);
    const number = 10 + n;
    const time = 1795500000000 + n;
    const body = Buffer.concat([
      Uint8Array.of(1),
      ...[room, header, account, device, id],
      ...[uint(number, 4), uint(time, 8), Uint8Array.of(code), content],
    ]);
    const signed = Buffer.concat([body, sign(null, Buffer.concat([prefix('talk'), body]), signer)]);
    const cipher = createCipheriv('aes-128-gcm', key, nonce);
    cipher.setAAD(Buffer.concat([prefix('talk'), Uint8Array.of(1), header, account]));
    const box = Buffer.concat([cipher.update(padded(signed)), cipher.final(), cipher.getAuthTag()]);
    const sealed = Buffer.concat([Uint8Array.of(1), uint(counter, 4), nonce, box]);
    const hex = { id, content: Buffer.from(content), nonce, body, sealed };
    const texts = Object.fromEntries(
      Object.entries(hex).map(([name, bytes]) => [name, bytes.toString('hex')]),
    );
    return { kind, number, time, ...(texts as { [K in keyof typeof hex]: string }) };
  });
  const spki = createPublicKey(signer).export({ format: 'der', type: 'spki' });
  return {
    ...{ secret: secret.toString('hex'), header: header.toString('hex'), counter, key: key.toString('hex') },
    ...{ room: room.toString('hex'), account: account.toString('hex'), device: device.toString('hex') },
    device_key: spki.subarray(-32).toString('hex'),
    messages,
  };
}

if (import.meta.main) {
  const path = new URL('../../test/golden/talk.json', import.meta.url);
  writeFileSync(path, `${JSON.stringify(make(), null, 2)}\n`);
}
