// A check as an attacker writes it: a STUN binding request (RFC 8489) with or without a good password, from any of this
// machine's addresses.

import { createHmac, randomBytes } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';

const COOKIE = 0x2112a442;

function attribute(type: number, value: Buffer): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt16BE(type, 0);
  head.writeUInt16BE(value.length, 2);
  return Buffer.concat([head, value, Buffer.alloc(-value.length & 3)]);
}

/** `password` null: without the attribute that proves it. */
export function bindingRequest(username: string, password: string | null): Buffer {
  const body = [attribute(0x0006, Buffer.from(username))];
  body.push(attribute(0x0024, Buffer.from([0x7e, 0, 0, 0xff]))); // PRIORITY
  body.push(attribute(0x802a, randomBytes(8))); // ICE-CONTROLLING
  const head = Buffer.alloc(20);
  head.writeUInt16BE(0x0001, 0);
  head.writeUInt32BE(COOKIE, 4);
  randomBytes(12).copy(head, 8);
  const length = Buffer.concat(body).length;
  head.writeUInt16BE(length + (password === null ? 0 : 24), 2);
  const message = Buffer.concat([head, ...body]);
  if (password === null) return message;
  const mac = createHmac('sha1', password).update(message).digest();
  return Buffer.concat([message, attribute(0x0008, mac)]);
}

/** A UDP socket that counts what comes back. */
export class Stranger {
  readonly got: Buffer[] = [];
  readonly #socket: Socket;
  readonly #to: { address: string; port: number };

  private constructor(socket: Socket, to: { address: string; port: number }) {
    this.#socket = socket;
    this.#to = to;
    socket.on('message', (data) => this.got.push(data));
  }

  static async at(address: string, to: { address: string; port: number }): Promise<Stranger> {
    const socket = createSocket('udp4');
    socket.bind(0, address);
    await once(socket, 'listening');
    return new Stranger(socket, to);
  }

  send(data: Uint8Array): Promise<void> {
    return new Promise((resolve, reject) =>
      this.#socket.send(data, this.#to.port, this.#to.address, (error) =>
        error ? reject(error) : resolve(),
      ),
    );
  }

  close(): void {
    this.#socket.close();
  }
}
